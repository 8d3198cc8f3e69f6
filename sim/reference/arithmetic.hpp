// SPDX-License-Identifier: Apache-2.0
/// Arithmetic of neurons and of learning (docs/specification.md, sections 1 and 2), one small function a formula.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "phasic/contract.hpp"

namespace phasic::reference {

/// sat_bits(value): `value` limited to the range of a signed number of `bits` bits.
[[nodiscard]] constexpr std::int64_t saturate(std::int64_t value, unsigned bits) {
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  return std::clamp<std::int64_t>(value, -limit, limit - 1);
}

/// half(shift): what is added before `>> shift` so that it rounds to nearest.
[[nodiscard]] constexpr std::int64_t half(unsigned shift) { return shift == 0 ? 0 : std::int64_t{1} << (shift - 1); }

/// J_j(t): the synaptic current after a step whose sum of weights is `sum`, from `before`, that of the step before.
/// `synaptic_leak` is 0 to 65535, in 1/65536.
[[nodiscard]] constexpr std::int32_t synaptic_current(std::int32_t before, std::uint32_t synaptic_leak, std::int64_t sum) {
  const std::int64_t left = (std::int64_t{before} * synaptic_leak + half(contract::kLeakShift)) >> contract::kLeakShift;
  return static_cast<std::int32_t>(saturate(left + sum, contract::kCurrentWidth));
}

/// I_j: the input of a neuron, from its synaptic current or, where none lasts, its sum of weights.
[[nodiscard]] constexpr std::int64_t current(std::int64_t sum_of_weights, unsigned input_shift) {
  return (sum_of_weights + half(input_shift)) >> input_shift;
}

/// g_j: what a neuron answers to a graded sample.
[[nodiscard]] constexpr std::uint32_t graded_value(std::int32_t potential, std::int32_t window) {
  return static_cast<std::uint32_t>(std::clamp<std::int32_t>(potential - window, 0, contract::kGradedFull));
}

/// up or down of a filter at a position; of down `potential` is the negative of V.
[[nodiscard]] constexpr std::uint32_t excess(std::int32_t potential, std::int32_t threshold) {
  return static_cast<std::uint32_t>(std::max(potential - threshold, 0));
}

/// isqrt: the floor of the square root.
[[nodiscard]] constexpr std::uint32_t square_root(std::uint32_t value) {
  std::uint32_t root = 0;
  for (std::uint32_t bit = 1U << 15; bit != 0; bit >>= 1) {
    const std::uint32_t larger = root | bit;
    if (std::uint64_t{larger} * larger <= value) root = larger;
  }
  return root;
}

/// V_j of a neuron of a grid. `sum` is Y_j.
[[nodiscard]] constexpr std::int32_t pooled_potential(std::uint32_t sum, std::uint32_t answer_scale, unsigned answer_shift) {
  const std::int64_t scaled = std::int64_t{square_root(sum)} * answer_scale;
  return static_cast<std::int32_t>(std::min<std::int64_t>((scaled + half(answer_shift)) >> answer_shift, 32767));
}

/// The row or column of cells in which a position lies, of `positions` along this side.
[[nodiscard]] constexpr std::uint32_t cell_along(std::uint32_t position, std::uint32_t positions, std::uint32_t grid) {
  return position * grid / positions;
}

/// B_j: the potential after a spike has had its effect on it.
[[nodiscard]] constexpr std::int32_t after_spike(std::int32_t potential, bool spiked, contract::Reset reset,
                                                 std::int32_t threshold) {
  if (!spiked) return potential;
  switch (reset) {
    case contract::Reset::kZero:
      return 0;
    case contract::Reset::kSubtract:
      return static_cast<std::int32_t>(saturate(std::int64_t{potential} - threshold, contract::kPotentialWidth));
    case contract::Reset::kNone:
      break;
  }
  return potential;
}

/// L_j: what is left of the potential `potential`, B_j. `leak` is 0 to 65536, in 1/65536.
[[nodiscard]] constexpr std::int32_t leaked(std::int32_t potential, std::uint32_t leak) {
  return static_cast<std::int32_t>((std::int64_t{potential} * leak + half(contract::kLeakShift)) >> contract::kLeakShift);
}

/// V_j(t) before it is limited to 16 bits.
[[nodiscard]] constexpr std::int64_t unlimited_potential(std::int32_t leaked_potential, std::int64_t input_current) {
  return leaked_potential + input_current;
}

/// D_j(t): -1, 0 or 1.
[[nodiscard]] constexpr std::int32_t trit(std::int32_t potential, std::int32_t window, bool spiked_before) {
  return (potential > window ? 1 : 0) - (spiked_before ? 1 : 0);
}

/// P_j(t): the postsynaptic part of a coincidence.
[[nodiscard]] constexpr std::int32_t postsynaptic(contract::Post post, std::int32_t potential, std::int32_t threshold,
                                                  std::int32_t window, bool spiked_before) {
  switch (post) {
    case contract::Post::kTrit:
      return trit(potential, window, spiked_before);
    case contract::Post::kSurrogate:
      return potential > window && potential < 2 * threshold - window ? 1 : 0;
    case contract::Post::kOne:
      break;
  }
  return 1;
}

/// X_i(t): the presynaptic part of a coincidence.
[[nodiscard]] constexpr std::int32_t presynaptic(bool spikes, bool spiked_before, unsigned trace_shift) {
  if (trace_shift == 0) return spikes ? 1 : 0;
  return (spikes ? 1 << trace_shift : 0) + (spiked_before ? 1 : 0);
}

/// signal_j of a layer with factor `level`.
[[nodiscard]] constexpr std::int32_t level_signal(std::int8_t level) { return -std::int32_t{level}; }

/// signal_j of a layer with factor `error`: spikes wanted (`full` for the neuron of the class, else none) less spikes seen.
[[nodiscard]] constexpr std::int32_t error_signal(std::uint32_t full, bool is_class, std::uint32_t count) {
  return static_cast<std::int32_t>(is_class ? full : 0) - static_cast<std::int32_t>(count);
}

/// e_j: the postsynaptic factor, `contract::kFactorWidth` bits.
[[nodiscard]] constexpr std::int32_t postsynaptic_factor(std::int32_t signal, std::uint32_t rate, unsigned factor_shift) {
  const std::int64_t product = std::int64_t{signal} * rate;
  return static_cast<std::int32_t>(saturate((product + half(factor_shift)) >> factor_shift, contract::kFactorWidth));
}

/// h_j: the share of its factor that a neuron learns with, in 1/256. `retrograde` is R_j, not negative.
[[nodiscard]] constexpr std::int32_t retrograde_share(std::uint64_t retrograde, unsigned retrograde_shift,
                                                      std::uint32_t retrograde_base, std::uint32_t retrograde_limit) {
  return static_cast<std::int32_t>(
      std::min<std::uint64_t>(retrograde_base + (retrograde >> retrograde_shift), retrograde_limit));
}

/// e_j of a neuron whose factor would be `factor` without the retrograde signal that leaves it `share` of it.
[[nodiscard]] constexpr std::int32_t scaled_factor(std::int32_t factor, std::int32_t share) {
  return static_cast<std::int32_t>((std::int64_t{factor} * share + half(contract::kShareShift)) >> contract::kShareShift);
}

/// F: fraction bits of a weight change.
[[nodiscard]] constexpr unsigned fraction_bits(unsigned weight_width) { return contract::kExtendedWidth - weight_width; }

/// r_ij for stochastic rounding: the upper `fraction` bits of a random word.
[[nodiscard]] constexpr std::int32_t stochastic_rounding(std::uint16_t random_word, unsigned fraction) {
  return random_word >> (16 - fraction);
}

/// r_ij for rounding to nearest.
[[nodiscard]] constexpr std::int32_t nearest_rounding(unsigned fraction) { return std::int32_t{1} << (fraction - 1); }

/// The weight `weight` changed by `change` (u_ij, in 1 / 2^F) but not yet limited to the weight's width.
[[nodiscard]] constexpr std::int64_t unlimited_weight(std::int32_t weight, std::int64_t change, std::int32_t rounding,
                                                      unsigned fraction) {
  return weight + ((change + rounding) >> fraction);
}

/// M_j: how well the weights of a competing neuron match the counts of its rows. `product` is the sum of counts times weights.
[[nodiscard]] constexpr std::int64_t match(std::int64_t product, unsigned input_shift, std::uint32_t squares) {
  return (product << input_shift) - std::int64_t{squares};
}

/// target_i: what a weight of the winner moves towards.
[[nodiscard]] constexpr std::int32_t competition_target(std::uint32_t count, unsigned input_shift) {
  return static_cast<std::int32_t>(count << input_shift) >> 1;
}

/// h: the winner's rate of learning is 2^-h; `wins` are those before this one.
[[nodiscard]] constexpr unsigned competition_shift(std::uint32_t wins, unsigned slowest) {
  const auto age = static_cast<unsigned>(std::bit_width(wins + 1)) - 1;
  return std::min(age, slowest);
}

/// t_r: what a weight of the filter that wins a patch moves towards. `product` is that of the patch and the table of targets.
[[nodiscard]] constexpr std::int32_t feature_target(std::int64_t product, std::int32_t offset, unsigned target_shift,
                                                    unsigned weight_width) {
  const std::int64_t limited = saturate((product - offset + half(target_shift)) >> target_shift, contract::kTargetWidth);
  return static_cast<std::int32_t>(limited * (std::int64_t{1} << (weight_width - contract::kTargetWidth)));
}

/// d_i: how far a value is from the mean of its class, of whose samples so far `sum` is the sum and `count` the number.
[[nodiscard]] constexpr std::int32_t difference_from_mean(std::uint32_t value, std::int32_t sum, std::int32_t count) {
  if (count == 0) return 0;
  const std::int64_t above = 2 * std::int64_t{sum} + count;
  const std::int64_t below = 2 * std::int64_t{count};
  const std::int64_t mean = above / below - (above % below < 0 ? 1 : 0);
  return static_cast<std::int32_t>(saturate(value - mean, contract::kDifferenceWidth));
}

/// Whether a class of which so many samples were learned learns another one.
[[nodiscard]] constexpr bool learns_more(std::int32_t count) {
  return count >= 0 && count < static_cast<std::int32_t>(contract::kMostSamples);
}

/// The score of a neuron that competes, or of one of a discriminant.
[[nodiscard]] constexpr std::uint32_t competition_score(std::int64_t match) {
  return static_cast<std::uint32_t>(saturate(match, 32) + (std::int64_t{1} << 31));
}

/// The score of an output neuron: most spikes first, then the highest last potential.
[[nodiscard]] constexpr std::uint32_t score(std::uint32_t count, std::int32_t last_potential) {
  return count * 65536 + static_cast<std::uint32_t>(last_potential + static_cast<std::int32_t>(contract::kScoreOffset));
}

}  // namespace phasic::reference
