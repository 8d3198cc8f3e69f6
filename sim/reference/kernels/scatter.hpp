// SPDX-License-Identifier: Apache-2.0
/// What the scatter of a discriminant learns.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/product.hpp"

namespace phasic::reference {
namespace {

/// Vectors * kVector / 4 values of row `row` from `first` on: the products of all pairs of samples.
template <std::size_t Vectors>
[[gnu::always_inline]] inline void scatter_block(const ScatterJob& job, std::size_t row, std::size_t first) {
  std::int32_t* const to = job.scatter + row * job.stride + first;
  Sums sums[Vectors];
  for (std::size_t v = 0; v < Vectors; ++v) sums[v] = load<Sums>(to + v * kVector / 4);
  for (std::size_t pair = 0; pair < job.pairs; ++pair) {
    const std::int32_t* const differences = job.differences + pair * job.length;
    const auto own = Numbers(Sums{} + differences[row]);
#pragma GCC unroll 8
    for (std::size_t v = 0; v < Vectors; ++v)
      sums[v] += multiply_pairs(own, load<Numbers>(differences + first + v * kVector / 4));
  }
  for (std::size_t v = 0; v < Vectors; ++v) store(to + v * kVector / 4, sums[v]);
}

void scatter(ScatterJob& job) {
  constexpr std::size_t kVectors = 4;
  constexpr std::size_t kAtOnce = kVectors * kVector / 4;
  static_assert(kScatterValues % (kVector / 4) == 0);
  // The differences of a strip of columns stay in the cache for all rows.
  constexpr std::size_t kStrip = 256;
  for (std::size_t begin = 0; begin < job.length; begin += kStrip) {
    const std::size_t end = begin + kStrip < job.length ? begin + kStrip : job.length;
    for (std::size_t k = 0; k < job.row_count; ++k) {
      std::size_t first = begin;
      for (; first + kAtOnce <= end; first += kAtOnce) scatter_block<kVectors>(job, job.rows[k], first);
      for (; first < end; first += kVector / 4) scatter_block<1>(job, job.rows[k], first);
    }
  }
}

void limited_scatter(ScatterJob& job) {
  std::uint64_t saturations = 0;
  for (std::size_t k = 0; k < job.row_count; ++k) {
    std::int32_t* const to = job.scatter + job.rows[k] * job.stride;
    // Of a single sample, in the lower half of each word.
    const auto own = static_cast<std::int16_t>(job.differences[job.rows[k]]);
    std::uint32_t limits = 0;
    for (std::size_t j = 0; j < job.length; ++j) {
      const std::int32_t product = own * static_cast<std::int16_t>(job.differences[j]);
      const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(to[j]) + static_cast<std::uint32_t>(product));
      const bool exceeds = ((sum ^ to[j]) & (sum ^ product)) < 0;
      const std::int32_t limit = product < 0 ? INT32_MIN : INT32_MAX;
      limits += exceeds ? 1U : 0U;
      to[j] = exceeds ? limit : sum;
    }
    saturations += limits;
  }
  job.saturations = saturations;
}

std::uint32_t largest_magnitude(const std::int32_t* values, std::size_t count) {
  std::uint32_t largest = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const auto value = static_cast<std::uint32_t>(values[k]);
    const std::uint32_t magnitude = values[k] < 0 ? 0U - value : value;
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

}  // namespace
}  // namespace phasic::reference
