// SPDX-License-Identifier: Apache-2.0
/// Options of engines, which come as the text of a JSON object.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace phasic::engine {

/// The object. Throws std::runtime_error that begins with `what` ("RTL engine options") if the text is none, or nested so deep
/// that the library, which writes documents by recursion, would run out of stack.
[[nodiscard]] nlohmann::json parse_options(std::string_view what, const std::string& text);

}  // namespace phasic::engine
