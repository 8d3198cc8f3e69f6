// SPDX-License-Identifier: Apache-2.0
/// Sums of the weights of rows.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

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

}  // namespace
}  // namespace phasic::reference
