// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/settling.hpp"

#include "runtime/baseline/energy_network.hpp"
#include "runtime/baseline/equilibrium_network.hpp"

namespace phasic::baseline {

std::unique_ptr<SettlingNetwork> make_settling(const Settings& settings, std::uint64_t seed) {
  if (settings.spiking()) return std::make_unique<EquilibriumNetwork>(settings);
  return std::make_unique<EnergyNetwork>(settings, seed);
}

void count_shown(const Matrix& inputs, const Sizes& sizes, Work& work) {
  const std::uint64_t events = count_nonzero(inputs);
  work.samples += static_cast<std::uint64_t>(inputs.cols());
  work.layers[0].events += events;
  work.layers[0].synaptic_operations += events * static_cast<std::uint64_t>(sizes.hidden);
}

void count_iteration(const Equilibrium& state, bool fed_back, Work& work) {
  const auto hidden = static_cast<std::uint64_t>(state.hidden.size());
  const std::uint64_t outputs = count_nonzero(state.output);
  work.layers[0].spikes += hidden;
  work.layers[1].events += hidden;
  work.layers[1].synaptic_operations += hidden * static_cast<std::uint64_t>(state.output.rows());
  work.layers[1].spikes += outputs;
  if (fed_back) work.layers[0].feedback_operations += outputs * static_cast<std::uint64_t>(state.hidden.rows());
}

}  // namespace phasic::baseline
