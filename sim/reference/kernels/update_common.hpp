// SPDX-License-Identifier: Apache-2.0
/// What weights learn from one step: changes that are the same in every row but for rounding.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/lanes.hpp"
#include "sim/reference/kernels/random_words.hpp"

namespace phasic::reference {
namespace {

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
      job.saturations += count_unequal(limited, add_wrapped(weights, change));
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
        const auto carry = Numbers(words[half] > load<Words>(job.room + at));
        const Numbers change = load<Numbers>(job.whole + at) - carry;
        const Numbers weights = load<Numbers>(row + at) ^ bias;
        const Numbers limited = add_limited(weights, change);
        job.saturations += count_unequal(limited, add_wrapped(weights, change));
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
