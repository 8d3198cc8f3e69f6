// SPDX-License-Identifier: Apache-2.0
/// The spiking network of self-backpropagation (Zhang et al., Science Advances 7, 2021): leaky integrate-and-fire neurons for T
/// steps, then an equilibrium of the potentials, then the same with targets.
#pragma once

#include <array>

#include "runtime/baseline/settling.hpp"

namespace phasic::baseline {

/// What the neurons of a layer keep from one batch to the next: a column for each place in the batch.
struct MembraneState {
  Matrix potentials, conductances;
  Matrix kept;  ///< values of the last equilibrium
};

class EquilibriumNetwork : public SettlingNetwork {
 public:
  explicit EquilibriumNetwork(const Settings& settings) : settings_(settings) {}
  Matrix learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets, std::span<const std::uint32_t> samples,
               Work& work) override;
  [[nodiscard]] Matrix answer(const Parameters& parameters, const Matrix& inputs, Work& work) const override;

 private:
  using State = std::array<MembraneState, 2>;
  [[nodiscard]] State at_rest(const Sizes& sizes, Index samples) const;
  /// Shows inputs for T steps and settles without targets.
  Equilibrium settle_free(const Parameters& parameters, const Matrix& currents, State& state, Work& work) const;

  Settings settings_;
  State state_;
};

/// phi(x) = 2 / (1 + exp(-x)) - 1.
[[nodiscard]] Matrix squashed(const Matrix& values);

/// One step of a layer of integrate-and-fire neurons whose input currents are `currents` (neurons x B). `influence` is t / T:
/// how much the potential counts against the kept value. Gives the values of the neurons.
[[nodiscard]] Matrix membrane_step(MembraneState& state, const Matrix& currents, float influence, float reset);

/// One iteration. `currents` is what the inputs and the bias give to the hidden layer, n x B. Without targets the outputs are
/// free. The output layer sees the hidden values of this iteration.
void settle(const Parameters& parameters, const Matrix& currents, const Matrix* targets, const Relaxation& relaxation,
            Equilibrium& state);

/// Adds to weights and biases what the method makes of two equilibria.
void consolidate(Parameters& parameters, const Matrix& inputs, const Equilibrium& free, const Equilibrium& taught,
                 const Settings& settings, Work& work);

}  // namespace phasic::baseline
