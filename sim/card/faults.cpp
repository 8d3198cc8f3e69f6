// SPDX-License-Identifier: Apache-2.0
#include "sim/card/faults.hpp"

#include <fmt/core.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace phasic::card {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& what) { throw std::runtime_error("PHASIC_CARD_FAULTS: " + what); }

double share(const std::string& name, const json& value) {
  if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1)
    refuse(fmt::format("\"{}\" is {}: it must be a share from 0 to 1", name, value.dump()));
  return value.get<double>();
}

Fault fault_named(const std::string& run, const json& value) {
  if (value == "error") return Fault::kError;
  if (value == "hang") return Fault::kHang;
  if (value == "bus") return Fault::kBus;
  refuse(fmt::format("run {} is {}: \"error\", \"hang\" and \"bus\" are known", run, value.dump()));
}

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || rest != end || value == 0)
    refuse(fmt::format("run \"{}\": it must be a number from 1 on", text));
  return value;
}

}  // namespace

Faults::Faults(const std::string& text, unsigned card) {
  if (text.empty()) return;
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) refuse(fmt::format("{} is no JSON object", text));
  std::uint64_t seed = 0;
  for (const auto& [name, value] : object.items()) {
    if (name == "seed") {
      if (!value.is_number_unsigned()) refuse(fmt::format("\"seed\" is {}: it must be a whole number", value.dump()));
      seed = value.get<std::uint64_t>();
    } else if (name == "error") {
      error_ = share(name, value);
    } else if (name == "hang") {
      hang_ = share(name, value);
    } else if (name == "bus") {
      bus_ = share(name, value);
    } else if (name == "runs" && value.is_object()) {
      for (const auto& [run, fault] : value.items()) chosen_[number(run)] = fault_named(run, fault);
    } else {
      refuse(fmt::format("\"{}\" is unknown, or no object", name));
    }
  }
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), card};
  random_.seed(mixed);
}

Fault Faults::next() {
  const auto chosen = chosen_.find(++run_);
  if (chosen != chosen_.end()) return chosen->second;
  if (error_ + hang_ + bus_ == 0) return Fault::kNone;
  const double drawn = std::uniform_real_distribution<double>(0, 1)(random_);
  if (drawn < error_) return Fault::kError;
  if (drawn < error_ + hang_) return Fault::kHang;
  return drawn < error_ + hang_ + bus_ ? Fault::kBus : Fault::kNone;
}

}  // namespace phasic::card
