// SPDX-License-Identifier: Apache-2.0
/// The order of a graph's nodes.
#pragma once

#include <vector>

#include "runtime/nir/graph.hpp"

namespace phasic::runtime::nir {

/// All nodes, from the only input to the only output. Throws InputError naming the nodes if the graph is no such chain.
[[nodiscard]] std::vector<const Node*> nodes_in_order(const Graph& graph);

}  // namespace phasic::runtime::nir
