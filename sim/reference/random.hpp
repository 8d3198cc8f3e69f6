// SPDX-License-Identifier: Apache-2.0
/// Random numbers of the contract (docs/specification.md, section 3). Each is a pure function of the seed and of its use.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "phasic/contract.hpp"

namespace phasic::reference {

/// Two 16-bit words.
struct WordPair {
  std::uint16_t x = 0;
  std::uint16_t y = 0;
  bool operator==(const WordPair&) const = default;
};

/// Four 16-bit words: a key of `permute`.
using Key = std::array<std::uint16_t, 4>;

/// Keyed permutation of 32 bits: eight rounds of a small block cipher (add, rotate, exclusive or).
[[nodiscard]] constexpr WordPair permute(const Key& key, WordPair words) {
  std::uint16_t x = words.x;
  std::uint16_t y = words.y;
  for (std::uint16_t round = 0; round < contract::kPermuteRounds; ++round) {
    const auto sum = static_cast<std::uint16_t>(std::rotr(x, 7) + y);
    x = static_cast<std::uint16_t>(sum ^ key[round % 4] ^ round);
    y = static_cast<std::uint16_t>(std::rotl(y, 2) ^ x);
  }
  return {x, y};
}

/// The 64-bit seed as a key, low word first.
[[nodiscard]] constexpr Key seed_key(std::uint64_t seed) {
  return {static_cast<std::uint16_t>(seed), static_cast<std::uint16_t>(seed >> 16), static_cast<std::uint16_t>(seed >> 32),
          static_cast<std::uint16_t>(seed >> 48)};
}

/// Key of everything that is drawn for `purpose` in layer `layer` (from 0).
[[nodiscard]] constexpr Key purpose_key(std::uint64_t seed, contract::Purpose purpose, unsigned layer) {
  const Key key = seed_key(seed);
  const auto use = static_cast<std::uint16_t>(static_cast<unsigned>(purpose) * 256 + layer);
  const WordPair low = permute(key, {use, 0});
  const WordPair high = permute(key, {use, 1});
  return {low.x, low.y, high.x, high.y};
}

/// Key of sample `number` (first_sample plus the position in the run, modulo 2^32).
[[nodiscard]] constexpr Key sample_key(const Key& purpose, std::uint32_t number) {
  const WordPair words{static_cast<std::uint16_t>(number >> 16), static_cast<std::uint16_t>(number)};
  const WordPair low = permute(purpose, words);
  const WordPair high = permute({purpose[2], purpose[3], purpose[0], purpose[1]}, words);
  return {low.x, low.y, high.x, high.y};
}

/// The words that hold the bytes of input `input` at steps 4 * `step_group` to 4 * `step_group` + 3.
[[nodiscard]] constexpr WordPair encoding_words(const Key& sample, unsigned step_group, unsigned input) {
  return permute(sample, {static_cast<std::uint16_t>(step_group), static_cast<std::uint16_t>(input)});
}

/// Byte that the intensity of input `input` is compared with at time step `step`.
[[nodiscard]] constexpr std::uint8_t encoding_byte(const Key& sample, unsigned step, unsigned input) {
  const WordPair words = encoding_words(sample, step / 4, input);
  switch (step % 4) {
    case 0:
      return static_cast<std::uint8_t>(words.x >> 8);
    case 1:
      return static_cast<std::uint8_t>(words.x);
    case 2:
      return static_cast<std::uint8_t>(words.y >> 8);
    default:
      return static_cast<std::uint8_t>(words.y);
  }
}

/// Where a patch is.
struct PatchPosition {
  std::uint32_t row, column;
};

/// Draw `draw` of a sample whose key of purpose `patch` this is, among so many rows and columns of positions.
[[nodiscard]] constexpr PatchPosition patch_position(const Key& sample, unsigned draw, std::uint32_t rows,
                                                     std::uint32_t columns) {
  const WordPair words = permute(sample, {0, static_cast<std::uint16_t>(draw)});
  return {words.x * rows >> 16, words.y * columns >> 16};
}

/// Words that the rounding of row `row` starts from.
[[nodiscard]] constexpr WordPair row_words(const Key& sample, unsigned row) {
  return permute(sample, {0, static_cast<std::uint16_t>(row)});
}

/// Both rounding words of neurons 2 * `pair` (x) and 2 * `pair` + 1 (y) in the row with words `row`.
[[nodiscard]] constexpr WordPair mix(WordPair row, unsigned pair) {
  auto x = static_cast<std::uint16_t>(row.x ^ static_cast<std::uint16_t>(pair * contract::kMixMultiplier));
  auto y = static_cast<std::uint16_t>(row.y + pair * contract::kMixOffsetMultiplier);
  for (unsigned round = 0; round < contract::kMixRounds; ++round) {
    x = static_cast<std::uint16_t>(std::rotr(x, 7) + y);
    y = static_cast<std::uint16_t>(std::rotl(y, 2) ^ x);
  }
  return {x, y};
}

/// rho_ij: the rounding word of neuron `neuron` in the row with words `row`.
[[nodiscard]] constexpr std::uint16_t rounding_word(WordPair row, unsigned neuron) {
  const WordPair words = mix(row, neuron / 2);
  return neuron % 2 == 0 ? words.x : words.y;
}

}  // namespace phasic::reference
