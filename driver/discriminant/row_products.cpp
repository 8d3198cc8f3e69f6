// SPDX-License-Identifier: Apache-2.0
#include "driver/discriminant/row_products.hpp"

namespace phasic::discriminant {

void row_products_generic(const std::int32_t*, std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint64_t*);
#ifdef PHASIC_WIDE_ROW_PRODUCTS
void row_products_avx2(const std::int32_t*, std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint64_t*);
void row_products_avx512(const std::int32_t*, std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint64_t*);
#endif

std::size_t all_row_products(RowProducts (&all)[kMostRowProducts]) {
  std::size_t count = 0;
  all[count++] = row_products_generic;
#ifdef PHASIC_WIDE_ROW_PRODUCTS
  if (__builtin_cpu_supports("avx2")) all[count++] = row_products_avx2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    all[count++] = row_products_avx512;
#endif
  return count;
}

}  // namespace phasic::discriminant
