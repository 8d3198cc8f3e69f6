// SPDX-License-Identifier: Apache-2.0
/// What weights learn from one step: changes that are the same in every row but for rounding.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/lanes.hpp"
#include "sim/reference/kernels/random_words.hpp"

namespace phasic::reference {
namespace {

/// Rounding words of the pairs from `pair` on in a row that is visited: of their first neurons and of their second ones.
template <bool Stochastic>
[[gnu::always_inline]] inline void rounding_words(const Visits& visits, std::size_t visit, std::size_t pair, Words& x,
                                                  Words& y) {
  if constexpr (Stochastic) {
    x = (Words{} + visits.row_x[visit]) ^ load<Words>(visits.pair_words + pair);
    y = (Words{} + visits.row_y[visit]) + load<Words>(visits.pair_offsets + pair);
    for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
  } else {
    x = Words{} + 0x8000;
    y = x;
  }
}

// Two neighbouring weights share a lane of 16 bits, as the two words of a pair share their start: no lane has to move.
template <bool Stochastic>
void update_common8_rows(CommonUpdate8Job& job) {
  const Visits visits = job.visits;
  const auto bias = Bytes(Words{} + kEvenBias);
  for (std::size_t visit = 0; visit < visits.row_count; ++visit) {
    std::byte* const row = visits.weights + visits.rows[visit] * visits.row_stride;
    for (std::size_t first = 0; first < visits.row_bytes; first += kVector) {
      Words x;
      Words y;
      rounding_words<Stochastic>(visits, visit, first / 2, x, y);
      // A comparison that holds is -1: the carry of the fraction, subtracted.
      const Bytes carry =
          join(Numbers(x > load<Words>(job.room_even + first / 2)), Numbers(y > load<Words>(job.room_odd + first / 2)));
      const Bytes change = load<Bytes>(job.whole + first) - carry;
      const Bytes weights = load<Bytes>(row + first) ^ bias;
      const Bytes limited = add_limited(weights, change);
      job.saturations += count_unequal(limited, weights + change);
      store(row + first, limited ^ bias);
    }
  }
}

template <bool Stochastic>
void update_common16_rows(CommonUpdate16Job& job) {
  const Visits visits = job.visits;
  const auto bias = even_bias16();
  for (std::size_t visit = 0; visit < visits.row_count; ++visit) {
    auto* const row = reinterpret_cast<std::int16_t*>(visits.weights + visits.rows[visit] * visits.row_stride);
    const std::size_t end = visits.row_bytes / 2;
    for (std::size_t first = 0; first < end; first += kVector) {
      Words x;
      Words y;
      rounding_words<Stochastic>(visits, visit, first / 2, x, y);
      Words words[2];
      interleave(x, y, words);
#pragma GCC unroll 2
      for (std::size_t half = 0; half < 2; ++half) {
        const std::size_t at = first + half * kVector / 2;
        if (at >= end) break;
        const Numbers carry = Numbers(words[half] > load<Words>(job.room + at));
        const Numbers change = load<Numbers>(job.whole + at) - carry;
        const Numbers weights = load<Numbers>(row + at) ^ bias;
        const Numbers limited = add_limited(weights, change);
        job.saturations += count_unequal(limited, weights + change);
        store(row + at, limited ^ bias);
      }
    }
  }
}

void update_common8(CommonUpdate8Job& job) {
  job.saturations = 0;
  job.visits.stochastic ? update_common8_rows<true>(job) : update_common8_rows<false>(job);
}

void update_common16(CommonUpdate16Job& job) {
  job.saturations = 0;
  job.visits.stochastic ? update_common16_rows<true>(job) : update_common16_rows<false>(job);
}

}  // namespace
}  // namespace phasic::reference
