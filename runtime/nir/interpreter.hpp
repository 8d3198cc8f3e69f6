// SPDX-License-Identifier: Apache-2.0
/// A graph in floating point, node by node as NIR defines it: what an imported network is measured with. It knows nothing of
/// layers, scales and integers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/nir/stage.hpp"
#include "runtime/nir/timing.hpp"

namespace phasic::runtime::nir {

class Interpreter {
 public:
  /// The chain must outlive the value. Throws InputError as check_timing and dynamics_of do.
  Interpreter(const Chain& chain, const Timing& timing);

  /// All currents and potentials are 0 again.
  void restart();
  /// One time step; `input` has a value for each element of the graph's input.
  void step(std::span<const double> input);

  /// Nodes with neurons, in order.
  [[nodiscard]] std::size_t layers() const { return layers_.size(); }
  /// After the last step, before what a spike does to them; in the order of the node's elements.
  [[nodiscard]] std::span<const double> potentials(std::size_t layer) const { return layers_[layer].shown; }
  /// 1 for an element that fired in the last step.
  [[nodiscard]] std::span<const double> spikes(std::size_t layer) const { return layers_[layer].spikes; }

 private:
  struct Layer {
    const Neuron* neuron;
    Dynamics dynamics;
    std::vector<double> current, potential, shown, spikes;
  };
  void integrate(Layer& layer, std::span<const double> input) const;

  const Chain* chain_;
  Timing timing_;
  std::vector<Layer> layers_;
  std::vector<double> from_, to_;
};

}  // namespace phasic::runtime::nir
