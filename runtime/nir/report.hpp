// SPDX-License-Identifier: Apache-2.0
/// The report of fidelity of an imported network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/nir/fidelity.hpp"

namespace phasic::runtime::nir {

/// For people: what each layer became, what rounding did to it, and how the answers compare, if they were measured (`fidelity`
/// may be null).
[[nodiscard]] std::string table(const Imported& imported, const Fidelity* fidelity);

/// The same as JSON.
[[nodiscard]] nlohmann::json summary(const Imported& imported, const Fidelity* fidelity);

/// The same as a page that loads nothing.
[[nodiscard]] std::string page(const Imported& imported, const Fidelity* fidelity);

}  // namespace phasic::runtime::nir
