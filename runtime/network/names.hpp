// SPDX-License-Identifier: Apache-2.0
/// Names of what network files choose from. Fixed orders: the place in a list is the value of the enumeration.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace phasic::runtime::names {

inline constexpr auto kSampleKinds = std::to_array<std::string_view>({"intensity", "event", "graded"});
inline constexpr auto kSpans = std::to_array<std::string_view>({"last_step", "all_steps"});
inline constexpr auto kRoundings = std::to_array<std::string_view>({"stochastic", "nearest"});
inline constexpr auto kRules = std::to_array<std::string_view>(
    {"frozen", "naca", "error", "drtp", "dfa", "eprop", "competition", "discriminant", "features"});
inline constexpr auto kPosts = std::to_array<std::string_view>({"trit", "surrogate", "one"});
inline constexpr auto kConnections = std::to_array<std::string_view>({"dense", "convolution"});
inline constexpr auto kResets = std::to_array<std::string_view>({"zero", "subtract", "none"});
inline constexpr auto kLevels = std::to_array<std::string_view>({"table", "drawn"});
inline constexpr auto kSolves = std::to_array<std::string_view>({"sweeps", "elimination"});
inline constexpr auto kSignals = std::to_array<std::string_view>({"neuron", "channel"});
inline constexpr auto kDistributions = std::to_array<std::string_view>({"uniform", "normal", "beta"});
inline constexpr auto kFilters = std::to_array<std::string_view>({"learned", "random"});
inline constexpr auto kGateSources = std::to_array<std::string_view>({"sample", "class"});

template <class Enum>
[[nodiscard]] constexpr std::string_view name_of(std::span<const std::string_view> names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

}  // namespace phasic::runtime::names
