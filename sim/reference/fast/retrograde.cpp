// SPDX-License-Identifier: Apache-2.0
// The retrograde signal that a layer sends back: what its rows learned, before rounding.
#include <algorithm>
#include <cstdlib>

#include "sim/reference/arithmetic.hpp"
#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/neuron_job.hpp"

namespace phasic::reference {
namespace {

using Parts = std::vector<std::int16_t>;

constexpr bool bit_of(const std::uint8_t* bits, std::size_t place) { return (bits[place / 8] >> place % 8 & 1) != 0; }

/// X of the first `count` neurons of a layer at each step from `first` on: [step - first][neuron].
Parts presynaptic_parts(const Activity& before, std::uint32_t first, std::uint32_t steps, unsigned trace_shift,
                        std::size_t count) {
  Parts parts((steps - first) * count);
  auto part = parts.begin();
  for (std::uint32_t step = first; step < steps; ++step) {
    const std::uint8_t* const spikes = before.spikes.data() + step * before.stride / 8;
    const std::uint8_t* const spikes_before = step == 0 ? nullptr : spikes - before.stride / 8;
    for (std::size_t n = 0; n < count; ++n) {
      const bool spiked_before = spikes_before != nullptr && bit_of(spikes_before, n);
      *part++ = static_cast<std::int16_t>(presynaptic(bit_of(spikes, n), spiked_before, trace_shift));
    }
  }
  return parts;
}

}  // namespace

std::vector<std::uint64_t> FastLayer::retrograde(const Activity& before) const {
  const LayerProgram& shape = context_.shape;
  const std::size_t sources = shape.rows - (shape.bias ? 1 : 0);
  const std::uint32_t steps = context_.program.steps;
  const std::uint32_t first = first_learned_step(context_);
  // What all neurons together learn from a coincidence, where all of a row have the same ones.
  std::uint64_t common = 0;
  const std::int8_t* const last_trits = activity_.trits.data() + (steps - 1) * activity_.stride;
  for (std::size_t k = 0; k < shape.neurons; ++k) common += static_cast<std::uint64_t>(std::abs(factors_[k] * last_trits[k]));
  std::vector<std::uint64_t> signals(sources);
  if (is_graded(context_.program)) {
    for (std::size_t n = 0; n < sources; ++n) signals[n] = before.counts[n] * common;
    return signals;
  }
  const Parts parts = presynaptic_parts(before, first, steps, shape.trace_shift, sources);
  Parts coincidences(sources);
  const auto add = [&](std::uint32_t step, std::int8_t post) {
    const std::int16_t* const pre = parts.data() + (step - first) * sources;
    for (std::size_t n = 0; n < sources; ++n) coincidences[n] = static_cast<std::int16_t>(coincidences[n] + post * pre[n]);
  };
  const auto take = [&](std::uint64_t factor) {
    for (std::size_t n = 0; n < sources; ++n) signals[n] += static_cast<std::uint64_t>(std::abs(coincidences[n])) * factor;
  };
  if (shape.post == contract::Post::kOne || first + 1 == steps) {
    for (std::uint32_t step = first; step < steps; ++step) add(step, 1);
    take(common);
    return signals;
  }
  for (std::size_t k = 0; k < shape.neurons; ++k) {
    if (factors_[k] == 0) continue;
    std::fill(coincidences.begin(), coincidences.end(), std::int16_t{0});
    for (std::uint32_t step = first; step < steps; ++step) {
      const std::int8_t post = activity_.trits[step * activity_.stride + k];
      if (post != 0) add(step, post);
    }
    take(static_cast<std::uint64_t>(std::abs(factors_[k])));
  }
  return signals;
}

}  // namespace phasic::reference
