// SPDX-License-Identifier: Apache-2.0
/// The spiking network of self-backpropagation (Zhang et al., Science Advances 7, 2021): leaky integrate-and-fire neurons for T
/// steps, then an equilibrium of the potentials, then the same with targets.
#pragma once

#include <array>

#include "runtime/baseline/consolidation.hpp"
#include "runtime/baseline/output_weights.hpp"
#include "runtime/baseline/settling.hpp"

namespace phasic::baseline {

/// What the neurons of a layer keep from one batch to the next: a column for each place in the batch.
template <class Values>
struct Membranes {
  Values potentials, conductances;
  Values kept;  ///< values of the last equilibrium
};
using MembraneState = Membranes<Matrix>;

class EquilibriumNetwork : public SettlingNetwork {
 public:
  explicit EquilibriumNetwork(const Settings& settings) : settings_(settings) {}
  Matrix learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets, std::span<const std::uint32_t> samples,
               Work& work) override;
  [[nodiscard]] Matrix answer(const Parameters& parameters, const Matrix& inputs, Work& work) const override;

 private:
  using State = std::array<Membranes<PaddedColumns>, 2>;
  /// What a batch is worked out in; it is kept, since large memory is dear to get.
  struct Workplace {
    SparseColumns inputs;
    OutputWeights output;
    PaddedColumns currents;  ///< of the hidden layer, from inputs and bias
    PaddedColumns into_hidden, hidden_steps, sums, output_steps;
    PaddedEquilibrium free, taught;
    Changes changes;
  };
  [[nodiscard]] static State at_rest(const Sizes& sizes, Index samples);
  /// Takes inputs and what they give to the hidden layer.
  static void show(const Parameters& parameters, const Matrix& inputs, Workplace& place, Work& work);
  /// Shows inputs for T steps and settles without targets.
  void settle_free(const Sizes& sizes, State& state, Workplace& place, Work& work) const;
  /// The T steps of a sample. Gives the number of output values that were not 0.
  std::uint64_t run_steps(Index sample, std::span<const float> influences, State& state, Workplace& place) const;

  Settings settings_;
  State state_;
  Workplace place_;
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

}  // namespace phasic::baseline
