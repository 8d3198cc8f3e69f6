// SPDX-License-Identifier: Apache-2.0
#include "driver/discriminant/row_products.hpp"

namespace phasic::discriminant {

namespace {

using Row = const std::int32_t*;

}  // namespace

namespace row_products_generic {
void wide(Row, std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint64_t*);
void narrow(Row, std::size_t, Row, std::size_t, std::uint64_t*);
}  // namespace row_products_generic
#ifdef PHASIC_WIDE_ROW_PRODUCTS
namespace row_products_avx2 {
void wide(Row, std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint64_t*);
void narrow(Row, std::size_t, Row, std::size_t, std::uint64_t*);
}  // namespace row_products_avx2
namespace row_products_avx512 {
void wide(Row, std::size_t, const std::uint64_t*, std::size_t, std::size_t, std::uint64_t*);
void narrow(Row, std::size_t, Row, std::size_t, std::uint64_t*);
}  // namespace row_products_avx512
#endif

std::size_t all_row_products(RowProducts (&all)[kMostRowProducts]) {
  std::size_t count = 0;
  all[count++] = {row_products_generic::wide, row_products_generic::narrow};
#ifdef PHASIC_WIDE_ROW_PRODUCTS
  if (__builtin_cpu_supports("avx2")) all[count++] = {row_products_avx2::wide, row_products_avx2::narrow};
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    all[count++] = {row_products_avx512::wide, row_products_avx512::narrow};
#endif
  return count;
}

}  // namespace phasic::discriminant
