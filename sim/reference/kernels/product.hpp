// SPDX-License-Identifier: Apache-2.0
/// Sums of counts, or of graded values, times weights.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

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

}  // namespace
}  // namespace phasic::reference
