// SPDX-License-Identifier: Apache-2.0
// The retrograde signal that a layer sends back: what its rows were changed by, before rounding.
#include <cstdlib>

#include "sim/reference/arithmetic.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/neuron_job.hpp"

namespace phasic::reference {
namespace {

/// X of each neuron of a layer at one step, of `count` neurons.
void presynaptic_parts(const Activity& before, std::uint32_t step, unsigned trace_shift, std::size_t count,
                       std::int16_t* parts) {
  const std::uint8_t* const spikes = before.spikes.data() + step * before.stride / 8;
  for (std::size_t n = 0; n < count; ++n) {
    const bool spiked = (spikes[n / 8] >> n % 8 & 1) != 0;
    const bool spiked_before = step != 0 && (spikes[n / 8 - static_cast<std::ptrdiff_t>(before.stride / 8)] >> n % 8 & 1) != 0;
    parts[n] = static_cast<std::int16_t>(presynaptic(spiked, spiked_before, trace_shift));
  }
}

}  // namespace

std::vector<std::uint64_t> FastLayer::retrograde(const Activity& before) const {
  const LayerProgram& shape = context_.shape;
  const std::size_t sources = shape.rows - (shape.bias ? 1 : 0);
  const std::uint32_t steps = context_.program.steps;
  std::vector<std::uint64_t> signals(sources);
  if (is_graded(context_.program)) {
    std::uint64_t change = 0;
    for (std::size_t k = 0; k < shape.neurons; ++k)
      change += static_cast<std::uint64_t>(std::abs(factors_[k] * activity_.trits[k]));
    for (std::size_t n = 0; n < sources; ++n) signals[n] = before.counts[n] * change;
    return signals;
  }
  const std::uint32_t first = first_learned_step(context_);
  std::vector<std::int16_t> parts((steps - first) * sources);
  for (std::uint32_t step = first; step < steps; ++step) {
    presynaptic_parts(before, step, shape.trace_shift, sources, parts.data() + (step - first) * sources);
  }
  std::vector<std::int16_t> coincidences(sources);
  for (std::size_t k = 0; k < shape.neurons; ++k) {
    if (factors_[k] == 0) continue;
    std::fill(coincidences.begin(), coincidences.end(), std::int16_t{0});
    for (std::uint32_t step = first; step < steps; ++step) {
      const std::int8_t post = activity_.trits[step * activity_.stride + k];
      if (post == 0) continue;
      const std::int16_t* const pre = parts.data() + (step - first) * sources;
      for (std::size_t n = 0; n < sources; ++n) coincidences[n] = static_cast<std::int16_t>(coincidences[n] + post * pre[n]);
    }
    const auto factor = static_cast<std::uint32_t>(std::abs(factors_[k]));
    for (std::size_t n = 0; n < sources; ++n) signals[n] += static_cast<std::uint32_t>(std::abs(coincidences[n])) * factor;
  }
  return signals;
}

}  // namespace phasic::reference
