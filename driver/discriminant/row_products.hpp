// SPDX-License-Identifier: Apache-2.0
/// The inner loop of the solve, compiled for several instruction sets and chosen when the program runs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace phasic::discriminant {

/// Values of `row` and of each solution are padded to a multiple of this many.
inline constexpr std::size_t kPad = 16;
/// Solutions are padded to a multiple of this many.
inline constexpr std::size_t kSolutionsAtOnce = 4;

/// products[k] = the sum over j of row[j] * solutions[k * stride + j] modulo 2^64, for k < count. `length` is a multiple of
/// kPad, `count` of kSolutionsAtOnce.
using WideRowProducts = void (*)(const std::int32_t* row, std::size_t length, const std::uint64_t* solutions,
                                 std::size_t stride, std::size_t count, std::uint64_t* products);
/// The same with kSolutionsAtOnce rows of 32 bits in place of the solutions.
using NarrowRowProducts = void (*)(const std::int32_t* row, std::size_t length, const std::int32_t* others, std::size_t stride,
                                   std::uint64_t* products);

struct RowProducts {
  WideRowProducts wide;
  NarrowRowProducts narrow;
};

/// All that this processor can run, narrowest first; at most kMostRowProducts.
inline constexpr std::size_t kMostRowProducts = 3;
[[nodiscard]] std::size_t all_row_products(RowProducts (&all)[kMostRowProducts]);

}  // namespace phasic::discriminant
