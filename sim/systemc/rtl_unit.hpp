// SPDX-License-Identifier: Apache-2.0
/// A compute unit that is the Verilated RTL at its pins. Adaptors turn register transactions into AXI4-Lite ones, and AXI4
/// bursts into memory transactions whose delays become cycles of the bus.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sim/systemc/unit.hpp"
#include "sim/verilator/axi_memory.hpp"
#include "sim/verilator/lite_master.hpp"
#include "sim/verilator/pins.hpp"

namespace phasic::platform {

class RtlUnit : public Unit {
 public:
  sc_core::sc_in<bool> clock{"clock"};

  /// `variant` is an RTL engine; `options` are its options: with "timing": "random" the adaptors vary theirs by "seed", on top
  /// of what the memory takes. Resets the kernel.
  RtlUnit(const sc_core::sc_module_name& name, unsigned number, const Clocking& clocking, Failure& failure,
          const std::string& variant, const std::string& options);

  [[nodiscard]] std::string describe() const override;
  [[nodiscard]] std::uint32_t bus_bytes() const override { return static_cast<std::uint32_t>(model_->bus_bytes()); }

 protected:
  std::uint32_t read_register(std::uint32_t offset) override;
  void write_register(std::uint32_t offset, std::uint32_t value) override;

 private:
  /// The memory bus for the AXI4 adaptor. Its calls never wait: they come from the clock's method.
  class Port final : public engine::TimedMemory {
   public:
    explicit Port(RtlUnit& unit) : unit_(unit) {}
    bool read(std::uint64_t address, std::span<std::byte> to) override;
    bool write(std::uint64_t address, std::span<const std::byte> from) override;
    [[nodiscard]] std::uint64_t delay() const override { return delay_; }

   private:
    bool transfer(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data);
    RtlUnit& unit_;
    std::uint64_t delay_ = 0;
  };

  void tick();

  std::unique_ptr<engine::PinModel> model_;
  bool ideal_;
  Port port_;
  engine::AxiMemory memory_;
  engine::LiteMaster control_;
  sc_core::sc_mutex control_lock_;
  sc_core::sc_event control_done_;
};

}  // namespace phasic::platform
