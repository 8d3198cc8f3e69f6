// SPDX-License-Identifier: Apache-2.0
/// Learning of a last layer that competes (section 2 of docs/specification.md, competition).
#pragma once

#include "hls/layer.hpp"

namespace phasic::hls {

/// The winner among the neurons whose level is positive, or kLegal if there is none.
template <class Build>
Word find_winner(const LayerSettings& layer, Word label, const LayerState<Build>& state) {
  Word winner = kLegal;
  bool fresh = false;
  std::int64_t best = 0;
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    const bool candidate = state.levels[label][neuron / Build::kLanes][neuron % Build::kLanes] > 0;
    const std::int64_t value =
        state.matches[neuron] - static_cast<std::int64_t>(layer.homeostasis) * static_cast<std::int64_t>(state.wins[neuron]);
    const bool unused = state.wins[neuron] == 0;
    if (candidate && !fresh && (winner == kLegal || unused || value > best)) {
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

template <class Build>
void learn_competition(const ProgramSettings& program, unsigned number, Word label, Word sample, LayerState<Build>& state) {
  using Weight = typename LayerState<Build>::Weight;
  constexpr unsigned kFraction = kExtendedWidth - Build::kWeightWidth;
  const LayerSettings& layer = program.layer[number];
  const Word winner = find_winner<Build>(layer, label, state);
  if (winner == kLegal) return;
  const Key key = sample_key(program.seed, kPurposeRounding, number, sample);
  const std::int32_t step = 1 << (kFraction - slowness(state.wins[winner], layer.factor_shift));
  const Word word = winner / Build::kLanes, lane = winner % Build::kLanes;
  std::uint32_t squares = state.squares[winner];
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    ++state.counted.update_rows;
    ++state.counted.update_operations;
    Weight& weight = state.weights[row * layer.words + word][lane];
    const std::int32_t before = weight;
    const std::uint32_t count = is_graded(program) ? state.row_value[row] : ones(state.row_steps[row]);
    const auto target = static_cast<std::int32_t>(count << layer.input_shift >> 1);
    const std::int32_t rounding =
        layer.rounding == kRoundingStochastic
            ? rounding_word(permute(key, 0, static_cast<std::uint16_t>(row)), winner) >> (16 - kFraction)
            : 1 << (kFraction - 1);
    const std::int32_t unlimited = before + (((target - before) * step + rounding) >> kFraction);
    const auto result = static_cast<std::int32_t>(limited(unlimited, Build::kWeightWidth));
    if (result != unlimited) ++state.counted.weight_saturations;
    squares += static_cast<std::uint32_t>(result * result) - static_cast<std::uint32_t>(before * before);
    weight = static_cast<Weight>(result);
  }
  state.squares[winner] = squares;
  if (state.wins[winner] < kMostWins) ++state.wins[winner];
}

}  // namespace phasic::hls
