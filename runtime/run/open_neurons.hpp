// SPDX-License-Identifier: Apache-2.0
/// The neurons of the first layer that a network's gate opens for a sample.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/network/network.hpp"
#include "runtime/run/launch.hpp"

namespace phasic::runtime {

/// The neurons that are open for a sample, ascending. The network has a gate; with source `kSample` the sample has intensities.
[[nodiscard]] std::vector<std::uint32_t> open_neurons(const Network& network, const Sample& sample);

}  // namespace phasic::runtime
