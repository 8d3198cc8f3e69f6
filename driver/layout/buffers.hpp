// SPDX-License-Identifier: Apache-2.0
/// Sizes and places in the buffers of a run (docs/specification.md, section 4), in bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "phasic/contract.hpp"

namespace phasic::layout {

/// `bytes` rounded up to a multiple of the contract's alignment.
[[nodiscard]] constexpr std::uint64_t align(std::uint64_t bytes) {
  return (bytes + contract::kAlignment - 1) / contract::kAlignment * contract::kAlignment;
}

/// Buffers of a run: their ids are those of the arguments from the program to the trace.
inline constexpr std::size_t kBuffers = contract::argument::kTrace + 1;

/// Of a program block.
inline constexpr std::uint64_t kProgramBytes = contract::kProgramHeaderBytes + contract::kMaxLayers * contract::kLayerBytes;

/// Where the descriptor of a layer begins in the program block.
[[nodiscard]] constexpr std::uint64_t layer_offset(std::uint64_t layer) {
  return contract::kProgramHeaderBytes + layer * contract::kLayerBytes;
}

/// Where the counters of a layer begin in the results buffer.
[[nodiscard]] constexpr std::uint64_t counters_offset(std::uint64_t layer) {
  return contract::kResultsHeaderBytes + layer * contract::kLayerCountersBytes;
}

/// Where the records of the samples begin in the results buffer.
inline constexpr std::uint64_t kRecordsOffset = counters_offset(contract::kMaxLayers);

/// From the record of a sample to that of the next, for so many neurons of the last layer.
[[nodiscard]] constexpr std::uint64_t record_bytes(std::uint64_t outputs) {
  return align(contract::kResultRecordBytes + 4 * outputs);
}

/// From a row of weights to the next; `width` is the number of neurons that it holds, `weight_width` 8 or 16 bits.
[[nodiscard]] constexpr std::uint64_t weight_row_bytes(std::uint64_t width, std::uint32_t weight_width) {
  return align(width * weight_width / 8);
}

/// Rows after those of weights that hold the state of neurons or filters that compete, the biases of a discriminant, or if the
/// program keeps state that of neurons that spike, at so many positions; with their synaptic currents if these last.
[[nodiscard]] constexpr std::uint32_t state_rows(contract::Factor factor, bool keep, std::uint32_t weight_width,
                                                 std::uint32_t positions, bool currents_last) {
  if (competes(factor)) return (contract::kSquaresWidth + contract::kWinsWidth) / weight_width;
  if (moves_filters(factor)) return contract::kWinsWidth / weight_width;
  if (changes_memory(factor)) return contract::kMemoryWidth / weight_width;
  const std::uint32_t current_rows = currents_last ? contract::kCurrentWidth / weight_width : 0;
  return keep ? (contract::kPotentialWidth / weight_width + 1 + current_rows) * positions : 0;
}

/// From a row of 32-bit values that a layer keeps beside its weights to the next.
[[nodiscard]] constexpr std::uint64_t memory_row_bytes(std::uint64_t values) {
  return align(contract::kMemoryWidth / 8 * values);
}

/// What a layer of so many rows of weights and neurons keeps beside them: the table of targets, or sums and their scatter.
[[nodiscard]] constexpr std::uint64_t memory_bytes(contract::Factor factor, std::uint64_t rows, std::uint64_t neurons) {
  if (moves_filters(factor)) return rows * align(rows) + memory_row_bytes(rows);
  return changes_memory(factor) ? (rows + neurons) * memory_row_bytes(rows) + memory_row_bytes(neurons) : 0;
}

/// Of the recipe of levels that the kernel draws.
[[nodiscard]] constexpr std::uint64_t recipe_bytes(std::uint64_t classes) {
  return align(contract::kRecipeBytes + 4 * classes);
}

/// From the levels of a class to those of the next.
[[nodiscard]] constexpr std::uint64_t level_row_bytes(std::uint64_t neurons) { return align(neurons); }

/// Of a layer's potentials at one step.
[[nodiscard]] constexpr std::uint64_t trace_row_bytes(std::uint64_t neurons) {
  return align(contract::kPotentialWidth / 8 * neurons);
}

/// From a sample to the next, whose gates have at most `open` neurons and whose payload at most `payload` bytes.
[[nodiscard]] constexpr std::uint64_t sample_bytes(std::uint64_t open, std::uint64_t payload) {
  return align(contract::kSampleHeaderBytes + 4 * open + payload);
}

/// An address event.
[[nodiscard]] constexpr std::uint32_t address_event(std::uint32_t step, std::uint32_t input) {
  return step << contract::kEntryStepBit | input << contract::kEntryInputBit;
}

}  // namespace phasic::layout
