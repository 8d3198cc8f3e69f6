// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/drawn_levels.hpp"

#include <cstring>
#include <stdexcept>

#include "driver/shell/connection.hpp"

namespace phasic::reference {

std::vector<std::byte> drawn_levels(const Program& program, unsigned number, std::span<const std::byte> recipe) {
  const LayerProgram& layer = program.layers.at(number);
  if (recipe.size() != shell::recipe_bytes(program)) throw std::invalid_argument("wrong size of a recipe of levels");
  contract::Recipe curve;
  std::memcpy(&curve, recipe.data(), sizeof curve);
  const std::uint32_t repeat = layer.by_channel ? shell::connection_of(layer).row_width : layer.neurons;
  const Key key = purpose_key(program.seed, contract::Purpose::kLevel, number);
  std::vector<std::byte> rows(level_bytes(program, layer));
  for (std::size_t label = 0; label < program.classes; ++label) {
    std::uint16_t places[2];
    std::memcpy(places, recipe.data() + sizeof curve + sizeof places * label, sizeof places);
    for (std::uint32_t neuron = 0; neuron < layer.neurons; ++neuron) {
      const auto n = static_cast<std::uint16_t>(neuron % repeat);
      const unsigned sum =
          curve.quantiles[level_word(key, places[0], n) >> 8] + curve.quantiles[level_word(key, places[1], n) >> 8];
      rows[label * align(layer.neurons) + neuron] = static_cast<std::byte>(curve.curve[sum]);
    }
  }
  return rows;
}

}  // namespace phasic::reference
