// SPDX-License-Identifier: Apache-2.0
/// Neurons of a layer with a grid: what its filters find at the positions is summed over cells and told as roots (section 1 of
/// docs/specification.md, answers over a grid).
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// Sums over the cells, Y_j. Each cell and side begins a word, so that a word of positions is added to one word of them.
template <class Build>
struct CellSums {
  static constexpr Word kWords = NeuronState<Build>::kWords + 2 * kLayerGridMaximum * kLayerGridMaximum;

  std::uint32_t sums[kWords][Build::kLanes];  ///< [(cell * sides + side) * row_words + word][lane]
};

/// The row or the column of cells in which a position lies, for positions that come one after the other along a side.
struct CellCount {
  Word cell = 0, left = 0;  ///< `left` is position * grid mod positions

  void advance(Word positions, Word grid) {
#pragma HLS INLINE
    left += grid;  // at most `positions`: a step enters the next cell at most
    if (left < positions) return;
    left -= positions;
    ++cell;
  }
};

/// up or down of a filter at a position; of down `potential` is the negative of V.
inline std::uint32_t excess(std::int32_t potential, std::int32_t threshold) {
#pragma HLS INLINE
  return potential > threshold ? static_cast<std::uint32_t>(potential - threshold) : 0;
}

/// Adds what the filters find to the sums of the cells, a word of lanes a cycle, position by position.
template <class Build>
void fill_cells(const LayerSettings& layer, NeuronState<Build>& state, LayerSumStream<Build>& sums, CellSums<Build>& cells) {
  const Word sides = sides_of(layer);
  const unsigned shift = layer.input_shift + kGradedShift;
  const Word cell_words = layer.grid * layer.grid * sides * layer.row_words;
  for (Word word = 0; word < cell_words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 144
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      cells.sums[word][lane] = 0;
    }
  }
  Word column = 0, word = 0;  // of the position's row, of the position
  CellCount down, along;
  for (Word sent = 0; sent < layer.sum_words; ++sent) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 4096
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const SumWord<typename Build::Sum, Build::kLanes> sum = sums.read();
    const Word up_word = (down.cell * layer.grid + along.cell) * sides * layer.row_words + word;
    unsigned saturated = 0;
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      const std::int64_t unlimited = rounded_shift(sum.value[lane], shift);
      const auto potential = static_cast<std::int32_t>(limited(unlimited, kPotentialWidth));
      const bool exists = word * Build::kLanes + lane < layer.width;
      saturated += exists && potential != unlimited ? 1 : 0;
      cells.sums[up_word][lane] += excess(potential, layer.threshold);
      if (layer.two_sided) cells.sums[up_word + layer.row_words][lane] += excess(-potential, layer.threshold);
    }
    state.potential_saturations += saturated;
    const bool last_word = word + 1 == layer.row_words;
    const bool last_column = last_word && column + 1 == layer.shape.columns;
    word = last_word ? 0 : word + 1;
    if (last_word) {
      column = last_column ? 0 : column + 1;
      along.advance(layer.shape.columns, layer.grid);
    }
    if (last_column) {
      along = CellCount{};
      down.advance(layer.shape.rows, layer.grid);
    }
  }
}

/// V_j of a neuron whose cell has the sum `sum`.
inline std::int32_t pooled_potential(const LayerSettings& layer, std::uint32_t sum) {
#pragma HLS INLINE
  constexpr std::int64_t kMost = (1 << (kPotentialWidth - 1)) - 1;
  const std::int64_t scaled = static_cast<std::int64_t>(square_root(sum)) * layer.answer_scale;
  const std::int64_t potential = rounded_shift(scaled, layer.answer_shift);
  return static_cast<std::int32_t>(potential > kMost ? kMost : potential);
}

/// The neurons of a layer with a grid during one sample: one a cycle, when all positions have told what they found. Neurons
/// that a gate shuts are not seen.
template <class Build>
void pool_answers(const ProgramSettings& program, const LayerSettings& layer, bool gated, const bool open[Build::kMaxNeurons],
                  NeuronState<Build>& state, LayerSumStream<Build>& sums, AnswerStream<Build::kLanes>& answers,
                  PotentialStream<Build::kLanes>& trace) {
  CellSums<Build> cells;
#pragma HLS ARRAY_PARTITION variable = cells.sums complete dim = 2
  timing::pass(std::uint64_t{2} * kPipelineDepth);
  fill_cells<Build>(layer, state, sums, cells);
  timing::pass(kPipelineDepth);
  AnswerWord<Build::kLanes> answer;
  PotentialWord<Build::kLanes> traced;
  Word first = 0, filter = 0;  // word of the cell and side, and filter
  for (Word neuron = 0; neuron < layer.words * Build::kLanes; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const Word word = neuron / Build::kLanes, lane = neuron % Build::kLanes;
    const bool exists = neuron < layer.neurons;
    const std::uint32_t sum = exists ? cells.sums[first + filter / Build::kLanes][filter % Build::kLanes] : 0;
    const std::int32_t potential = exists ? pooled_potential(layer, sum) : 0;
    const auto full = static_cast<std::int32_t>(kGradedFull);
    const bool seen = !gated || open[exists ? neuron : 0];
    const auto sent = static_cast<std::uint8_t>(!seen ? 0 : potential > full ? full : potential);
    state.counts[word][lane] = sent;
    state.potentials[word][lane] = static_cast<std::int16_t>(potential);
    state.spikes += sent != 0 ? 1 : 0;
    answer.value[lane] = sent;
    traced.value[lane] = static_cast<std::int16_t>(potential);
    const bool last_filter = filter + 1 == layer.width;
    filter = last_filter ? 0 : filter + 1;
    if (last_filter) first += layer.row_words;
    if (lane + 1 == Build::kLanes) {
      answers.write(answer);
      if (program.trace) trace.write(traced);
    }
  }
}

}  // namespace phasic::hls
