// SPDX-License-Identifier: Apache-2.0
/// The second half of a layer engine: leak, threshold, spikes, and what learning needs of them (section 1 of
/// docs/specification.md). A layer without potentials makes its scores from its sums.
#pragma once

#include "hls/pooling.hpp"

namespace phasic::hls {

/// P_j(t): 1, 0 or -1.
inline int postsynaptic(const LayerSettings& layer, std::int32_t potential, bool spiked_before) {
#pragma HLS INLINE
  if (layer.post == kPostOne) return 1;
  if (layer.post == kPostSurrogate) return potential > layer.window && potential < 2 * layer.threshold - layer.window ? 1 : 0;
  return (potential > layer.window ? 1 : 0) - (spiked_before ? 1 : 0);
}

/// B_j: the potential after a spike has had its effect on it.
inline std::int32_t after_spike(const LayerSettings& layer, std::int32_t potential, bool spiked) {
#pragma HLS INLINE
  if (!spiked || layer.reset == kResetNone) return potential;
  return layer.reset == kResetSubtract ? static_cast<std::int32_t>(limited(potential - layer.threshold, kPotentialWidth)) : 0;
}

/// What a neuron answers in a step.
inline std::uint8_t answer_of(bool graded, const LayerSettings& layer, std::int32_t potential) {
#pragma HLS INLINE
  if (!graded) return potential > layer.threshold ? 1 : 0;
  const std::int32_t above = potential - layer.window;
  const auto full = static_cast<std::int32_t>(kGradedFull);
  return static_cast<std::uint8_t>(above < 0 ? 0 : above > full ? full : above);
}

/// The end of a step: potentials, spikes, and what learning needs of both. Neurons that a gate shuts are not seen. If they
/// `begin`, the first step finds no state.
template <class Build>
void fire(const ProgramSettings& program, const LayerSettings& layer, Word step, bool begin, bool gated,
          const bool open[Build::kMaxNeurons], NeuronState<Build>& state, LayerSumStream<Build>& sums,
          AnswerStream<Build::kLanes>& answers, PotentialStream<Build::kLanes>& trace) {
  const bool graded = is_graded(program);
  const unsigned shift = layer.input_shift + (graded ? kGradedShift : 0);
  const bool first = step == 0;
  const bool fresh = begin && first;
  timing::pass(kPipelineDepth);
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const SumWord<typename Build::Sum, Build::kLanes> sum = sums.read();
    AnswerWord<Build::kLanes> answer;
    PotentialWord<Build::kLanes> traced;
    unsigned saturated = 0, spikes = 0;
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      const Word neuron = word * Build::kLanes + lane;
      const bool exists = neuron < layer.neurons;
      const bool before = !fresh && state.spiked[word][lane];
      const std::int32_t potential_before = fresh ? 0 : state.potentials[word][lane];
      const std::int32_t rest = leaked(after_spike(layer, potential_before, before), layer.leak);
      std::int64_t drive = sum.value[lane];
      if (lasts<Build>(layer)) {
        std::int32_t& current = state.currents[word][lane];
        current = synaptic_current(fresh ? 0 : current, layer.synaptic_leak, drive);
        drive = current;
      }
      const std::int64_t unlimited = rest + rounded_shift(drive, shift);
      const auto potential = static_cast<std::int32_t>(limited(unlimited, kPotentialWidth));
      const std::uint8_t own = answer_of(graded, layer, potential);
      const bool seen = exists && (!gated || open[neuron]);
      const int post = seen ? postsynaptic(layer, potential, before) : 0;
      const std::uint8_t sent = seen ? own : std::uint8_t{0};
      saturated += exists && potential != unlimited ? 1 : 0;
      spikes += sent != 0 ? 1 : 0;
      state.ups[word][lane] = (first ? 0 : state.ups[word][lane]) | (post > 0 ? 1U : 0U) << step;
      state.downs[word][lane] = (first ? 0 : state.downs[word][lane]) | (post < 0 ? 1U : 0U) << step;
      state.counts[word][lane] = static_cast<std::uint16_t>((first ? 0 : state.counts[word][lane]) + sent);
      state.potentials[word][lane] = static_cast<std::int16_t>(potential);
      state.spiked[word][lane] = own != 0;
      answer.value[lane] = sent;
      traced.value[lane] = static_cast<std::int16_t>(exists ? potential : 0);
    }
    state.potential_saturations += saturated;
    state.spikes += spikes;
    answers.write(answer);
    if (program.trace) trace.write(traced);
  }
}

template <class Build>
void send_scores(const LayerSettings& layer, const NeuronState<Build>& state, ScoreStream& scores) {
  timing::pass(kPipelineDepth);
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const Word word = neuron / Build::kLanes, lane = neuron % Build::kLanes;
    scores.write(state.counts[word][lane] * 65536U +
                 static_cast<Word>(state.potentials[word][lane] + static_cast<std::int32_t>(kScoreOffset)));
  }
}

/// Scores of a layer without potentials, from the sums over all steps.
template <class Build>
void send_matches(const LayerSettings& layer, NeuronState<Build>& state, LayerSumStream<Build>& sums, ScoreStream& scores) {
  timing::pass(kPipelineDepth);
  SumWord<typename Build::Sum, Build::kLanes> sum;
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const Word lane = neuron % Build::kLanes;
    if (lane == 0) sum = sums.read();
    const auto total = static_cast<std::int64_t>(sum.value[lane]);
    const std::uint32_t kept = state.squares[neuron];
    const std::int64_t match = competes(layer)
                                   ? total * (std::int64_t{1} << layer.input_shift) - static_cast<std::int64_t>(kept)
                                   : total + static_cast<std::int32_t>(kept);
    state.matches[neuron] = match;
    scores.write(static_cast<Word>(limited(match, 32) + (std::int64_t{1} << 31)));
  }
}

/// The process of the neurons of layer engine `number` during one sample. An engine without a layer has none.
template <class Build>
void run_neurons(const ProgramSettings& program, unsigned number, bool begin, bool gated, const bool open[Build::kMaxNeurons],
                 NeuronState<Build>& state, LayerSumStream<Build>& sums, AnswerStream<Build::kLanes>& answers,
                 ScoreStream& scores, PotentialStream<Build::kLanes>& trace) {
  timing::begin_process();
  if (number < program.layers) {
    const LayerSettings& layer = program.layer[number];
    if (without_potentials(layer)) {
      send_matches<Build>(layer, state, sums, scores);
    } else if (is_pooled<Build>(layer)) {
      if constexpr (has_grids<Build>()) pool_answers<Build>(program, layer, gated, open, state, sums, answers, trace);
    } else {
      for (Word step = 0; step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
        fire<Build>(program, layer, step, begin, gated, open, state, sums, answers, trace);
      }
    }
    if (number + 1 == program.layers && !without_potentials(layer)) send_scores<Build>(layer, state, scores);
  }
  timing::end_process();
}

}  // namespace phasic::hls
