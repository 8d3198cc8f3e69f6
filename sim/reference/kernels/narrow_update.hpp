// SPDX-License-Identifier: Apache-2.0
/// What the weights of a narrow layer learn: pairs of neurons one after the other, many rows at once.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/random_words.hpp"
#include "sim/reference/kernels/spike_flags.hpp"

namespace phasic::reference {
namespace {

/// Coincidences of kVector rows from `first` on with one neuron.
template <bool Trace>
[[gnu::always_inline]] inline void count_coincidences(const NarrowUpdateJob& job, std::size_t neuron, std::size_t first,
                                                      std::int16_t* coincidences) {
  Bytes at_spikes{};
  Bytes after_spikes{};
  for (std::uint32_t step = job.first_step; step < job.steps; ++step) {
    const std::int8_t trit = job.trits[step * job.stride + neuron];
    if (trit == 0) continue;
    const auto* const bits = reinterpret_cast<const std::uint8_t*>(job.rows.bits + step * job.rows.words) + first / 8;
    const Bytes sign = Bytes{} + trit;
    at_spikes += -spike_flags(bits) & sign;
    if (Trace && step != 0) after_spikes += -spike_flags(bits - 8 * job.rows.words) & sign;
  }
  alignas(kVector) std::int8_t at[kVector];
  alignas(kVector) std::int8_t after[kVector];
  store(at, at_spikes);
  store(after, after_spikes);
  for (std::size_t row = 0; row < kVector; ++row) {
    coincidences[row] = static_cast<std::int16_t>(Trace ? at[row] * (1 << job.trace_shift) + after[row] : at[row]);
  }
}

/// The weights of one neuron and kVector rows.
template <class Weight>
[[gnu::always_inline]] inline std::uint32_t change_weights(std::byte* place, const std::int16_t* coincidences,
                                                           std::int32_t factor, const std::uint16_t* words) {
  constexpr unsigned kWidth = 8 * sizeof(Weight);
  constexpr unsigned kFraction = contract::kExtendedWidth - kWidth;
  constexpr std::int32_t kHighest = (1 << (kWidth - 1)) - 1;
  Weight weights[kVector];
  __builtin_memcpy(weights, place, sizeof weights);
  std::uint32_t saturations = 0;
  for (std::size_t row = 0; row < kVector; ++row) {
    const std::int32_t rounding = words[row] >> (16 - kFraction);
    const std::int32_t unlimited = weights[row] + ((coincidences[row] * factor + rounding) >> kFraction);
    std::int32_t limited = unlimited > kHighest ? kHighest : unlimited;
    limited = limited < -kHighest - 1 ? -kHighest - 1 : limited;
    saturations += limited != unlimited ? 1U : 0U;
    weights[row] = static_cast<Weight>(limited);
  }
  __builtin_memcpy(place, weights, sizeof weights);
  return saturations;
}

template <class Weight, bool Stochastic, bool Trace>
void narrow_update_rows(NarrowUpdateJob& job) {
  for (std::size_t neuron = 0; neuron < job.count; neuron += 2) {
    if (job.factors[neuron] == 0 && job.factors[neuron + 1] == 0) continue;
    for (std::size_t first = 0; first < 64 * job.rows.words; first += kVector) {
      alignas(kVector) std::uint16_t words[2][kVector];
      for (std::size_t half = 0; half < kVector; half += kVector / 2) {
        Words x = Words{} + 0x8000;
        Words y = x;
        if constexpr (Stochastic) {
          x = load<Words>(job.row_x + first + half) ^ job.pair_words[neuron / 2];
          y = load<Words>(job.row_y + first + half) + job.pair_offsets[neuron / 2];
          for (std::uint32_t round = 0; round < contract::kMixRounds; ++round) spread(x, y);
        }
        store(words[0] + half, x);
        store(words[1] + half, y);
      }
      for (std::size_t k = 0; k < 2; ++k) {
        const std::int32_t factor = job.factors[neuron + k];
        if (factor == 0) continue;
        alignas(kVector) std::int16_t coincidences[kVector];
        count_coincidences<Trace>(job, neuron + k, first, coincidences);
        std::byte* const place = job.weights + (neuron + k) * job.neuron_stride + first * sizeof(Weight);
        job.saturations += change_weights<Weight>(place, coincidences, factor, words[k]);
      }
    }
  }
}

template <class Weight>
void narrow_update(NarrowUpdateJob& job) {
  job.saturations = 0;
  if (job.trace_shift == 0) {
    job.stochastic ? narrow_update_rows<Weight, true, false>(job) : narrow_update_rows<Weight, false, false>(job);
  } else {
    job.stochastic ? narrow_update_rows<Weight, true, true>(job) : narrow_update_rows<Weight, false, true>(job);
  }
}

void narrow_update8(NarrowUpdateJob& job) { narrow_update<std::int8_t>(job); }
void narrow_update16(NarrowUpdateJob& job) { narrow_update<std::int16_t>(job); }

}  // namespace
}  // namespace phasic::reference
