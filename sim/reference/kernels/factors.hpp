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

void split_changes8(const std::int8_t* trits, const std::int32_t* factors, std::size_t count, std::int8_t* whole,
                    std::uint16_t* room_even, std::uint16_t* room_odd) {
  static_assert(contract::kFactorWidth - 16 < 8);
  for (std::size_t pair = 0; pair < count / 2; ++pair) {
    const std::int32_t even = trits[2 * pair] * factors[2 * pair];
    const std::int32_t odd = trits[2 * pair + 1] * factors[2 * pair + 1];
    whole[2 * pair] = static_cast<std::int8_t>(even >> 16);
    whole[2 * pair + 1] = static_cast<std::int8_t>(odd >> 16);
    room_even[pair] = static_cast<std::uint16_t>(~even);
    room_odd[pair] = static_cast<std::uint16_t>(~odd);
  }
}

void split_changes16(const std::int8_t* trits, const std::int32_t* factors, std::size_t count, std::int16_t* whole,
                     std::uint16_t* room) {
  static_assert(contract::kFactorWidth - 8 < 16);
  for (std::size_t j = 0; j < count; ++j) {
    const std::int32_t change = trits[j] * factors[j];
    whole[j] = static_cast<std::int16_t>(change >> 8);
    room[j] = static_cast<std::uint16_t>(~(change << 8));
  }
}

}  // namespace
}  // namespace phasic::reference
