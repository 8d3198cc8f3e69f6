// SPDX-License-Identifier: Apache-2.0
/// The loop itself, which each instruction set's file compiles under a name of its own (PHASIC_ROW_PRODUCTS). It includes no
/// standard templates: an inline function that is compiled for a wide instruction set must never be shared with the rest of the
/// program.
#include "driver/discriminant/row_products.hpp"

namespace phasic::discriminant::PHASIC_ROW_PRODUCTS {

// NOLINTNEXTLINE(misc-definitions-in-headers): each file that includes it has a name of its own
void wide(const std::int32_t* row, std::size_t length, const std::uint64_t* solutions, std::size_t stride, std::size_t count,
          std::uint64_t* products) {
  for (std::size_t k = 0; k < count; k += kSolutionsAtOnce) {
    const std::uint64_t* const a = solutions + k * stride;
    const std::uint64_t* const b = a + stride;
    const std::uint64_t* const c = b + stride;
    const std::uint64_t* const d = c + stride;
    std::uint64_t sum_a = 0, sum_b = 0, sum_c = 0, sum_d = 0;
    for (std::size_t j = 0; j < length; ++j) {
      const auto value = static_cast<std::uint64_t>(static_cast<std::int64_t>(row[j]));
      sum_a += value * a[j];
      sum_b += value * b[j];
      sum_c += value * c[j];
      sum_d += value * d[j];
    }
    products[k] = sum_a;
    products[k + 1] = sum_b;
    products[k + 2] = sum_c;
    products[k + 3] = sum_d;
  }
}

// NOLINTNEXTLINE(misc-definitions-in-headers): as above
void narrow(const std::int32_t* row, std::size_t length, const std::int32_t* others, std::size_t stride,
            std::uint64_t* products) {
  const std::int32_t* const a = others;
  const std::int32_t* const b = a + stride;
  const std::int32_t* const c = b + stride;
  const std::int32_t* const d = c + stride;
  std::uint64_t sum_a = 0, sum_b = 0, sum_c = 0, sum_d = 0;
  for (std::size_t j = 0; j < length; ++j) {
    const auto value = static_cast<std::int64_t>(row[j]);
    sum_a += static_cast<std::uint64_t>(value * a[j]);
    sum_b += static_cast<std::uint64_t>(value * b[j]);
    sum_c += static_cast<std::uint64_t>(value * c[j]);
    sum_d += static_cast<std::uint64_t>(value * d[j]);
  }
  products[0] = sum_a;
  products[1] = sum_b;
  products[2] = sum_c;
  products[3] = sum_d;
}

}  // namespace phasic::discriminant::PHASIC_ROW_PRODUCTS
