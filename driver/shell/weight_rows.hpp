// SPDX-License-Identifier: Apache-2.0
/// Access to the weights of a row in the layout of the weights buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "driver/shell/program.hpp"

namespace phasic::shell {

/// Weight `neuron` of the row that starts at `row`; `weight_width` is 8 or 16.
[[nodiscard]] inline std::int16_t load_weight(const std::byte* row, std::size_t neuron, unsigned weight_width) {
  if (weight_width == 8) return static_cast<std::int8_t>(row[neuron]);
  std::int16_t weight;
  std::memcpy(&weight, row + 2 * neuron, sizeof weight);
  return weight;
}

/// Stores a weight that fits `weight_width` bits.
inline void store_weight(std::byte* row, std::size_t neuron, unsigned weight_width, std::int16_t weight) {
  if (weight_width == 8) {
    row[neuron] = static_cast<std::byte>(weight);
  } else {
    std::memcpy(row + 2 * neuron, &weight, sizeof weight);
  }
}

/// What a neuron that competes keeps beside its weights.
struct Competitor {
  std::uint32_t squares = 0;  ///< Q_j
  std::uint32_t wins = 0;     ///< n_j
};
inline constexpr std::uint32_t kMostWins = (1U << contract::kWinsWidth) - 1;

/// `count` bits of `neuron` in as many rows from `first` on as that takes, those in the lowest row lowest.
[[nodiscard]] inline std::uint64_t load_bits(const std::byte* first, std::size_t row_bytes, std::size_t neuron,
                                             unsigned weight_width, unsigned count) {
  std::uint64_t bits = 0;
  for (unsigned bit = 0; bit < count; bit += weight_width) {
    const auto part = static_cast<std::uint16_t>(load_weight(first + bit / weight_width * row_bytes, neuron, weight_width));
    bits |= std::uint64_t{part & ((1U << weight_width) - 1)} << bit;
  }
  return bits;
}
inline void store_bits(std::byte* first, std::size_t row_bytes, std::size_t neuron, unsigned weight_width, unsigned count,
                       std::uint64_t bits) {
  for (unsigned bit = 0; bit < count; bit += weight_width) {
    store_weight(first + bit / weight_width * row_bytes, neuron, weight_width, static_cast<std::int16_t>(bits >> bit));
  }
}

/// State of `neuron` in the rows from `first` on that follow those of weights.
[[nodiscard]] inline Competitor load_competitor(const std::byte* first, std::size_t row_bytes, std::size_t neuron,
                                                unsigned weight_width) {
  const std::uint64_t bits = load_bits(first, row_bytes, neuron, weight_width, contract::kSquaresWidth + contract::kWinsWidth);
  return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> contract::kSquaresWidth)};
}
inline void store_competitor(std::byte* first, std::size_t row_bytes, std::size_t neuron, unsigned weight_width,
                             const Competitor& competitor) {
  store_bits(first, row_bytes, neuron, weight_width, contract::kSquaresWidth + contract::kWinsWidth,
             std::uint64_t{competitor.wins} << contract::kSquaresWidth | competitor.squares);
}

/// The offset of a neuron of a discriminant in the rows from `first` on that follow those of weights.
[[nodiscard]] inline std::int32_t load_offset(const std::byte* first, std::size_t row_bytes, std::size_t neuron,
                                              unsigned weight_width) {
  return static_cast<std::int32_t>(load_bits(first, row_bytes, neuron, weight_width, contract::kMemoryWidth));
}
inline void store_offset(std::byte* first, std::size_t row_bytes, std::size_t neuron, unsigned weight_width,
                         std::int32_t offset) {
  store_bits(first, row_bytes, neuron, weight_width, contract::kMemoryWidth, static_cast<std::uint32_t>(offset));
}

/// Wins of a filter in the rows from `first` on that follow those of weights.
[[nodiscard]] inline std::uint32_t load_wins(const std::byte* first, std::size_t row_bytes, std::size_t filter,
                                             unsigned weight_width) {
  std::uint32_t wins = 0;
  for (unsigned bit = 0; bit < contract::kWinsWidth; bit += weight_width) {
    const auto part = static_cast<std::uint16_t>(load_weight(first + bit / weight_width * row_bytes, filter, weight_width));
    wins |= (part & ((1U << weight_width) - 1)) << bit;
  }
  return wins;
}

inline void store_wins(std::byte* first, std::size_t row_bytes, std::size_t filter, unsigned weight_width, std::uint32_t wins) {
  for (unsigned bit = 0; bit < contract::kWinsWidth; bit += weight_width) {
    store_weight(first + bit / weight_width * row_bytes, filter, weight_width, static_cast<std::int16_t>(wins >> bit));
  }
}

/// What a spiking neuron keeps from sample to sample.
struct KeptNeuron {
  std::int16_t potential = 0;  ///< V_j
  bool spiked = false;         ///< S_j
  std::int32_t current = 0;    ///< J_j; 0 in a layer without synaptic_leak
};

/// Where the parts of the state of neurons lie in the rows that follow those of weights.
class KeptRows {
 public:
  KeptRows(const Program& program, const LayerProgram& layer);

  /// `first` is where those rows begin.
  [[nodiscard]] KeptNeuron load(const std::byte* first, std::size_t neuron) const;
  void store(std::byte* first, std::size_t neuron, KeptNeuron kept) const;

 private:
  [[nodiscard]] std::size_t row(unsigned part, std::size_t neuron) const {
    return (part * positions_ + neuron / width_) * row_bytes_;
  }

  unsigned weight_width_;
  std::size_t positions_, width_, row_bytes_;
  bool has_currents_;
};

}  // namespace phasic::shell
