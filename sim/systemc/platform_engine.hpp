// SPDX-License-Identifier: Apache-2.0
/// An engine that hosts a platform with one unit: whatever drives engines drives the platform, over TLM transactions for
/// registers and memory.
#pragma once

#include <memory>
#include <string>

#include "driver/engine/engine.hpp"

namespace phasic::platform {

/// `unit` is the unit's engine, and `options` are that engine's; "seed" and "timing" reach RTL units and their random timing.
/// Throws std::runtime_error for an engine that is not there.
[[nodiscard]] std::unique_ptr<engine::Engine> make_platform_engine(const std::string& unit, engine::Memory& memory,
                                                                   const std::string& options);

}  // namespace phasic::platform
