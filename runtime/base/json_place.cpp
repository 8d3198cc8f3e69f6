// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/json_place.hpp"

#include <nlohmann/json.hpp>

namespace phasic::runtime {

using nlohmann::json;

const json* find_place(const json& document, const std::string& pointer) {
  try {
    const json::json_pointer place(pointer);
    return document.contains(place) ? &document[place] : nullptr;
  } catch (const json::exception&) {
    return nullptr;
  }
}

}  // namespace phasic::runtime
