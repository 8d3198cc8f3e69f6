// SPDX-License-Identifier: Apache-2.0
/// Stands between a unit and its memory, and shows every transaction to whoever wants to see it.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <systemc>
#include <utility>
#include <vector>

#include "sim/systemc/access.hpp"
#include "sim/systemc/clocking.hpp"

namespace phasic::platform {

/// A transaction as it was answered. The bytes live during the call only.
struct Transaction {
  unsigned unit = 0;
  bool write = false, good = false;
  std::uint64_t address = 0;
  std::span<const std::byte> data;
  std::uint64_t cycle = 0;  ///< in which it was begun
};

class Monitor : public sc_core::sc_module {
 public:
  using Observer = std::function<void(const Transaction&)>;
  /// Changes the bytes of a transaction: those of a write before memory has them, those of a read after.
  using Fault = std::function<void(bool write, std::uint64_t address, std::span<std::byte> data)>;

  tlm_utils::simple_target_socket<Monitor> target{"target"};
  tlm_utils::simple_initiator_socket<Monitor> initiator{"initiator"};

  Monitor(const sc_core::sc_module_name& name, unsigned unit, const Clocking& clocking);

  void observe(Observer observer) { observers_.push_back(std::move(observer)); }
  void plant(Fault fault) { fault_ = std::move(fault); }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) { return initiator->transport_dbg(payload); }

  unsigned unit_;
  Clocking clocking_;
  std::vector<Observer> observers_;
  Fault fault_;
  std::uint64_t bytes_read_ = 0, bytes_written_ = 0;
};

}  // namespace phasic::platform
