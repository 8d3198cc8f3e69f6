// SPDX-License-Identifier: Apache-2.0
/// What weights learn from spikes.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/random_words.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

/// Signed numbers past a weight of 8 bits, limited to it; `saturations` counts down those that change.
template <class Numbers>
[[gnu::always_inline]] inline Numbers limit8(Numbers numbers, Numbers& saturations) {
  Numbers limited = numbers > 127 ? Numbers{} + 127 : numbers;
  limited = limited < -128 ? Numbers{} - 128 : limited;
  saturations += limited != numbers;
  return limited;
}

// Two neighbouring weights share a lane of 16 bits, as the two words of a pair share their start: no lane has to move.
template <bool Stochastic>
void update_common8_rows(CommonUpdateJob& job) {
  constexpr std::size_t kLanes = kVector / 2;
  using Words = Vector<std::uint16_t, kLanes>;
  using Numbers = Vector<std::int16_t, kLanes>;
  for (std::size_t visit = 0; visit < job.row_count; ++visit) {
    std::byte* const row = job.weights + job.rows[visit] * job.row_stride;
    const Words row_x = Words{} + job.row_x[visit];
    const Words row_y = Words{} + job.row_y[visit];
    Numbers saturations{};
    for (std::size_t pair = 0; 2 * pair < job.row_bytes; pair += kLanes) {
      Words x = Words{} + 0x8000;
      Words y = Words{} + 0x8000;
      if constexpr (Stochastic) {
        x = row_x ^ load<Words>(job.pair_words + pair);
        y = row_y + load<Words>(job.pair_offsets + pair);
        for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
      }
      const Numbers weights = load<Numbers>(row + 2 * pair) ^ kEvenBias;
      const auto part_even = load<Words>(job.part_even + pair);
      const auto part_odd = load<Words>(job.part_odd + pair);
      // A comparison that holds is -1: the carry of the fraction, subtracted.
      const Numbers even = ((weights << 8) >> 8) + load<Numbers>(job.whole_even + pair) - Numbers((part_even + x) < part_even);
      const Numbers odd = (weights >> 8) + load<Numbers>(job.whole_odd + pair) - Numbers((part_odd + y) < part_odd);
      const Numbers new_even = limit8(even, saturations);
      const Numbers new_odd = limit8(odd, saturations);
      store(row + 2 * pair, ((new_odd << 8) | (new_even & 0xff)) ^ kEvenBias);
    }
    std::int32_t sum = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) sum -= saturations[lane];
    job.saturations += static_cast<std::uint64_t>(sum);
  }
}

void update_common8(CommonUpdateJob& job) {
  job.saturations = 0;
  job.stochastic ? update_common8_rows<true>(job) : update_common8_rows<false>(job);
}

/// Neurons that an update of rows takes at once, and their pairs.
constexpr std::size_t kUpdateNeurons = 16;
constexpr std::size_t kUpdatePairs = kUpdateNeurons / 2;
using PairWords = Vector<std::uint16_t, kUpdatePairs>;

/// Rounding words of the pairs from `pair` on in a visited row.
[[gnu::always_inline]] inline void mix_pairs(const UpdateJob& job, std::size_t visit, std::size_t pair, PairWords& x,
                                             PairWords& y) {
  x = (PairWords{} + job.row_x[visit]) ^ load<PairWords>(job.pair_words + pair);
  y = (PairWords{} + job.row_y[visit]) + load<PairWords>(job.pair_offsets + pair);
  for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
}

/// Sums of changes over the steps of a group, for every subset of the group and the neurons of one block, in two parts of 16
/// bits. Of the 16 neurons the even ones come first.
constexpr std::uint32_t kGroupSteps = 5;
constexpr std::uint32_t kSubsets = 1U << kGroupSteps;
constexpr std::uint32_t kGroups = (32 + kGroupSteps - 1) / kGroupSteps;
struct SubsetSums {
  alignas(64) std::int16_t whole[kGroups * kSubsets * kUpdateNeurons];
  alignas(64) std::uint16_t part[kGroups * kSubsets * kUpdateNeurons];
};

/// Of factors times 2^shift.
void fill_subset_sums(const UpdateJob& job, std::size_t first, unsigned shift, SubsetSums& sums) {
  for (std::uint32_t group = 0; group * kGroupSteps < job.steps; ++group) {
    std::int32_t changes[kSubsets][kUpdateNeurons] = {};
    for (std::uint32_t subset = 0; subset < kSubsets; ++subset) {
      if (subset != 0) {
        const std::uint32_t step = group * kGroupSteps + static_cast<std::uint32_t>(__builtin_ctz(subset));
        const bool counts = step >= job.first_step && step < job.steps;
        const std::int8_t* const trits = job.trits + (counts ? step * job.stride : 0) + first;
        for (std::size_t j = 0; j < kUpdateNeurons; ++j) {
          changes[subset][j] = changes[subset & (subset - 1)][j] + (counts ? trits[j] * (job.factors[first + j] << shift) : 0);
        }
      }
      const std::size_t at = (group * kSubsets + subset) * kUpdateNeurons;
      for (std::size_t pair = 0; pair < kUpdatePairs; ++pair) {
        const std::int32_t even = changes[subset][2 * pair];
        const std::int32_t odd = changes[subset][2 * pair + 1];
        sums.whole[at + pair] = static_cast<std::int16_t>(even >> 16);
        sums.whole[at + kUpdatePairs + pair] = static_cast<std::int16_t>(odd >> 16);
        sums.part[at + pair] = static_cast<std::uint16_t>(even);
        sums.part[at + kUpdatePairs + pair] = static_cast<std::uint16_t>(odd);
      }
    }
  }
}

/// `later` holds the sums for the step after each spike.
template <bool Stochastic, bool Trace>
void update8_block(UpdateJob& job, std::size_t first, const SubsetSums& sums, const SubsetSums& later) {
  constexpr std::size_t kLanes = kVector / 2 < kUpdateNeurons ? kVector / 2 : kUpdateNeurons;
  constexpr std::size_t kVectors = kUpdateNeurons / kLanes;
  using Words = Vector<std::uint16_t, kLanes>;
  using Numbers = Vector<std::int16_t, kLanes>;
  using PairNumbers = Vector<std::int16_t, kUpdatePairs>;
  const std::uint32_t groups = (job.steps + kGroupSteps - 1) / kGroupSteps;
  for (std::size_t visit = 0; visit < job.row_count; ++visit) {
    std::byte* const row = job.weights + job.rows[visit] * job.row_stride;
    Words part[kVectors] = {};
    Numbers whole[kVectors] = {};
    const auto add = [&](const SubsetSums& from, std::uint32_t steps) __attribute__((always_inline)) {
      for (std::uint32_t group = 0; group < groups; ++group, steps >>= kGroupSteps) {
        const std::size_t at = (group * kSubsets + steps % kSubsets) * kUpdateNeurons;
#pragma GCC unroll 2
        for (std::size_t k = 0; k < kVectors; ++k) {
          const auto group_part = load<Words>(from.part + at + k * kLanes);
          part[k] += group_part;
          whole[k] += load<Numbers>(from.whole + at + k * kLanes) - Numbers(part[k] < group_part);
        }
      }
    };
    add(sums, job.row_steps[visit]);
    if constexpr (Trace) add(later, job.row_steps[visit] << 1);
    alignas(32) std::uint16_t parts[kUpdateNeurons];
    alignas(32) std::int16_t wholes[kUpdateNeurons];
#pragma GCC unroll 2
    for (std::size_t k = 0; k < kVectors; ++k) {
      store(parts + k * kLanes, part[k]);
      store(wholes + k * kLanes, whole[k]);
    }
    PairWords x = PairWords{} + 0x8000;
    PairWords y = PairWords{} + 0x8000;
    if constexpr (Stochastic) mix_pairs(job, visit, first / 2, x, y);
    const auto part_even = load<PairWords>(parts);
    const auto part_odd = load<PairWords>(parts + kUpdatePairs);
    const PairNumbers weights = load<PairNumbers>(row + first) ^ kEvenBias;
    const PairNumbers even = ((weights << 8) >> 8) + load<PairNumbers>(wholes) - PairNumbers((part_even + x) < part_even);
    const PairNumbers odd = (weights >> 8) + load<PairNumbers>(wholes + kUpdatePairs) - PairNumbers((part_odd + y) < part_odd);
    PairNumbers saturations{};
    const PairNumbers new_even = limit8(even, saturations);
    const PairNumbers new_odd = limit8(odd, saturations);
    store(row + first, ((new_odd << 8) | (new_even & 0xff)) ^ kEvenBias);
    std::int64_t any[2];
    store(any, saturations);
    if ((any[0] | any[1]) != 0) {
      for (std::size_t lane = 0; lane < kUpdatePairs; ++lane) job.saturations -= static_cast<std::uint64_t>(saturations[lane]);
    }
  }
}

template <bool Stochastic>
void update8_rows(UpdateJob& job) {
  SubsetSums sums;
  SubsetSums later;
  job.saturations = 0;
  for (std::size_t first = 0; first < job.neurons; first += kUpdateNeurons) {
    fill_subset_sums(job, first, job.trace_shift, sums);
    if (job.trace_shift == 0) {
      update8_block<Stochastic, false>(job, first, sums, sums);
    } else {
      fill_subset_sums(job, first, 0, later);
      update8_block<Stochastic, true>(job, first, sums, later);
    }
  }
}

template <bool Stochastic>
void update16_rows(UpdateJob& job) {
  constexpr unsigned kFraction = contract::kExtendedWidth - 16;
  std::uint64_t saturations = 0;
  for (std::size_t visit = 0; visit < job.row_count; ++visit) {
    auto* const row = reinterpret_cast<std::int16_t*>(job.weights + job.rows[visit] * job.row_stride);
    for (std::size_t first = 0; first < job.neurons; first += kUpdateNeurons) {
      std::int32_t rounding[kUpdateNeurons];
      PairWords x = PairWords{} + 0x8000;
      PairWords y = PairWords{} + 0x8000;
      if constexpr (Stochastic) mix_pairs(job, visit, first / 2, x, y);
      for (std::size_t pair = 0; pair < kUpdatePairs; ++pair) {
        rounding[2 * pair] = x[pair] >> (16 - kFraction);
        rounding[2 * pair + 1] = y[pair] >> (16 - kFraction);
      }
      std::int32_t coincidences[kUpdateNeurons] = {};
      const auto add = [&](std::uint32_t steps, unsigned shift) {
        for (; steps != 0; steps &= steps - 1) {
          const auto step = static_cast<std::uint32_t>(__builtin_ctz(steps));
          if (step >= job.steps) break;
          const std::int8_t* const trits = job.trits + step * job.stride + first;
          for (std::size_t j = 0; j < kUpdateNeurons; ++j) coincidences[j] += trits[j] * (1 << shift);
        }
      };
      add(job.row_steps[visit], job.trace_shift);
      if (job.trace_shift != 0) add(job.row_steps[visit] << 1, 0);
      for (std::size_t j = 0; j < kUpdateNeurons; ++j) {
        const std::int32_t change = coincidences[j] * job.factors[first + j];
        const std::int32_t unlimited = row[first + j] + ((change + rounding[j]) >> kFraction);
        std::int32_t limited = unlimited > 32767 ? 32767 : unlimited;
        limited = limited < -32768 ? -32768 : limited;
        saturations += limited != unlimited ? 1 : 0;
        row[first + j] = static_cast<std::int16_t>(limited);
      }
    }
  }
  job.saturations = saturations;
}

void update8(UpdateJob& job) { job.stochastic ? update8_rows<true>(job) : update8_rows<false>(job); }
void update16(UpdateJob& job) { job.stochastic ? update16_rows<true>(job) : update16_rows<false>(job); }

}  // namespace
}  // namespace phasic::reference
