// SPDX-License-Identifier: Apache-2.0
/// What weights learn from graded values.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/random_words.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

/// Weights of a row, as many at once as there are words of random numbers for.
template <class Weight, bool Stochastic>
void graded_update_rows(GradedUpdateJob& job) {
  constexpr std::size_t kPairs = kVector / 2;
  constexpr unsigned kWidth = 8 * sizeof(Weight);
  constexpr unsigned kFraction = contract::kExtendedWidth - kWidth;
  constexpr std::int32_t kHighest = (1 << (kWidth - 1)) - 1;
  using Words = Vector<std::uint16_t, kPairs>;
  std::uint32_t saturations = 0;
  for (std::size_t k = 0; k < job.row_count; ++k) {
    const std::int32_t value = job.values[k];
    for (std::size_t first = 0; first < job.neurons; first += 2 * kPairs) {
      const std::size_t end = first + 2 * kPairs < job.neurons ? 2 * kPairs : job.neurons - first;
      std::uint16_t even[kPairs];
      std::uint16_t odd[kPairs];
      if (Stochastic) {
        Words x = (Words{} + job.row_x[k]) ^ load<Words>(job.pair_words + first / 2);
        Words y = load<Words>(job.pair_offsets + first / 2) + job.row_y[k];
        for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
        store(even, x);
        store(odd, y);
      }
      // Copies of whole blocks, so that nothing can overlap and every loop has a fixed length.
      Weight weights[2 * kPairs] = {};
      std::int32_t changes[2 * kPairs] = {};
      auto* const place = reinterpret_cast<Weight*>(job.weights + job.rows[k] * job.row_stride) + first;
      __builtin_memcpy(weights, place, end * sizeof(Weight));
      __builtin_memcpy(changes, job.changes + first, end * sizeof(std::int32_t));
      std::int32_t roundings[2 * kPairs];
      for (std::size_t pair = 0; pair < kPairs; ++pair) {
        roundings[2 * pair] = Stochastic ? even[pair] >> (16 - kFraction) : 1 << (kFraction - 1);
        roundings[2 * pair + 1] = Stochastic ? odd[pair] >> (16 - kFraction) : 1 << (kFraction - 1);
      }
      std::uint32_t limits = 0;
      for (std::size_t j = 0; j < 2 * kPairs; ++j) {
        const std::int32_t unlimited = weights[j] + ((value * changes[j] + roundings[j]) >> kFraction);
        std::int32_t limited = unlimited > kHighest ? kHighest : unlimited;
        limited = limited < -kHighest - 1 ? -kHighest - 1 : limited;
        limits += limited != unlimited ? 1U : 0U;
        weights[j] = static_cast<Weight>(limited);
      }
      saturations += limits;
      __builtin_memcpy(place, weights, end * sizeof(Weight));
    }
  }
  job.saturations = saturations;
}

template <class Weight>
void graded_update(GradedUpdateJob& job) {
  job.stochastic ? graded_update_rows<Weight, true>(job) : graded_update_rows<Weight, false>(job);
}

}  // namespace
}  // namespace phasic::reference
