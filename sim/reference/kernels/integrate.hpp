// SPDX-License-Identifier: Apache-2.0
/// Potentials and spikes of all steps of a sample.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/lanes.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

[[gnu::always_inline]] inline std::int32_t limit16(std::int32_t number) {
  return number > 32767 ? 32767 : number < -32768 ? -32768 : number;
}

/// Stores values of even places and of odd ones in order.
[[gnu::always_inline]] inline void store_pairs(std::int16_t* to, Numbers even, Numbers odd) {
  for (std::size_t pair = 0; pair < kVector / 2; ++pair) {
    to[2 * pair] = even[pair];
    to[2 * pair + 1] = odd[pair];
  }
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

/// The same for weights of 16 bits in lanes of 32 bits, in which the sums of as many rows as there can be fit.
template <std::size_t Neurons, std::size_t VectorBytes>
[[gnu::always_inline]] inline void add_rows(const std::int16_t*, const IntegrateJob& job, std::size_t offset, Rows added,
                                            Rows removed, std::int32_t* sums) {
  constexpr std::size_t kVectors = 2 * Neurons / VectorBytes;
  using Words32 = Vector<std::uint32_t, VectorBytes / 4>;
  using Numbers32 = Vector<std::int32_t, VectorBytes / 4>;
  const std::byte* const base = job.weights + offset;
  Words32 all[kVectors] = {};
  Numbers32 odd[kVectors] = {};
  for (const std::uint16_t* row = added.begin; row != added.end; ++row) {
    const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kVectors; ++k) {
      const auto pairs = load<Numbers32>(weights + k * VectorBytes);
      all[k] += Words32(pairs);
      odd[k] += pairs >> 16;
    }
  }
  for (const std::uint16_t* row = removed.begin; row != removed.end; ++row) {
    const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kVectors; ++k) {
      const auto pairs = load<Numbers32>(weights + k * VectorBytes);
      all[k] -= Words32(pairs);
      odd[k] -= pairs >> 16;
    }
  }
  const std::uint32_t bias = (added.count() - removed.count()) * kEvenBias16;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kVectors; ++k) {
    alignas(64) std::int32_t even_sums[VectorBytes / 4];
    alignas(64) std::int32_t odd_sums[VectorBytes / 4];
    store(even_sums, Numbers32(all[k] - (Words32(odd[k]) << 16) - bias));
    store(odd_sums, odd[k]);
    for (std::size_t pair = 0; pair < VectorBytes / 4; ++pair) {
      sums[k * VectorBytes / 2 + 2 * pair] += even_sums[pair];
      sums[k * VectorBytes / 2 + 2 * pair + 1] += odd_sums[pair];
    }
  }
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

/// Weights of 8 bits with at most kRowsBeforeWidening events a step: sums fit 16 bits, and so does everything else. Neurons at
/// even places and those at odd ones go in vectors of their own.
template <std::size_t Vectors>
void integrate8_short(IntegrateJob& job, std::size_t first) {
  const std::byte* const base = job.weights + first;
  const Numbers threshold = Numbers{} + static_cast<std::int16_t>(job.threshold);
  const bool opens = job.lowest_open <= 32767 && job.highest_open >= -32768;
  const Numbers lowest_open = Numbers{} + static_cast<std::int16_t>(limit16(opens ? job.lowest_open : 32767));
  const Numbers highest_open = Numbers{} + static_cast<std::int16_t>(limit16(opens ? job.highest_open : -32768));
  const Numbers spike_mask = Numbers{} - static_cast<std::int16_t>(job.spike_mask);
  const Numbers leak = Numbers{} + static_cast<std::int16_t>(job.leak << 7);
  const bool leaks = job.leak != 256;
  const std::int32_t shift = job.input_shift;
  const std::int16_t round_up = shift == 0 ? 0 : 1;
  const std::int32_t shift_to_half = shift == 0 ? 0 : shift - 1;

  Words usual_all[Vectors] = {};
  Numbers usual_odd[Vectors] = {};
  const auto add = [&](Words * all, Numbers * odd, const std::uint16_t* row, const std::uint16_t* end)
      __attribute__((always_inline)) {
    for (; row != end; ++row) {
      const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
      for (std::size_t k = 0; k < Vectors; ++k) {
        const auto pairs = load<Numbers>(weights + k * kVector);
        all[k] += Words(pairs);
        odd[k] += pairs >> 8;
      }
    }
  };
  add(usual_all, usual_odd, job.usual, job.usual + job.usual_count);

  Numbers potentials[Vectors][2] = {};
  Numbers spiked[Vectors][2] = {};
  Bytes counts[Vectors] = {};
  Numbers saturations{};
  for (std::uint32_t step = 0; step < job.steps; ++step) {
    Words all[Vectors];
    Numbers odd[Vectors];
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Vectors; ++k) {
      all[k] = usual_all[k];
      odd[k] = usual_odd[k];
    }
    add(all, odd, job.events + job.extra_begin[step], job.events + job.event_begin[step + 1]);
    const std::uint16_t* const end = job.silent + job.silent_begin[step + 1];
    for (const std::uint16_t* row = job.silent + job.silent_begin[step]; row != end; ++row) {
      const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
      for (std::size_t k = 0; k < Vectors; ++k) {
        const auto pairs = load<Numbers>(weights + k * kVector);
        all[k] -= Words(pairs);
        odd[k] -= pairs >> 8;
      }
    }
    // Modulo 2^16, in which sums may pass the limits on their way.
    const auto bias = static_cast<std::uint16_t>((job.event_begin[step + 1] - job.event_begin[step]) * kEvenBias);
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Vectors; ++k) {
      const Numbers sums[2] = {Numbers(all[k] - (Words(odd[k]) << 8) - bias), odd[k]};
      Numbers trits[2];
#pragma GCC unroll 2
      for (std::size_t parity = 0; parity < 2; ++parity) {
        Numbers& potential = potentials[k][parity];
        Numbers& spikes = spiked[k][parity];
        const Numbers current = shift_right(sums[parity], shift) + (shift_right(sums[parity], shift_to_half) & round_up);
        const Numbers left = (leaks ? multiply_rounded(potential, leak) : potential) & ~spikes;
        potential = add_limited(left, current);
        saturations += potential != left + current;
        const Numbers open = (potential >= lowest_open) & (potential <= highest_open);
        trits[parity] = (spikes & spike_mask) - open;
        spikes = potential > threshold;
      }
      const std::size_t at = first + k * kVector;
      if (step >= job.first_trits) store(job.trits + step * job.stride + at, join(trits[0], trits[1]));
      const Bytes flags = join(spiked[k][0], spiked[k][1]);
      counts[k] -= flags;
      store_bits(job.spikes + (step * job.stride + at) / 8, flags);
      if (job.potentials != nullptr) store_pairs(job.potentials + step * job.stride + at, potentials[k][0], potentials[k][1]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t k = 0; k < Vectors; ++k) {
    const std::size_t at = first + k * kVector;
    store(job.counts + at, counts[k]);
    store_pairs(job.last_potentials + at, potentials[k][0], potentials[k][1]);
  }
  job.saturations += count_down(saturations);
}

void integrate8(IntegrateJob& job) {
  job.saturations = 0;
  std::uint32_t most_events = 0;
  for (std::uint32_t step = 0; step < job.steps; ++step) {
    const std::uint32_t events = job.event_begin[step + 1] - job.event_begin[step];
    most_events = events > most_events ? events : most_events;
  }
  std::size_t first = 0;
  if (most_events > kRowsBeforeWidening) {
    constexpr std::size_t kWide = 4 * kVector;
    for (; first + kWide <= job.row_bytes; first += kWide) integrate_block<std::int8_t, kWide, kVector>(job, first);
    for (; first < job.row_bytes; first += 64) integrate_block<std::int8_t, 64, kVector>(job, first);
    return;
  }
  for (; first + 4 * kVector <= job.row_bytes; first += 4 * kVector) integrate8_short<4>(job, first);
  for (; first < job.row_bytes; first += kVector) integrate8_short<1>(job, first);
}

void integrate16(IntegrateJob& job) {
  constexpr std::size_t kWide = kVector == 64 ? 128 : 32;
  job.saturations = 0;
  std::size_t first = 0;
  for (; 2 * (first + kWide) <= job.row_bytes; first += kWide) integrate_block<std::int16_t, kWide, kVector>(job, first);
  for (; 2 * first < job.row_bytes; first += 32) integrate_block<std::int16_t, 32, kVector>(job, first);
}

}  // namespace
}  // namespace phasic::reference
