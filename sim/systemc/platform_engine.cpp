// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/platform_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "phasic/contract.hpp"
#include "sim/systemc/platform.hpp"

namespace phasic::platform {
namespace {

PlatformPlan one_unit(const std::string& unit, engine::Memory& memory, const std::string& options) {
  PlatformPlan plan;
  plan.units.push_back({.engine = unit, .options = options, .bus_bytes = 64, .compute = {}});
  plan.outside = &memory;
  return plan;
}

class SystemcEngine final : public engine::Engine {
 public:
  SystemcEngine(const std::string& unit, engine::Memory& memory, const std::string& options)
      : platform_(one_unit(unit, memory, options)) {}

  std::uint32_t read_register(std::uint32_t offset) override {
    std::uint32_t value = 0;
    platform_.perform([&](Host& host) { value = host.read_register(0, offset); });
    return value;
  }

  void write_register(std::uint32_t offset, std::uint32_t value) override {
    platform_.perform([&](Host& host) { host.write_register(0, offset, value); });
  }

  bool advance(std::uint64_t cycles) override {
    bool going = true;
    platform_.perform([&](Host& host) { going = wait_idle(host, std::max<std::uint64_t>(cycles, 1)); });
    return going;
  }

  [[nodiscard]] std::string describe() const override {
    return fmt::format("SystemC platform with one unit: {}", platform_.unit(0).describe());
  }

 private:
  /// Polls seldom in long runs, since a poll takes time as well. Whether the run still goes on.
  static bool wait_idle(Host& host, std::uint64_t cycles) {
    const std::uint64_t end = host.now() + cycles;
    for (std::uint64_t step = 32;; step = std::min<std::uint64_t>(2 * step, 1024)) {
      const std::uint64_t now = host.now();
      if (now >= end) return true;
      host.wait_cycles(std::min(step, end - now));
      if (host.read_register(0, contract::reg::kPhase) == static_cast<std::uint32_t>(contract::Phase::kIdle)) return false;
    }
  }

  mutable Platform platform_;
};

}  // namespace

std::unique_ptr<engine::Engine> make_platform_engine(const std::string& unit, engine::Memory& memory,
                                                     const std::string& options) {
  return std::make_unique<SystemcEngine>(unit, memory, options);
}

}  // namespace phasic::platform
