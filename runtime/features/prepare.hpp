// SPDX-License-Identifier: Apache-2.0
/// The first layers of a network before the stream begins (docs/networks.md, "Preparation").
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "driver/device.hpp"
#include "runtime/network/network.hpp"
#include "runtime/run/session.hpp"

namespace phasic::runtime {

struct Prepared {
  Network network;                 ///< without a preparation; threshold and scale of the layers that it names are set
  std::vector<std::byte> weights;  ///< initial ones, but for these layers
};

/// Gives what runs the launches of a network: on a device, or on two that are compared. `fixed` outlives what it gives.
using LauncherFor = std::function<Launcher(const Fixed& fixed)>;
/// Launches on a device, which must outlive it.
[[nodiscard]] LauncherFor launches_on(driver::Device& device);

/// Shows the first samples of the stream to the first layer, whose filters compete for them in launches of `launches`; all
/// other layers rest. Then to the next layer that is to be prepared, behind it. The samples' numbers in the stream of random
/// numbers are those that they have in the stream. `network` has a preparation, `stream` at least `available` samples, of
/// graded values. Throws InputError if the samples allow no preparation.
[[nodiscard]] Prepared prepare(const Network& network, const SampleSource& stream, std::uint64_t available,
                               const LauncherFor& launches);

/// The network and the weights that learning begins with: prepared if the network asks for it.
[[nodiscard]] Prepared begun(const Network& network, const SampleSource& stream, std::uint64_t available,
                             const LauncherFor& launches);

/// What `network` has become, if it has a preparation: with threshold and scale of `prepared`, and none left to do.
[[nodiscard]] Network prepared_like(const Network& network, const Network& prepared);

/// Throws InputError if the network has a preparation, for commands that do not begin a stream.
void expect_prepared(const Network& network);

}  // namespace phasic::runtime
