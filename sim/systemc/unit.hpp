// SPDX-License-Identifier: Apache-2.0
/// A compute unit of the platform: registers on one side, a memory master on the other, and an interrupt wire.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "sim/systemc/access.hpp"
#include "sim/systemc/clocking.hpp"
#include "sim/systemc/failure.hpp"

namespace phasic::platform {

class Unit : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Unit> registers{"registers"};  ///< words at offsets 0 to 4092; must be called from a thread
  tlm_utils::simple_initiator_socket<Unit> memory{"memory"};
  sc_core::sc_signal<bool> interrupt{"interrupt"};

  /// `number` stands in its transactions. `failure` must outlive the unit.
  Unit(const sc_core::sc_module_name& name, unsigned number, const Clocking& clocking, Failure& failure);
  ~Unit() override = default;

  /// Told of every register access that went well.
  using RegisterObserver = std::function<void(bool write, std::uint32_t offset, std::uint32_t value)>;
  void observe_registers(RegisterObserver observer) { observers_.push_back(std::move(observer)); }

  /// Called when the interrupt wire rises; an empty function ends that.
  void on_interrupt(std::function<void()> call) { on_interrupt_ = std::move(call); }

  /// One line for people.
  [[nodiscard]] virtual std::string describe() const = 0;
  /// Bytes of its data bus.
  [[nodiscard]] virtual std::uint32_t bus_bytes() const = 0;

 protected:
  virtual std::uint32_t read_register(std::uint32_t offset) = 0;
  virtual void write_register(std::uint32_t offset, std::uint32_t value) = 0;
  /// One transaction on the memory bus; whether it went well. `delay` is when it is over, from now.
  bool access(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data, bool continued,
              sc_core::sc_time& delay);

  const Clocking& clocking() const { return clocking_; }
  Failure& failure() { return failure_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void see_interrupt();

  Clocking clocking_;
  Failure& failure_;
  tlm::tlm_generic_payload payload_;
  Access tag_;
  std::vector<RegisterObserver> observers_;
  std::function<void()> on_interrupt_;
};

}  // namespace phasic::platform
