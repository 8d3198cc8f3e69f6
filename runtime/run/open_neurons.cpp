// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/open_neurons.hpp"

#include <algorithm>

namespace phasic::runtime {

std::vector<std::uint32_t> open_neurons(const Network& network, const Sample& sample) {
  if (network.gate.source == Gate::Source::kClass) return network.gate.open_of_class.at(sample.label);
  const std::uint32_t neurons = network.layers.front().neurons;
  const auto looked_at = [&](std::uint32_t neuron) -> std::int64_t {
    return sample.intensities[std::uint64_t{neuron} * network.inputs / neurons];
  };
  std::int64_t brightest = 0;
  for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) brightest = std::max(brightest, looked_at(neuron));
  std::vector<std::uint32_t> open;
  for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
    if (looked_at(neuron) > brightest - network.gate.distance) open.push_back(neuron);
  }
  return open;
}

}  // namespace phasic::runtime
