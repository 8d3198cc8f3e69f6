// SPDX-License-Identifier: Apache-2.0
/// Access to the weights of a row in the layout of the weights buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace phasic::reference {

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

}  // namespace phasic::reference
