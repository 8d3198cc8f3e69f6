// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/neuron_job.hpp"

#include <algorithm>
#include <cstdint>

namespace phasic::reference {
namespace {

/// Potentials at which the postsynaptic part of a coincidence is open.
std::int32_t lowest_open(const LayerProgram& shape) {
  return shape.post == contract::Post::kOne ? INT32_MIN : shape.window + 1;
}
std::int32_t highest_open(const LayerProgram& shape) {
  return shape.post == contract::Post::kSurrogate ? 2 * shape.threshold - shape.window - 1 : INT32_MAX;
}

}  // namespace

NeuronsJob neurons_job(const LayerContext& context, Activity& activity, std::int16_t* potentials) {
  const LayerProgram& shape = context.shape;
  if (!context.program.keep) std::fill(activity.currents.begin(), activity.currents.end(), 0);
  return {.steps = context.program.steps,
          .threshold = shape.threshold,
          .lowest_open = lowest_open(shape),
          .highest_open = highest_open(shape),
          .spike_mask = shape.post == contract::Post::kTrit ? 1 : 0,
          .leak = static_cast<std::int32_t>(shape.leak),
          .resets = shape.reset == contract::Reset::kZero,
          .taken = shape.reset == contract::Reset::kSubtract ? shape.threshold : 0,
          .input_shift = static_cast<std::int32_t>(shape.input_shift),
          .synaptic_leak = shape.synaptic_leak,
          .currents = activity.currents.empty() ? nullptr : activity.currents.data(),
          .stride = activity.stride,
          .spikes = activity.spikes.data(),
          .trits = activity.trits.data(),
          .first_trits = first_learned_step(context),
          .counts = activity.counts.data(),
          .last_potentials = activity.last_potentials.data(),
          .last_spikes = context.program.keep ? activity.last_spikes.data() : nullptr,
          .potentials = potentials,
          .saturations = 0};
}

std::uint32_t first_learned_step(const LayerContext& context) {
  if (context.shape.factor == contract::Factor::kFrozen) return context.program.steps;
  return context.shape.span == contract::Span::kLastStep ? context.program.steps - 1 : 0;
}

std::vector<std::int16_t> without_padding(const std::vector<std::int16_t>& potentials, std::size_t stride,
                                          std::size_t neurons) {
  std::vector<std::int16_t> kept;
  kept.reserve(potentials.size() / stride * neurons);
  for (auto from = potentials.begin(); from != potentials.end(); from += static_cast<std::ptrdiff_t>(stride)) {
    kept.insert(kept.end(), from, from + static_cast<std::ptrdiff_t>(neurons));
  }
  return kept;
}

}  // namespace phasic::reference
