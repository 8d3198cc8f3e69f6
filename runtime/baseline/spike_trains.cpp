// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spike_trains.hpp"

#include <algorithm>

namespace phasic::baseline {
namespace {

/// Vectors as wide as the processor has. Only additions of one number to another: every variant gives the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define PHASIC_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define PHASIC_WIDEST
#endif

/// 16 numbers wherever they lie; the compiler makes of it what the processor has.
using Numbers __attribute__((vector_size(64), aligned(4), may_alias)) = float;
constexpr Index kNumbers = 16;
constexpr Index kNeuronsAtOnce = 128;  ///< neurons whose weights are changed at once: those of 784 inputs fit a cache of 512 kB

/// sums[n] = sum over the spikes of weights[16 spike + n], for 16 neurons, held in registers
PHASIC_WIDEST void sum_rows(const float* weights, std::span<const std::uint32_t> spikes, float* sums) {
  Numbers sum = {};
  for (const std::uint32_t spike : spikes) sum += reinterpret_cast<const Numbers*>(weights)[spike];
  *reinterpret_cast<Numbers*>(sums) = sum;
}

/// to[spike * stride + 0 .. count) += signals[0 .. count) for each spike
PHASIC_WIDEST void add_to_columns(const float* signals, const std::uint32_t* spikes, std::size_t number, Index stride,
                                  Index count, float* to) {
  for (std::size_t k = 0; k < number; ++k) {
    float* const column = to + static_cast<Index>(spikes[k]) * stride;
    for (Index j = 0; j < count; ++j) column[j] += signals[j];
  }
}

std::vector<Index> inputs_that_spike(const SpikeTrains& trains) {
  std::vector<bool> spikes(static_cast<std::size_t>(trains.inputs()));
  for (Index column = 0; column < trains.columns(); ++column) {
    for (const std::uint32_t input : trains.column(column)) spikes[input] = true;
  }
  std::vector<Index> inputs;
  for (Index input = 0; input < trains.inputs(); ++input) {
    if (spikes[static_cast<std::size_t>(input)]) inputs.push_back(input);
  }
  return inputs;
}

}  // namespace

SpikeTrains rate_coded(const Matrix& intensities, Index steps, float lowest, float highest, float noise, Generator& generator) {
  const Index inputs = intensities.rows(), samples = intensities.cols();
  SpikeTrains trains(inputs, samples * steps);
  // Each number of 64 bits gives four thresholds of 16 bits, in the middle of their intervals.
  const float unit = noise * (highest - lowest) / 65536;
  const float first = lowest + unit / 2;
  for (Index step = 0; step < steps; ++step) {
    for (Index sample = 0; sample < samples; ++sample) {
      const float* const intensity = intensities.col(sample).data();
      for (Index input = 0; input < inputs; input += 4) {
        const Index end = std::min(input + 4, inputs);
        if (*std::max_element(intensity + input, intensity + end) <= lowest) continue;
        std::uint64_t bits = generator();
        for (Index k = input; k < end; ++k, bits >>= 16) {
          if (intensity[k] > first + unit * static_cast<float>(bits & 0xffff)) trains.spike(k);
        }
      }
      trains.end_column();
    }
  }
  return trains;
}

Matrix product(const Matrix& weights, const SpikeTrains& trains) {
  const Index neurons = weights.rows();
  Matrix sums(neurons, trains.columns());
  const std::vector<Index> inputs = inputs_that_spike(trains);
  // The weights of 16 neurons are copied to one place, where those of 784 inputs fit the smallest cache.
  Matrix some = Matrix::Zero(kNumbers, weights.cols());
  Vector of_some(kNumbers);
  for (Index first = 0; first < neurons; first += kNumbers) {
    const Index count = std::min(kNumbers, neurons - first);
    for (const Index input : inputs) some.col(input).head(count) = weights.col(input).segment(first, count);
    for (Index column = 0; column < trains.columns(); ++column) {
      sum_rows(some.data(), trains.column(column), of_some.data());
      sums.col(column).segment(first, count) = of_some.head(count);
    }
  }
  return sums;
}

std::uint64_t add_outer_product(const Matrix& signals, const SpikeTrains& trains, Matrix& sum) {
  const Index neurons = signals.rows();
  std::uint64_t additions = 0;
  if (signals.size() == 0) return 0;
  const Vector largest = signals.cwiseAbs().colwise().maxCoeff();
  const float least = 1e-7F * largest.maxCoeff();
  std::vector<Index> columns;
  for (Index column = 0; column < trains.columns(); ++column) {
    if (largest(column) <= least) continue;
    columns.push_back(column);
    additions += static_cast<std::uint64_t>((signals.col(column).array() != 0).count()) * trains.column(column).size();
  }
  for (Index first = 0; first < neurons; first += kNeuronsAtOnce) {
    const Index count = std::min(kNeuronsAtOnce, neurons - first);
    for (const Index column : columns) {
      const auto spikes = trains.column(column);
      add_to_columns(signals.col(column).data() + first, spikes.data(), spikes.size(), neurons, count, sum.data() + first);
    }
  }
  return additions;
}

}  // namespace phasic::baseline
