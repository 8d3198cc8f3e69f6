// SPDX-License-Identifier: Apache-2.0
/// Kinds of events between layers as ports have them.
#pragma once

#include "phasic/contract.hpp"

namespace phasic::testing {

inline constexpr auto kSpike = static_cast<unsigned>(contract::EventKind::kSpike);
inline constexpr auto kStepEnd = static_cast<unsigned>(contract::EventKind::kStepEnd);
inline constexpr auto kSampleEnd = static_cast<unsigned>(contract::EventKind::kSampleEnd);
inline constexpr auto kOpen = static_cast<unsigned>(contract::EventKind::kOpen);

}  // namespace phasic::testing
