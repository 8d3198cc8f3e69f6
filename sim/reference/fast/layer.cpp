// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/layer.hpp"

#include <algorithm>

#include "sim/reference/arithmetic.hpp"
#include "sim/reference/cores.hpp"

namespace phasic::reference {

void FastLayer::set_state(std::span<const std::byte> rows) {
  const KeptRows places(context_.program, context_.shape);
  for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
    const KeptNeuron kept = places.load(rows.data(), neuron);
    activity_.last_potentials[neuron] = kept.potential;
    activity_.last_spikes[neuron] = kept.spiked ? 1 : 0;
    if (!activity_.currents.empty()) activity_.currents[neuron] = kept.current;
  }
}

void FastLayer::get_state(std::span<std::byte> rows) const {
  const KeptRows places(context_.program, context_.shape);
  std::fill(rows.begin(), rows.end(), std::byte{0});
  for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
    places.store(rows.data(), neuron,
                 {.potential = activity_.last_potentials[neuron],
                  .spiked = activity_.last_spikes[neuron] != 0,
                  .current = activity_.currents.empty() ? 0 : activity_.currents[neuron]});
  }
}

void FastLayer::forget_state() {
  std::fill(activity_.last_potentials.begin(), activity_.last_potentials.end(), std::int16_t{0});
  std::fill(activity_.last_spikes.begin(), activity_.last_spikes.end(), std::uint8_t{0});
  std::fill(activity_.currents.begin(), activity_.currents.end(), 0);
}

void FastLayer::count_spikes() {
  const std::uint8_t* const counts = activity_.counts.data();
  std::uint32_t sum = 0;
  for (std::size_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
    sum += is_graded(context_.program) ? std::min<std::uint32_t>(counts[neuron], 1) : counts[neuron];
  }
  activity_.spike_count = sum;
  context_.counts.spikes += sum;
}

void FastLayer::shut_all_but(std::span<const std::uint32_t> open) {
  const std::size_t stride = activity_.stride;
  std::size_t next = 0;
  for (std::uint32_t neuron = 0; neuron < context_.shape.neurons; ++neuron) {
    if (next < open.size() && open[next] == neuron) {
      ++next;
      continue;
    }
    activity_.counts[neuron] = 0;
    for (std::size_t step = 0; step < context_.program.steps; ++step) {
      activity_.trits[step * stride + neuron] = 0;
      activity_.spikes[(step * stride + neuron) / 8] &= static_cast<std::uint8_t>(~(1U << neuron % 8));
    }
  }
}

void FastLayer::answer(std::size_t neuron, std::int64_t product) {
  const LayerProgram& shape = context_.shape;
  const std::int64_t unlimited = current(product, shape.input_shift + contract::kGradedShift);
  const auto potential = static_cast<std::int16_t>(saturate(unlimited, contract::kPotentialWidth));
  context_.counts.potential_saturations += potential != unlimited ? 1 : 0;
  activity_.last_potentials[neuron] = potential;
  activity_.counts[neuron] = static_cast<std::uint8_t>(graded_value(potential, shape.window));
  activity_.trits[neuron] = static_cast<std::int8_t>(postsynaptic(shape.post, potential, shape.threshold, shape.window, false));
}

std::uint32_t FastLayer::score_of(std::size_t neuron) const {
  return score(activity_.counts[neuron], activity_.last_potentials[neuron]);
}

}  // namespace phasic::reference
