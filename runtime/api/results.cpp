// SPDX-License-Identifier: Apache-2.0
#include "phasic/results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "phasic/error.hpp"

namespace phasic {
namespace {

std::uint64_t value_of(const std::vector<Counter>& counters, std::string_view name) {
  const auto found =
      std::find_if(counters.begin(), counters.end(), [&](const Counter& counter) { return counter.name == name; });
  if (found == counters.end()) throw InputError(fmt::format("there is no counter \"{}\"", name));
  return found->value;
}

}  // namespace

std::uint64_t Counters::of_network(std::string_view name) const { return value_of(network, name); }

std::uint64_t Counters::of_layer(std::size_t layer, std::string_view name) const {
  if (layer >= layers.size()) throw InputError(fmt::format("there is no layer {}; the network has {}", layer, layers.size()));
  return value_of(layers[layer], name);
}

std::int16_t Trace::potential(std::size_t sample, std::size_t layer, std::uint32_t step, std::uint32_t neuron) const {
  if (!potential_) throw InputError("there is no trace: RunOptions::trace was not set");
  return potential_(sample, layer, step, neuron);
}

std::size_t Results::correct() const {
  std::size_t count = 0;
  for (std::size_t n = 0; n < size(); ++n) count += classes[n] == labels[n] ? 1 : 0;
  return count;
}

}  // namespace phasic
