// SPDX-License-Identifier: Apache-2.0
/// Potentials and spikes of all steps of a sample, in 16 bits.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/lanes.hpp"
#include "sim/reference/kernels/neurons.hpp"
#include "sim/reference/kernels/rows.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

/// Stores values of even places and of odd ones in order.
[[gnu::always_inline]] inline void store_pairs(std::int16_t* to, Numbers even, Numbers odd) {
  for (std::size_t pair = 0; pair < kVector / 2; ++pair) {
    to[2 * pair] = even[pair];
    to[2 * pair + 1] = odd[pair];
  }
}

/// Whether the neurons' state fits what `integrate8_short` does.
[[gnu::always_inline]] inline bool fits_short(const NeuronsJob& job) {
  return job.resets && job.leak % 2 == 0 && job.last_spikes == nullptr && job.currents == nullptr;
}

/// Weights of 8 bits with at most kRowsBeforeWidening events a step: sums fit 16 bits, and so does everything else. Neurons at
/// even places and those at odd ones go in vectors of their own.
template <std::size_t Vectors>
void integrate8_short(IntegrateJob& job, std::size_t first) {
  NeuronsJob& neurons = job.neurons;
  const std::byte* const base = job.weights + first;
  const Numbers threshold = Numbers{} + static_cast<std::int16_t>(neurons.threshold);
  const bool opens = neurons.lowest_open <= 32767 && neurons.highest_open >= -32768;
  const Numbers lowest_open = Numbers{} + static_cast<std::int16_t>(limit16(opens ? neurons.lowest_open : 32767));
  const Numbers highest_open = Numbers{} + static_cast<std::int16_t>(limit16(opens ? neurons.highest_open : -32768));
  const Numbers spike_mask = Numbers{} - static_cast<std::int16_t>(neurons.spike_mask);
  const Numbers leak = Numbers{} + static_cast<std::int16_t>(neurons.leak / 2);
  const bool leaks = neurons.leak != 65536;
  const std::int32_t shift = neurons.input_shift;
  const std::int16_t round_up = shift == 0 ? 0 : 1;
  const std::int32_t shift_to_half = shift == 0 ? 0 : shift - 1;

  Words usual_all[Vectors] = {};
  Words usual_odd[Vectors] = {};
  const auto add = [&](Words * all, Words * odd, const std::uint16_t* row, const std::uint16_t* end)
      __attribute__((always_inline)) {
    for (; row != end; ++row) {
      const std::byte* const weights = base + *row * job.row_stride;
#pragma GCC unroll 8
      for (std::size_t k = 0; k < Vectors; ++k) {
        const auto pairs = load<Numbers>(weights + k * kVector);
        all[k] += Words(pairs);
        odd[k] += Words(pairs >> 8);
      }
    }
  };
  add(usual_all, usual_odd, job.usual, job.usual + job.usual_count);

  Numbers potentials[Vectors][2] = {};
  Numbers spiked[Vectors][2] = {};
  Bytes counts[Vectors] = {};
  Numbers saturations{};
  for (std::uint32_t step = 0; step < neurons.steps; ++step) {
    Words all[Vectors];
    Words odd[Vectors];
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
        odd[k] -= Words(pairs >> 8);
      }
    }
    // Modulo 2^16, in which sums may pass the limits on their way.
    const auto bias = static_cast<std::uint16_t>((job.event_begin[step + 1] - job.event_begin[step]) * kEvenBias);
#pragma GCC unroll 8
    for (std::size_t k = 0; k < Vectors; ++k) {
      const Numbers sums[2] = {Numbers(all[k] - (odd[k] << 8) - bias), Numbers(odd[k])};
      Numbers trits[2];
#pragma GCC unroll 2
      for (std::size_t parity = 0; parity < 2; ++parity) {
        Numbers& potential = potentials[k][parity];
        Numbers& spikes = spiked[k][parity];
        const Numbers current = shift_right(sums[parity], shift) + (shift_right(sums[parity], shift_to_half) & round_up);
        const Numbers left = (leaks ? multiply_rounded(potential, leak) : potential) & ~spikes;
        potential = add_limited(left, current);
        saturations += potential != add_wrapped(left, current);
        const Numbers open = (potential >= lowest_open) & (potential <= highest_open);
        trits[parity] = (spikes & spike_mask) - open;
        spikes = potential > threshold;
      }
      const std::size_t at = first + k * kVector;
      if (step >= neurons.first_trits) store(neurons.trits + step * neurons.stride + at, join(trits[0], trits[1]));
      const Bytes flags = join(spiked[k][0], spiked[k][1]);
      counts[k] -= flags;
      store_bits(neurons.spikes + (step * neurons.stride + at) / 8, flags);
      if (neurons.potentials != nullptr)
        store_pairs(neurons.potentials + step * neurons.stride + at, potentials[k][0], potentials[k][1]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t k = 0; k < Vectors; ++k) {
    const std::size_t at = first + k * kVector;
    store(neurons.counts + at, counts[k]);
    store_pairs(neurons.last_potentials + at, potentials[k][0], potentials[k][1]);
  }
  neurons.saturations += count_down(saturations);
}

}  // namespace
}  // namespace phasic::reference
