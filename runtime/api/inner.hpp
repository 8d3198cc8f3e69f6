// SPDX-License-Identifier: Apache-2.0
/// Between the public classes and the runtime.
#pragma once

#include <utility>

#include "phasic/error.hpp"
#include "phasic/network.hpp"
#include "runtime/base/error.hpp"
#include "runtime/network/network.hpp"

namespace phasic {

struct Network::Inner {
  runtime::Network network;
  std::string architecture;
};

/// The network within a Network.
struct Access {
  [[nodiscard]] static Network wrap(runtime::Network network);
  [[nodiscard]] static const runtime::Network& inner(const Network& network) { return network.inner_->network; }
};

/// Does something, and throws errors of the runtime as those of the library.
template <class Action>
auto translated(const Action& action) {
  try {
    return action();
  } catch (const runtime::InputError& error) {
    throw InputError(error.what());
  } catch (const runtime::DeviceError& error) {
    throw DeviceError(error.what());
  }
}

}  // namespace phasic
