// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/interconnect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace phasic::platform {

Interconnect::Interconnect(const sc_core::sc_module_name& name, std::size_t initiators, std::size_t targets,
                           std::uint64_t latency, const Clocking& clocking)
    : sc_module(name), latency_(latency), clocking_(clocking) {
  for (std::size_t number = 0; number < initiators; ++number) {
    auto& socket =
        *initiator_sockets_.emplace_back(std::make_unique<TargetSocket>(fmt::format("initiator_{}", number).c_str()));
    socket.register_b_transport(this, &Interconnect::b_transport, static_cast<int>(number));
    socket.register_transport_dbg(this, &Interconnect::transport_dbg, static_cast<int>(number));
  }
  for (std::size_t number = 0; number < targets; ++number)
    target_sockets_.push_back(std::make_unique<InitiatorSocket>(fmt::format("target_{}", number).c_str()));
}

Interconnect::TargetSocket& Interconnect::add_initiator() {
  if (initiators_ == initiator_sockets_.size()) throw std::invalid_argument("interconnect: too many initiators");
  return *initiator_sockets_[initiators_++];
}

Interconnect::InitiatorSocket& Interconnect::add_target(std::uint64_t first, std::uint64_t last, bool relative) {
  if (targets_.size() == target_sockets_.size()) throw std::invalid_argument("interconnect: too many targets");
  const bool meets = std::any_of(targets_.begin(), targets_.end(),
                                 [&](const Target& other) { return first <= other.last && last >= other.first; });
  if (last < first || meets)
    throw std::invalid_argument(fmt::format("interconnect: target at {:#x} to {:#x} is empty or meets another", first, last));
  InitiatorSocket* socket = target_sockets_[targets_.size()].get();
  targets_.push_back({first, last, relative, socket});
  return *socket;
}

const Interconnect::Target* Interconnect::find(std::uint64_t address, std::uint64_t length) const {
  for (const Target& target : targets_) {
    if (address < target.first || address > target.last) continue;
    return length > 0 && length - 1 <= target.last - address ? &target : nullptr;
  }
  return nullptr;
}

void Interconnect::b_transport(int /*initiator*/, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const Target* target = find(address, payload.get_data_length());
  const Access* access = payload.get_extension<Access>();
  if (access == nullptr || !access->continued) delay += clocking_.time(latency_);
  if (target == nullptr) {
    ++unmapped_;
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  if (target->relative) payload.set_address(address - target->first);
  (*target->socket)->b_transport(payload, delay);
  payload.set_address(address);
}

unsigned Interconnect::transport_dbg(int /*initiator*/, tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const Target* target = find(address, payload.get_data_length());
  if (target == nullptr) return 0;
  if (target->relative) payload.set_address(address - target->first);
  const unsigned moved = (*target->socket)->transport_dbg(payload);
  payload.set_address(address);
  return moved;
}

}  // namespace phasic::platform
