// SPDX-License-Identifier: Apache-2.0
/// Rows of values of 32 bits in what a layer keeps beside its rows of weights.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "driver/shell/program.hpp"

namespace phasic::shell {

/// From a row of so many values to the next.
[[nodiscard]] constexpr std::size_t memory_row_bytes(std::size_t values) { return align(contract::kMemoryWidth / 8 * values); }

[[nodiscard]] inline std::int32_t load_value(const std::byte* row, std::size_t index) {
  std::int32_t value;
  std::memcpy(&value, row + sizeof value * index, sizeof value);
  return value;
}
inline void store_value(std::byte* row, std::size_t index, std::int32_t value) {
  std::memcpy(row + sizeof value * index, &value, sizeof value);
}

/// Where the parts of the memory of a layer with factor discriminant begin: G, a row a source, then S, a row a neuron, then n.
class DiscriminantPlaces {
 public:
  explicit DiscriminantPlaces(const LayerProgram& layer)
      : row_bytes_(memory_row_bytes(layer.rows)), sums_(layer.rows), counts_(sums_ + layer.neurons) {}
  [[nodiscard]] std::size_t scatter(std::size_t source) const { return source * row_bytes_; }
  [[nodiscard]] std::size_t sums(std::size_t neuron) const { return (sums_ + neuron) * row_bytes_; }
  [[nodiscard]] std::size_t counts() const { return counts_ * row_bytes_; }

 private:
  std::size_t row_bytes_;
  std::size_t sums_, counts_;  // first row
};

}  // namespace phasic::shell
