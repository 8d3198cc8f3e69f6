// SPDX-License-Identifier: Apache-2.0
/// A chain as layers of the kernel, still in real numbers.
#pragma once

#include <string>
#include <vector>

#include "runtime/nir/fold.hpp"
#include "runtime/nir/timing.hpp"

namespace phasic::runtime::nir {

/// Potentials count from the one after a spike (`v_reset`), so that it is 0; parameters that differ from neuron to neuron are
/// part of the weights, which then refer to the threshold of the first. With these weights, of a connection and a bias that
/// acts at every step, with A their sum over what spikes:
///
///     J := synapse_decay J + A
///     v := decay v + J,  a spike if v > threshold
struct Layer {
  std::string name, type;  ///< of the node with the neurons
  Folded connection;
  bool has_bias = false;
  bool fires = false;
  double decay = 1, synapse_decay = 0;
  double threshold = 1;            ///< of no meaning if it does not fire
  std::vector<std::string> notes;  ///< what is not exact beside rounding
};

/// Throws InputError naming the node: time constants of a layer that differ by more than 1 % of what decays in a step, and what
/// fold refuses.
[[nodiscard]] std::vector<Layer> layers_of(const Chain& chain, const Timing& timing);

}  // namespace phasic::runtime::nir
