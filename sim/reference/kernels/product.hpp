// SPDX-License-Identifier: Apache-2.0
/// Sums of counts, or of graded values, times weights.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/lanes.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

using Sums = Vector<std::int32_t, kVector / 4>;
static_assert(kProductNeurons % (kVector / 2) == 0);

/// Products of pairs: a[2k] * b[2k] + a[2k + 1] * b[2k + 1].
[[gnu::always_inline]] inline Sums multiply_pairs(Numbers a, Numbers b) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Sums>(_mm512_madd_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Sums>(_mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Sums>(_mm_madd_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  Sums sums;
  for (std::size_t k = 0; k < kVector / 4; ++k) sums[k] = a[2 * k] * b[2 * k] + a[2 * k + 1] * b[2 * k + 1];
  return sums;
#endif
}

/// Elements of `a` and `b` in turn, those of the lower or of the upper half of each 16 bytes.
template <bool kUpper>
[[gnu::always_inline]] inline Numbers interleave(Numbers a, Numbers b) {
#if PHASIC_VECTOR_BYTES == 64
  const auto x = reinterpret_cast<__m512i>(a), y = reinterpret_cast<__m512i>(b);
  return reinterpret_cast<Numbers>(kUpper ? _mm512_unpackhi_epi16(x, y) : _mm512_unpacklo_epi16(x, y));
#elif PHASIC_VECTOR_BYTES == 32
  const auto x = reinterpret_cast<__m256i>(a), y = reinterpret_cast<__m256i>(b);
  return reinterpret_cast<Numbers>(kUpper ? _mm256_unpackhi_epi16(x, y) : _mm256_unpacklo_epi16(x, y));
#elif defined(__SSE2__)
  const auto x = reinterpret_cast<__m128i>(a), y = reinterpret_cast<__m128i>(b);
  return reinterpret_cast<Numbers>(kUpper ? _mm_unpackhi_epi16(x, y) : _mm_unpacklo_epi16(x, y));
#else
  Numbers both;
  for (std::size_t k = 0; k < kVector / 2; ++k) both[k] = (k % 2 == 0 ? a : b)[k / 8 * 8 + k % 8 / 2 + (kUpper ? 4 : 0)];
  return both;
#endif
}

/// Weights of a row from neuron `first` on.
template <class Weight>
[[gnu::always_inline]] inline Numbers weights_of(const ProductJob& job, std::size_t row, std::size_t first) {
  const std::byte* const from = job.weights + row * job.row_stride + first * sizeof(Weight);
  if constexpr (sizeof(Weight) == 2) return load<Numbers>(from);
  return __builtin_convertvector(load<Vector<std::int8_t, kVector / 2>>(from), Numbers);
}

/// Products of Vectors * kVector / 2 neurons from `first` on. Rows are taken two at a time: one instruction multiplies and adds
/// the weights of both.
template <class Weight, std::size_t Vectors>
void product_block(ProductJob& job, std::size_t first) {
  // A sum of products with weights of -32768 fits 32 bits for more than so many rows; with those of -128 for all.
  constexpr std::size_t kRowsAtOnce = sizeof(Weight) == 2 ? 256 : 65536;
  std::int64_t* const products = job.products + first;
  for (std::size_t j = 0; j < Vectors * kVector / 2; ++j) products[j] = 0;
  for (std::size_t begin = 0; begin < job.row_count; begin += kRowsAtOnce) {
    const std::size_t end = begin + kRowsAtOnce < job.row_count ? begin + kRowsAtOnce : job.row_count;
    Sums sums[Vectors][2] = {};
    for (std::size_t k = begin; k < end; k += 2) {
      const bool pair = k + 1 < end;
      const std::uint32_t second = pair ? job.counts[k + 1] : 0U;
      const std::size_t other = job.rows[pair ? k + 1 : k];
      const auto counts = Numbers(Sums{} + static_cast<std::int32_t>(job.counts[k] | second << 16));
#pragma GCC unroll 8
      for (std::size_t v = 0; v < Vectors; ++v) {
        const Numbers a = weights_of<Weight>(job, job.rows[k], first + v * kVector / 2);
        const Numbers b = weights_of<Weight>(job, other, first + v * kVector / 2);
        sums[v][0] += multiply_pairs(interleave<false>(a, b), counts);
        sums[v][1] += multiply_pairs(interleave<true>(a, b), counts);
      }
    }
    for (std::size_t v = 0; v < Vectors; ++v) {
      for (std::size_t j = 0; j < kVector / 2; ++j) {
        products[v * kVector / 2 + j] += sums[v][j % 8 / 4][j / 8 * 4 + j % 4];
      }
    }
  }
}

template <class Weight>
void product(ProductJob& job) {
  constexpr std::size_t kVectors = kProductNeurons / (kVector / 2);
  // As many as there are registers for.
  constexpr std::size_t kWide = kVector == 64 ? 4 * kProductNeurons : kProductNeurons;
  std::size_t first = 0;
  for (; first + kWide <= job.stride; first += kWide) product_block<Weight, kWide / (kVector / 2)>(job, first);
  for (; first < job.stride; first += kProductNeurons) product_block<Weight, kVectors>(job, first);
}

void product8(ProductJob& job) { product<std::int8_t>(job); }
void product16(ProductJob& job) { product<std::int16_t>(job); }

}  // namespace
}  // namespace phasic::reference
