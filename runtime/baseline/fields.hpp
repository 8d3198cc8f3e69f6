// SPDX-License-Identifier: Apache-2.0
/// Reading and printing fields of a baseline's settings.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/json_node.hpp"

namespace phasic::baseline {

template <class Enum, std::size_t N>
void choose(const runtime::JsonNode& node, std::string_view field, const std::array<std::string_view, N>& names, Enum& value) {
  if (const auto found = node.find(field)) value = static_cast<Enum>(found->one_of(names));
}

inline void number(const runtime::JsonNode& node, std::string_view field, double least, double most, float& value) {
  if (const auto found = node.find(field)) value = static_cast<float>(found->real(least, most));
}

inline void whole(const runtime::JsonNode& node, std::string_view field, std::int64_t least, std::int64_t most,
                  std::uint32_t& value) {
  if (const auto found = node.find(field)) value = static_cast<std::uint32_t>(found->integer(least, most));
}

/// Fields that mean something for some baselines alone are refused with the others.
inline void refuse_unless(bool allowed, const runtime::JsonNode& node, std::string_view field, std::string_view problem) {
  if (!allowed && node.find(field)) node.at(field).refuse(problem);
}

/// Six digits, so that 0.2 does not become 0.200000003.
inline double printed(float value) { return std::stod(fmt::format("{:.6g}", value)); }

}  // namespace phasic::baseline
