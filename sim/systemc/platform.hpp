// SPDX-License-Identifier: Apache-2.0
/// The whole platform: units, memory banks, interconnects and a host, put together as a plan says.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "sim/systemc/clocking.hpp"
#include "sim/systemc/context.hpp"
#include "sim/systemc/engine_unit.hpp"
#include "sim/systemc/failure.hpp"
#include "sim/systemc/host.hpp"
#include "sim/systemc/interconnect.hpp"
#include "sim/systemc/memory_bank.hpp"
#include "sim/systemc/monitor.hpp"
#include "sim/systemc/unit.hpp"

namespace phasic::platform {

struct UnitPlan {
  /// An engine. RTL engines ("rtl64", ...) become units at pin level, all others approximately timed processes.
  std::string engine = "rtl64";
  std::string options = R"({"timing": "ideal"})";  ///< of that engine, a JSON object
  std::uint32_t bus_bytes = 64;                    ///< of an approximately timed unit
  ComputeTime compute;                             ///< of an approximately timed unit
};

struct PlatformPlan {
  std::vector<UnitPlan> units;
  unsigned banks = 1;
  std::uint64_t bank_bytes = std::uint64_t{64} << 20;
  BankTiming bank;
  std::uint64_t hop_cycles = 2;  ///< of the interconnect
  double megahertz = 250;        ///< of the clock
  /// Each unit has a memory system of its own, with the same addresses, instead of one for all.
  bool private_memories = false;
  /// Bytes of the memory instead of banks of the platform's own: one bank that has all addresses. Must outlive the platform.
  engine::Memory* outside = nullptr;
};

/// Not thread-safe; several platforms may live at a time in one thread.
class Platform {
 public:
  /// Throws std::invalid_argument or std::runtime_error that names what is wrong with the plan.
  explicit Platform(const PlatformPlan& plan);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  /// Lets the simulation go on until the host has carried the task out. Throws what the task threw, or a unit.
  void perform(const Host::Task& task);

  [[nodiscard]] std::size_t units() const { return units_.size(); }
  [[nodiscard]] Unit& unit(std::size_t n) { return *units_.at(n); }
  [[nodiscard]] Monitor& monitor(std::size_t n) { return *monitors_.at(n); }
  [[nodiscard]] std::size_t systems() const { return systems_.size(); }
  /// The memory system that a unit works with.
  [[nodiscard]] std::size_t system_of(std::size_t unit) const { return plan_.private_memories ? unit : 0; }
  [[nodiscard]] const std::vector<std::unique_ptr<MemoryBank>>& banks(std::size_t system) const {
    return systems_.at(system)->banks;
  }
  [[nodiscard]] std::uint64_t bank_base(unsigned bank) const;
  [[nodiscard]] const PlatformPlan& plan() const { return plan_; }
  [[nodiscard]] const Clocking& clocking() const { return clocking_; }
  /// Cycles since the simulation began.
  [[nodiscard]] std::uint64_t now() const;
  /// Makes this platform's simulation the current one, for calls of SystemC from outside.
  void use() const { context_.use(); }

 private:
  struct MemorySystem {
    engine::BankedMemory bytes;
    std::vector<std::unique_ptr<MemoryBank>> banks;
    std::unique_ptr<Interconnect> interconnect;
  };
  void add_memory_system(std::size_t number);
  void add_unit(std::size_t number, const UnitPlan& unit);

  PlatformPlan plan_;
  Context context_;  // before all that is in it
  Clocking clocking_;
  Failure failure_;
  std::unique_ptr<sc_core::sc_clock> clock_;  // only if a unit has pins: it costs time
  std::vector<std::unique_ptr<MemorySystem>> systems_;
  std::unique_ptr<Interconnect> control_;
  std::unique_ptr<Host> host_;
  std::vector<std::unique_ptr<Unit>> units_;
  std::vector<std::unique_ptr<Monitor>> monitors_;
};

}  // namespace phasic::platform
