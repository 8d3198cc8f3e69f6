// SPDX-License-Identifier: Apache-2.0
#include "driver/layout/serial_memory.hpp"

#include "phasic/contract.hpp"

namespace phasic::layout {

std::vector<SerialPlace> serial_places(std::span<const SerialLayerShape> layers, std::uint32_t classes, std::uint32_t lanes) {
  constexpr std::uint32_t kGroup = contract::kSerialLevelGroup;
  std::vector<SerialPlace> places;
  std::uint64_t word = 0;
  std::uint64_t level = 0;
  for (const auto& [connection, has_levels] : layers) {
    SerialPlace place{word, connection.row_words(lanes), level, (connection.neurons() + kGroup - 1) / kGroup * kGroup, 0, 0};
    word += connection.words(lanes);
    if (has_levels) level += std::uint64_t{classes} * place.class_levels;
    place.words_end = word;
    place.levels_end = level;
    places.push_back(place);
  }
  return places;
}

}  // namespace phasic::layout
