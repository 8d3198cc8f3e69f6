// SPDX-License-Identifier: Apache-2.0
/// Learning of a last layer that keeps the sums of its classes and a scatter (section 2 of docs/specification.md,
/// discriminant).
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// d_i of a value of 0 to 255. `sum` is S[c][i], anything; `samples` is n_c, 1 to kMostSamples.
inline std::int32_t difference_from_mean(std::uint8_t value, std::int32_t sum, std::int32_t samples) {
#pragma HLS INLINE
  // Of quotients below -256 and above 767 only the side is told: the limit of the difference hides the rest.
  constexpr unsigned kBits = 10;
  constexpr std::int64_t kLowest = 256;
  const std::int64_t divisor = std::int64_t{2} * samples;
  std::int64_t left = std::int64_t{2} * sum + samples + kLowest * divisor;
  std::int64_t quotient = -kLowest;
  for (unsigned round = kBits; round > 0; --round) {
#pragma HLS UNROLL
    const std::int64_t part = divisor << (round - 1);
    if (left >= part) {
      left -= part;
      quotient += std::int64_t{1} << (round - 1);
    }
  }
  return static_cast<std::int32_t>(limited(value - quotient, kDifferenceWidth));
}

/// The next of layer `number`. A stream is named by a constant, as synthesis wants it.
template <class Build>
RowUpdate next_row(RowStream rows[Build::kEngines], unsigned number) {
#pragma HLS INLINE
  RowUpdate update{0, 0, 0, true};
  for (unsigned at = 0; at < Build::kEngines; ++at) {
#pragma HLS UNROLL
    if (at == number) update = rows[at].read();
  }
  return update;
}

/// Takes the values of all sources of layer `number` in, one a cycle: finds how far they are from the mean of class `label` and
/// adds them to its sums. Returns whether the sample is learned.
template <class Build>
bool take_values(const LayerSettings& layer, unsigned number, Word label, RowStream rows[Build::kEngines],
                 ScatterState<Build>& state) {
  std::int32_t& samples = state.samples[label / Build::kLanes][label % Build::kLanes];
  const std::int32_t before = samples;
  const bool learned = before >= 0 && before < static_cast<std::int32_t>(kMostSamples);
  const Word sums = (layer.rows + label) * layer.value_words;
  timing::pass(kPipelineDepth);
  RowUpdate update = next_row<Build>(rows, number);
  while (!update.end) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.values inter false
    timing::pass(1);
    const Word word = update.row / Build::kLanes, lane = update.row % Build::kLanes;
    std::int32_t& sum = state.values[sums + word][lane];
    state.differences[word][lane] = before == 0 ? 0 : difference_from_mean(update.value, sum, before);
    if (learned) sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + update.value);
    update = next_row<Build>(rows, number);
  }
  if (learned) samples = before + 1;
  return learned;
}

/// Adds the products of the differences to the scatter, a word of lanes a cycle; a row whose own difference is 0 takes one.
template <class Build>
void add_products(const LayerSettings& layer, ScatterState<Build>& state) {
  timing::pass(kPipelineDepth);
  Word row = 0, word = 0;
  while (row < layer.rows) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16384
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.values inter false
    timing::pass(1);
    const std::int32_t own = state.differences[row / Build::kLanes][row % Build::kLanes];
    unsigned saturated = 0;
    if (own != 0) {
      if (word == 0) {
        ++state.update_rows;
        state.update_operations += layer.rows;
      }
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const bool exists = word * Build::kLanes + lane < layer.rows;
        const std::int32_t other = exists ? state.differences[word][lane] : 0;
        std::int32_t& value = state.values[row * layer.value_words + word][lane];
        const std::int32_t product = own * other;
        const std::int64_t unlimited = std::int64_t{value} + product;
        const std::int64_t result = limited(unlimited, kMemoryWidth);
        saturated += exists && result != unlimited ? 1 : 0;
        value = static_cast<std::int32_t>(result);
      }
    }
    state.saturations += saturated;
    const bool last = own == 0 || word + 1 == layer.value_words;
    word = last ? 0 : word + 1;
    if (last) ++row;
  }
}

/// The process that learns the scatter of the last layer, if it keeps one, from a sample of class `label`.
template <class Build>
void learn_scatter(const ProgramSettings& program, Word label, RowStream rows[Build::kEngines], ScatterState<Build>& state) {
  timing::begin_process();
  const unsigned number = program.layers - 1;
  const LayerSettings& layer = program.layer[number];
  if constexpr (has_discriminant<Build>()) {
    if (keeps_scatter<Build>(layer)) {
      if (take_values<Build>(layer, number, label, rows, state)) add_products<Build>(layer, state);
    }
  }
  timing::end_process();
}

}  // namespace phasic::hls
