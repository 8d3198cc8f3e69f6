// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/recipe.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "driver/layout/buffers.hpp"
#include "runtime/network/levels.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/network/program.hpp"
#include "sim/reference/drawn_levels.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::parsed;
using test::refusal;

json drawing_network(const char* rule = "naca") {
  json document = test::small_network(64, 40, 4);
  document["layers"][0]["rule"] = rule;
  document["layers"][0]["levels"] = "drawn";
  return document;
}

/// The same with a convolution of 8 x 8 positions and 5 channels.
json convolution(const char* levels, const char* signals) {
  json document = drawing_network("drtp");
  document["shape"] = {8, 8};
  json& layer = document["layers"][0];
  layer.erase("neurons");
  layer.update(
      {{"kind", "convolution"}, {"channels", 5}, {"kernel", 3}, {"padding", 1}, {"levels", levels}, {"signals", signals}});
  return document;
}

TEST(LevelRecipe, OfNacaHasTheDistributionTheModulationAndTheCode) {
  json document = drawing_network();
  document["classes"] = 10;
  document["layers"][1]["neurons"] = 10;
  const auto recipe = level_recipe(parsed(document), 0);
  for (int k = 0; k < 256; ++k) EXPECT_EQ(recipe.tables.quantiles[k], k);
  // f is 1 at 0, 1.2 at most, 0 at one half and -1 at 1.
  EXPECT_EQ(recipe.tables.curve[0], 64);
  EXPECT_EQ(*std::max_element(recipe.tables.curve.begin(), recipe.tables.curve.begin() + 511), 77);
  EXPECT_EQ(*std::min_element(recipe.tables.curve.begin(), recipe.tables.curve.begin() + 511), -77);
  EXPECT_EQ(recipe.tables.curve[255], 0);
  EXPECT_EQ(recipe.tables.curve[510], -64);
  const std::vector<std::uint16_t> code = {18, 15, 13, 11, 9, 8, 7, 5, 3, 0};
  for (std::size_t c = 0; c < code.size(); ++c) {
    EXPECT_EQ(recipe.places[c].a, code[c]);
    EXPECT_EQ(recipe.places[c].b, code[c] + 1);
  }
}

TEST(LevelRecipe, OfOtherDistributionsHasTheirQuantiles) {
  json document = drawing_network();
  document["modulation"] = {{"distribution", "normal"}};
  const auto normal = level_recipe(parsed(document), 0).tables;
  // 30.85 % of the numbers are below 0, and 19.15 % between 1/2 and 1.
  EXPECT_EQ(std::count(normal.quantiles.begin(), normal.quantiles.end(), 0), 79);
  EXPECT_EQ(std::count(normal.quantiles.begin(), normal.quantiles.end(), 255), 79);
  EXPECT_NEAR(normal.quantiles[128 + 49], 255, 3);
  // The quartiles of the deviation: 0.5 + 0.2533 at 60 %.
  EXPECT_NEAR(normal.quantiles[153], 0.7533 * 255, 2);
  document["modulation"] = {{"distribution", "beta"}};
  const auto beta = level_recipe(parsed(document), 0).tables;
  EXPECT_EQ(beta.quantiles[0], 0);
  EXPECT_NEAR(beta.quantiles[64], 0.1464 * 255, 2);
  for (const auto& tables : {normal, beta}) {
    EXPECT_TRUE(std::is_sorted(tables.quantiles.begin(), tables.quantiles.end()));
    for (int k = 0; k < 256; ++k) EXPECT_NEAR(tables.quantiles[k] + tables.quantiles[255 - k], 255, 1) << k;
  }
}

TEST(LevelRecipe, OfFeedbackIsUniformFromMinus64To64) {
  for (const char* const rule : {"drtp", "dfa", "eprop"}) {
    const auto recipe = level_recipe(parsed(drawing_network(rule)), 0);
    std::map<int, int> seen;
    int sum = 0;
    for (std::size_t k = 0; k < 256; ++k) {
      const std::int8_t level = recipe.tables.curve.at(std::size_t{2} * recipe.tables.quantiles.at(k));
      ++seen[level];
      sum += level;
    }
    EXPECT_EQ(sum, 0);
    ASSERT_EQ(seen.size(), 129u);
    EXPECT_EQ(seen.begin()->first, -64);
    EXPECT_EQ(seen.rbegin()->first, 64);
    for (const auto& [level, count] : seen) EXPECT_TRUE(count == 1 || count == 2) << level;
    for (std::uint16_t c = 0; c < 4; ++c) {
      EXPECT_EQ(recipe.places[c].a, c);
      EXPECT_EQ(recipe.places[c].b, c);
    }
  }
}

TEST(LevelRecipe, GivesTheKernelTheLevelsOfTheTable) {
  std::vector<json> documents = {drawing_network(), drawing_network("dfa"), convolution("drawn", "neuron"),
                                 convolution("drawn", "channel")};
  documents[0]["seed"] = "0x123456789abcdef0";
  for (const json& document : documents) {
    const auto network = parsed(document);
    const auto layout = layout_of(network);
    EXPECT_EQ(layout.tables_bytes, layout::recipe_bytes(4));
    const auto block = program_block(network, layout, {.learn = true, .sample_stride = 128});
    contract::Limits limits = contract::widest_limits();
    limits.rules = contract::kRulesPost | contract::kRulesFeedback | contract::kRulesConvolution | contract::kRulesDrawn;
    auto parsed_block = reference::parse_program(block, limits);
    ASSERT_TRUE(std::holds_alternative<reference::Program>(parsed_block));
    const auto& program = std::get<reference::Program>(parsed_block);
    const auto rows = reference::drawn_levels(program, 0, level_tables(network, layout));
    const auto table = level_table(network, 0);
    const std::size_t neurons = network.layers[0].neurons;
    for (std::size_t c = 0; c < 4; ++c)
      for (std::size_t j = 0; j < neurons; ++j)
        ASSERT_EQ(static_cast<std::int8_t>(rows[c * layout::level_row_bytes(neurons) + j]), table[c * neurons + j])
            << c << " " << j;
  }
}

TEST(LevelTable, HasOneSignalAChannelIfItIsAskedTo) {
  for (const char* const levels : {"table", "drawn"}) {
    const auto network = parsed(convolution(levels, "channel"));
    const auto table = level_table(network, 0);
    ASSERT_EQ(table.size(), 4u * 320);
    for (std::size_t n = 0; n < table.size(); ++n) ASSERT_EQ(table[n], table[n / 320 * 320 + n % 5]) << n;
    const auto each = level_table(parsed(convolution(levels, "neuron")), 0);
    EXPECT_NE(each, table);
    EXPECT_TRUE(std::equal(table.begin(), table.begin() + 5, each.begin())) << "the first position is what it was";
    const auto block = program_block(network, layout_of(network), {.sample_stride = 128});
    std::uint32_t flags = 0;
    std::memcpy(&flags, block.data() + 64 + 4, 4);
    EXPECT_EQ(flags, network.layers[0].drawn ? 13u : 1u);
  }
}

TEST(LevelFields, AreReadPrintedAndRefused) {
  const auto network = parsed(convolution("drawn", "channel"));
  EXPECT_TRUE(network.layers[0].drawn);
  EXPECT_TRUE(network.layers[0].by_channel);
  const json printed = canonical(network);
  EXPECT_EQ(printed["layers"][0]["levels"], "drawn");
  EXPECT_EQ(printed["layers"][0]["signals"], "channel");
  EXPECT_EQ(parsed(printed).layers, network.layers);
  EXPECT_FALSE(canonical(parsed(test::small_network()))["layers"][0].contains("levels"));
  expect_all_in(describe(network), {"signals of each channel, drawn by the kernel"});
  EXPECT_EQ(describe(parsed(test::small_network())).find("signals"), std::string::npos);

  const auto refused = [](const char* pointer, const char* value, const std::vector<std::string>& parts) {
    json document = drawing_network();
    document[json::json_pointer(pointer)] = value;
    expect_all_in(refusal([&] { (void)parsed(document); }), parts);
  };
  refused("/layers/0/levels", "random", {"layers[0].levels", "random"});
  refused("/layers/1/levels", "drawn", {"layers[1].levels", "error"});
  refused("/layers/0/signals", "channel", {"layers[0].signals", "convolution"});
  contract::Limits limits = contract::widest_limits();
  limits.rules = contract::kRulesPost | contract::kRulesConvolution;
  expect_all_in(refusal([&] { check_limits(network, limits, "the device"); }), {"layers[0].levels", "drawn", "2048"});
  limits.rules |= contract::kRulesDrawn;
  check_limits(network, limits, "the device");
}

}  // namespace
}  // namespace phasic::runtime
