// SPDX-License-Identifier: Apache-2.0
/// Arithmetic of sections 1 to 3 of docs/specification.md on native integers, so that both sets of ap headers agree.
#pragma once

#include "hls/words.hpp"

namespace phasic::hls {

/// `value` limited to `width` bits, signed; width 1 to 32.
inline std::int64_t limited(std::int64_t value, unsigned width) {
#pragma HLS INLINE
  const std::int64_t most = (std::int64_t{1} << (width - 1)) - 1;
  return value > most ? most : value < -most - 1 ? -most - 1 : value;
}

/// `value` divided by 2^shift, to nearest with halves upwards.
inline std::int64_t rounded_shift(std::int64_t value, unsigned shift) {
#pragma HLS INLINE
  return (value + (shift == 0 ? 0 : std::int64_t{1} << (shift - 1))) >> shift;
}

/// L_j of section 1: what is left of the potential `potential`, B_j (16 bits). `leak` is 0 to 65536, in 1/65536: the product of
/// the two and the half that rounds it stay within 32 bits.
inline std::int32_t leaked(std::int32_t potential, Word leak) {
#pragma HLS INLINE
  static_assert(kPotentialWidth == 16 && kLayerLeakMaximum == 1U << kLeakShift && kLeakShift == 16);
  return (potential * static_cast<std::int32_t>(leak) + (1 << (kLeakShift - 1))) >> kLeakShift;
}

/// J_j of section 1 after a step whose sum of weights is `sum`, from `before`, that of the step before. `leak` is 0 to 65535,
/// in 1/65536.
inline std::int32_t synaptic_current(std::int32_t before, Word leak, std::int64_t sum) {
#pragma HLS INLINE
  const std::int64_t left = rounded_shift(before * static_cast<std::int64_t>(leak), kLeakShift);
  return static_cast<std::int32_t>(limited(left + sum, kCurrentWidth));
}

/// h_j of section 2, 8 bits: the share of its factor that a neuron learns with, in 1/256. `told` is what the layer behind sends
/// of its row, at most 255; `base` is at most `limit`, and that 255.
inline Word share_of_factor(Word told, Word base, Word limit) {
#pragma HLS INLINE
  return base + told < limit ? base + told : limit;
}

/// e_j of a neuron that learns with the share `share` (8 bits) of `factor` (20 bits, signed).
inline std::int32_t scaled_factor(std::int32_t factor, Word share) {
#pragma HLS INLINE
  static_assert(kFactorWidth + kShareShift < 32);
  return (factor * static_cast<std::int32_t>(share) + (1 << (kShareShift - 1))) >> kShareShift;
}

/// isqrt of section 1: the floor of the square root, a bit a round.
inline Word square_root(Word value) {
#pragma HLS INLINE
  Word root = 0;
  for (unsigned round = 0; round < 16; ++round) {
#pragma HLS UNROLL
    const Word larger = root | 0x8000U >> round;
    if (static_cast<std::uint64_t>(larger) * larger <= value) root = larger;
  }
  return root;
}

inline unsigned ones(std::uint32_t bits) {
#pragma HLS INLINE
  unsigned count = 0;
  for (unsigned at = 0; at < 32; ++at) {
#pragma HLS UNROLL
    count += (bits >> at) & 1;
  }
  return count;
}

/// A multiple of 64 that is at least `bytes`, in lines of 64 bytes.
inline std::uint64_t lines_of(std::uint64_t bytes) {
#pragma HLS INLINE
  return (bytes + kLineBytes - 1) / kLineBytes;
}

struct Pair {
  std::uint16_t x, y;
};
struct Key {
  std::uint16_t word[4];
};

/// The rotations that a round is made of.
inline std::uint16_t right7(std::uint16_t x) { return static_cast<std::uint16_t>(x >> 7 | x << 9); }
inline std::uint16_t left2(std::uint16_t y) { return static_cast<std::uint16_t>(y << 2 | y >> 14); }

/// Section 3: the keyed permutation.
inline Pair permute(const Key& key, std::uint16_t x, std::uint16_t y) {
#pragma HLS INLINE
  for (unsigned round = 0; round < kPermuteRounds; ++round) {
#pragma HLS UNROLL
    x = static_cast<std::uint16_t>(static_cast<std::uint16_t>(right7(x) + y) ^ key.word[round % 4] ^ round);
    y = static_cast<std::uint16_t>(left2(y) ^ x);
  }
  return {x, y};
}

/// Section 3: the key of all random numbers for `purpose` in layer `layer`.
inline Key purpose_key(std::uint64_t seed, unsigned purpose, unsigned layer) {
  const Key seeds{{static_cast<std::uint16_t>(seed), static_cast<std::uint16_t>(seed >> 16),
                   static_cast<std::uint16_t>(seed >> 32), static_cast<std::uint16_t>(seed >> 48)}};
  const auto use = static_cast<std::uint16_t>(purpose * 256 + layer);
  const Pair p0 = permute(seeds, use, 0), p1 = permute(seeds, use, 1);
  return {{p0.x, p0.y, p1.x, p1.y}};
}

/// The key of a sample's random numbers for `purpose` in layer `layer`.
inline Key sample_key(std::uint64_t seed, unsigned purpose, unsigned layer, std::uint32_t sample) {
  const Key p = purpose_key(seed, purpose, layer);
  const auto high = static_cast<std::uint16_t>(sample >> 16), low = static_cast<std::uint16_t>(sample);
  const Pair q0 = permute(p, high, low);
  const Pair q1 = permute(Key{{p.word[2], p.word[3], p.word[0], p.word[1]}}, high, low);
  return {{q0.x, q0.y, q1.x, q1.y}};
}

/// rho_ij of section 3: `row` is permute(q; 0, i).
inline std::uint16_t rounding_word(Pair row, unsigned neuron) {
#pragma HLS INLINE
  const unsigned pair = neuron >> 1;
  auto x = static_cast<std::uint16_t>(row.x ^ static_cast<std::uint16_t>(pair * kMixMultiplier));
  auto y = static_cast<std::uint16_t>(row.y + pair * kMixOffsetMultiplier);
  for (unsigned round = 0; round < kMixRounds; ++round) {
#pragma HLS UNROLL
    x = static_cast<std::uint16_t>(right7(x) + y);
    y = static_cast<std::uint16_t>(left2(y) ^ x);
  }
  return (neuron & 1) == 0 ? x : y;
}

}  // namespace phasic::hls
