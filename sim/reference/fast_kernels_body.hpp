// SPDX-License-Identifier: Apache-2.0
// Body of the fast kernels for vectors of PHASIC_VECTOR_BYTES. It includes no standard templates and keeps everything in an unnamed
// namespace: an inline function that is compiled for a wide instruction set must never be shared with the rest of the program.
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

/// Sums of the weights of events [begin, end), from byte `offset` of their rows on: `Neurons` values.
/// Two weights share a lane of 16 bits. Its sum, modulo 2^16, is that of the even weights and 256 times that of the odd ones; as
/// the even ones are stored with 128 added (kEvenBias), theirs is a number without a sign and the two come apart.
template <std::size_t Neurons, std::size_t VectorBytes>
[[gnu::always_inline]] inline void add_rows(const std::int8_t*, const IntegrateJob& job, std::size_t offset, std::uint32_t begin,
                                            std::uint32_t end, std::int32_t* sums) {
  constexpr std::size_t kVectors = Neurons / VectorBytes;
  using Words = Vector<std::uint16_t, VectorBytes / 2>;
  using Numbers = Vector<std::int16_t, VectorBytes / 2>;
  const std::byte* const base = job.weights + offset;
  alignas(64) std::uint16_t even_sums[Neurons / 2];
  alignas(64) std::int16_t odd_sums[Neurons / 2];
  for (std::size_t j = 0; j < Neurons; ++j) sums[j] = 0;
  while (begin < end) {
    const std::uint32_t rows = end - begin > kRowsBeforeWidening ? kRowsBeforeWidening : end - begin;
    const std::uint32_t stop = begin + rows;
    Words all[kVectors] = {};
    Numbers odd[kVectors] = {};
    for (; begin < stop; ++begin) {
      const std::byte* const row = base + job.events[begin] * job.row_bytes;
#pragma GCC unroll 8
      for (std::size_t k = 0; k < kVectors; ++k) {
        const auto pairs = load<Numbers>(row + k * VectorBytes);
        all[k] += Words(pairs);
        odd[k] += pairs >> 8;
      }
    }
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kVectors; ++k) {
      store(even_sums + k * VectorBytes / 2, all[k] - (Words(odd[k]) << 8));
      store(odd_sums + k * VectorBytes / 2, odd[k]);
    }
    const auto bias = static_cast<std::int32_t>(rows * kEvenBias);
    for (std::size_t pair = 0; pair < Neurons / 2; ++pair) {
      sums[2 * pair] += even_sums[pair] - bias;
      sums[2 * pair + 1] += odd_sums[pair];
    }
  }
}

/// The same for weights of 16 bits.
template <std::size_t Neurons, std::size_t VectorBytes>
[[gnu::always_inline]] inline void add_rows(const std::int16_t*, const IntegrateJob& job, std::size_t offset, std::uint32_t begin,
                                            std::uint32_t end, std::int32_t* sums) {
  for (std::size_t j = 0; j < Neurons; ++j) sums[j] = 0;
  for (; begin < end; ++begin) {
    std::int16_t row[Neurons];
    __builtin_memcpy(row, job.weights + job.events[begin] * job.row_bytes + offset, sizeof row);
    for (std::size_t j = 0; j < Neurons; ++j) sums[j] += row[j];
  }
}

/// Eight bytes of 0 or 1 as eight bits, the first lowest.
[[gnu::always_inline]] inline std::uint8_t pack_bits(const std::uint8_t* flags) {
  return static_cast<std::uint8_t>((load<std::uint64_t>(flags) * 0x0102040810204080ULL) >> 56);
}

template <class Weight, std::size_t kNeurons, std::size_t VectorBytes>
void integrate_block(IntegrateJob& job, std::size_t first) {
  alignas(64) std::int32_t sums[kNeurons];
  alignas(64) std::int32_t potentials[kNeurons] = {};
  alignas(64) std::int32_t spiked[kNeurons] = {};
  alignas(64) std::int32_t counts[kNeurons] = {};
  alignas(64) std::uint8_t flags[kNeurons];
  const std::int32_t half = job.input_shift == 0 ? 0 : 1 << (job.input_shift - 1);
  const std::int32_t threshold = job.threshold;
  const std::int32_t window = job.window;
  const std::int32_t leak = job.leak;
  const std::int32_t shift = job.input_shift;
  std::int32_t saturations = 0;
  for (std::uint32_t step = 0; step < job.steps; ++step) {
    add_rows<kNeurons, VectorBytes>(static_cast<const Weight*>(nullptr), job, first * sizeof(Weight), job.event_begin[step],
                                    job.event_begin[step + 1], sums);
    std::int8_t* const trits = job.trits + step * job.stride + first;
    for (std::size_t j = 0; j < kNeurons; ++j) {
      const std::int32_t left = spiked[j] != 0 ? 0 : (potentials[j] * leak + 128) >> 8;
      const std::int32_t unlimited = left + ((sums[j] + half) >> shift);
      std::int32_t potential = unlimited > 32767 ? 32767 : unlimited;
      potential = potential < -32768 ? -32768 : potential;
      saturations += potential != unlimited ? 1 : 0;
      const std::int32_t spikes = potential > threshold ? 1 : 0;
      trits[j] = static_cast<std::int8_t>((potential > window ? 1 : 0) - spiked[j]);
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

template <class Words>
[[gnu::always_inline]] inline void spread(Words& x, Words& y) {
  x = ((x >> 7) | (x << 9)) + y;
  y = ((y << 2) | (y >> 14)) ^ x;
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
    std::byte* const row = job.weights + job.rows[visit] * job.row_bytes;
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

template <class Weight, bool Stochastic>
void update_rows(UpdateJob& job) {
  constexpr std::size_t kNeurons = 16;
  constexpr std::size_t kPairs = kNeurons / 2;
  constexpr unsigned kFraction = contract::kExtendedWidth - 8 * sizeof(Weight);
  constexpr std::int32_t kHighest = (1 << (8 * sizeof(Weight) - 1)) - 1;
  using Words = Vector<std::uint16_t, kPairs>;
  using Trits = Vector<std::int8_t, kNeurons>;
  std::int32_t saturations = 0;
  for (std::size_t visit = 0; visit < job.row_count; ++visit) {
    std::byte* const row = job.weights + job.rows[visit] * job.row_bytes;
    for (std::size_t first = 0; first < job.neurons; first += kNeurons) {
      Trits sum{};
      for (std::uint32_t steps = job.row_steps[visit]; steps != 0; steps &= steps - 1) {
        sum += load<Trits>(job.trits + static_cast<std::uint32_t>(__builtin_ctz(steps)) * job.stride + first);
      }
      std::int8_t coincidences[kNeurons];
      store(coincidences, sum);
      std::uint16_t random_x[kPairs];
      std::uint16_t random_y[kPairs];
      if constexpr (Stochastic) {
        Words x = (Words{} + job.row_x[visit]) ^ load<Words>(job.pair_words + first / 2);
        Words y = (Words{} + job.row_y[visit]) + load<Words>(job.pair_offsets + first / 2);
        for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
        store(random_x, x);
        store(random_y, y);
      }
      std::int32_t rounding[kNeurons];
      for (std::size_t pair = 0; pair < kPairs; ++pair) {
        rounding[2 * pair] = Stochastic ? random_x[pair] >> (16 - kFraction) : 1 << (kFraction - 1);
        rounding[2 * pair + 1] = Stochastic ? random_y[pair] >> (16 - kFraction) : 1 << (kFraction - 1);
      }
      Weight weights[kNeurons];
      __builtin_memcpy(weights, row + first * sizeof(Weight), sizeof weights);
      const std::int32_t* const factors = job.factors + first;
      for (std::size_t j = 0; j < kNeurons; ++j) {
        const auto bias = static_cast<Weight>(sizeof(Weight) == 1 && j % 2 == 0 ? kEvenBias : 0);
        const std::int32_t change = coincidences[j] * factors[j];
        const std::int32_t unlimited = static_cast<Weight>(weights[j] ^ bias) + ((change + rounding[j]) >> kFraction);
        std::int32_t limited = unlimited > kHighest ? kHighest : unlimited;
        limited = limited < -kHighest - 1 ? -kHighest - 1 : limited;
        saturations += limited != unlimited ? 1 : 0;
        weights[j] = static_cast<Weight>(limited ^ bias);
      }
      __builtin_memcpy(row + first * sizeof(Weight), weights, sizeof weights);
    }
  }
  job.saturations = static_cast<std::uint64_t>(saturations);
}

void update8(UpdateJob& job) { job.stochastic ? update_rows<std::int8_t, true>(job) : update_rows<std::int8_t, false>(job); }
void update16(UpdateJob& job) { job.stochastic ? update_rows<std::int16_t, true>(job) : update_rows<std::int16_t, false>(job); }

void permute_all(const std::uint16_t* key, std::uint16_t x_of_all, const std::uint16_t* y_of, std::size_t count, std::uint16_t* out_x,
                 std::uint16_t* out_y) {
  constexpr std::size_t kLanes = kVector / 2;
  using Words = Vector<std::uint16_t, kLanes>;
  for (std::size_t k = 0; k < count; k += kLanes) {
    Words x = Words{} + x_of_all;
    auto y = load<Words>(y_of + k);
    for (std::uint16_t round = 0; round < contract::kPermuteRounds; ++round) {
      const auto round_key = static_cast<std::uint16_t>(key[round % 4] ^ round);
      x = (((x >> 7) | (x << 9)) + y) ^ (Words{} + round_key);
      y = ((y << 2) | (y >> 14)) ^ x;
    }
    store(out_x + k, x);
    store(out_y + k, y);
  }
}

}  // namespace

extern const FastKernels PHASIC_KERNELS_NAME;
const FastKernels PHASIC_KERNELS_NAME = {PHASIC_KERNELS_TEXT, integrate8, integrate16, update_common8, update8, update16, permute_all};

}  // namespace phasic::reference
