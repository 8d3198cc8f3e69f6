// SPDX-License-Identifier: Apache-2.0
/// A bank of DDR or HBM: bytes, and how long it takes to reach them.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <systemc>

#include "driver/engine/engine.hpp"
#include "sim/systemc/access.hpp"
#include "sim/systemc/clocking.hpp"

namespace phasic::platform {

/// An access of n bytes holds the bank for ceil(n / bytes_a_cycle) cycles, one access after the other in the order of their
/// coming; what it asked for is there `latency` cycles later. Rows, refresh and turns from reading to writing are not modelled.
struct BankTiming {
  std::uint32_t bytes_a_cycle = 64;  ///< 1 or more
  std::uint32_t latency = 24;        ///< cycles
};

struct BankStatistics {
  std::uint64_t reads = 0, writes = 0;  ///< accesses
  std::uint64_t bytes_read = 0, bytes_written = 0;
  std::uint64_t busy_cycles = 0;  ///< in which bytes moved
  std::uint64_t wait_cycles = 0;  ///< that accesses waited for others, added up
  std::uint64_t errors = 0;       ///< accesses that were refused
};

class MemoryBank : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<MemoryBank> socket{"socket"};

  /// Serves addresses `first` to `last`; their bytes are those of `bytes` at the same addresses. An access that leaves the
  /// range, or that `bytes` refuses, gets TLM_ADDRESS_ERROR_RESPONSE and takes the latency alone.
  MemoryBank(const sc_core::sc_module_name& name, engine::Memory& bytes, std::uint64_t first, std::uint64_t last,
             const BankTiming& timing, const Clocking& clocking);

  [[nodiscard]] const BankStatistics& statistics() const { return statistics_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  /// Moves the bytes; whether that went well.
  bool carry_out(tlm::tlm_generic_payload& payload);

  engine::Memory& bytes_;
  std::uint64_t first_, last_;
  BankTiming timing_;
  Clocking clocking_;
  sc_core::sc_time free_at_;  ///< when the last access leaves the bank
  BankStatistics statistics_;
};

}  // namespace phasic::platform
