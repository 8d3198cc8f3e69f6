// SPDX-License-Identifier: Apache-2.0
/// Random words, many at once.
#pragma once

#include "phasic/contract.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

/// Words of 16 bits, rotated.
template <int Left, class Words>
[[gnu::always_inline]] inline Words rotate_left(Words words) {
#ifdef __AVX512VBMI2__
  if constexpr (sizeof words == 64) {
    const auto bits = reinterpret_cast<__m512i>(words);
    return reinterpret_cast<Words>(_mm512_shldi_epi16(bits, bits, Left));
  }
  if constexpr (sizeof words == 16) {
    const auto bits = reinterpret_cast<__m128i>(words);
    return reinterpret_cast<Words>(_mm_shldi_epi16(bits, bits, Left));
  }
#endif
  return (words << Left) | (words >> (16 - Left));
}

template <class Words>
[[gnu::always_inline]] inline void spread(Words& x, Words& y) {
  x = rotate_left<9>(x) + y;
  y = rotate_left<2>(y) ^ x;
}

void permute_all(const std::uint16_t* key, std::uint16_t x_of_all, const std::uint16_t* y_of, std::size_t count,
                 std::uint16_t* out_x, std::uint16_t* out_y) {
  constexpr std::size_t kLanes = kVector / 2;
  using Words = Vector<std::uint16_t, kLanes>;
  for (std::size_t k = 0; k < count; k += kLanes) {
    Words x = Words{} + x_of_all;
    auto y = load<Words>(y_of + k);
    for (std::uint16_t round = 0; round < contract::kPermuteRounds; ++round) {
      const auto round_key = static_cast<std::uint16_t>(key[round % 4] ^ round);
      x = (rotate_left<9>(x) + y) ^ (Words{} + round_key);
      y = rotate_left<2>(y) ^ x;
    }
    store(out_x + k, x);
    store(out_y + k, y);
  }
}

}  // namespace
}  // namespace phasic::reference
