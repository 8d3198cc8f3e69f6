// SPDX-License-Identifier: Apache-2.0
#include "driver/layout/random.hpp"

#include <bit>

#include "phasic/contract.hpp"

namespace phasic::layout {

std::pair<std::uint16_t, std::uint16_t> permute(const Key& key, std::uint16_t x, std::uint16_t y) {
  for (unsigned round = 0; round < contract::kPermuteRounds; ++round) {
    x = static_cast<std::uint16_t>((std::rotr(x, 7) + y) ^ key[round % 4] ^ round);
    y = static_cast<std::uint16_t>(std::rotl(y, 2) ^ x);
  }
  return {x, y};
}

Key purpose_key(std::uint64_t seed, std::uint32_t purpose, std::uint32_t layer) {
  Key words;
  for (unsigned n = 0; n < 4; ++n) words[n] = static_cast<std::uint16_t>(seed >> (16 * n));
  const auto which = static_cast<std::uint16_t>(purpose * 256 + layer);
  const auto [p0, p1] = permute(words, which, 0);
  const auto [p2, p3] = permute(words, which, 1);
  return {p0, p1, p2, p3};
}

Key sample_key(const Key& purpose, std::uint32_t sample) {
  const auto high = static_cast<std::uint16_t>(sample >> 16);
  const auto low = static_cast<std::uint16_t>(sample);
  const auto [q0, q1] = permute(purpose, high, low);
  const auto [q2, q3] = permute({purpose[2], purpose[3], purpose[0], purpose[1]}, high, low);
  return {q0, q1, q2, q3};
}

}  // namespace phasic::layout
