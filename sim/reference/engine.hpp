// SPDX-License-Identifier: Apache-2.0
/// The reference as an engine: registers in front of a KernelRun.
#pragma once

#include <memory>
#include <string>

#include "sim/engine/engine.hpp"
#include "sim/reference/kernel.hpp"
#include "sim/reference/program.hpp"

namespace phasic::reference {

/// The kernel around any network that is equal to the reference's; `describe` is the engine's line for people. `memory` must
/// outlive the engine. A run is carried on by `advance`; `read_register` alone does not move it.
[[nodiscard]] std::unique_ptr<sim::Engine> make_kernel_engine(sim::Memory& memory, const Limits& limits,
                                                              MakeNetwork make_network, std::string describe);

/// `limits` imitate those of a build. `plain` chooses the defining network instead of the fast one, which is equal in every
/// bit.
[[nodiscard]] std::unique_ptr<sim::Engine> make_reference_engine(sim::Memory& memory, const Limits& limits, bool plain = false);

/// The same from a JSON object: {"limits": {"lanes": 8, ...}, "plain": false}. Limits that are left out are the contract's
/// defaults. Throws std::invalid_argument that names the key and the value.
[[nodiscard]] std::unique_ptr<sim::Engine> make_reference_engine(sim::Memory& memory, const std::string& options);

}  // namespace phasic::reference
