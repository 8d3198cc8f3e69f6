// SPDX-License-Identifier: Apache-2.0
/// The kernel around any core as an engine: registers in front of a KernelRun.
#pragma once

#include <memory>
#include <string>

#include "driver/engine/engine.hpp"
#include "driver/shell/kernel.hpp"
#include "driver/shell/program.hpp"

namespace phasic::shell {

/// `describe` is the engine's line for people. `memory` must outlive the engine. A run is carried on by `advance`;
/// `read_register` alone does not move it.
[[nodiscard]] std::unique_ptr<engine::Engine> make_kernel_engine(engine::Memory& memory, const contract::Limits& limits,
                                                                 MakeCore make_core, std::string describe);

}  // namespace phasic::shell
