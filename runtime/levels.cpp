// SPDX-License-Identifier: Apache-2.0
#include "runtime/levels.hpp"

#include <cmath>

#include "runtime/random.hpp"

namespace phasic::runtime {

ExpectationCode expectation_code(std::uint32_t classes, std::uint32_t index) {
  if (classes == 1) return {0, 1};
  const double c = classes;
  const double place = std::floor((2 * c - 2) * std::sqrt(std::log(c / (index + 1.0)) / std::log(c)));
  const auto a = static_cast<std::uint32_t>(place);
  return {a, a + 1};
}

double modulate(double lambda, const Modulation& modulation) {
  const double inversion = modulation.inversion, maximum = modulation.maximum;
  const auto square = [](double x) { return x * x; };
  if (lambda <= inversion / 2) return maximum - (maximum - 1) * square((4 * lambda - inversion) / inversion);
  if (lambda <= inversion) return 4 * square((lambda - inversion) / inversion);
  if (lambda <= 1.5 * inversion) return -4 * square((inversion - lambda) / inversion);
  return (maximum - 1) * square((4 * (2 * inversion - lambda) - inversion) / inversion) - maximum;
}

std::vector<std::int8_t> level_table(const Network& network, std::size_t layer) {
  constexpr double kUnits = 64;
  const auto key =
      purpose_key(network.seed, static_cast<std::uint32_t>(HostPurpose::kLevels), static_cast<std::uint32_t>(layer));
  const auto neurons = network.layers[layer].neurons;
  const auto drawn = [&](std::uint32_t place, std::uint32_t neuron) {
    const auto [x, y] = permute(key, static_cast<std::uint16_t>(place), static_cast<std::uint16_t>(neuron));
    return ((std::uint32_t{x} << 16) | y) / 4294967296.0;
  };
  std::vector<std::int8_t> levels;
  levels.reserve(std::size_t{network.classes} * neurons);
  for (std::uint32_t c = 0; c < network.classes; ++c) {
    const auto code = expectation_code(network.classes, c);
    for (std::uint32_t j = 0; j < neurons; ++j) {
      const double lambda = (drawn(code.a, j) + drawn(code.b, j)) / 2;
      levels.push_back(static_cast<std::int8_t>(std::round(kUnits * modulate(lambda, network.modulation))));
    }
  }
  return levels;
}

}  // namespace phasic::runtime
