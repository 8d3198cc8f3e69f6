// SPDX-License-Identifier: Apache-2.0
/// What lies at a place of a JSON document.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace phasic::runtime {

/// The value at a JSON pointer ("/layers/0/neurons") that a user wrote; nullptr if there is none, if the text is no pointer, or
/// if an index is larger than a list can have (nlohmann::json::contains throws at those).
[[nodiscard]] const nlohmann::json* find_place(const nlohmann::json& document, const std::string& pointer);

}  // namespace phasic::runtime
