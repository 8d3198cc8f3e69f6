// SPDX-License-Identifier: Apache-2.0
/// TLM-2.0 transactions as the platform uses them.
#pragma once

#include <tlm.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace phasic::platform {

/// Travels with a transaction. Without it a target takes a burst of its own, by nobody in particular.
struct Access : tlm::tlm_extension<Access> {
  unsigned initiator = 0;
  bool continued = false;  ///< goes on where the initiator's last access ended: part of the same burst, without a new latency

  [[nodiscard]] tlm::tlm_extension_base* clone() const override { return new Access(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override { *this = static_cast<const Access&>(other); }
};

/// Fills a payload for a read into, or a write of, `data`. The payload keeps no data: `data` must outlive its use.
inline void set_up(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                   std::span<std::byte> data) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
  payload.set_data_length(static_cast<unsigned>(data.size()));
  payload.set_streaming_width(static_cast<unsigned>(data.size()));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

/// Fastens a tag to a payload for a while. A payload that still had it at its end would delete it.
class Tagged {
 public:
  Tagged(tlm::tlm_generic_payload& payload, Access& tag) : payload_(payload), tag_(tag) { payload_.set_extension(&tag_); }
  ~Tagged() { payload_.clear_extension(&tag_); }
  Tagged(const Tagged&) = delete;
  Tagged& operator=(const Tagged&) = delete;

 private:
  tlm::tlm_generic_payload& payload_;
  Access& tag_;
};

/// The bytes of a payload.
inline std::span<std::byte> bytes_of(tlm::tlm_generic_payload& payload) {
  return {reinterpret_cast<std::byte*>(payload.get_data_ptr()), payload.get_data_length()};
}

}  // namespace phasic::platform
