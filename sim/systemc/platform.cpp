// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/platform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "sim/systemc/rtl_unit.hpp"

namespace phasic::platform {
namespace {

constexpr std::uint64_t kMemoryBase = std::uint64_t{1} << 32;

bool has_pins(const UnitPlan& unit) { return unit.engine.starts_with("rtl"); }

}  // namespace

Platform::Platform(const PlatformPlan& plan) : plan_(plan), clocking_(plan.megahertz) {
  if (plan.units.empty()) throw std::invalid_argument("platform: no units");
  if (plan.banks == 0) throw std::invalid_argument("platform: no memory banks");
  if (std::any_of(plan.units.begin(), plan.units.end(), has_pins))
    clock_ = std::make_unique<sc_core::sc_clock>("clock", clocking_.period());
  const std::size_t systems = plan.private_memories ? plan.units.size() : 1;
  host_ = std::make_unique<Host>("host", systems, clocking_, failure_);
  control_ = std::make_unique<Interconnect>("control", 1, plan.units.size(), 0, clocking_);
  host_->control.bind(control_->add_initiator());
  for (std::size_t number = 0; number < systems; ++number) add_memory_system(number);
  for (std::size_t number = 0; number < plan.units.size(); ++number) add_unit(number, plan.units[number]);
  host_->watch(units_);
}

Platform::~Platform() { context_.use(); }

std::uint64_t Platform::bank_base(unsigned bank) const {
  return plan_.outside != nullptr ? 0 : kMemoryBase + bank * plan_.bank_bytes;
}

void Platform::add_memory_system(std::size_t number) {
  auto& system = *systems_.emplace_back(std::make_unique<MemorySystem>());
  const unsigned banks = plan_.outside != nullptr ? 1 : plan_.banks;
  const std::size_t initiators = 1 + (plan_.private_memories ? 1 : plan_.units.size());
  system.interconnect = std::make_unique<Interconnect>(fmt::format("interconnect_{}", number).c_str(), initiators, banks,
                                                       plan_.hop_cycles, clocking_);
  for (unsigned bank = 0; bank < banks; ++bank) {
    const std::uint64_t first = bank_base(bank);
    const bool all = plan_.outside != nullptr;
    if (!all) system.bytes.add_bank(first, plan_.bank_bytes);
    const std::uint64_t last = all ? std::numeric_limits<std::uint64_t>::max() : first + plan_.bank_bytes - 1;
    engine::Memory& bytes = all ? *plan_.outside : static_cast<engine::Memory&>(system.bytes);
    const auto name = fmt::format("bank_{}_{}", number, bank);
    system.banks.push_back(std::make_unique<MemoryBank>(name.c_str(), bytes, first, last, plan_.bank, clocking_));
    system.interconnect->add_target(first, last, false).bind(system.banks.back()->socket);
  }
  host_->memory(number).bind(system.interconnect->add_initiator());
}

void Platform::add_unit(std::size_t number, const UnitPlan& unit) {
  const auto name = fmt::format("unit_{}", number);
  const auto n = static_cast<unsigned>(number);
  if (has_pins(unit)) {
    auto made = std::make_unique<RtlUnit>(name.c_str(), n, clocking_, failure_, unit.engine, unit.options);
    made->clock.bind(*clock_);
    units_.push_back(std::move(made));
  } else {
    units_.push_back(std::make_unique<EngineUnit>(name.c_str(), n, clocking_, failure_, unit.engine, unit.options,
                                                  unit.bus_bytes, unit.compute));
  }
  auto& monitor = *monitors_.emplace_back(std::make_unique<Monitor>(fmt::format("monitor_{}", number).c_str(), n, clocking_));
  units_.back()->memory.bind(monitor.target);
  monitor.initiator.bind(systems_[system_of(number)]->interconnect->add_initiator());
  control_->add_target(number * kUnitWindow, (number + 1) * kUnitWindow - 1, true).bind(units_.back()->registers);
}

std::uint64_t Platform::now() const {
  context_.use();
  return clocking_.now();
}

void Platform::perform(const Host::Task& task) {
  context_.use();
  failure_.check();
  host_->post(task);
  while (!host_->idle()) {
    sc_core::sc_start();
    failure_.check();
    if (!host_->idle() && !sc_core::sc_pending_activity())
      throw std::runtime_error("platform: the host waits for something that never happens");
  }
  if (const auto exception = host_->take_exception()) std::rethrow_exception(exception);
}

}  // namespace phasic::platform
