// SPDX-License-Identifier: Apache-2.0
/// From the continuous time of NIR's equations to time steps.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "phasic/contract.hpp"
#include "runtime/nir/stage.hpp"

namespace phasic::runtime::nir {

/// How an exponential decay becomes a factor a step: 1 - dt / tau (forward Euler, as most frameworks have it), or
/// exp(-dt / tau).
enum class Decay { kEuler, kExact };

/// What a file does not say. A step is needed for nodes with time constants, a reset for those that fire.
struct Timing {
  std::optional<double> step = {};            ///< seconds
  std::optional<contract::Reset> reset = {};  ///< zero: to `v_reset`; subtract: by threshold less `v_reset`
  Decay decay = Decay::kEuler;
};

/// Throws InputError naming the first node for which something is missing.
void check_timing(const Chain& chain, const Timing& timing);

/// A step of element j, with I what goes in and J its synaptic current, in the units of the file:
///
///     J := synapse_decay J + input I
///     v := decay v + drive J + rest
///
/// and a spike if v > threshold. For LIF tau dv/dt = (v_leak - v) + r I gives decay d and drive (1 - d) r, rest (1 - d) v_leak;
/// for CubaLIF tau_syn dJ/dt = -J + w_in I gives input (1 - d_syn) w_in; for IF decay is 1 and drive r: an input is the
/// integral over a step, which is what a spike is. All start at J = v = 0.
struct Dynamics {
  std::vector<double> synapse_decay, input, decay, drive, rest;  ///< one an element
};

/// Throws InputError if a step is longer than a time constant, so that forward Euler would oscillate.
[[nodiscard]] Dynamics dynamics_of(const Chain& chain, const Stage& stage, const Timing& timing);

}  // namespace phasic::runtime::nir
