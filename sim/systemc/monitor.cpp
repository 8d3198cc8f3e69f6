// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/monitor.hpp"

namespace phasic::platform {

Monitor::Monitor(const sc_core::sc_module_name& name, unsigned unit, const Clocking& clocking)
    : sc_module(name), unit_(unit), clocking_(clocking) {
  target.register_b_transport(this, &Monitor::b_transport);
  target.register_transport_dbg(this, &Monitor::transport_dbg);
}

void Monitor::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t cycle = clocking_.now();
  const std::uint64_t address = payload.get_address();
  const bool write = payload.is_write();
  if (fault_ && write) fault_(true, address, bytes_of(payload));
  initiator->b_transport(payload, delay);
  const bool good = payload.is_response_ok();
  if (fault_ && !write && good) fault_(false, address, bytes_of(payload));
  if (good) (write ? bytes_written_ : bytes_read_) += payload.get_data_length();
  for (const Observer& observer : observers_) observer({unit_, write, good, address, bytes_of(payload), cycle});
}

}  // namespace phasic::platform
