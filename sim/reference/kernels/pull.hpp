// SPDX-License-Identifier: Apache-2.0
/// What the winner of a competition learns.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/random_words.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

void pull(PullJob& job) {
  constexpr std::size_t kLanes = kVector / 2;
  using Words = Vector<std::uint16_t, kLanes>;
  const unsigned fraction = contract::kExtendedWidth - job.weight_width;
  const std::int32_t highest = (1 << (job.weight_width - 1)) - 1;
  std::uint32_t squares = 0;
  std::int32_t saturations = 0;
  for (std::size_t first = 0; first < job.row_count; first += kLanes) {
    std::uint16_t random[kLanes];
    Words x = load<Words>(job.row_x + first) ^ (Words{} + job.pair_word);
    Words y = load<Words>(job.row_y + first) + job.pair_offset;
    for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
    store(random, job.odd ? y : x);
    const std::size_t end = first + kLanes < job.row_count ? kLanes : job.row_count - first;
    for (std::size_t k = 0; k < end; ++k) {
      const std::int32_t rounding = job.stochastic ? random[k] >> (16 - fraction) : 1 << (fraction - 1);
      const std::int32_t old = job.weights[first + k];
      const std::int32_t change = (job.targets[first + k] - old) * (1 << (fraction - job.shift));
      const std::int32_t unlimited = old + ((change + rounding) >> fraction);
      std::int32_t limited = unlimited > highest ? highest : unlimited;
      limited = limited < -highest - 1 ? -highest - 1 : limited;
      saturations += limited != unlimited ? 1 : 0;
      squares += static_cast<std::uint32_t>(limited * limited) - static_cast<std::uint32_t>(old * old);
      job.weights[first + k] = limited;
    }
  }
  job.squares += squares;
  job.saturations = static_cast<std::uint64_t>(saturations);
}

}  // namespace
}  // namespace phasic::reference
