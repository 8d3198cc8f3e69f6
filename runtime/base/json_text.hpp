// SPDX-License-Identifier: Apache-2.0
/// JSON as a text on one line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace phasic::runtime {

/// Bytes in texts that are no UTF-8, as names of files may have them, become U+FFFD.
[[nodiscard]] std::string json_text(const nlohmann::json& value);

}  // namespace phasic::runtime
