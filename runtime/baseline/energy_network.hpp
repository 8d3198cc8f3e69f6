// SPDX-License-Identifier: Apache-2.0
/// The analog network of self-backpropagation (Zhang et al., Science Advances 7, 2021): values between 0 and 1 descend an
/// energy. Without self-backpropagation this is equilibrium propagation (Scellier and Bengio, Frontiers in Computational
/// Neuroscience 11, 2017).
#pragma once

#include "runtime/baseline/draw.hpp"
#include "runtime/baseline/settling.hpp"

namespace phasic::baseline {

class EnergyNetwork : public SettlingNetwork {
 public:
  EnergyNetwork(const Settings& settings, std::uint64_t seed)
      : settings_(settings), generator_(generator_of(seed, Use::kLearning)) {}
  Matrix learn(Parameters& parameters, const Matrix& inputs, const Matrix& targets, std::span<const std::uint32_t> samples,
               Work& work) override;
  [[nodiscard]] Matrix answer(const Parameters& parameters, const Matrix& inputs, Work& work) const override;

 private:
  Settings settings_;
  Generator generator_;  ///< of the sign of each batch's pull
  Equilibrium kept_;     ///< the free equilibrium of each training sample, where it goes on when the sample comes again
};

/// The energy, summed over the batch, without what depends on the inputs alone: symmetric
///     (|h|^2 + |y|^2) / 2 - b h - c y - y V h - h W x
/// or with self-backpropagation
///     h W x + 2 b h + c y + theta (y V h + |h|^2)
/// with hidden values h, outputs y, their weights W and V and biases b and c.
[[nodiscard]] double energy_of(const Parameters& parameters, const Matrix& inputs, const Equilibrium& state,
                               const Settings& settings);

/// One iteration of both layers at once down the energy, and with targets down the energy + `nudge` |y - target|^2; values are
/// limited to 0 to 1. `currents` is W x, n x B.
void descend(const Parameters& parameters, const Matrix& currents, const Matrix* targets, float nudge, const Settings& settings,
             Equilibrium& state);

/// Derivatives of the energy, mean over the batch, with respect to the parameters at given values.
[[nodiscard]] Parameters energy_slopes(const Matrix& inputs, const Equilibrium& state, const Settings& settings);

}  // namespace phasic::baseline
