// SPDX-License-Identifier: Apache-2.0
/// Takes transactions of several initiators to the target that has their address.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/systemc/access.hpp"
#include "sim/systemc/clocking.hpp"

namespace phasic::platform {

class Interconnect : public sc_core::sc_module {
 public:
  using TargetSocket = tlm_utils::simple_target_socket_tagged<Interconnect>;
  using InitiatorSocket = tlm_utils::simple_initiator_socket_tagged<Interconnect>;

  /// Each transaction takes `latency` cycles more than its target says. SystemC wants all sockets to be bound: as many
  /// initiators and targets have to be added as are announced here.
  Interconnect(const sc_core::sc_module_name& name, std::size_t initiators, std::size_t targets, std::uint64_t latency,
               const Clocking& clocking);

  /// The socket for the next initiator. Throws std::invalid_argument if there are no more.
  [[nodiscard]] TargetSocket& add_initiator();
  /// The socket for the next target, which has addresses `first` to `last`. With `relative`, it sees addresses from 0 on.
  /// Throws std::invalid_argument if there are no more, the range is empty or another target has a part of it.
  [[nodiscard]] InitiatorSocket& add_target(std::uint64_t first, std::uint64_t last, bool relative);

  /// Transactions that no target has the whole address range of; they are answered with TLM_ADDRESS_ERROR_RESPONSE.
  [[nodiscard]] std::uint64_t unmapped() const { return unmapped_; }

 private:
  struct Target {
    std::uint64_t first, last;
    bool relative;
    InitiatorSocket* socket;
  };
  /// Null if there is none.
  [[nodiscard]] const Target* find(std::uint64_t address, std::uint64_t length) const;
  void b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(int initiator, tlm::tlm_generic_payload& payload);

  std::uint64_t latency_;
  Clocking clocking_;
  std::vector<std::unique_ptr<TargetSocket>> initiator_sockets_;
  std::vector<std::unique_ptr<InitiatorSocket>> target_sockets_;
  std::size_t initiators_ = 0;  ///< added so far
  std::vector<Target> targets_;
  std::uint64_t unmapped_ = 0;
};

}  // namespace phasic::platform
