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
  count_shown(count_nonzero(inputs), inputs.cols(), sizes, work);
}

void count_shown(std::uint64_t events, Index samples, const Sizes& sizes, Work& work) {
  work.samples += static_cast<std::uint64_t>(samples);
  work.layers[0].events += events;
  work.layers[0].synaptic_operations += events * static_cast<std::uint64_t>(sizes.hidden);
}

void count_iterations(std::uint64_t hidden_values, std::uint64_t nonzero_outputs, const Sizes& sizes, bool fed_back,
                      Work& work) {
  work.layers[0].spikes += hidden_values;
  work.layers[1].events += hidden_values;
  work.layers[1].synaptic_operations += hidden_values * static_cast<std::uint64_t>(sizes.classes);
  work.layers[1].spikes += nonzero_outputs;
  if (fed_back) work.layers[0].feedback_operations += nonzero_outputs * static_cast<std::uint64_t>(sizes.hidden);
}

void count_iteration(const Equilibrium& state, bool fed_back, Work& work) {
  const Sizes sizes{.inputs = 0, .hidden = state.hidden.rows(), .classes = state.output.rows()};
  count_iterations(static_cast<std::uint64_t>(state.hidden.size()), count_nonzero(state.output), sizes, fed_back, work);
}

}  // namespace phasic::baseline
