// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/recipe.hpp"

#include <cmath>
#include <cstring>
#include <numbers>

#include "driver/layout/buffers.hpp"
#include "driver/layout/random.hpp"
#include "runtime/network/levels.hpp"
#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kQuantiles = sizeof(contract::Recipe::quantiles);
/// The largest byte of a quantile, and the largest sum of two.
constexpr unsigned kMostQuantile = kQuantiles - 1;
constexpr unsigned kMostSum = 2 * kMostQuantile;
static_assert(kMostSum < sizeof(contract::Recipe::curve));

/// The share of normal numbers with mean 0 and deviation 1 below `z`.
double normal_share(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

/// The number that a share of the normal ones with mean 0.5 and deviation 1 is below, limited to [0, 1].
double normal_quantile(double share) {
  double low = -0.5, high = 0.5;
  if (share <= normal_share(low)) return 0;
  if (share >= normal_share(high)) return 1;
  while (true) {
    const double middle = (low + high) / 2;
    if (middle <= low || middle >= high) return 0.5 + middle;
    (normal_share(middle) < share ? low : high) = middle;
  }
}

/// The number in [0, 1] that a share of those of the distribution is below.
double quantile(double share, Modulation::Distribution distribution) {
  switch (distribution) {
    case Modulation::Distribution::kUniform:
      break;
    case Modulation::Distribution::kNormal:
      return normal_quantile(share);
    case Modulation::Distribution::kBeta: {
      const double sine = std::sin(std::numbers::pi / 2 * share);
      return sine * sine;
    }
  }
  return share;
}

}  // namespace

LevelRecipe level_recipe(const Network& network, std::size_t layer) {
  const bool modulated = network.layers[layer].rule == Rule::kNaca;
  const auto distribution = modulated ? network.modulation.distribution : Modulation::Distribution::kUniform;
  LevelRecipe recipe{};
  for (std::size_t k = 0; k < kQuantiles; ++k) {
    const double share = (static_cast<double>(k) + 0.5) / kQuantiles;
    recipe.tables.quantiles[k] = static_cast<std::uint8_t>(std::round(kMostQuantile * quantile(share, distribution)));
  }
  for (unsigned sum = 0; sum <= kMostSum; ++sum) {
    // As many sums for each level as can be, the same on both sides of 0.
    const double uniform = std::floor((2 * kUnitsOfLevel + 1) * (sum + 1) / (kMostSum + 2)) - kUnitsOfLevel;
    const double level =
        modulated ? std::round(kUnitsOfLevel * modulate(static_cast<double>(sum) / kMostSum, network.modulation)) : uniform;
    recipe.tables.curve[sum] = static_cast<std::int8_t>(level);
  }
  for (std::uint32_t c = 0; c < network.classes; ++c) {
    const auto code = modulated ? expectation_code(network.classes, c) : ExpectationCode{c, c};
    recipe.places.push_back({static_cast<std::uint16_t>(code.a), static_cast<std::uint16_t>(code.b)});
  }
  return recipe;
}

std::vector<std::byte> recipe_bytes(const LevelRecipe& recipe) {
  std::vector<std::byte> bytes(layout::recipe_bytes(recipe.places.size()));
  std::memcpy(bytes.data(), &recipe.tables, sizeof recipe.tables);
  std::memcpy(bytes.data() + sizeof recipe.tables, recipe.places.data(), sizeof(LevelPlaces) * recipe.places.size());
  return bytes;
}

std::vector<std::int8_t> drawn_levels(const LevelRecipe& recipe, std::uint64_t seed, std::uint32_t layer, std::uint32_t neurons,
                                      std::uint32_t repeat) {
  const layout::Key key = layout::purpose_key(seed, static_cast<std::uint32_t>(contract::Purpose::kLevel), layer);
  const auto number = [&](std::uint16_t place, std::uint32_t neuron) -> unsigned {
    const auto word = layout::permute(key, place, static_cast<std::uint16_t>(neuron % repeat)).first;
    return recipe.tables.quantiles[word >> 8];
  };
  std::vector<std::int8_t> levels;
  levels.reserve(recipe.places.size() * neurons);
  for (const LevelPlaces& places : recipe.places) {
    for (std::uint32_t j = 0; j < neurons; ++j)
      levels.push_back(recipe.tables.curve[number(places.a, j) + number(places.b, j)]);
  }
  return levels;
}

}  // namespace phasic::runtime
