// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/interpreter.hpp"

#include <algorithm>

#include "runtime/nir/linear.hpp"

namespace phasic::runtime::nir {
Interpreter::Interpreter(const Chain& chain, const Timing& timing) : chain_(&chain), timing_(timing) {
  check_timing(chain, timing);
  for (const auto& stage : chain.stages) {
    const auto* neuron = std::get_if<Neuron>(&stage.what);
    if (neuron != nullptr) layers_.push_back({neuron, dynamics_of(chain, stage, timing), {}, {}, {}, {}});
  }
  restart();
}

void Interpreter::restart() {
  for (auto& layer : layers_)
    for (auto* values : {&layer.current, &layer.potential, &layer.shown, &layer.spikes})
      values->assign(layer.dynamics.decay.size(), 0.0);
}

void Interpreter::integrate(Layer& layer, std::span<const double> input) const {
  const auto& [neuron, dynamics, current, potential, shown, spikes] = layer;
  for (std::size_t j = 0; j < input.size(); ++j) {
    layer.current[j] = dynamics.synapse_decay[j] * current[j] + dynamics.input[j] * input[j];
    layer.shown[j] = layer.potential[j] = dynamics.decay[j] * potential[j] + dynamics.drive[j] * current[j] + dynamics.rest[j];
    if (!neuron->fires) continue;
    const bool fires = potential[j] > neuron->threshold[j];
    layer.spikes[j] = fires ? 1.0 : 0.0;
    if (!fires) continue;
    layer.potential[j] = timing_.reset == contract::Reset::kSubtract ? potential[j] - (neuron->threshold[j] - neuron->reset[j])
                                                                     : neuron->reset[j];
  }
}

void Interpreter::step(std::span<const double> input) {
  from_.assign(input.begin(), input.end());
  auto layer = layers_.begin();
  for (const auto& stage : chain_->stages) {
    if (std::holds_alternative<Neuron>(stage.what)) {
      integrate(*layer, from_);
      from_ = layer->spikes;
      ++layer;
      continue;
    }
    to_.resize(count_of(stage.to));
    apply(stage, from_, to_);
    std::swap(from_, to_);
  }
}

}  // namespace phasic::runtime::nir
