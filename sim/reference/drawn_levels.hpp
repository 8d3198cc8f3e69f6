// SPDX-License-Identifier: Apache-2.0
/// Levels that are drawn from a recipe (docs/specification.md, section 2, drawn levels).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/random.hpp"

namespace phasic::reference {

/// x(p, n): the word of place `place` and number `number`, with the layer's key of purpose `level`.
[[nodiscard]] constexpr std::uint16_t level_word(const Key& key, std::uint16_t place, std::uint16_t number) {
  return permute(key, {place, number}).x;
}

/// The level table of layer `number` that its recipe gives, in the layout of the tables buffer, level_bytes long. `recipe` is
/// recipe_bytes long; throws std::invalid_argument for another size.
[[nodiscard]] std::vector<std::byte> drawn_levels(const Program& program, unsigned number, std::span<const std::byte> recipe);

}  // namespace phasic::reference
