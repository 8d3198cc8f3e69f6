// SPDX-License-Identifier: Apache-2.0
/// Potentials and spikes of all steps of a sample in a narrow layer: neuron by neuron, many rows at once.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/neurons.hpp"
#include "sim/reference/kernels/spike_flags.hpp"

namespace phasic::reference {
namespace {

using Sums = Vector<std::int32_t, kVector / 4>;

[[gnu::always_inline]] inline std::int32_t sum_of(Sums sums) {
  using Four = Vector<std::int32_t, 4>;
  alignas(kVector) std::int32_t lanes[kVector / 4];
  store(lanes, sums);
  auto four = load<Four>(lanes);
#pragma GCC unroll 4
  for (std::size_t lane = 4; lane < kVector / 4; lane += 4) four += load<Four>(lanes + lane);
  return four[0] + four[1] + four[2] + four[3];
}

/// Sums of the weights of `Count` neurons from `weights` on, over the rows whose bit is 1.
template <std::size_t Count>
[[gnu::always_inline]] inline void sum_weights(const std::int8_t*, const std::byte* weights, std::size_t neuron_stride,
                                               const std::uint8_t* bits, std::size_t bytes, std::int32_t* sums) {
  // Two weights of -128 a vector, in lanes of 16 bits.
  constexpr std::size_t kVectorsAtOnce = 127;
  for (std::size_t neuron = 0; neuron < Count; ++neuron) sums[neuron] = 0;
  for (std::size_t first = 0; first < bytes; first += kVectorsAtOnce * kVector / 8) {
    const std::size_t end = first + kVectorsAtOnce * kVector / 8 < bytes ? first + kVectorsAtOnce * kVector / 8 : bytes;
    Numbers pairs[Count] = {};
    for (std::size_t at = first; at < end; at += kVector / 8) {
      const Bytes flags = spike_flags(bits + at);
#pragma GCC unroll 4
      for (std::size_t neuron = 0; neuron < Count; ++neuron) {
        pairs[neuron] += sum_pairs(flags, load<Bytes>(weights + neuron * neuron_stride + 8 * at));
      }
    }
    for (std::size_t neuron = 0; neuron < Count; ++neuron) sums[neuron] += sum_of(sum_pairs(Numbers{} + 1, pairs[neuron]));
  }
}

/// The same for weights of 16 bits.
template <std::size_t Count>
[[gnu::always_inline]] inline void sum_weights(const std::int16_t*, const std::byte* weights, std::size_t neuron_stride,
                                               const std::uint8_t* bits, std::size_t bytes, std::int32_t* sums) {
  Sums pairs[Count] = {};
  for (std::size_t at = 0; at < bytes; at += kVector / 16) {
    const Numbers flags = spike_flags16(bits + at);
#pragma GCC unroll 4
    for (std::size_t neuron = 0; neuron < Count; ++neuron) {
      pairs[neuron] += sum_pairs(flags, load<Numbers>(weights + neuron * neuron_stride + 16 * at));
    }
  }
  for (std::size_t neuron = 0; neuron < Count; ++neuron) sums[neuron] = sum_of(pairs[neuron]);
}

template <class Weight>
void narrow_integrate(NarrowIntegrateJob& job) {
  job.neurons.saturations = 0;
  const auto* const weight = static_cast<const Weight*>(nullptr);
  alignas(64) std::int32_t sums[kNarrowNeurons] = {};
  NeuronBlock<kNarrowNeurons> neurons(job.neurons, 0);
  for (std::uint32_t step = 0; step < job.neurons.steps; ++step) {
    const auto* const bits = reinterpret_cast<const std::uint8_t*>(job.rows.bits + step * job.rows.words);
    const std::size_t bytes = 8 * job.rows.words;
    std::size_t first = 0;
    for (; first + 4 <= job.count; first += 4) {
      sum_weights<4>(weight, job.weights + first * job.neuron_stride, job.neuron_stride, bits, bytes, sums + first);
    }
    if (first < job.count) {
      sum_weights<2>(weight, job.weights + first * job.neuron_stride, job.neuron_stride, bits, bytes, sums + first);
    }
    neurons.step(step, sums);
  }
  neurons.end();
}

void narrow_integrate8(NarrowIntegrateJob& job) { narrow_integrate<std::int8_t>(job); }
void narrow_integrate16(NarrowIntegrateJob& job) { narrow_integrate<std::int16_t>(job); }

}  // namespace
}  // namespace phasic::reference
