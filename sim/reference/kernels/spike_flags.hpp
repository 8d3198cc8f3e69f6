// SPDX-License-Identifier: Apache-2.0
/// Bits of spikes as lanes of 0 and 1, and sums over them.
#pragma once

#include "sim/reference/kernels/lanes.hpp"

namespace phasic::reference {
namespace {

/// kVector bits as bytes of 0 and 1.
[[gnu::always_inline]] inline Bytes spike_flags(const std::uint8_t* bits) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Bytes>(_mm512_maskz_set1_epi8(load<std::uint64_t>(bits), 1));
#else
  using Lanes = Vector<std::uint64_t, kVector / 8>;
  Lanes spread;
#pragma GCC unroll 4
  for (std::size_t lane = 0; lane < kVector / 8; ++lane) spread[lane] = bits[lane] * 0x0101010101010101ULL;
  const auto places = Bytes(Lanes{} + 0x8040201008040201ULL);
  return (Bytes(spread) & places) == places ? Bytes{} + 1 : Bytes{};
#endif
}

/// kVector / 2 bits as numbers of 0 and 1.
[[gnu::always_inline]] inline Numbers spike_flags16(const std::uint8_t* bits) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Numbers>(_mm512_maskz_set1_epi16(load<std::uint32_t>(bits), 1));
#else
  Numbers places;
  Numbers spread;
#pragma GCC unroll 16
  for (std::size_t lane = 0; lane < kVector / 2; ++lane) {
    places[lane] = static_cast<std::int16_t>(1 << lane % 8);
    spread[lane] = bits[lane / 8];
  }
  return (spread & places) != 0 ? Numbers{} + 1 : Numbers{};
#endif
}

/// Of each two neighbouring weights those whose flag is 1, added up.
[[gnu::always_inline]] inline Numbers sum_pairs(Bytes flags, Bytes weights) {
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Numbers>(_mm512_maddubs_epi16(reinterpret_cast<__m512i>(flags), reinterpret_cast<__m512i>(weights)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Numbers>(_mm256_maddubs_epi16(reinterpret_cast<__m256i>(flags), reinterpret_cast<__m256i>(weights)));
#else
  const auto counted = Numbers(weights & -flags);
  return ((counted << 8) >> 8) + (counted >> 8);
#endif
}
[[gnu::always_inline]] inline Vector<std::int32_t, kVector / 4> sum_pairs(Numbers flags, Numbers weights) {
  using Sums = Vector<std::int32_t, kVector / 4>;
#if PHASIC_VECTOR_BYTES == 64
  return reinterpret_cast<Sums>(_mm512_madd_epi16(reinterpret_cast<__m512i>(flags), reinterpret_cast<__m512i>(weights)));
#elif PHASIC_VECTOR_BYTES == 32
  return reinterpret_cast<Sums>(_mm256_madd_epi16(reinterpret_cast<__m256i>(flags), reinterpret_cast<__m256i>(weights)));
#elif defined(__SSE2__)
  return reinterpret_cast<Sums>(_mm_madd_epi16(reinterpret_cast<__m128i>(flags), reinterpret_cast<__m128i>(weights)));
#else
  const auto counted = Sums(weights & -flags);
  return ((counted << 16) >> 16) + (counted >> 16);
#endif
}

}  // namespace
}  // namespace phasic::reference
