// SPDX-License-Identifier: Apache-2.0
/// Arithmetic of whole vectors for which the language has no operator. Where the instruction set has none either, plain code.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

using Numbers = Vector<std::int16_t, kVector / 2>;
using Words = Vector<std::uint16_t, kVector / 2>;
using Bytes = Vector<std::int8_t, kVector>;

/// a + b, modulo 2^16 and 2^8.
[[gnu::always_inline]] inline Numbers add_wrapped(Numbers a, Numbers b) { return Numbers(Words(a) + Words(b)); }
[[gnu::always_inline]] inline Bytes add_wrapped(Bytes a, Bytes b) {
  using Unsigned = Vector<std::uint8_t, kVector>;
  return Bytes(Unsigned(a) + Unsigned(b));
}

/// a + b, limited to 16 bits.
[[gnu::always_inline]] inline Numbers add_limited(Numbers a, Numbers b) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Numbers>(_mm512_adds_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Numbers>(_mm256_adds_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Numbers>(_mm_adds_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  const Numbers sum = add_wrapped(a, b);
  return ((a ^ sum) & (b ^ sum)) < 0 ? (a >> 15) ^ 0x7fff : sum;
#endif
}

/// a + b, limited to 8 bits.
[[gnu::always_inline]] inline Bytes add_limited(Bytes a, Bytes b) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Bytes>(_mm512_adds_epi8(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Bytes>(_mm256_adds_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Bytes>(_mm_adds_epi8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  const Bytes sum = add_wrapped(a, b);
  return ((a ^ sum) & (b ^ sum)) < 0 ? (a >> 7) ^ 0x7f : sum;
#endif
}

/// The upper 16 bits of a * b.
[[gnu::always_inline]] inline Numbers multiply_high(Numbers a, Numbers b) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Numbers>(_mm512_mulhi_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Numbers>(_mm256_mulhi_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Numbers>(_mm_mulhi_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  Numbers high;
  for (std::size_t lane = 0; lane < kVector / 2; ++lane) high[lane] = static_cast<std::int16_t>(a[lane] * b[lane] >> 16);
  return high;
#endif
}

/// (a * b + 2^14) >> 15, modulo 2^16.
[[gnu::always_inline]] inline Numbers multiply_rounded(Numbers a, Numbers b) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Numbers>(_mm512_mulhrs_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Numbers>(_mm256_mulhrs_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  const Words low = Words(a) * Words(b);
  return Numbers((Words(multiply_high(a, b)) << 1) + (((low >> 14) + 1) >> 1));
#endif
}

/// numbers >> count, for `count` from 0 to 15.
[[gnu::always_inline]] inline Numbers shift_right(Numbers numbers, std::int32_t count) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Numbers>(_mm512_sra_epi16(reinterpret_cast<__m512i>(numbers), _mm_cvtsi32_si128(count)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Numbers>(_mm256_sra_epi16(reinterpret_cast<__m256i>(numbers), _mm_cvtsi32_si128(count)));
#elif defined(__SSE2__)
  return reinterpret_cast<Numbers>(_mm_sra_epi16(reinterpret_cast<__m128i>(numbers), _mm_cvtsi32_si128(count)));
#else
  return numbers >> static_cast<std::int16_t>(count);
#endif
}

/// Stores a bit a byte, 1 where the byte is -1 and 0 where it is 0.
[[gnu::always_inline]] inline void store_bits(std::uint8_t* to, Bytes bytes) {
#if PHASIC_VECTOR_BYTES == 64
  store(to, static_cast<std::uint64_t>(_mm512_movepi8_mask(reinterpret_cast<__m512i>(bytes))));
#elif PHASIC_VECTOR_BYTES == 32
  store(to, static_cast<std::uint32_t>(_mm256_movemask_epi8(reinterpret_cast<__m256i>(bytes))));
#elif defined(__SSE2__)
  store(to, static_cast<std::uint16_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(bytes))));
#else
  for (std::size_t k = 0; k < kVector / 8; ++k) {
    std::uint8_t flags[8];
    for (std::size_t bit = 0; bit < 8; ++bit) flags[bit] = static_cast<std::uint8_t>(bytes[8 * k + bit] & 1);
    to[k] = pack_bits(flags);
  }
#endif
}

/// numbers << count, for `count` from 0 to 15.
[[gnu::always_inline]] inline Numbers shift_left(Numbers numbers, std::uint32_t count) {
  return numbers * static_cast<std::int16_t>(1 << count);
}

/// How many lanes of `a` and `b` differ.
[[gnu::always_inline]] inline std::uint32_t count_unequal(Bytes a, Bytes b) {
#if PHASIC_VECTOR_BYTES == 64
  return static_cast<std::uint32_t>(
      __builtin_popcountll(_mm512_cmpneq_epi8_mask(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b))));
#elif PHASIC_VECTOR_BYTES == 32
  const __m256i equal = _mm256_cmpeq_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b));
  return static_cast<std::uint32_t>(__builtin_popcount(~static_cast<std::uint32_t>(_mm256_movemask_epi8(equal))));
#else
  const auto unequal = Vector<std::uint64_t, kVector / 8>(a ^ b);
  if ((unequal[0] | unequal[1]) == 0) return 0;
  std::uint32_t count = 0;
  for (std::size_t lane = 0; lane < kVector; ++lane) count += a[lane] != b[lane] ? 1 : 0;
  return count;
#endif
}
[[gnu::always_inline]] inline std::uint32_t count_unequal(Numbers a, Numbers b) {
#if PHASIC_VECTOR_BYTES == 64
  return static_cast<std::uint32_t>(
      __builtin_popcount(_mm512_cmpneq_epi16_mask(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b))));
#else
  // Both bytes of a lane are told.
  return count_unequal(Bytes(a == b), Bytes{} - 1) / 2;
#endif
}

/// a[0], b[0], a[1], b[1] and so on.
[[gnu::always_inline]] inline void interleave(Words a, Words b, Words (&both)[2]) {
#if PHASIC_VECTOR_BYTES == 64
  alignas(64) static constexpr std::uint16_t kFirst[32] = {0, 32, 1, 33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
                                                           8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47};
  const __m512i first = _mm512_load_si512(kFirst);
  const __m512i second = _mm512_add_epi16(first, _mm512_set1_epi16(16));
  both[0] =
      reinterpret_cast<Words>(_mm512_permutex2var_epi16(reinterpret_cast<__m512i>(a), first, reinterpret_cast<__m512i>(b)));
  both[1] =
      reinterpret_cast<Words>(_mm512_permutex2var_epi16(reinterpret_cast<__m512i>(a), second, reinterpret_cast<__m512i>(b)));
#elif PHASIC_VECTOR_BYTES == 32
  const __m256i low = _mm256_unpacklo_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b));
  const __m256i high = _mm256_unpackhi_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b));
  both[0] = reinterpret_cast<Words>(_mm256_permute2x128_si256(low, high, 0x20));
  both[1] = reinterpret_cast<Words>(_mm256_permute2x128_si256(low, high, 0x31));
#elif defined(__SSE2__)
  both[0] = reinterpret_cast<Words>(_mm_unpacklo_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
  both[1] = reinterpret_cast<Words>(_mm_unpackhi_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  for (std::size_t lane = 0; lane < kVector / 2; ++lane) {
    both[2 * lane / (kVector / 2)][2 * lane % (kVector / 2)] = a[lane];
    both[2 * lane / (kVector / 2)][2 * lane % (kVector / 2) + 1] = b[lane];
  }
#endif
}

/// Numbers limited to 8 bits.
[[gnu::always_inline]] inline Numbers limit8(Numbers numbers) {
  const Numbers limited = numbers > 127 ? Numbers{} + 127 : numbers;
  return limited < -128 ? Numbers{} - 128 : limited;
}

/// kEvenBias16 in the lanes of weights at even places.
[[gnu::always_inline]] inline Numbers even_bias16() {
  return Numbers(Vector<std::uint32_t, kVector / 4>{} + std::uint32_t{kEvenBias16});
}

/// Bytes of the even lanes' values and of the odd ones', which fit 8 bits, in order.
[[gnu::always_inline]] inline Bytes join(Numbers even, Numbers odd) { return Bytes((odd << 8) | (even & 0xff)); }

/// Values 0 to -32767, summed and with the sign turned.
[[gnu::always_inline]] inline std::uint64_t count_down(Numbers counts) {
  std::int32_t sum = 0;
  for (std::size_t lane = 0; lane < kVector / 2; ++lane) sum -= counts[lane];
  return static_cast<std::uint64_t>(sum);
}

}  // namespace
}  // namespace phasic::reference
