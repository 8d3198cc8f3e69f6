// SPDX-License-Identifier: Apache-2.0
/// Postsynaptic factors, and the changes they ask for.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"

namespace phasic::reference {
namespace {

void level_factors(const std::int8_t* levels, std::size_t count, std::int32_t rate, unsigned shift, std::int32_t* factors) {
  const std::int32_t half = shift == 0 ? 0 : 1 << (shift - 1);
  constexpr std::int32_t kHighest = (1 << (contract::kFactorWidth - 1)) - 1;
  for (std::size_t j = 0; j < count; ++j) {
    const std::int32_t factor = (-levels[j] * rate + half) >> shift;
    const std::int32_t limited = factor > kHighest ? kHighest : factor;
    factors[j] = limited < -kHighest - 1 ? -kHighest - 1 : limited;
  }
}

void split_changes(const std::int8_t* trits, const std::int32_t* factors, std::size_t count, std::int16_t* whole_even,
                   std::int16_t* whole_odd, std::uint16_t* part_even, std::uint16_t* part_odd) {
  for (std::size_t pair = 0; pair < count / 2; ++pair) {
    const std::int32_t even = trits[2 * pair] * factors[2 * pair];
    const std::int32_t odd = trits[2 * pair + 1] * factors[2 * pair + 1];
    whole_even[pair] = static_cast<std::int16_t>(even >> 16);
    whole_odd[pair] = static_cast<std::int16_t>(odd >> 16);
    part_even[pair] = static_cast<std::uint16_t>(even);
    part_odd[pair] = static_cast<std::uint16_t>(odd);
  }
}

}  // namespace
}  // namespace phasic::reference
