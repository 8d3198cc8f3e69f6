// SPDX-License-Identifier: Apache-2.0
/// Potentials and spikes of all steps of a sample.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/integrate_short.hpp"
#include "sim/reference/kernels/neurons.hpp"
#include "sim/reference/kernels/rows.hpp"

namespace phasic::reference {
namespace {

/// Neurons from `first` on, in 32 bits.
template <class Weight, std::size_t kNeurons, std::size_t VectorBytes>
void integrate_block(IntegrateJob& job, std::size_t first) {
  alignas(64) std::int32_t usual_sums[kNeurons] = {};
  alignas(64) std::int32_t sums[kNeurons];
  const auto* const weight = static_cast<const Weight*>(nullptr);
  const std::size_t offset = first * sizeof(Weight);
  add_rows<kNeurons, VectorBytes>(weight, job, offset, {job.usual, job.usual + job.usual_count}, {}, usual_sums);
  NeuronBlock<kNeurons> neurons(job.neurons, first);
  for (std::uint32_t step = 0; step < job.neurons.steps; ++step) {
    const Rows extra{job.events + job.extra_begin[step], job.events + job.event_begin[step + 1]};
    const Rows silent{job.silent + job.silent_begin[step], job.silent + job.silent_begin[step + 1]};
    for (std::size_t j = 0; j < kNeurons; ++j) sums[j] = usual_sums[j];
    add_rows<kNeurons, VectorBytes>(weight, job, offset, extra, silent, sums);
    neurons.step(step, sums);
  }
  neurons.end();
}

void integrate8(IntegrateJob& job) {
  job.neurons.saturations = 0;
  std::uint32_t most_events = 0;
  for (std::uint32_t step = 0; step < job.neurons.steps; ++step) {
    const std::uint32_t events = job.event_begin[step + 1] - job.event_begin[step];
    most_events = events > most_events ? events : most_events;
  }
  std::size_t first = 0;
  if (most_events > kRowsBeforeWidening || !fits_short(job.neurons)) {
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
  job.neurons.saturations = 0;
  std::size_t first = 0;
  for (; 2 * (first + kWide) <= job.row_bytes; first += kWide) integrate_block<std::int16_t, kWide, kVector>(job, first);
  for (; 2 * first < job.row_bytes; first += 32) integrate_block<std::int16_t, 32, kVector>(job, first);
}

}  // namespace
}  // namespace phasic::reference
