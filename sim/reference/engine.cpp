// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

namespace phasic::reference {
namespace {

/// A rough number of clock cycles a sample, so that one call of `advance` stays short.
constexpr std::uint64_t kCyclesPerPiece = 2'000;

struct LimitRule {
  const char* name;
  std::uint32_t Limits::*value;
  std::uint32_t lowest;
  std::uint32_t highest;
};

/// In the order of the limits table, which is that of the registers.
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

sim::LimitValues limit_values(const Limits& limits) {
  sim::LimitValues values;
  std::transform(kLimitRules.begin(), kLimitRules.end(), values.begin(),
                 [&](const LimitRule& rule) { return limits.*rule.value; });
  return values;
}

sim::RegisterStatus register_status(const RunStatus& status) {
  return {.error = static_cast<std::uint32_t>(status.fault.error),
          .error_detail = status.fault.detail,
          .error_sample = status.fault.sample,
          .phase = status.phase,
          .samples_fetched = status.samples_fetched,
          .samples_done = status.samples_done};
}

class KernelEngine final : public sim::Engine {
 public:
  KernelEngine(sim::Memory& memory, const Limits& limits, MakeNetwork make_network, std::string describe)
      : memory_(memory),
        limits_(limits),
        make_network_(std::move(make_network)),
        describe_(std::move(describe)),
        registers_(limit_values(limits)) {}

  std::uint32_t read_register(std::uint32_t offset) override { return registers_.read(offset, register_status(status_)); }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    if (!registers_.write(offset, value)) return;
    run_.emplace(memory_, limits_, registers_.arguments(), make_network_);
    status_ = run_->status();
  }

  bool advance(std::uint64_t cycles) override {
    for (std::uint64_t done = 0; run_ && done < std::max<std::uint64_t>(cycles, 1); done += kCyclesPerPiece) {
      const bool goes_on = run_->advance();
      status_ = run_->status();
      if (goes_on) continue;
      run_.reset();
      registers_.finish();
    }
    return run_.has_value();
  }

  [[nodiscard]] std::string describe() const override { return describe_; }

 private:
  sim::Memory& memory_;
  Limits limits_;
  MakeNetwork make_network_;
  std::string describe_;
  sim::RegisterFile registers_;
  RunStatus status_;
  std::optional<KernelRun> run_;
};

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

std::unique_ptr<sim::Engine> make_kernel_engine(sim::Memory& memory, const Limits& limits, MakeNetwork make_network,
                                                std::string describe) {
  return std::make_unique<KernelEngine>(memory, limits, std::move(make_network), std::move(describe));
}

std::unique_ptr<sim::Engine> make_reference_engine(sim::Memory& memory, const Limits& limits, bool plain) {
  return make_kernel_engine(memory, limits, plain ? make_plain_network : make_network,
                            fmt::format("C++ reference{}, limits of {} lanes, {}-bit weights", plain ? " (plain)" : "",
                                        limits.lanes, limits.weight_width));
}

std::unique_ptr<sim::Engine> make_reference_engine(sim::Memory& memory, const std::string& options) {
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
