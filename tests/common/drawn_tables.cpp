// SPDX-License-Identifier: Apache-2.0
#include "tests/common/drawn_tables.hpp"

#include <array>
#include <cstring>

namespace phasic::testing {
namespace {

using contract::Layer;
using contract::ProgramHeader;
using Words = std::array<std::uint32_t, 2>;

constexpr std::uint32_t kMask = 0xffff;

constexpr std::uint32_t rotated(std::uint32_t word, unsigned left) { return (word << left | word >> (16 - left)) & kMask; }

Words permute(const std::array<std::uint32_t, 4>& key, Words words) {
  auto [x, y] = words;
  for (std::uint32_t round = 0; round < 8; ++round) {
    x = ((rotated(x, 9) + y) & kMask) ^ key[round & 3] ^ round;
    y = rotated(y, 2) ^ x;
  }
  return {x, y};
}

std::array<std::uint32_t, 4> level_key(std::uint64_t seed, std::uint32_t layer) {
  std::array<std::uint32_t, 4> words{};
  for (unsigned n = 0; n < 4; ++n) words[n] = static_cast<std::uint32_t>(seed >> 16 * n) & kMask;
  const auto low = permute(words, {4 * 256 + layer, 0}), high = permute(words, {4 * 256 + layer, 1});
  return {low[0], low[1], high[0], high[1]};
}

}  // namespace

std::vector<std::int8_t> drawn_class(std::uint64_t seed, std::uint32_t layer, const contract::Recipe& recipe, std::uint16_t a,
                                     std::uint16_t b, std::uint32_t neurons, std::uint32_t repeat) {
  const auto key = level_key(seed, layer);
  std::vector<std::int8_t> levels;
  for (std::uint32_t j = 0; j < neurons; ++j) {
    const unsigned first = recipe.quantiles[permute(key, {a, j % repeat})[0] >> 8];
    const unsigned second = recipe.quantiles[permute(key, {b, j % repeat})[0] >> 8];
    levels.push_back(recipe.curve[first + second]);
  }
  return levels;
}

std::optional<RandomCase> with_tables(const RandomCase& random_case) {
  RandomCase changed = random_case;
  const ProgramHeader header = random_case.header();
  const std::uint64_t seed = std::uint64_t{header.seed_high} << 32 | header.seed_low;
  auto& tables = changed.buffers[contract::argument::kTables];
  bool draws = false;
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    Layer layer = random_case.layer(n);
    if ((layer.flags & contract::kLayerFlagsDrawn) == 0) continue;
    draws = true;
    const std::vector<std::byte> from(tables.begin() + layer.levels_offset, tables.end());
    contract::Recipe recipe;
    std::memcpy(&recipe, from.data(), sizeof recipe);
    const bool by_channel = (layer.flags & contract::kLayerFlagsByChannel) != 0;
    layer.flags &= ~(contract::kLayerFlagsDrawn | contract::kLayerFlagsByChannel);
    layer.levels_offset = static_cast<std::uint32_t>(align(tables.size()));
    const std::uint64_t row_bytes = align(layer.neurons);
    tables.resize(layer.levels_offset + header.classes * row_bytes);
    for (std::uint32_t label = 0; label < header.classes; ++label) {
      std::uint16_t places[2];
      std::memcpy(places, from.data() + sizeof recipe + sizeof places * label, sizeof places);
      const auto levels =
          drawn_class(seed, n, recipe, places[0], places[1], layer.neurons, by_channel ? row_width(layer) : layer.neurons);
      std::memcpy(tables.data() + layer.levels_offset + label * row_bytes, levels.data(), levels.size());
    }
    std::memcpy(changed.buffers[contract::argument::kProgram].data() + sizeof header + n * sizeof layer, &layer, sizeof layer);
  }
  if (!draws) return std::nullopt;
  return changed;
}

}  // namespace phasic::testing
