// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/memory_bank.hpp"

#include <algorithm>
#include <stdexcept>

namespace phasic::platform {

MemoryBank::MemoryBank(const sc_core::sc_module_name& name, engine::Memory& bytes, std::uint64_t first, std::uint64_t last,
                       const BankTiming& timing, const Clocking& clocking)
    : sc_module(name), bytes_(bytes), first_(first), last_(last), timing_(timing), clocking_(clocking) {
  if (timing.bytes_a_cycle == 0) throw std::invalid_argument("memory bank: bytes_a_cycle is 0, expected 1 or more");
  socket.register_b_transport(this, &MemoryBank::b_transport);
  socket.register_transport_dbg(this, &MemoryBank::transport_dbg);
}

bool MemoryBank::carry_out(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address(), length = payload.get_data_length();
  const bool inside = length > 0 && address >= first_ && address <= last_ && length - 1 <= last_ - address;
  if (!inside) return false;
  return payload.is_read() ? bytes_.read(address, bytes_of(payload)) : bytes_.write(address, bytes_of(payload));
}

void MemoryBank::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return;
  }
  const Access* access = payload.get_extension<Access>();
  const bool continued = access != nullptr && access->continued;
  const sc_core::sc_time latency = clocking_.time(continued ? 0 : timing_.latency);
  if (!carry_out(payload)) {
    ++statistics_.errors;
    delay += latency;
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  const sc_core::sc_time arrival = now + delay;
  const sc_core::sc_time start = std::max(arrival, free_at_);
  const std::uint64_t length = payload.get_data_length();
  const std::uint64_t transfer = (length + timing_.bytes_a_cycle - 1) / timing_.bytes_a_cycle;
  free_at_ = start + clocking_.time(transfer);
  delay = free_at_ + latency - now;
  statistics_.busy_cycles += transfer;
  statistics_.wait_cycles += clocking_.cycles(start - arrival);
  (payload.is_read() ? statistics_.reads : statistics_.writes) += 1;
  (payload.is_read() ? statistics_.bytes_read : statistics_.bytes_written) += length;
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned MemoryBank::transport_dbg(tlm::tlm_generic_payload& payload) {
  return carry_out(payload) ? payload.get_data_length() : 0;
}

}  // namespace phasic::platform
