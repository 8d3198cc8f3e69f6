// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "driver/shell/kernel_engine.hpp"
#include "sim/reference/cores.hpp"

namespace phasic::reference {
namespace {

struct LimitRule {
  const char* name;
  std::uint32_t Limits::*value;
  std::uint32_t lowest;
  std::uint32_t highest;
};

constexpr std::array<LimitRule, 12> kLimitRules{
    {{"lanes", &Limits::lanes, 1, 1024},
     {"weight_width", &Limits::weight_width, 8, 16},
     {"engines", &Limits::engines, 1, 4},
     {"max_rows", &Limits::max_rows, 1, 65535},
     {"max_neurons", &Limits::max_neurons, 1, 65535},
     {"max_steps", &Limits::max_steps, 1, 32},
     {"max_classes", &Limits::max_classes, 1, 65535},
     {"max_outputs", &Limits::max_outputs, 1, 65535},
     {"max_events", &Limits::max_events, 0, 1U << 22},
     {"weight_depth", &Limits::weight_depth, 1, 1U << 26},
     {"data_width", &Limits::data_width, 32, 512},
     {"rules", &Limits::rules, 0, contract::kDefaultRules | contract::kRulesSerial}}};
static_assert(kLimitRules.size() == contract::kLimits.size());

[[noreturn]] void reject(const std::string& what) { throw std::invalid_argument("reference engine options: " + what); }

Limits read_limits(const nlohmann::json& object) {
  Limits limits;
  if (!object.is_object()) reject("limits is " + object.dump() + ", expected an object");
  for (const auto& [key, value] : object.items()) {
    const auto rule =
        std::find_if(kLimitRules.begin(), kLimitRules.end(), [&name = key](const LimitRule& r) { return name == r.name; });
    if (rule == kLimitRules.end()) reject("unknown limit '" + key + "'");
    if (!value.is_number_integer() || value.get<std::int64_t>() < rule->lowest || value.get<std::int64_t>() > rule->highest) {
      reject(fmt::format("limits.{} is {}, expected {} to {}", key, value.dump(), rule->lowest, rule->highest));
    }
    limits.*rule->value = value.get<std::uint32_t>();
  }
  if (limits.weight_width != 8 && limits.weight_width != 16) {
    reject(fmt::format("limits.weight_width is {}, expected 8 or 16", limits.weight_width));
  }
  if (!std::has_single_bit(limits.lanes)) reject(fmt::format("limits.lanes is {}, expected a power of two", limits.lanes));
  return limits;
}

}  // namespace

std::unique_ptr<engine::Engine> make_reference_engine(engine::Memory& memory, const Limits& limits, bool plain) {
  return shell::make_kernel_engine(memory, limits, plain ? make_plain_core : make_core,
                                   fmt::format("C++ reference{}, limits of {} lanes, {}-bit weights", plain ? " (plain)" : "",
                                               limits.lanes, limits.weight_width));
}

std::unique_ptr<engine::Engine> make_reference_engine(engine::Memory& memory, const std::string& options) {
  const nlohmann::json object = nlohmann::json::parse(options, nullptr, false);
  if (!object.is_object()) reject("'" + options + "' is not a JSON object");
  Limits limits;
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
