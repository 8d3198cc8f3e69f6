// SPDX-License-Identifier: Apache-2.0
/// What weights learn from all steps: changes that differ from row to row.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/lanes.hpp"
#include "sim/reference/kernels/random_words.hpp"

namespace phasic::reference {
namespace {

/// Sums of the trits of kVector neurons over every subset of a group of steps.
class SubsetSums {
 public:
  SubsetSums(const UpdateJob& job, std::size_t first) : groups_((job.steps + kGroupSteps - 1) / kGroupSteps) {
    for (std::uint32_t group = 0; group < groups_; ++group) {
      Bytes* const sums = sums_ + std::size_t{group} * kSubsets;
      sums[0] = Bytes{};
      for (std::uint32_t subset = 1; subset < kSubsets; ++subset) {
        const std::uint32_t step = group * kGroupSteps + static_cast<std::uint32_t>(__builtin_ctz(subset));
        sums[subset] = sums[subset & (subset - 1)];
        if (step < job.steps) sums[subset] += load<Bytes>(job.trits + step * job.stride + first);
      }
    }
  }

  /// Over the steps whose bit is 1.
  [[nodiscard, gnu::always_inline]] Bytes over(std::uint32_t steps) const {
    Bytes sum = sums_[steps % kSubsets];
    for (std::uint32_t group = 1; group < groups_; ++group) {
      steps >>= kGroupSteps;
      sum += sums_[group * kSubsets + steps % kSubsets];
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t kGroupSteps = 5;
  static constexpr std::uint32_t kSubsets = 1U << kGroupSteps;
  static constexpr std::uint32_t kMostGroups = (32 + kGroupSteps - 1) / kGroupSteps;
  std::uint32_t groups_;
  Bytes sums_[kMostGroups * kSubsets];
};

/// Changes of 32 bits, in two parts of 16: coincidences that fit 16 bits times factors of up to 24 bits.
struct SplitFactors {
  Numbers low;   ///< the lower 16 bits as a signed number
  Numbers high;  ///< what is left of the factor, divided by 2^16

  /// Of every second neuron of kVector.
  explicit SplitFactors(const std::int32_t* factors) {
    for (std::size_t lane = 0; lane < kVector / 2; ++lane) {
      low[lane] = static_cast<std::int16_t>(factors[2 * lane]);
      high[lane] = static_cast<std::int16_t>((factors[2 * lane] - low[lane]) >> 16);
    }
  }
  [[nodiscard, gnu::always_inline]] Words part(Numbers coincidences) const { return Words(coincidences) * Words(low); }
  [[nodiscard, gnu::always_inline]] Numbers whole(Numbers coincidences) const {
    return multiply_high(coincidences, low) + coincidences * high;
  }
};

template <bool Stochastic, bool Trace>
void update8_column(UpdateJob& job, std::size_t first) {
  const SubsetSums sums(job, first);
  const SplitFactors even_factors(job.factors + first);
  const SplitFactors odd_factors(job.factors + first + 1);
  for (std::size_t visit = 0; visit < job.visits.row_count; ++visit) {
    const auto trits = Numbers(sums.over(job.row_steps[visit]));
    Numbers even = (trits << 8) >> 8;
    Numbers odd = trits >> 8;
    if constexpr (Trace) {
      const auto later = Numbers(sums.over(job.row_steps[visit] << 1));
      even = shift_left(even, job.trace_shift) + ((later << 8) >> 8);
      odd = shift_left(odd, job.trace_shift) + (later >> 8);
    }
    Words x;
    Words y;
    rounding_words<Stochastic>(job.visits, visit, first / 2, x, y);
    const Words even_part = even_factors.part(even);
    const Words odd_part = odd_factors.part(odd);
    const Numbers even_change = even_factors.whole(even) - Numbers(even_part + x < even_part);
    const Numbers odd_change = odd_factors.whole(odd) - Numbers(odd_part + y < odd_part);
    std::byte* const place = job.visits.weights + job.visits.rows[visit] * job.visits.row_stride + first;
    const Numbers weights = load<Numbers>(place) ^ kEvenBias;
    const Numbers unlimited_even = ((weights << 8) >> 8) + even_change;
    const Numbers unlimited_odd = (weights >> 8) + odd_change;
    const Numbers new_even = limit8(unlimited_even);
    const Numbers new_odd = limit8(unlimited_odd);
    job.saturations += count_unequal(new_even, unlimited_even) + count_unequal(new_odd, unlimited_odd);
    store(place, Numbers(join(new_even, new_odd)) ^ kEvenBias);
  }
}

/// Two weights of 16 bits share a lane of 32 bits.
template <bool Stochastic, bool Trace>
void update16_column(UpdateJob& job, std::size_t first) {
  constexpr std::size_t kPairs = kVector / 4;
  constexpr unsigned kFraction = contract::kExtendedWidth - 16;
  using Pairs = Vector<std::int32_t, kPairs>;
  using HalfWords = Vector<std::uint16_t, kPairs>;
  const auto even_of = [](Pairs pairs) { return (pairs << 16) >> 16; };
  const auto limit = [](Pairs numbers) {
    const Pairs limited = numbers > 32767 ? Pairs{} + 32767 : numbers;
    return limited < -32768 ? Pairs{} - 32768 : limited;
  };
  const SubsetSums sums(job, first);
  Pairs even_factors[2];
  Pairs odd_factors[2];
  for (std::size_t lane = 0; lane < 2 * kPairs; ++lane) {
    even_factors[lane / kPairs][lane % kPairs] = job.factors[first + 2 * lane];
    odd_factors[lane / kPairs][lane % kPairs] = job.factors[first + 2 * lane + 1];
  }
  const std::size_t halves = 2 * first + kVector < job.visits.row_bytes ? 2 : 1;
  Pairs saturations{};
  for (std::size_t visit = 0; visit < job.visits.row_count; ++visit) {
    const auto trits = Numbers(sums.over(job.row_steps[visit]));
    alignas(kVector) std::uint16_t coincidences[2][kVector / 2];
    alignas(kVector) std::uint16_t words[2][kVector / 2];
    Numbers even = (trits << 8) >> 8;
    Numbers odd = trits >> 8;
    if constexpr (Trace) {
      const auto later = Numbers(sums.over(job.row_steps[visit] << 1));
      even = shift_left(even, job.trace_shift) + ((later << 8) >> 8);
      odd = shift_left(odd, job.trace_shift) + (later >> 8);
    }
    Words x;
    Words y;
    rounding_words<Stochastic>(job.visits, visit, first / 2, x, y);
    store(coincidences[0], even);
    store(coincidences[1], odd);
    store(words[0], x >> (16 - kFraction));
    store(words[1], y >> (16 - kFraction));
    std::byte* const row = job.visits.weights + job.visits.rows[visit] * job.visits.row_stride + 2 * first;
    for (std::size_t half = 0; half < halves; ++half) {
      const auto widen = [&](const std::uint16_t* from) __attribute__((always_inline)) {
        return __builtin_convertvector(load<HalfWords>(from + half * kPairs), Pairs);
      };
      const Pairs weights = load<Pairs>(row + half * kVector) ^ std::int32_t{kEvenBias16};
      const Pairs unlimited_even =
          even_of(weights) + ((even_of(widen(coincidences[0])) * even_factors[half] + widen(words[0])) >> kFraction);
      const Pairs unlimited_odd =
          (weights >> 16) + ((even_of(widen(coincidences[1])) * odd_factors[half] + widen(words[1])) >> kFraction);
      const Pairs new_even = limit(unlimited_even);
      const Pairs new_odd = limit(unlimited_odd);
      saturations += (new_even != unlimited_even) + (new_odd != unlimited_odd);
      store(row + half * kVector, ((new_odd << 16) | (new_even & 0xffff)) ^ std::int32_t{kEvenBias16});
    }
  }
  std::int64_t sum = 0;
  for (std::size_t lane = 0; lane < kPairs; ++lane) sum -= saturations[lane];
  job.saturations += static_cast<std::uint64_t>(sum);
}

template <bool Stochastic, bool Trace>
void update8_columns(UpdateJob& job) {
  for (std::size_t first = 0; first < job.visits.row_bytes; first += kVector) update8_column<Stochastic, Trace>(job, first);
}
template <bool Stochastic, bool Trace>
void update16_columns(UpdateJob& job) {
  for (std::size_t first = 0; 2 * first < job.visits.row_bytes; first += kVector)
    update16_column<Stochastic, Trace>(job, first);
}

void update8(UpdateJob& job) {
  job.saturations = 0;
  if (job.trace_shift == 0) {
    job.visits.stochastic ? update8_columns<true, false>(job) : update8_columns<false, false>(job);
  } else {
    job.visits.stochastic ? update8_columns<true, true>(job) : update8_columns<false, true>(job);
  }
}

void update16(UpdateJob& job) {
  job.saturations = 0;
  if (job.trace_shift == 0) {
    job.visits.stochastic ? update16_columns<true, false>(job) : update16_columns<false, false>(job);
  } else {
    job.visits.stochastic ? update16_columns<true, true>(job) : update16_columns<false, true>(job);
  }
}

}  // namespace
}  // namespace phasic::reference
