// SPDX-License-Identifier: Apache-2.0
/// How a change of weights spreads to other synapses of the same neurons and back to those of the layer before: the terms of
/// self-backpropagation in the published spiking network (Zhang et al., Science Advances 7, 2021). docs/baselines.md has the
/// formulas.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "runtime/baseline/matrix.hpp"
#include "runtime/baseline/padded_columns.hpp"

namespace phasic::baseline {

/// Sums over the output synapses of each presynaptic neuron of a layer's increases and of its decreases (0 or less), after they
/// have spread among these synapses: what goes back to the layer before.
struct Spread {
  Vector increases, decreases;
  std::optional<double> share;  ///< what spreading added to the change, in parts of it (both as norms); none of a change of 0
};

/// Adds `rate` times a spread change to weights. Columns that are not among `moved` are taken for 0, whatever they hold.
Spread add_spread(Matrix& weights, float rate, const PaddedColumns& change, std::span<const std::uint32_t> moved,
                  float fraction, const Spread* behind);

/// Spreads a change of weights (a row a postsynaptic neuron, a column a presynaptic one) with the fraction F of at least 0.
/// `behind` is what this function gave for the layer behind, or null for the output layer.
Spread spread_out(Matrix& change, float fraction, const Spread* behind);

}  // namespace phasic::baseline
