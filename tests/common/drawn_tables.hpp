// SPDX-License-Identifier: Apache-2.0
/// Levels that the kernel draws, worked out once more (docs/specification.md, section 2, drawn levels).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tests/common/random_case.hpp"

namespace phasic::testing {

/// The levels of a class with places `a` and `b` that a recipe gives layer `layer`: one for each of so many neurons, whose
/// number is j mod `repeat`.
[[nodiscard]] std::vector<std::int8_t> drawn_class(std::uint64_t seed, std::uint32_t layer, const contract::Recipe& recipe,
                                                   std::uint16_t a, std::uint16_t b, std::uint32_t neurons,
                                                   std::uint32_t repeat);

/// The same case with tables in place of recipes; nothing if it draws no levels.
[[nodiscard]] std::optional<RandomCase> with_tables(const RandomCase& random_case);

}  // namespace phasic::testing
