// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/timing.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "runtime/base/error.hpp"

namespace phasic::runtime::nir {
namespace {

std::string place_of_node(const Stage& stage) { return fmt::format("{} ({})", stage.name, stage.type); }

/// What is left of a decaying quantity after a step.
double left_of(double tau, const Chain& chain, const Stage& stage, const Timing& timing) {
  const double ratio = *timing.step / tau;
  if (timing.decay == Decay::kExact) return std::exp(-ratio);
  // Times that were stored with 32 bits may be a little shorter than a step that they are meant to equal.
  if (ratio > 1 + 1e-6)
    throw InputError(chain.file, place_of_node(stage),
                     fmt::format("a step of {} s is longer than the time constant {} s", *timing.step, tau));
  return std::max(0.0, 1 - ratio);
}

}  // namespace

void check_timing(const Chain& chain, const Timing& timing) {
  for (const auto& stage : chain.stages) {
    const auto* neuron = std::get_if<Neuron>(&stage.what);
    if (neuron == nullptr) continue;
    if (neuron->leak == Neuron::Leak::kTau && !timing.step)
      throw InputError(chain.file, place_of_node(stage),
                       "has a time constant, and the file does not say how long a time step is: --dt SECONDS");
    if (neuron->fires && neuron->leak != Neuron::Leak::kStateless && !timing.reset)
      throw InputError(chain.file, place_of_node(stage),
                       "fires, and the file does not say what becomes of the potential then: --reset zero or --reset subtract");
  }
}

Dynamics dynamics_of(const Chain& chain, const Stage& stage, const Timing& timing) {
  const auto& neuron = std::get<Neuron>(stage.what);
  const auto count = count_of(stage.to);
  Dynamics result{std::vector<double>(count, 0.0), std::vector<double>(count, 1.0), std::vector<double>(count, 1.0),
                  neuron.resistance, std::vector<double>(count, 0.0)};
  if (neuron.leak == Neuron::Leak::kStateless) result.decay.assign(count, 0.0);
  if (neuron.leak != Neuron::Leak::kTau) return result;
  for (std::size_t j = 0; j < count; ++j) {
    const double decay = result.decay[j] = left_of(neuron.tau[j], chain, stage, timing);
    result.drive[j] = (1 - decay) * neuron.resistance[j];
    result.rest[j] = (1 - decay) * neuron.leak_potential[j];
    if (!neuron.current) continue;
    result.synapse_decay[j] = left_of(neuron.tau_synapse[j], chain, stage, timing);
    result.input[j] = (1 - result.synapse_decay[j]) * neuron.input_weight[j];
  }
  return result;
}

}  // namespace phasic::runtime::nir
