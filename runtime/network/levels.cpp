// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/levels.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "driver/layout/random.hpp"
#include "runtime/network/quantities.hpp"
#include "runtime/network/recipe.hpp"

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

namespace {

constexpr double kWords = 4294967296.0;

/// 32 random bits for a place of a table and a neuron.
std::uint32_t drawn(const layout::Key& key, std::uint32_t place, std::uint32_t neuron) {
  const auto [x, y] = layout::permute(key, static_cast<std::uint16_t>(place), static_cast<std::uint16_t>(neuron));
  return (std::uint32_t{x} << 16) | y;
}

/// A number of the distribution of NI from 32 random bits. The normal one takes the two halves (Box and Muller).
double expectation(std::uint32_t bits, Modulation::Distribution distribution) {
  switch (distribution) {
    case Modulation::Distribution::kUniform:
      break;
    case Modulation::Distribution::kNormal: {
      const double radius = std::sqrt(-2 * std::log(((bits >> 16) + 1) / 65536.0));
      return std::clamp(0.5 + radius * std::cos(2 * std::numbers::pi * (bits & 0xffff) / 65536.0), 0.0, 1.0);
    }
    case Modulation::Distribution::kBeta: {
      const double sine = std::sin(std::numbers::pi / 2 * bits / kWords);
      return sine * sine;
    }
  }
  return bits / kWords;
}

layout::Key key_of(std::uint64_t seed, std::uint32_t layer) {
  return layout::purpose_key(seed, static_cast<std::uint32_t>(layout::HostPurpose::kLevels), layer);
}

double modulated_level(const layout::Key& key, std::uint32_t classes, std::uint32_t c, std::uint32_t j,
                       const Modulation& modulation) {
  const auto code = expectation_code(classes, c);
  const double lambda = (expectation(drawn(key, code.a, j), modulation.distribution) +
                         expectation(drawn(key, code.b, j), modulation.distribution)) /
                        2;
  return modulate(lambda, modulation);
}

}  // namespace

std::vector<double> modulated_levels(std::uint64_t seed, std::uint32_t layer, std::uint32_t classes, std::uint32_t neurons,
                                     const Modulation& modulation) {
  const layout::Key key = key_of(seed, layer);
  std::vector<double> levels;
  levels.reserve(std::size_t{classes} * neurons);
  for (std::uint32_t c = 0; c < classes; ++c) {
    for (std::uint32_t j = 0; j < neurons; ++j) levels.push_back(modulated_level(key, classes, c, j, modulation));
  }
  return levels;
}

std::vector<std::int8_t> level_table(const Network& network, std::size_t layer) {
  const auto number = static_cast<std::uint32_t>(layer);
  const layout::Key key = key_of(network.seed, number);
  const auto& spec = network.layers[layer];
  const std::uint32_t repeat = spec.distinct_levels();
  if (spec.drawn) return drawn_levels(level_recipe(network, layer), network.seed, number, spec.neurons, repeat);
  const auto level = [&](std::uint32_t c, std::uint32_t neuron) {
    if (spec.competes()) return network.class_of(neuron) == c ? kUnitsOfLevel : 0;
    const std::uint32_t j = neuron % repeat;
    if (spec.rule != Rule::kNaca) return std::floor(drawn(key, c, j) * (2 * kUnitsOfLevel + 1) / kWords) - kUnitsOfLevel;
    return std::round(kUnitsOfLevel * modulated_level(key, network.classes, c, j, network.modulation));
  };
  std::vector<std::int8_t> levels;
  levels.reserve(std::size_t{network.classes} * spec.neurons);
  for (std::uint32_t c = 0; c < network.classes; ++c) {
    for (std::uint32_t j = 0; j < spec.neurons; ++j) levels.push_back(static_cast<std::int8_t>(level(c, j)));
  }
  return levels;
}

}  // namespace phasic::runtime
