// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/fidelity.hpp"

#include <algorithm>
#include <cmath>

#include "driver/layout/buffers.hpp"
#include "runtime/nir/interpreter.hpp"

namespace phasic::runtime::nir {
namespace {

/// Runs the graph beside the launches of the kernel, sample by sample.
class Beside {
 public:
  Beside(const Imported& imported, const Fixed& fixed, Fidelity& to)
      : imported_(imported),
        network_(fixed.network),
        interpreter_(imported.chain, imported.timing),
        to_(to),
        input_(network_.inputs),
        spikes_(network_.outputs()) {
    to_.layers.resize(network_.layers.size());
  }

  void add(const Launched& launched) {
    auto answer = launched.answers.answers.begin();
    for (std::size_t n = 0; n < launched.samples.size(); ++n) {
      const auto& sample = launched.samples[n];
      // Between samples that are no chunks of one recording the kernel goes on only where it keeps state.
      if (begins_ && (sample.restart || !network_.keep)) restart();
      show(sample, launched.result, n);
      begins_ = !sample.goes_on;
      if (begins_) tell(*answer++);
    }
  }

 private:
  void restart() {
    interpreter_.restart();
    std::ranges::fill(spikes_, 0.0);
  }

  void show(const Sample& sample, const LaunchResult& result, std::size_t n) {
    const auto encoded = sample.events.empty() && !sample.intensities.empty()
                             ? encode_events(network_, sample.intensities, result.records[n].sample)
                             : std::vector<std::uint32_t>(sample.events.begin(), sample.events.end());
    auto next = encoded.begin();
    for (std::uint32_t step = 0; step < network_.steps; ++step) {
      std::ranges::fill(input_, 0.0);
      for (; next != encoded.end() && (*next & contract::kEntryStep) >> contract::kEntryStepBit == step; ++next)
        input_[(*next & contract::kEntryInput) >> contract::kEntryInputBit] = 1;
      interpreter_.step(input_);
      for (std::size_t layer = 0; layer < network_.layers.size(); ++layer) compare(layer, result, n, step);
      const auto fired = interpreter_.spikes(interpreter_.layers() - 1);
      for (std::size_t j = 0; j < spikes_.size(); ++j) spikes_[j] += fired[j];
    }
  }

  void compare(std::size_t layer, const LaunchResult& result, std::size_t n, std::uint32_t step) {
    const auto& made = imported_.layers[layer];
    const auto& spec = network_.layers[layer];
    const auto spikes = interpreter_.spikes(layer);
    const auto potentials = interpreter_.potentials(layer);
    auto& counted = to_.layers[layer];
    for (std::uint32_t j = 0; j < spec.neurons; ++j) {
      const auto element = made.connection.element[j];
      const auto potential = traced_potential(network_, result.trace, n, layer, step, j);
      if (!made.fires) {
        counted.largest_difference =
            std::max(counted.largest_difference, std::abs(potential * spec.unit - potentials[element]));
        continue;
      }
      const bool kernel = potential > spec.threshold, graph = spikes[element] != 0;
      counted.kernel += kernel ? 1 : 0;
      counted.graph += graph ? 1 : 0;
      counted.only_one += kernel != graph ? 1 : 0;
    }
  }

  /// The graph's answer beside the kernel's.
  void tell(const Answer& answer) {
    const auto& element = imported_.layers.back().connection.element;
    const auto potentials = interpreter_.potentials(interpreter_.layers() - 1);
    std::uint32_t best = 0;
    for (std::uint32_t j = 1; j < element.size(); ++j) {
      const auto now = element[j], before = element[best];
      if (spikes_[now] > spikes_[before] || (spikes_[now] == spikes_[before] && potentials[now] > potentials[before])) best = j;
    }
    ++to_.samples;
    to_.same_answer += best == answer.prediction ? 1 : 0;
    to_.graph_right += best == answer.label ? 1 : 0;
    to_.kernel_right += answer.right() ? 1 : 0;
    if (!network_.keep) restart();
  }

  const Imported& imported_;
  const Network& network_;
  Interpreter interpreter_;
  Fidelity& to_;
  std::vector<double> input_, spikes_;
  bool begins_ = true;
};

}  // namespace

Fidelity measure(const Imported& imported, const Fixed& fixed, const Dataset& data, std::uint64_t samples,
                 const Launcher& launcher) {
  Fidelity fidelity;
  fidelity.data = data.name;
  Beside beside(imported, fixed, fidelity);
  const auto result =
      test(fixed, data,
           {.samples = samples == 0 ? data.size() : samples,
            .launch_samples = std::min<std::uint64_t>(200, largest_launch(fixed.network, true)),
            .trace = true},
           imported.quantized.weights, std::span(&launcher, 1), [&](const Launched& launched) { beside.add(launched); });
  fidelity.counters = result.counters;
  return fidelity;
}

}  // namespace phasic::runtime::nir
