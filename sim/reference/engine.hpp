// SPDX-License-Identifier: Apache-2.0
/// The reference as an engine.
#pragma once

#include <memory>
#include <string>

#include "driver/engine/engine.hpp"
#include "driver/shell/program.hpp"

namespace phasic::reference {

/// `limits` imitate those of a build. `plain` chooses the defining network instead of the fast one, which is equal in every
/// bit.
[[nodiscard]] std::unique_ptr<engine::Engine> make_reference_engine(engine::Memory& memory, const contract::Limits& limits,
                                                                    bool plain = false);

/// The same from a JSON object: {"limits": {"lanes": 8, ...}, "plain": false}. Limits that are left out are the contract's
/// defaults. Throws std::invalid_argument that names the key and the value.
[[nodiscard]] std::unique_ptr<engine::Engine> make_reference_engine(engine::Memory& memory, const std::string& options);

}  // namespace phasic::reference
