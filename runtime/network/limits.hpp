// SPDX-License-Identifier: Apache-2.0
/// Whether a network fits a device.
#pragma once

#include <string>

#include "driver/device.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// Throws InputError naming field and limit if the network does not fit; `where` names the device in messages.
void check_limits(const Network& network, const contract::Limits& limits, const std::string& where);

}  // namespace phasic::runtime
