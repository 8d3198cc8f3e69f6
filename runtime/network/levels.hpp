// SPDX-License-Identifier: Apache-2.0
/// NACA's neuromodulator levels (Science Advances 2023): which class expects what, and what a hidden neuron makes of it.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// The two places (a_c, b_c) of class `index` in the expectation code of `classes` classes; places are 0 to 2 classes - 1.
struct ExpectationCode {
  std::uint32_t a;
  std::uint32_t b;
};
[[nodiscard]] ExpectationCode expectation_code(std::uint32_t classes, std::uint32_t index);

/// The locally modulated level f of a neuron with expectation lambda in [0, 1); |f| is at most `modulation.maximum`.
[[nodiscard]] double modulate(double lambda, const Modulation& modulation);

/// Modulated levels f of a layer, not rounded: element c * neurons + j belongs to class c and neuron j. NI is drawn from the
/// seed for this layer.
[[nodiscard]] std::vector<double> modulated_levels(std::uint64_t seed, std::uint32_t layer, std::uint32_t classes,
                                                   std::uint32_t neurons, const Modulation& modulation);

/// Levels of a layer, signed bytes in units of 1/64: element c * neurons + j belongs to class c and neuron j. NACA's modulated
/// levels; for DRTP, DFA and e-prop numbers that are uniform in [-1, 1]; for competition 1 where the neuron is of the class. If
/// the kernel draws them, those that it draws.
[[nodiscard]] std::vector<std::int8_t> level_table(const Network& network, std::size_t layer);

}  // namespace phasic::runtime
