// SPDX-License-Identifier: Apache-2.0
/// A spiking network of one hidden layer: forward, and the gradients by which each method changes it. docs/baselines.md has
/// the equations.
#pragma once

#include "runtime/baseline/parameters.hpp"
#include "runtime/baseline/settings.hpp"
#include "runtime/baseline/spike_trains.hpp"
#include "runtime/baseline/spiking_layer.hpp"
#include "runtime/baseline/teaching.hpp"

namespace phasic::baseline {

struct SpikingPass {
  LayerRecord hidden, output;
  Matrix rates;  ///< of the output neurons, 0 to 1: k x B
};

/// Shows T steps of a batch to the network. `gates` is n x B, or empty when all neurons are open.
[[nodiscard]] SpikingPass show(const Parameters& parameters, const SpikeTrains& trains, const Matrix& gates,
                               const Settings& settings, Work& work);

/// Gradient with respect to the output layer's currents: k x TB.
[[nodiscard]] Matrix output_signals(const SpikingPass& pass, const Labels& labels, const Settings& settings);

/// The gradients of the method, of the same shapes as the parameters.
[[nodiscard]] Parameters gradients_of(const Parameters& parameters, const SpikeTrains& trains, const SpikingPass& pass,
                                      const Matrix& gates, const Labels& labels, const Teaching& teaching,
                                      const Settings& settings, Work& work);

}  // namespace phasic::baseline
