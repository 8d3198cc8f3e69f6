// SPDX-License-Identifier: Apache-2.0
/// Quantities of network files, in the integers of the contract (docs/networks.md, "Quantities"). All throw InputError.
#pragma once

#include <cstdint>
#include <limits>

#include "phasic/contract.hpp"
#include "runtime/base/json_node.hpp"

namespace phasic::runtime {

/// Of `fine_leak` and `synaptic_leak`; `leak` is coarser.
inline constexpr double kUnitsOfLeak = 1 << contract::kLeakShift;
inline constexpr double kUnitsOfLevel = 64;
/// Levels are signed bytes, and -128 is not used, so that a level has an opposite.
inline constexpr double kLargestLevel = std::numeric_limits<std::int8_t>::max() / kUnitsOfLevel;

/// A positive number up to 1024, or a fraction such as "1/256".
[[nodiscard]] double read_unit(const JsonNode& node);

/// 0 to 2^64 - 1, as a number or as a text in decimal or hexadecimal digits.
[[nodiscard]] std::uint64_t read_seed(const JsonNode& node);

/// A number, or {"raw": integer}. A number is given in units of `unit` and rounded to the nearest integer; `least` to `most`
/// are allowed.
[[nodiscard]] std::int64_t read_quantity(const JsonNode& node, double unit, std::int64_t least, std::int64_t most);

/// A rate that is a power of two, as the power of 1/2: a number, a fraction, or {"raw": power}.
[[nodiscard]] std::uint32_t read_slowest_rate(const JsonNode& node);

}  // namespace phasic::runtime
