// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "driver/engine/options.hpp"
#include "driver/shell/kernel_engine.hpp"
#include "sim/reference/cores.hpp"

namespace phasic::reference {
namespace {

[[noreturn]] void reject(const std::string& what) { throw std::invalid_argument("reference engine options: " + what); }

/// Those of a usual build, with all rules that there are.
contract::Limits usual_limits() {
  contract::Limits limits;
  limits.rules |= contract::kRulesConvolution | contract::kRulesFeatures | contract::kRulesDiscriminant |
                  contract::kRulesCurrent | contract::kRulesDrawn | contract::kRulesRetrograde;
  return limits;
}

contract::Limits read_limits(const nlohmann::json& object) {
  contract::Limits limits = usual_limits();
  if (!object.is_object()) reject("limits is " + object.dump() + ", expected an object");
  for (const auto& [key, value] : object.items()) {
    const auto limit = std::find_if(contract::kLimits.begin(), contract::kLimits.end(),
                                    [&name = key](const contract::Limit& known) { return known.name == name; });
    if (limit == contract::kLimits.end()) reject("unknown limit '" + key + "'");
    if (!value.is_number_unsigned() || !contract::is_legal(*limit, value.get<std::uint64_t>())) {
      reject(fmt::format("limits.{} is {}, expected {} to {}{}", key, value.dump(), limit->minimum, limit->maximum,
                         limit->power_of_two ? ", a power of two" : ""));
    }
    limits.*limit->value = value.get<std::uint32_t>();
  }
  return limits;
}

}  // namespace

std::unique_ptr<engine::Engine> make_reference_engine(engine::Memory& memory, const contract::Limits& limits, bool plain) {
  return shell::make_kernel_engine(memory, limits, plain ? make_plain_core : make_core,
                                   fmt::format("C++ reference{}, limits of {} lanes, {}-bit weights", plain ? " (plain)" : "",
                                               limits.lanes, limits.weight_width));
}

std::unique_ptr<engine::Engine> make_reference_engine(engine::Memory& memory, const std::string& options) {
  const nlohmann::json object = engine::parse_options("reference engine options", options);
  contract::Limits limits = usual_limits();
  bool plain = false;
  for (const auto& [key, value] : object.items()) {
    if (key == "limits") {
      limits = read_limits(value);
    } else if (key == "plain") {
      if (!value.is_boolean()) reject("plain is " + value.dump() + ", expected true or false");
      plain = value.get<bool>();
    } else {
      reject("unknown key '" + key + "'");
    }
  }
  return make_reference_engine(memory, limits, plain);
}

}  // namespace phasic::reference
