// SPDX-License-Identifier: Apache-2.0
// Body of the fast kernels for vectors of PHASIC_VECTOR_BYTES. It includes no standard templates and keeps everything in an
// unnamed namespace: an inline function that is compiled for a wide instruction set must never be shared with the rest of the
// program.
#ifdef __AVX512VBMI2__
#include <immintrin.h>
#endif

#include "phasic/contract.hpp"
#include "sim/reference/fast_kernels.hpp"

namespace phasic::reference {
namespace {

constexpr std::size_t kVector = PHASIC_VECTOR_BYTES;

template <class Element, std::size_t Count>
struct VectorOf {
  typedef Element type __attribute__((vector_size(Count * sizeof(Element))));
};
template <class Element, std::size_t Count>
using Vector = typename VectorOf<Element, Count>::type;

template <class Type>
[[gnu::always_inline]] inline Type load(const void* from) {
  Type value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
template <class Type>
[[gnu::always_inline]] inline void store(void* to, Type value) {
  __builtin_memcpy(to, &value, sizeof value);
}

/// Sums of weights of 8 bits over at most this many rows fit in 16 bits.
constexpr std::uint32_t kRowsBeforeWidening = 255;

/// Part of a list of rows.
struct Rows {
  const std::uint16_t* begin;
  const std::uint16_t* end;
  /// Splits off the first rows, `most` at most.
  [[gnu::always_inline]] Rows take(std::uint32_t most) {
    const Rows taken{begin, end - begin > most ? begin + most : end};
    begin = taken.end;
    return taken;
  }
  [[nodiscard, gnu::always_inline]] std::uint32_t count() const { return static_cast<std::uint32_t>(end - begin); }
};

/// Adds the weights of `added` to `sums` and takes away those of `removed`, from byte `offset` of their rows on: `Neurons`
/// values.
/// Two weights share a lane of 16 bits. Its sum, modulo 2^16, is that of the even weights and 256 times that of the odd ones;
/// as the even ones are stored with 128 added (kEvenBias), a shift gives the odd ones alone and the two come apart.
template <std::size_t Neurons, std::size_t VectorBytes>
[[gnu::always_inline]] inline void add_rows(const std::int8_t*, const IntegrateJob& job, std::size_t offset, Rows added,
                                            Rows removed, std::int32_t* sums) {
  constexpr std::size_t kVectors = Neurons / VectorBytes;
  using Words = Vector<std::uint16_t, VectorBytes / 2>;
  using Numbers = Vector<std::int16_t, VectorBytes / 2>;
  const std::byte* const base = job.weights + offset;
  alignas(64) std::int16_t even_sums[Neurons / 2];
  alignas(64) std::int16_t odd_sums[Neurons / 2];
  while (added.count() + removed.count() != 0) {
    const Rows plus = added.take(kRowsBeforeWidening);
    const Rows minus = removed.take(kRowsBeforeWidening - plus.count());
    Words all[kVectors] = {};
    Numbers odd[kVectors] = {};
    for (const std::uint16_t* row = plus.begin; row != plus.end; ++row) {
      const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
      for (std::size_t k = 0; k < kVectors; ++k) {
        const auto pairs = load<Numbers>(weights + k * VectorBytes);
        all[k] += Words(pairs);
        odd[k] += pairs >> 8;
      }
    }
    for (const std::uint16_t* row = minus.begin; row != minus.end; ++row) {
      const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
      for (std::size_t k = 0; k < kVectors; ++k) {
        const auto pairs = load<Numbers>(weights + k * VectorBytes);
        all[k] -= Words(pairs);
        odd[k] -= pairs >> 8;
      }
    }
    const auto bias = static_cast<std::uint16_t>((plus.count() - minus.count()) * kEvenBias);
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kVectors; ++k) {
      store(even_sums + k * VectorBytes / 2, Numbers(all[k] - (Words(odd[k]) << 8) - bias));
      store(odd_sums + k * VectorBytes / 2, odd[k]);
    }
    for (std::size_t pair = 0; pair < Neurons / 2; ++pair) {
      sums[2 * pair] += even_sums[pair];
      sums[2 * pair + 1] += odd_sums[pair];
    }
  }
}

/// The same for weights of 16 bits.
template <std::size_t Neurons, std::size_t VectorBytes>
[[gnu::always_inline]] inline void add_rows(const std::int16_t*, const IntegrateJob& job, std::size_t offset, Rows added,
                                            Rows removed, std::int32_t* sums) {
  std::int16_t weights[Neurons];
  for (const std::uint16_t* row = added.begin; row != added.end; ++row) {
    __builtin_memcpy(weights, job.weights + *row * job.row_stride + offset, sizeof weights);
    for (std::size_t j = 0; j < Neurons; ++j) sums[j] += weights[j];
  }
  for (const std::uint16_t* row = removed.begin; row != removed.end; ++row) {
    __builtin_memcpy(weights, job.weights + *row * job.row_stride + offset, sizeof weights);
    for (std::size_t j = 0; j < Neurons; ++j) sums[j] -= weights[j];
  }
}

/// Eight bytes of 0 or 1 as eight bits, the first lowest.
[[gnu::always_inline]] inline std::uint8_t pack_bits(const std::uint8_t* flags) {
  return static_cast<std::uint8_t>((load<std::uint64_t>(flags) * 0x0102040810204080ULL) >> 56);
}

template <class Weight, std::size_t kNeurons, std::size_t VectorBytes>
void integrate_block(IntegrateJob& job, std::size_t first) {
  alignas(64) std::int32_t usual_sums[kNeurons] = {};
  alignas(64) std::int32_t sums[kNeurons];
  alignas(64) std::int32_t potentials[kNeurons] = {};
  alignas(64) std::int32_t spiked[kNeurons] = {};
  alignas(64) std::int32_t counts[kNeurons] = {};
  alignas(64) std::uint8_t flags[kNeurons];
  const std::int32_t half = job.input_shift == 0 ? 0 : 1 << (job.input_shift - 1);
  const std::int32_t threshold = job.threshold;
  const std::int32_t lowest_open = job.lowest_open;
  const std::int32_t highest_open = job.highest_open;
  const std::int32_t spike_mask = job.spike_mask;
  const std::int32_t leak = job.leak;
  const std::int32_t shift = job.input_shift;
  const auto* const weight = static_cast<const Weight*>(nullptr);
  const std::size_t offset = first * sizeof(Weight);
  add_rows<kNeurons, VectorBytes>(weight, job, offset, {job.usual, job.usual + job.usual_count}, {}, usual_sums);
  std::int32_t saturations = 0;
  for (std::uint32_t step = 0; step < job.steps; ++step) {
    const Rows extra{job.events + job.extra_begin[step], job.events + job.event_begin[step + 1]};
    const Rows silent{job.silent + job.silent_begin[step], job.silent + job.silent_begin[step + 1]};
    for (std::size_t j = 0; j < kNeurons; ++j) sums[j] = usual_sums[j];
    add_rows<kNeurons, VectorBytes>(weight, job, offset, extra, silent, sums);
    std::int8_t* const trits = job.trits + step * job.stride + first;
    for (std::size_t j = 0; j < kNeurons; ++j) {
      const std::int32_t left = spiked[j] != 0 ? 0 : (potentials[j] * leak + 128) >> 8;
      const std::int32_t unlimited = left + ((sums[j] + half) >> shift);
      std::int32_t potential = unlimited > 32767 ? 32767 : unlimited;
      potential = potential < -32768 ? -32768 : potential;
      saturations += potential != unlimited ? 1 : 0;
      const std::int32_t spikes = potential > threshold ? 1 : 0;
      const std::int32_t open = (potential >= lowest_open ? 1 : 0) & (potential <= highest_open ? 1 : 0);
      trits[j] = static_cast<std::int8_t>(open - (spiked[j] & spike_mask));
      potentials[j] = potential;
      spiked[j] = spikes;
      counts[j] += spikes;
      flags[j] = static_cast<std::uint8_t>(spikes);
    }
    std::uint8_t* const bits = job.spikes + (step * job.stride + first) / 8;
    for (std::size_t k = 0; k < kNeurons / 8; ++k) bits[k] = pack_bits(flags + 8 * k);
    if (job.potentials != nullptr) {
      std::int16_t* const trace = job.potentials + step * job.stride + first;
      for (std::size_t j = 0; j < kNeurons; ++j) trace[j] = static_cast<std::int16_t>(potentials[j]);
    }
  }
  for (std::size_t j = 0; j < kNeurons; ++j) {
    job.counts[first + j] = static_cast<std::uint8_t>(counts[j]);
    job.last_potentials[first + j] = static_cast<std::int16_t>(potentials[j]);
  }
  job.saturations += static_cast<std::uint64_t>(saturations);
}

void integrate8(IntegrateJob& job) {
  constexpr std::size_t kWide = 4 * kVector;
  job.saturations = 0;
  if (job.neurons <= 16) {
    integrate_block<std::int8_t, 16, 16>(job, 0);
    return;
  }
  std::size_t first = 0;
  for (; first + kWide <= job.row_bytes; first += kWide) integrate_block<std::int8_t, kWide, kVector>(job, first);
  for (; first < job.row_bytes; first += 64) integrate_block<std::int8_t, 64, kVector>(job, first);
}

void integrate16(IntegrateJob& job) {
  job.saturations = 0;
  for (std::size_t first = 0; 2 * first < job.row_bytes; first += 32) integrate_block<std::int16_t, 32, kVector>(job, first);
}

/// Words of 16 bits, rotated.
template <int Left, class Words>
[[gnu::always_inline]] inline Words rotate_left(Words words) {
#ifdef __AVX512VBMI2__
  if constexpr (sizeof words == 64) {
    const auto bits = reinterpret_cast<__m512i>(words);
    return reinterpret_cast<Words>(_mm512_shldi_epi16(bits, bits, Left));
  }
  if constexpr (sizeof words == 16) {
    const auto bits = reinterpret_cast<__m128i>(words);
    return reinterpret_cast<Words>(_mm_shldi_epi16(bits, bits, Left));
  }
#endif
  return (words << Left) | (words >> (16 - Left));
}

template <class Words>
[[gnu::always_inline]] inline void spread(Words& x, Words& y) {
  x = rotate_left<9>(x) + y;
  y = rotate_left<2>(y) ^ x;
}

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

/// Neurons whose products are summed at once.
constexpr std::size_t kProductNeurons = 64;
static_assert(kBlock % kProductNeurons == 0);

void product8(ProductJob& job) {
  // So many products with a weight of -128 fit a sum of 16 bits.
  const std::size_t rows_at_once = 32767 / (job.largest_count * 128);
  for (std::size_t first = 0; first < job.stride; first += kProductNeurons) {
    std::int32_t products[kProductNeurons] = {};
    for (std::size_t begin = 0; begin < job.row_count; begin += rows_at_once) {
      const std::size_t end = begin + rows_at_once < job.row_count ? begin + rows_at_once : job.row_count;
      std::int16_t sums[kProductNeurons] = {};
      for (std::size_t k = begin; k < end; ++k) {
        const auto* const weights = reinterpret_cast<const std::int8_t*>(job.weights + job.rows[k] * job.row_stride + first);
        const auto count = static_cast<std::int16_t>(job.counts[k]);
        for (std::size_t j = 0; j < kProductNeurons; ++j) sums[j] = static_cast<std::int16_t>(sums[j] + weights[j] * count);
      }
      for (std::size_t j = 0; j < kProductNeurons; ++j) products[j] += sums[j];
    }
    for (std::size_t j = 0; j < kProductNeurons; ++j) job.products[first + j] = products[j];
  }
}

void product16(ProductJob& job) {
  for (std::size_t first = 0; first < job.stride; first += kProductNeurons) {
    // A product of 255 and -32768 fits a sum of 32 bits more than so many times.
    constexpr std::size_t kRowsAtOnce = 256;
    for (std::size_t j = 0; j < kProductNeurons; ++j) job.products[first + j] = 0;
    for (std::size_t begin = 0; begin < job.row_count; begin += kRowsAtOnce) {
      const std::size_t end = begin + kRowsAtOnce < job.row_count ? begin + kRowsAtOnce : job.row_count;
      std::int32_t products[kProductNeurons] = {};
      for (std::size_t k = begin; k < end; ++k) {
        const auto* const weights = reinterpret_cast<const std::int16_t*>(job.weights + job.rows[k] * job.row_stride) + first;
        const std::int32_t count = job.counts[k];
        for (std::size_t j = 0; j < kProductNeurons; ++j) products[j] += weights[j] * count;
      }
      for (std::size_t j = 0; j < kProductNeurons; ++j) job.products[first + j] += products[j];
    }
  }
}

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

void update8(UpdateJob& job) { job.stochastic ? update8_rows<true>(job) : update8_rows<false>(job); }
void update16(UpdateJob& job) { job.stochastic ? update16_rows<true>(job) : update16_rows<false>(job); }

void level_factors(const std::int8_t* levels, std::size_t count, std::int32_t rate, unsigned shift, std::int32_t* factors) {
  const std::int32_t half = shift == 0 ? 0 : 1 << (shift - 1);
  constexpr std::int32_t kHighest = (1 << (contract::kFactorWidth - 1)) - 1;
  for (std::size_t j = 0; j < count; ++j) {
    const std::int32_t factor = (-levels[j] * rate + half) >> shift;
    const std::int32_t limited = factor > kHighest ? kHighest : factor;
    factors[j] = limited < -kHighest - 1 ? -kHighest - 1 : limited;
  }
}

void split_changes(const std::int8_t* trits, const std::int32_t* factors, std::size_t count, std::int16_t* whole_even,
                   std::int16_t* whole_odd, std::uint16_t* part_even, std::uint16_t* part_odd) {
  for (std::size_t pair = 0; pair < count / 2; ++pair) {
    const std::int32_t even = trits[2 * pair] * factors[2 * pair];
    const std::int32_t odd = trits[2 * pair + 1] * factors[2 * pair + 1];
    whole_even[pair] = static_cast<std::int16_t>(even >> 16);
    whole_odd[pair] = static_cast<std::int16_t>(odd >> 16);
    part_even[pair] = static_cast<std::uint16_t>(even);
    part_odd[pair] = static_cast<std::uint16_t>(odd);
  }
}

void permute_all(const std::uint16_t* key, std::uint16_t x_of_all, const std::uint16_t* y_of, std::size_t count,
                 std::uint16_t* out_x, std::uint16_t* out_y) {
  constexpr std::size_t kLanes = kVector / 2;
  using Words = Vector<std::uint16_t, kLanes>;
  for (std::size_t k = 0; k < count; k += kLanes) {
    Words x = Words{} + x_of_all;
    auto y = load<Words>(y_of + k);
    for (std::uint16_t round = 0; round < contract::kPermuteRounds; ++round) {
      const auto round_key = static_cast<std::uint16_t>(key[round % 4] ^ round);
      x = (rotate_left<9>(x) + y) ^ (Words{} + round_key);
      y = rotate_left<2>(y) ^ x;
    }
    store(out_x + k, x);
    store(out_y + k, y);
  }
}

#ifdef __AVX512VBMI2__
constexpr std::size_t kListLanes = 32;
static_assert(kListLanes <= kListRoom);

/// The lanes from `first` on that are below `count`.
[[gnu::always_inline]] inline __mmask32 lanes_below(std::size_t first, std::size_t count) {
  return count - first >= kListLanes ? ~__mmask32{0} : (__mmask32{1} << (count - first)) - 1;
}
[[gnu::always_inline]] inline std::uint32_t keep(std::uint16_t* to, __m512i numbers, __mmask32 kept) {
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi16(kept, numbers));
  return static_cast<std::uint32_t>(__builtin_popcount(kept));
}
[[gnu::always_inline]] inline __m512i lane_numbers() {
  alignas(64) constexpr std::uint16_t kNumbers[kListLanes] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                              16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  return _mm512_load_si512(kNumbers);
}
[[gnu::always_inline]] inline __m512i numbers_from(std::size_t first) {
  return _mm512_add_epi16(lane_numbers(), _mm512_set1_epi16(static_cast<std::int16_t>(first)));
}

std::uint32_t list_inputs(const std::uint8_t* intensities, std::size_t count, std::uint8_t lowest, std::uint8_t highest,
                          std::uint16_t* inputs, std::uint8_t* of_inputs) {
  const __m256i low = _mm256_set1_epi8(static_cast<char>(lowest));
  const __m256i high = _mm256_set1_epi8(static_cast<char>(highest));
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += kListLanes) {
    const __mmask32 within = lanes_below(first, count);
    const __m256i values = _mm256_maskz_loadu_epi8(within, intensities + first);
    const __mmask32 kept = _mm256_mask_cmple_epu8_mask(_mm256_mask_cmpge_epu8_mask(within, values, low), values, high);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(of_inputs + listed), _mm256_maskz_compress_epi8(kept, values));
    listed += keep(inputs + listed, numbers_from(first), kept);
  }
  return listed;
}

std::uint32_t list_spikes(const std::uint16_t* rows, const std::uint8_t* intensities, const std::uint16_t* words,
                          unsigned shift, std::size_t count, std::uint16_t* spiking, std::uint16_t* silent) {
  const __m128i places = _mm_cvtsi32_si128(static_cast<int>(shift));
  const __m512i byte = _mm512_set1_epi16(0xff);
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += kListLanes) {
    const __mmask32 within = lanes_below(first, count);
    const __m512i numbers = _mm512_loadu_si512(rows + first);
    const __m512i values = _mm512_cvtepu8_epi16(load<__m256i>(intensities + first));
    const __m512i noise = _mm512_and_si512(_mm512_srl_epi16(_mm512_loadu_si512(words + first), places), byte);
    const __mmask32 spikes = _mm512_mask_cmpgt_epu16_mask(within, values, noise);
    if (silent != nullptr) keep(silent + first - listed, numbers, within & ~spikes);
    listed += keep(spiking + listed, numbers, spikes);
  }
  return listed;
}

std::uint32_t list_bits(const std::uint8_t* bits, std::size_t count, std::uint16_t* places) {
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += kListLanes) {
    listed += keep(places + listed, numbers_from(first), load<std::uint32_t>(bits + first / 8) & lanes_below(first, count));
  }
  return listed;
}
#else
std::uint32_t list_inputs(const std::uint8_t* intensities, std::size_t count, std::uint8_t lowest, std::uint8_t highest,
                          std::uint16_t* inputs, std::uint8_t* of_inputs) {
  std::uint32_t listed = 0;
  for (std::size_t input = 0; input < count; ++input) {
    const std::uint8_t intensity = intensities[input];
    inputs[listed] = static_cast<std::uint16_t>(input);
    of_inputs[listed] = intensity;
    listed += intensity >= lowest && intensity <= highest ? 1 : 0;
  }
  return listed;
}

std::uint32_t list_spikes(const std::uint16_t* rows, const std::uint8_t* intensities, const std::uint16_t* words,
                          unsigned shift, std::size_t count, std::uint16_t* spiking, std::uint16_t* silent) {
  std::uint32_t listed = 0;
  for (std::size_t k = 0; k < count; ++k) {
    spiking[listed] = rows[k];
    if (silent != nullptr) silent[k - listed] = rows[k];
    listed += intensities[k] > (words[k] >> shift & 0xff) ? 1 : 0;
  }
  return listed;
}

/// The bits of a byte that are 1, and something after them.
struct BitLists {
  std::uint16_t places[256][8] = {};
  std::uint8_t counts[256] = {};
};
constexpr BitLists kBitLists = [] {
  BitLists lists;
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::uint16_t bit = 0; bit < 8; ++bit) {
      if ((byte >> bit & 1) != 0) lists.places[byte][lists.counts[byte]++] = bit;
    }
  }
  return lists;
}();

std::uint32_t list_bits(const std::uint8_t* bits, std::size_t count, std::uint16_t* places) {
  using Places = Vector<std::uint16_t, 8>;
  std::uint32_t listed = 0;
  for (std::size_t first = 0; first < count; first += 8) {
    const unsigned mask = count - first < 8 ? (1U << (count - first)) - 1 : 0xff;
    const unsigned byte = bits[first / 8] & mask;
    store(places + listed, load<Places>(kBitLists.places[byte]) + static_cast<std::uint16_t>(first));
    listed += kBitLists.counts[byte];
  }
  return listed;
}
#endif

}  // namespace

extern const FastKernels PHASIC_KERNELS_NAME;
const FastKernels PHASIC_KERNELS_NAME = {PHASIC_KERNELS_TEXT,
                                         integrate8,
                                         integrate16,
                                         update_common8,
                                         update8,
                                         update16,
                                         product8,
                                         product16,
                                         graded_update<std::int8_t>,
                                         graded_update<std::int16_t>,
                                         pull,
                                         level_factors,
                                         split_changes,
                                         permute_all,
                                         list_inputs,
                                         list_spikes,
                                         list_bits};

}  // namespace phasic::reference
