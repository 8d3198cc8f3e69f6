// SPDX-License-Identifier: Apache-2.0
/// From what a layer with factor discriminant has learned to the weights that it answers with (docs/specification.md, section
/// 2, discriminant). All of it is in integers, so that the weights are the same wherever they are made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace phasic::discriminant {

/// What was learned, as it lies in memory. Rows follow each other at `stride` values, at least `sources`; what pads them is not
/// read as a value but must be there.
struct Statistics {
  std::uint32_t sources = 0;              ///< D, 1 to 65535
  std::uint32_t classes = 0;              ///< C, 1 to 65535
  std::size_t stride = 0;                 ///< of the rows of scatter and sums
  const std::int32_t* scatter = nullptr;  ///< G: D rows
  const std::int32_t* sums = nullptr;     ///< S: C rows
  const std::int32_t* counts = nullptr;   ///< n: C values; a class with n <= 0 was not seen
};

/// What the layer answers with.
struct Readout {
  std::vector<std::int16_t> weights;  ///< w[i][c] at i * C + c
  std::vector<std::int32_t> offsets;  ///< B_c
  bool operator==(const Readout&) const = default;
};

/// How the equations are solved.
enum class Method : std::uint8_t {
  kSweeps,      ///< Gauss and Seidel: near enough for few sources, and little work
  kElimination  ///< exactly but for rounding; D^3 / 6 products
};

inline constexpr std::uint32_t kSweeps = 50;
/// Times that elimination is repeated with what is left over.
inline constexpr std::uint32_t kRefinements = 4;
inline constexpr unsigned kRegularizationBits = 20;
/// B of a class that was not seen.
inline constexpr std::int32_t kUnseen = INT32_MIN;

/// `regularization` is lambda's part of the mean of G's diagonal, 0 to 2^20, in 1 / 2^kRegularizationBits; `weight_width` 8 or
/// 16. Any values of the statistics give some weights; they are those of the method if G is a sum of products that no limit
/// changed.
[[nodiscard]] Readout solve(const Statistics& statistics, std::uint32_t regularization, unsigned weight_width,
                            Method method = Method::kSweeps);
/// The definition of the same: plain code that follows the specification line by line; slow.
[[nodiscard]] Readout solve_plainly(const Statistics& statistics, std::uint32_t regularization, unsigned weight_width,
                                    Method method = Method::kSweeps);

}  // namespace phasic::discriminant
