// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/raster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "phasic/contract.hpp"
#include "runtime/run/open_neurons.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

/// Keeps rows small: a hidden layer has thousands of spikes a sample.
constexpr std::size_t kMostSpikes = 300;

struct Spike {
  std::uint32_t step, neuron;
};

json thinned(const std::string& name, std::uint32_t neurons, std::uint32_t steps, const std::vector<Spike>& spikes) {
  std::vector<std::size_t> of_neuron(neurons);
  for (const Spike& spike : spikes) ++of_neuron[spike.neuron];
  const auto kept = [&](std::uint32_t every) {
    std::size_t sum = 0;
    for (std::uint32_t neuron = 0; neuron < neurons; neuron += every) sum += of_neuron[neuron];
    return sum;
  };
  std::uint32_t every = 1;
  while (kept(every) > kMostSpikes) ++every;
  json listed = json::array();
  for (const Spike& spike : spikes) {
    if (spike.neuron % every == 0) listed.push_back({spike.step, spike.neuron});
  }
  return {{"name", name}, {"neurons", neurons}, {"steps", steps}, {"every", every}, {"spikes", std::move(listed)}};
}

}  // namespace

json raster_of(const Fixed& fixed, const Sample& sample, std::uint32_t number, std::span<const std::byte> weights,
               const Launcher& launcher) {
  const Network& network = fixed.network;
  if (network.sample_kind == contract::SampleKind::kGraded) return json::array();
  const std::vector<std::uint32_t> events = sample.intensities.empty()
                                                ? std::vector<std::uint32_t>(sample.events.begin(), sample.events.end())
                                                : encode_events(network, sample.intensities, number);
  std::vector<Spike> spikes;
  spikes.reserve(events.size());
  for (const std::uint32_t event : events)
    spikes.push_back({(event & contract::kEntryStep) >> contract::kEntryStepBit, event & contract::kEntryInput});
  json all = json::array({thinned("input", network.inputs, network.steps, spikes)});
  const auto has_potentials = [](const LayerSpec& layer) { return layer.has_potentials(); };
  if (!std::all_of(network.layers.begin(), network.layers.end(), has_potentials)) return all;

  Sample alone = sample;
  alone.restart = true;
  const LaunchResult result = launcher(weights, std::span(&alone, 1), {.learn = false, .trace = true, .first_sample = number});
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const LayerSpec& shape = network.layers[layer];
    // Potentials do not tell which neurons a gate shuts.
    const bool gated = layer == 0 && network.gate.source != Gate::Source::kNone;
    const std::vector<std::uint32_t> open = gated ? open_neurons(network, sample) : std::vector<std::uint32_t>();
    const auto is_seen = [&](std::uint32_t neuron) { return !gated || std::binary_search(open.begin(), open.end(), neuron); };
    spikes.clear();
    for (std::uint32_t step = 0; step < network.steps; ++step) {
      for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
        const bool spikes_now = traced_potential(network, result.trace, 0, layer, step, neuron) > shape.threshold;
        if (spikes_now && is_seen(neuron)) spikes.push_back({step, neuron});
      }
    }
    all.push_back(thinned(fmt::format("layer {}", layer + 1), shape.neurons, network.steps, spikes));
  }
  return all;
}

}  // namespace phasic::runtime
