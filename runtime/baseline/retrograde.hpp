// SPDX-License-Identifier: Apache-2.0
/// The multilayer spiking network with self-backpropagation (Zhang et al., Science Advances 7, 2021): the output layer learns
/// by its gradient, and what its synapses change by, added up for each hidden neuron, is the factor by which that neuron
/// learns.
#pragma once

#include <optional>

#include "runtime/baseline/spiking_network.hpp"

namespace phasic::baseline {

/// How large the factors were, for the control that keeps it: the mean over the neurons in the first batch.
using FirstFactor = std::optional<float>;

/// The gradients of the method; biases have none. `teaching.feedback` is the fixed random projection, n x k.
[[nodiscard]] Parameters retrograde_gradients(const Parameters& parameters, const SpikeTrains& trains, const SpikingPass& pass,
                                              const Labels& labels, const Teaching& teaching, const Settings& settings,
                                              FirstFactor& first, Work& work);

/// Gradient of the output weights (k x n), and the factor of each hidden neuron: 0.01 / (n k) times the sum over steps and
/// classes of what a step's part of the gradient is in size.
struct RetrogradeSums {
  Matrix gradient;
  Vector factors;
};
[[nodiscard]] RetrogradeSums retrograde_sums(const Matrix& signals, const Matrix& spikes, Index steps);

/// How much more input i and hidden neuron j spike one after the other (j one step later) in the last two steps than in the
/// first two that have a step before: n x m, over the square of the samples.
[[nodiscard]] Matrix late_less_early(const SpikeTrains& trains, const Matrix& spikes, Index steps);

}  // namespace phasic::baseline
