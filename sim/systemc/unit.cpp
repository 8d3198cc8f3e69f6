// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/unit.hpp"

#include <cstring>

namespace phasic::platform {

Unit::Unit(const sc_core::sc_module_name& name, unsigned number, const Clocking& clocking, Failure& failure)
    : sc_module(name), clocking_(clocking), failure_(failure) {
  registers.register_b_transport(this, &Unit::b_transport);
  tag_.initiator = number;
  SC_HAS_PROCESS(Unit);
  SC_METHOD(see_interrupt);
  sensitive << interrupt.posedge_event();
  dont_initialize();
}

void Unit::see_interrupt() {
  if (on_interrupt_) on_interrupt_();
}

bool Unit::access(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data, bool continued,
                  sc_core::sc_time& delay) {
  set_up(payload_, command, address, data);
  tag_.continued = continued;
  const Tagged tagged(payload_, tag_);
  memory->b_transport(payload_, delay);
  return payload_.is_response_ok();
}

void Unit::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t offset = payload.get_address();
  std::uint32_t word = 0;
  if (payload.get_data_length() != sizeof word || offset % sizeof word != 0 || offset >= 4096) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  sc_core::wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  if (payload.is_read()) {
    word = read_register(static_cast<std::uint32_t>(offset));
    std::memcpy(payload.get_data_ptr(), &word, sizeof word);
  } else {
    std::memcpy(&word, payload.get_data_ptr(), sizeof word);
    write_register(static_cast<std::uint32_t>(offset), word);
  }
  for (const RegisterObserver& observer : observers_) observer(payload.is_write(), static_cast<std::uint32_t>(offset), word);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

}  // namespace phasic::platform
