// SPDX-License-Identifier: Apache-2.0
/// The equations of a discriminant as the plain form of the solve has them, with the names of docs/specification.md, section 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "driver/discriminant/solve.hpp"

namespace phasic::discriminant {

__extension__ using Wide = __int128;

/// The largest integer that is not more than above / below, for below > 0.
// NOLINTNEXTLINE(clang-analyzer-core.DivideZero): nobody divides by 0
[[nodiscard]] inline Wide floor_of(Wide above, Wide below) { return above / below - (above % below < 0 ? 1 : 0); }

/// a modulo 2^64, as a signed number.
[[nodiscard]] inline std::int64_t wrapped(Wide a) { return static_cast<std::int64_t>(static_cast<std::uint64_t>(a)); }

/// (G + lambda) w_c = e_c 2^t for each class c that was seen.
struct Equations {
  const Statistics& statistics;
  const std::vector<std::size_t>& seen;
  const std::vector<std::vector<std::int64_t>>& differences;  ///< e_c; one for each class, seen or not
  const std::vector<std::int64_t>& diagonal;                  ///< a
  std::int64_t lambda = 1;
  int shift = 0;  ///< t

  [[nodiscard]] std::int64_t scatter(std::size_t i, std::size_t j) const {
    return statistics.scatter[i * statistics.stride + j];
  }
  /// r of class c and source i.
  [[nodiscard]] std::int64_t left(std::size_t c, std::size_t i, const std::vector<std::int64_t>& solution) const;
};

/// w by elimination: one for each class; 0 for those that were not seen.
[[nodiscard]] std::vector<std::vector<std::int64_t>> eliminate_plainly(const Equations& equations);

}  // namespace phasic::discriminant
