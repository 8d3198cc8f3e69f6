// SPDX-License-Identifier: Apache-2.0
/// Bounds of a network's fields, as the contract has them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::runtime {

/// Inclusive.
struct Range {
  std::int64_t least, most;
};

/// The limit of a build that `member` holds.
constexpr const contract::Limit& limit_of(std::uint32_t contract::Limits::*member) {
  return *std::ranges::find(contract::kLimits, member, &contract::Limit::value);
}

/// From 1 to the most that any build can be made for.
constexpr Range up_to(std::uint32_t contract::Limits::*member) { return {1, limit_of(member).maximum}; }

/// The values of a limit of which only powers of two are legal, ascending.
inline std::vector<std::uint32_t> powers_of(std::uint32_t contract::Limits::*member) {
  const auto& limit = limit_of(member);
  std::vector<std::uint32_t> values;
  for (std::uint32_t value = limit.minimum; value <= limit.maximum; value *= 2) values.push_back(value);
  return values;
}

}  // namespace phasic::runtime
