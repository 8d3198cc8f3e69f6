// SPDX-License-Identifier: Apache-2.0
/// A layer of leaky integrate-and-fire neurons over T time steps, forward and backward. Equations are in docs/baselines.md.
#pragma once

#include "runtime/baseline/matrix.hpp"

namespace phasic::baseline {

struct Neuron {
  float threshold = 0.5F;
  float window = 0.5F;    ///< half the width of the surrogate's window
  float leak = 0.2F;      ///< share of the potential that a silent neuron keeps, 0 to 1
  bool squashed = false;  ///< whether currents go through a sigmoid, as in NACA's class-incremental code
  float offset = 0;       ///< taken from a current that went through the sigmoid
};

/// What a layer did: n x TB each.
struct LayerRecord {
  Matrix potentials;  ///< V
  Matrix spikes;      ///< S, times the gate where there is one
  Matrix slopes;      ///< derivative of the sigmoid of the current; empty where there is none
};

/// V(t) = leak V(t-1) (1 - S(t-1)) + I(t), S(t) = gate [V(t) > threshold], from rest. `currents` is n x TB, `gates` n x B or
/// empty (all open).
[[nodiscard]] LayerRecord integrate(Matrix currents, Index steps, const Neuron& neuron, const Matrix& gates);

/// Share of the steps at which each neuron spiked: n x B.
[[nodiscard]] Matrix rates_of(const LayerRecord& record, Index steps);

/// Which paths a signal takes back through a layer.
struct Paths {
  bool trit = false;       ///< dS/dV is [V > threshold - window] - S(t-1), NACA's; else [|V - threshold| < window]
  bool leak = true;        ///< from V(t) to V(t-1)
  bool reset = true;       ///< from V(t) to S(t-1)
  bool last_only = false;  ///< errors reach the spikes of the last step alone
};

/// Gradient with respect to the currents: n x TB. `errors` is the gradient with respect to spikes: n x TB, or n x B for all
/// steps alike; `pull` times the spikes is subtracted from it.
[[nodiscard]] Matrix signals_of(const LayerRecord& record, Index steps, const Neuron& neuron, const Matrix& gates,
                                const Matrix& errors, const Paths& paths, float pull = 0);

}  // namespace phasic::baseline
