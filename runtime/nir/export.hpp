// SPDX-License-Identifier: Apache-2.0
/// A network of the kernel as a NIR file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "runtime/network/network.hpp"
#include "runtime/nir/graph.hpp"

namespace phasic::runtime::nir {

/// The names under which an exported graph tells in its metadata what NIR has no field for; import_graph reads them.
namespace metadata {
inline constexpr const char* kStep = "dt";                 ///< seconds
inline constexpr const char* kReset = "reset";             ///< "zero" or "subtract"
inline constexpr const char* kNetwork = "phasic_network";  ///< the network's JSON
}  // namespace metadata

/// A graph that steps of `step` seconds (forward Euler) make the same potentials of, as real numbers: each weight times what
/// one unit of it stands for. Throws InputError naming the network's file and field for what NIR has no node for: graded
/// samples, grids, layers that compete, discriminants, gates, layers whose resets differ, and a reset `none` of a layer that
/// can fire.
[[nodiscard]] Graph export_graph(const Network& network, std::span<const std::byte> weights, double step);

}  // namespace phasic::runtime::nir
