// SPDX-License-Identifier: Apache-2.0
/// Where the layers of a network lie in the memories of a serial build, which they share (docs/specification.md, section 8).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "driver/layout/connection.hpp"

namespace phasic::layout {

struct SerialLayerShape {
  Connection connection;
  bool has_levels;
};

struct SerialPlace {
  std::uint64_t weight_word;   ///< of row 0
  std::uint32_t row_words;     ///< from one row to the next
  std::uint64_t level;         ///< of class 0 and neuron 0
  std::uint32_t class_levels;  ///< from one class to the next
  std::uint64_t words_end;     ///< words that this layer and those before it take
  std::uint64_t levels_end;    ///< levels that they take
};

/// One place a layer. `lanes` are the weights of a word.
[[nodiscard]] std::vector<SerialPlace> serial_places(std::span<const SerialLayerShape> layers, std::uint32_t classes,
                                                     std::uint32_t lanes);

}  // namespace phasic::layout
