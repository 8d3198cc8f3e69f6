// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/reference/fast/layer.hpp"

namespace phasic::reference {

/// What the kernels need of a layer of spiking neurons. Steps before `first_trits` need no postsynaptic parts of coincidences.
/// `potentials` is [step][stride] or null.
[[nodiscard]] NeuronsJob neurons_job(const LayerContext& context, Activity& activity, std::int16_t* potentials);

/// The first step that the layer learns from, or as many as there are.
[[nodiscard]] std::uint32_t first_learned_step(const LayerContext& context);

/// Potentials as [step][neuron], from [step][stride].
[[nodiscard]] std::vector<std::int16_t> without_padding(const std::vector<std::int16_t>& potentials, std::size_t stride,
                                                        std::size_t neurons);

}  // namespace phasic::reference
