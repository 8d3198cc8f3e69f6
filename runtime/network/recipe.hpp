// SPDX-License-Identifier: Apache-2.0
/// Recipes of levels that the kernel draws (docs/specification.md, section 2, drawn levels).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// The two places whose numbers make the levels of a class.
struct LevelPlaces {
  std::uint16_t a;
  std::uint16_t b;
};

struct LevelRecipe {
  contract::Recipe tables;
  std::vector<LevelPlaces> places;  ///< by class
};

/// The recipe of a layer: NACA's modulated levels; for DRTP, DFA and e-prop numbers that are uniform in [-1, 1], in units of
/// 1/64.
[[nodiscard]] LevelRecipe level_recipe(const Network& network, std::size_t layer);

/// Its bytes in the tables buffer, layout::recipe_bytes long.
[[nodiscard]] std::vector<std::byte> recipe_bytes(const LevelRecipe& recipe);

/// The levels that the kernel draws from it for layer `layer`: element c * neurons + j belongs to class c and neuron j, whose
/// number is j mod `repeat`.
[[nodiscard]] std::vector<std::int8_t> drawn_levels(const LevelRecipe& recipe, std::uint64_t seed, std::uint32_t layer,
                                                    std::uint32_t neurons, std::uint32_t repeat);

}  // namespace phasic::runtime
