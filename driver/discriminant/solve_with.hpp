// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver/discriminant/row_products.hpp"
#include "driver/discriminant/solve.hpp"

namespace phasic::discriminant {

/// solve() with the given inner loop, so that tests can compare them all.
[[nodiscard]] Readout solve_with(RowProducts row_products, const Statistics& statistics, std::uint32_t regularization,
                                 unsigned weight_width, Method method = Method::kSweeps);

}  // namespace phasic::discriminant
