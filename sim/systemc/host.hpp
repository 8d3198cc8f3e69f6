// SPDX-License-Identifier: Apache-2.0
/// The host of the platform: an initiator that carries out what a program outside the simulation asks for.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <systemc>
#include <vector>

#include "sim/systemc/access.hpp"
#include "sim/systemc/clocking.hpp"
#include "sim/systemc/failure.hpp"
#include "sim/systemc/unit.hpp"

namespace phasic::platform {

/// Registers of unit n begin at n times this on the host's control bus.
inline constexpr std::uint64_t kUnitWindow = 1 << 16;

class Host : public sc_core::sc_module {
 public:
  using Socket = tlm_utils::simple_initiator_socket<Host>;
  /// Code that runs in the host's thread; it may use all that follows but perform().
  using Task = std::function<void(Host&)>;

  tlm_utils::simple_initiator_socket<Host> control{"control"};

  /// `systems` is the number of memory systems that it reaches.
  Host(const sc_core::sc_module_name& name, std::size_t systems, const Clocking& clocking, Failure& failure);

  /// Registers of unit `unit`. Throw std::runtime_error that names unit and offset if there is no such register window.
  [[nodiscard]] std::uint32_t read_register(std::size_t unit, std::uint32_t offset);
  void write_register(std::size_t unit, std::uint32_t offset, std::uint32_t value);
  /// Bytes in memory system `system`, in bursts. Throw std::runtime_error that names the address if nothing answers there.
  void read_memory(std::size_t system, std::uint64_t address, std::span<std::byte> to);
  void write_memory(std::size_t system, std::uint64_t address, std::span<const std::byte> from);
  void wait_cycles(std::uint64_t cycles);
  /// Waits until the interrupt wire of one of `units` is high, or `cycles` have passed. The first such unit, or -1.
  [[nodiscard]] int wait_interrupt(std::span<const std::size_t> units, std::uint64_t cycles);
  /// Cycles since the simulation began.
  [[nodiscard]] std::uint64_t now() const { return clocking_.now(); }

  /// For whoever puts the platform together.
  [[nodiscard]] Socket& memory(std::size_t system) { return *memories_.at(system); }
  void watch(const std::vector<std::unique_ptr<Unit>>& units);
  /// From outside the simulation: queues a task. SystemC pauses when all are done.
  void post(Task task);
  [[nodiscard]] bool idle() const { return tasks_.empty(); }
  /// What a task has thrown; forgets it.
  [[nodiscard]] std::exception_ptr take_exception();

 private:
  void run();
  void transfer(Socket& socket, tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data);
  bool control_access(tlm::tlm_command command, std::size_t unit, std::uint32_t offset, std::uint32_t& word);

  Clocking clocking_;
  Failure& failure_;
  std::vector<std::unique_ptr<Socket>> memories_;
  std::vector<Unit*> units_;
  std::deque<Task> tasks_;
  std::exception_ptr exception_;
  sc_core::sc_event posted_;
};

}  // namespace phasic::platform
