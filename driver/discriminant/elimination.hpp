// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "driver/discriminant/row_products.hpp"
#include "driver/discriminant/solve.hpp"

namespace phasic::discriminant {

/// The factors of G + lambda, with the same numbers as eliminate_plainly.cpp: L below the diagonal, and D.
class Elimination {
 public:
  /// `diagonal` is that of G + lambda, at least 1.
  Elimination(NarrowRowProducts products, const Statistics& statistics, std::span<const std::int64_t> diagonal,
              std::int64_t lambda);

  /// Adds what the factors make of a right side, modulo 2^64.
  void add_solution(std::span<const std::int64_t> right, std::uint64_t* solution) const;

 private:
  void take_row_pieces(NarrowRowProducts products, const Statistics& statistics, std::span<const std::int64_t> diagonal,
                       std::size_t first, std::size_t k);
  [[nodiscard]] std::int64_t scaled(std::int64_t value) const;

  std::size_t sources_, stride_;
  int scale_ = 0;
  int fraction_ = 0;
  std::int64_t least_ = 1;           ///< of D
  std::vector<std::int32_t> l_, s_;  ///< rows at stride_; what is not below the diagonal is 0
  std::vector<std::int64_t> d_;
};

}  // namespace phasic::discriminant
