// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace phasic::runtime {

std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace phasic::runtime
