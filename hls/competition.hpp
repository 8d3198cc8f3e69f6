// SPDX-License-Identifier: Apache-2.0
/// Learning of a last layer that competes (section 2 of docs/specification.md, competition).
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

constexpr Word kNoNeuron = 0xffffffff;

/// The winner among the neurons whose level is positive, or kNoNeuron.
template <class Build>
Word find_winner(const LayerSettings& layer, Word label, const WeightState<Build>& weights, const NeuronState<Build>& state) {
  timing::pass(kPipelineDepth);
  Word winner = kNoNeuron;
  bool fresh = false;
  std::int64_t best = 0;
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const bool candidate = weights.levels[label][neuron / Build::kLanes][neuron % Build::kLanes] > 0;
    const std::int64_t value =
        state.matches[neuron] - static_cast<std::int64_t>(layer.homeostasis) * static_cast<std::int64_t>(state.wins[neuron]);
    const bool unused = state.wins[neuron] == 0;
    if (candidate && !fresh && (winner == kNoNeuron || unused || value > best)) {
      winner = neuron;
      best = value;
      fresh = unused;
    }
  }
  return winner;
}

/// h: the winner moves by 2^-h.
inline unsigned slowness(std::uint32_t wins, unsigned slowest) {
  unsigned age = 0;
  for (unsigned bit = 1; bit <= 16; ++bit) {
#pragma HLS UNROLL
    if (((wins + 1) >> bit) != 0) age = bit;
  }
  return age < slowest ? age : slowest;
}

/// Moves the winner's weight of every row that comes towards the row's count, a row a cycle.
template <class Build>
void learn_competition(const ProgramSettings& program, const LayerSettings& layer, Word label, const Key& key, RowStream& rows,
                       WeightState<Build>& state, NeuronState<Build>& neurons) {
  using Weight = typename Build::Weight;
  constexpr unsigned kFraction = kExtendedWidth - Build::kWeightWidth;
  const Word winner = find_winner<Build>(layer, label, state, neurons);
  const bool found = winner != kNoNeuron;
  const Word neuron = found ? winner : 0;
  const std::int32_t step = 1 << (kFraction - slowness(neurons.wins[neuron], layer.factor_shift));
  const Word word = neuron / Build::kLanes, lane = neuron % Build::kLanes;
  std::uint32_t squares = neurons.squares[neuron];
  timing::pass(kPipelineDepth);
  RowUpdate update = rows.read();
  while (!update.end) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.weights inter false
    timing::pass(1);
    if (found) {
      ++state.update_rows;
      ++state.update_operations;
      Weight& weight = state.weights[update.row * layer.row_words + word][lane];
      const Weight before = weight;
      const std::uint32_t count = is_graded(program) ? update.value : ones(update.steps);
      const auto target = static_cast<std::int32_t>(count << layer.input_shift >> 1);
      const std::int32_t rounding = layer.rounding == kRoundingStochastic
                                        ? rounding_word(permute(key, 0, update.row), neuron) >> (16 - kFraction)
                                        : 1 << (kFraction - 1);
      const std::int32_t unlimited = before + (((target - before) * step + rounding) >> kFraction);
      const auto result = static_cast<std::int32_t>(limited(unlimited, Build::kWeightWidth));
      if (result != unlimited) ++state.weight_saturations;
      squares += static_cast<std::uint32_t>(result * result) - static_cast<std::uint32_t>(before * before);
      weight = static_cast<Weight>(result);
    }
    update = rows.read();
  }
  if (found) {
    neurons.squares[neuron] = squares;
    if (neurons.wins[neuron] < kMostWins) ++neurons.wins[neuron];
  }
}

}  // namespace phasic::hls
