// SPDX-License-Identifier: Apache-2.0
/// Which neurons the sources of a layer reach, and through which rows of weights (docs/specification.md, section 1).
#pragma once

#include <cstddef>
#include <vector>

#include "sim/reference/cores.hpp"

namespace phasic::reference {

/// A row of weights and the first of the sums that it is added to. A neuron has a sum, or with a grid a filter at a position.
struct Reached {
  std::size_t row;
  std::size_t first;
};

/// Groups of sums that share the rows of weights.
[[nodiscard]] std::size_t positions_of(const LayerProgram& layer);

/// Sums that a row is added to.
[[nodiscard]] inline std::size_t row_width(const LayerProgram& layer) {
  return has_shape(layer) ? layer.shape.channels : layer.neurons;
}

/// What each source of a layer reaches, the bias last.
[[nodiscard]] std::vector<std::vector<Reached>> all_reached(const LayerProgram& layer);

}  // namespace phasic::reference
