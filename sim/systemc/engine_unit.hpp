// SPDX-License-Identifier: Apache-2.0
/// A compute unit that is an untimed engine, such as the HLS kernel in C simulation, made into an approximately timed process:
/// its accesses to memory are transactions that take their time, and computing takes what a model of it says.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "driver/engine/engine.hpp"
#include "sim/systemc/unit.hpp"

namespace phasic::platform {

/// How long an engine computes.
struct ComputeTime {
  enum class Source : std::uint8_t {
    /// What the engine itself counts: its cycle registers as a run goes on, and counter `cycles` of the results header at its
    /// end.
    /// For the HLS kernel these are the initiation intervals of its pragmas. Memory time comes on top.
    kCounted,
    /// What follows. Memory time within it is hidden, as in the RTL, which fetches a sample while it works on others.
    kGiven,
  };
  Source source = Source::kCounted;
  double load_cycles = 0;      ///< kGiven: the first sample is asked for no sooner after the start
  double cycles_a_sample = 0;  ///< kGiven: a sample is done no sooner after the one before
  double store_cycles = 0;     ///< kGiven: the run is done no sooner after its last sample
};

class EngineUnit : public Unit {
 public:
  /// `engine` with `options` is made by engine::make_engine. `bus_bytes` is the width of its data bus, a power of two from 4
  /// to 64.
  EngineUnit(const sc_core::sc_module_name& name, unsigned number, const Clocking& clocking, Failure& failure,
             const std::string& engine, const std::string& options, std::uint32_t bus_bytes, const ComputeTime& compute);

  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] std::uint32_t bus_bytes() const override { return bus_bytes_; }

 protected:
  std::uint32_t read_register(std::uint32_t offset) override;
  void write_register(std::uint32_t offset, std::uint32_t value) override;

 private:
  /// The engine's memory. Its calls wait: they come from the unit's thread.
  class Port final : public engine::Memory {
   public:
    explicit Port(EngineUnit& unit) : unit_(unit) {}
    bool read(std::uint64_t address, std::span<std::byte> to) override;
    bool write(std::uint64_t address, std::span<const std::byte> from) override;

   private:
    EngineUnit& unit_;
  };

  void run();
  void work();
  bool transfer(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data);
  /// Waits until `counted` cycles of computing of this run have passed.
  void compute_until(std::uint64_t counted);
  [[nodiscard]] std::uint64_t counted_cycles();
  [[nodiscard]] std::uint64_t results_address();
  void finish_samples();
  /// Waits until `cycles` after `begin`, if that is not over.
  void wait_until(const sc_core::sc_time& begin, double cycles);
  void drive_interrupt();

  std::uint32_t bus_bytes_;
  ComputeTime compute_;
  Port port_;
  std::unique_ptr<engine::Engine> engine_;
  sc_core::sc_event started_;
  sc_core::sc_event interrupt_event_;  ///< a wire has one driver: drive_interrupt()
  std::uint64_t next_address_ = 0;     ///< where the last access ended
  tlm::tlm_command last_command_ = tlm::TLM_IGNORE_COMMAND;
  sc_core::sc_time last_end_;
  std::uint64_t computed_ = 0;  ///< cycles of this run
  std::uint32_t samples_done_ = 0;
  sc_core::sc_time part_end_;  ///< end of the loading or of the last sample
};

}  // namespace phasic::platform
