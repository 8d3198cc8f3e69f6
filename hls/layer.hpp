// SPDX-License-Identifier: Apache-2.0
/// A layer engine, forward: it integrates the events of its rows, fires, and remembers what learning needs (section 1 of
/// docs/specification.md). A layer that competes adds up over all steps and sends its scores only.
#pragma once

#include <hls_stream.h>

#include <type_traits>

#include "hls/program.hpp"

namespace phasic::hls {

/// What runs between encoder, layers and writer: a spike (index, value), the end of a step, the score of a neuron of the last
/// layer (index, value), and the end of the sample.
constexpr unsigned char kSpikeToken = 0, kStepToken = 1, kScoreToken = 2, kEndToken = 3;
struct Token {
  unsigned char kind;
  std::uint16_t index;
  std::uint32_t value;
};
using TokenStream = ::hls::stream<Token>;
using PotentialStream = ::hls::stream<std::int16_t>;

struct LayerCounts {
  std::uint64_t events, synaptic_operations, spikes, update_rows, update_operations, potential_saturations, weight_saturations;
};

/// Everything that belongs to a layer. Arrays [word][lane] are split by lane, so that all lanes work at once.
template <class Build>
struct LayerState {
  using Weight = std::conditional_t<Build::kWeightWidth == 8, std::int8_t, std::int16_t>;
  static constexpr Word kWords = (Build::kMaxNeurons + Build::kLanes - 1) / Build::kLanes;

  Weight weights[Build::kWeightDepth][Build::kLanes];  ///< [row * words + word][lane]; 0 in lanes without a neuron
  std::int8_t levels[Build::kMaxClasses][kWords][Build::kLanes];
  std::uint32_t squares[Build::kMaxNeurons];  ///< Q_j
  std::uint32_t wins[Build::kMaxNeurons];     ///< n_j

  std::int64_t sums[kWords][Build::kLanes];  ///< A_j, or with competition the product
  std::int16_t potentials[kWords][Build::kLanes];
  bool spiked[kWords][Build::kLanes];           ///< S_j of the last step, a gate left aside
  std::uint8_t answers[kWords][Build::kLanes];  ///< what the next layer sees of the last step
  std::uint16_t counts[kWords][Build::kLanes];
  std::uint32_t ups[kWords][Build::kLanes];     ///< bit t: P_j(t) = 1
  std::uint32_t downs[kWords][Build::kLanes];   ///< bit t: P_j(t) = -1
  std::int32_t factors[kWords][Build::kLanes];  ///< e_j
  std::int64_t matches[Build::kMaxNeurons];     ///< M_j
  std::uint32_t row_steps[Build::kMaxRows];     ///< bit t: x_i(t) is not 0
  std::uint8_t row_value[Build::kMaxRows];      ///< x_i of the last step
  LayerCounts counted;
};

template <class Build>
void clear_activity(const LayerSettings& layer, LayerState<Build>& state) {
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      state.sums[word][lane] = 0;
      state.potentials[word][lane] = 0;
      state.spiked[word][lane] = false;
      state.answers[word][lane] = 0;
      state.counts[word][lane] = 0;
      state.ups[word][lane] = 0;
      state.downs[word][lane] = 0;
    }
  }
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    state.row_steps[row] = 0;
    state.row_value[row] = 0;
  }
}

/// An event: row `row` is worth `value` at `step`.
template <class Build>
void add_row(const LayerSettings& layer, Word row, Word value, Word step, LayerState<Build>& state) {
  state.row_steps[row] |= 1U << step;
  state.row_value[row] = static_cast<std::uint8_t>(value);
  ++state.counted.events;
  state.counted.synaptic_operations += layer.neurons;
  const Word first = row * layer.words;
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.sums inter false
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      state.sums[word][lane] += static_cast<std::int64_t>(value) * state.weights[first + word][lane];
    }
  }
}

/// P_j(t): 1, 0 or -1.
inline int postsynaptic(const LayerSettings& layer, std::int32_t potential, bool spiked_before) {
#pragma HLS INLINE
  if (layer.post == kPostOne) return 1;
  if (layer.post == kPostSurrogate) return potential > layer.window && potential < 2 * layer.threshold - layer.window ? 1 : 0;
  return (potential > layer.window ? 1 : 0) - (spiked_before ? 1 : 0);
}

/// The end of a step: potentials, spikes, and what learning needs of both. `shut` neurons are not seen.
template <class Build>
void fire(const ProgramSettings& program, const LayerSettings& layer, Word step, bool gated,
          const bool open[Build::kMaxNeurons], LayerState<Build>& state) {
  const bool graded = is_graded(program);
  const unsigned shift = layer.input_shift + (graded ? kGradedShift : 0);
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    unsigned saturated = 0;
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      const Word neuron = word * Build::kLanes + lane;
      if (neuron < layer.neurons) {
        const bool before = state.spiked[word][lane];
        const std::int32_t rest =
            before ? 0 : (state.potentials[word][lane] * static_cast<std::int32_t>(layer.leak) + 128) >> 8;
        const std::int64_t unlimited = rest + rounded_shift(state.sums[word][lane], shift);
        const auto potential = static_cast<std::int32_t>(limited(unlimited, 16));
        saturated += potential != unlimited ? 1 : 0;
        std::int32_t answer = potential > layer.threshold ? 1 : 0;
        if (graded) {
          const std::int32_t above = potential - layer.window;
          answer = above < 0                                        ? 0
                   : above > static_cast<std::int32_t>(kGradedFull) ? static_cast<std::int32_t>(kGradedFull)
                                                                    : above;
        }
        const bool seen = !gated || open[neuron];
        const int post = seen ? postsynaptic(layer, potential, before) : 0;
        state.ups[word][lane] |= (post > 0 ? 1U : 0U) << step;
        state.downs[word][lane] |= (post < 0 ? 1U : 0U) << step;
        state.potentials[word][lane] = static_cast<std::int16_t>(potential);
        state.spiked[word][lane] = answer != 0;
        state.answers[word][lane] = static_cast<std::uint8_t>(seen ? answer : 0);
        state.counts[word][lane] = static_cast<std::uint16_t>(state.counts[word][lane] + (seen ? answer : 0));
        state.sums[word][lane] = 0;
      }
    }
    state.counted.potential_saturations += saturated;
  }
}

/// Sends the spikes of the step, and the potentials if they are traced.
template <class Build>
void send_step(const ProgramSettings& program, const LayerSettings& layer, LayerState<Build>& state, TokenStream& out,
               PotentialStream& trace) {
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    const Word word = neuron / Build::kLanes, lane = neuron % Build::kLanes;
    const std::uint8_t answer = state.answers[word][lane];
    if (program.trace) trace.write(state.potentials[word][lane]);
    if (answer != 0) {
      ++state.counted.spikes;
      out.write(Token{kSpikeToken, static_cast<std::uint16_t>(neuron), answer});
    }
  }
}

template <class Build>
void send_scores(const LayerSettings& layer, LayerState<Build>& state, TokenStream& out) {
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    const Word word = neuron / Build::kLanes, lane = neuron % Build::kLanes;
    Word score = state.counts[word][lane] * 65536U +
                 static_cast<Word>(state.potentials[word][lane] + static_cast<std::int32_t>(kScoreOffset));
    if (competes(layer)) {
      const std::int64_t match =
          state.sums[word][lane] * (std::int64_t{1} << layer.input_shift) - static_cast<std::int64_t>(state.squares[neuron]);
      state.matches[neuron] = match;
      score = static_cast<Word>(limited(match, 32) + (std::int64_t{1} << 31));
    }
    out.write(Token{kScoreToken, static_cast<std::uint16_t>(neuron), score});
  }
}

/// The process of layer engine `number` for one sample. An engine without a layer hands on what it is sent.
template <class Build>
void layer_forward(const ProgramSettings& program, unsigned number, bool gated, const bool open[Build::kMaxNeurons],
                   LayerState<Build>& state, TokenStream& in, TokenStream& out, PotentialStream& trace) {
  if (number >= program.layers) {
    Token token{kStepToken, 0, 0};
    while (token.kind != kEndToken) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 34816
#pragma HLS PIPELINE II = 1
      token = in.read();
      out.write(token);
    }
    return;
  }
  const LayerSettings& layer = program.layer[number];
  clear_activity<Build>(layer, state);
  for (Word step = 0; step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
    Token token = in.read();
    while (token.kind == kSpikeToken) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1023
      add_row<Build>(layer, token.index, token.value, step, state);
      token = in.read();
    }
    if (layer.bias) add_row<Build>(layer, layer.rows - 1, bias_value(program), step, state);
    if (!competes(layer)) {
      fire<Build>(program, layer, step, gated, open, state);
      send_step<Build>(program, layer, state, out, trace);
    }
    out.write(Token{kStepToken, 0, 0});
  }
  const Token end = in.read();
  if (number + 1 == program.layers) send_scores<Build>(layer, state, out);
  out.write(end);
}

}  // namespace phasic::hls
