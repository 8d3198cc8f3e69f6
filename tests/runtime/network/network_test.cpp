// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/network.hpp"

#include <cmath>
#include <cstring>

#include "driver/layout/buffers.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/network/program.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::parsed;
using test::refusal;
using test::small_network;

TEST(Network, HasUsualConstantsWhereAFileStatesLayersAndRulesAlone) {
  const json document = {{"phasic_network", 1},
                         {"inputs", 784},
                         {"classes", 10},
                         {"layers", {{{"neurons", 256}, {"rule", "naca"}}, {{"neurons", 10}, {"rule", "error"}}}}};
  const auto network = parsed(document);
  EXPECT_EQ(network.steps, 20u);
  auto stated = document;
  stated["steps"] = 20;
  for (auto& layer : stated["layers"]) {
    layer["threshold"] = 0.5;
    layer["leak"] = 0.2;
    layer["learning_rate"] = layer["rule"] == "naca" ? 5e-5 : 5e-4;
  }
  EXPECT_EQ(first_difference(network, parsed(stated)), "");
  auto graded = document;
  graded["samples"] = "graded";
  EXPECT_EQ(parsed(graded).steps, 1u);
  for (const char* const rule : {"drtp", "dfa", "eprop", "frozen"}) {
    for (auto* const of : {&graded, &stated}) {
      (*of)["layers"][0] = {{"neurons", 256}, {"rule", rule}};
      EXPECT_EQ(parsed(*of).layers[0].rate == 0, std::string(rule) == "frozen") << rule;
    }
  }
}

TEST(Network, RealValuesBecomeTheIntegersOfTheContract) {
  const auto network = parsed(small_network());
  ASSERT_EQ(network.layers.size(), 2u);
  const auto& hidden = network.layers[0];
  EXPECT_EQ(hidden.threshold, 128);          // 0.5 * 256
  EXPECT_EQ(hidden.window, 0);               // threshold less 0.5
  EXPECT_EQ(hidden.leak, 51u * 256);         // 0.2 * 256 = 51.2
  EXPECT_EQ(hidden.initial_amplitude, 77u);  // 0.3 * 256 = 76.8
  EXPECT_EQ(hidden.rule, Rule::kNaca);
  EXPECT_EQ(hidden.span, contract::Span::kLastStep);
  EXPECT_TRUE(hidden.bias);
  // 2e-3 in weights of 1/256 with 16 fraction bits and levels of 1/64: 2e-3 * 256 * 65536 / 64 = 524.288, scaled up by 2^6.
  EXPECT_EQ(hidden.factor_shift, 6u);
  EXPECT_EQ(hidden.rate, 33554u);
  const auto& output = network.layers[1];
  EXPECT_EQ(output.span, contract::Span::kAllSteps);
  // 4e-3 * 256 * 65536 / 8 steps = 8388.608, scaled up by 2^2.
  EXPECT_EQ(output.factor_shift, 2u);
  EXPECT_EQ(output.rate, 33554u);
  EXPECT_EQ(output.initial_amplitude, 40u);  // default 1 / sqrt(40) = 0.158 * 256 = 40.5 ... rounds to 40
  EXPECT_EQ(network.rows(0), 65u);
  EXPECT_EQ(network.rows(1), 41u);
}

TEST(Network, WeightsMayBeFinerThanPotentials) {
  auto document = small_network();
  document["weight_width"] = 16;
  document["layers"][0]["input_shift"] = 4;
  const auto layer = parsed(document).layers[0];
  EXPECT_EQ(layer.threshold, 128);
  EXPECT_EQ(layer.initial_amplitude, 1229u);  // 0.3 * 256 * 16 = 1228.8
  // 2e-3 * 4096 * 2^8 / 64 = 32.768, scaled up by 2^10.
  EXPECT_EQ(layer.factor_shift, 10u);
  EXPECT_EQ(layer.rate, 33554u);
}

TEST(Network, RawIntegersAreTakenAsTheyAre) {
  auto document = small_network();
  auto& layer = document["layers"][0];
  layer["threshold"] = {{"raw", -5}};
  layer["window"] = {{"raw", 17}};
  layer["leak"] = {{"raw", 256}};
  layer["learning_rate"] = {{"raw", 9}, {"factor_shift", 3}};
  layer["initial_amplitude"] = {{"raw", 127}};
  const auto spec = parsed(document).layers[0];
  EXPECT_EQ(spec.threshold, -5);
  EXPECT_EQ(spec.window, 17);
  EXPECT_EQ(spec.leak, 65536u);
  EXPECT_EQ(spec.rate, 9u);
  EXPECT_EQ(spec.factor_shift, 3u);
  EXPECT_EQ(spec.initial_amplitude, 127u);
}

TEST(Network, LeaksAreCoarseOrFine) {
  auto document = small_network();
  document["layers"][0].erase("leak");
  document["layers"][0]["fine_leak"] = 0.2;
  EXPECT_EQ(parsed(document).layers[0].leak, 13107u);  // 0.2 * 65536 = 13107.2
  const auto fine = canonical(parsed(document))["layers"];
  EXPECT_EQ(fine[0]["fine_leak"], (json{{"raw", 13107}}));
  EXPECT_FALSE(fine[0].contains("leak"));
  EXPECT_EQ(fine[1]["leak"], (json{{"raw", 51}})) << "as it always was";
  document["layers"][0]["fine_leak"] = 0.5;
  EXPECT_EQ(canonical(parsed(document))["layers"][0]["leak"], (json{{"raw", 128}})) << "equal networks, equal documents";
  document["layers"][0]["leak"] = 0.5;
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].fine_leak", "as well"});
}

TEST(Network, CurrentsThatLastAreReadAndWrittenIfThereAreAny) {
  auto document = small_network();
  EXPECT_FALSE(canonical(parsed(document))["layers"][0].contains("synaptic_leak"));
  document["layers"][0]["synaptic_leak"] = 0;
  EXPECT_EQ(canonical(parsed(document)), canonical(parsed(small_network())));
  document["layers"][0]["synaptic_leak"] = 0.9;
  const auto network = parsed(document);
  EXPECT_EQ(network.layers[0].synaptic_leak, 58982u);  // 0.9 * 65536 = 58982.4
  EXPECT_EQ(network.layers[1].synaptic_leak, 0u);
  EXPECT_EQ(canonical(network)["layers"][0]["synaptic_leak"], (json{{"raw", 58982}}));
  const auto block = program_block(network, layout_of(network), {.sample_stride = 1024});
  contract::Layer layer;
  std::memcpy(&layer, block.data() + layout::layer_offset(0), sizeof layer);
  EXPECT_EQ(layer.synaptic_leak, 58982u);
  EXPECT_NE(describe(network).find("synaptic leak 0.9"), std::string::npos) << describe(network);
  EXPECT_EQ(describe(parsed(small_network())).find("synaptic"), std::string::npos);
  for (const json& value : {json(1), json(-0.1), json{{"raw", 65536}}}) {
    document["layers"][0]["synaptic_leak"] = value;
    expect_all_in(refusal([&] { (void)parsed(document); }), {"net.json", "layers[0].synaptic_leak"});
  }
}

TEST(Network, CurrentsThatLastAreKeptWithPotentials) {
  auto document = small_network();
  document["keep"] = true;
  const auto without = parsed(document);
  document["layers"][0]["synaptic_leak"] = 0.5;
  const auto with = parsed(document);
  EXPECT_EQ(with.stored_rows(0), without.stored_rows(0) + 32 / with.weight_width);
  EXPECT_EQ(with.stored_rows(1), without.stored_rows(1));
  document.erase("keep");
  EXPECT_EQ(parsed(document).stored_rows(0), parsed(document).rows(0));
}

TEST(Network, BuildsWithoutCurrentsAndGradedSamplesRefuseThem) {
  auto document = small_network();
  document["layers"][1]["synaptic_leak"] = {{"raw", 1}};
  const auto network = parsed(document);
  contract::Limits limits;
  expect_all_in(refusal([&] { check_limits(network, limits, "a build"); }),
                {"net.json", "layers[1].synaptic_leak", "a build", "rules", "1024"});
  limits.rules |= contract::kRulesCurrent;
  EXPECT_NO_THROW(check_limits(network, limits, "a build"));
  document["samples"] = "graded";
  document["steps"] = 1;
  for (auto& layer : document["layers"]) layer.erase("span");
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[1].synaptic_leak", "graded"});
}

TEST(Network, ResetsAndStateThatGoesOnAreReadAndWrittenIfTheyAreNotUsual) {
  auto document = small_network();
  const auto usual = canonical(parsed(document));
  EXPECT_FALSE(usual.contains("keep"));
  EXPECT_FALSE(usual["layers"][0].contains("reset"));
  document["keep"] = true;
  document["layers"][1]["reset"] = "subtract";
  const auto network = parsed(document);
  EXPECT_TRUE(network.keep);
  EXPECT_EQ(network.layers[1].reset, contract::Reset::kSubtract);
  EXPECT_EQ(canonical(network)["keep"], true);
  EXPECT_EQ(canonical(network)["layers"][1]["reset"], "subtract");
  EXPECT_EQ(network.stored_rows(0), network.rows(0) + 3) << "two bytes of a potential and a spike";
  document["samples"] = "graded";
  document["steps"] = 1;
  expect_all_in(refusal([&] { (void)parsed(document); }), {"keep", "graded"});
}

/// 8 x 8 inputs, two convolutions, and a dense layer behind a pool.
json convolutional_network() {
  auto document = small_network();
  document["shape"] = {8, 8};
  json hidden = document["layers"][0];
  hidden.erase("neurons");
  hidden["kind"] = "convolution";
  hidden["channels"] = 5;
  hidden["kernel"] = 3;
  hidden["padding"] = 1;
  json second = hidden;
  second["channels"] = 6;
  second["kernel"] = {2, 3};
  second["stride"] = 2;
  second["padding"] = 0;
  second["pool"] = 2;
  json last = document["layers"][1];
  last["pool"] = 2;
  document["layers"] = {hidden, second, last};
  return document;
}

TEST(Network, ShapesOfConvolutionsFollowFromEachOther) {
  const auto network = parsed(convolutional_network());
  EXPECT_EQ(network.layers[0].shape.sources, (layout::Extent{8, 8, 1}));
  EXPECT_EQ(network.layers[0].neurons, 8u * 8 * 5);
  EXPECT_EQ(network.rows(0), 10u);
  EXPECT_EQ(network.layers[1].shape.sources, (layout::Extent{8, 8, 5}));
  EXPECT_EQ(network.layers[1].shape.neurons(), (layout::Extent{2, 1, 6}));
  EXPECT_EQ(network.rows(1), 2u * 3 * 5 + 1);
  const auto& last = network.layers[2];
  EXPECT_EQ(last.kind, contract::Connection::kConvolution);
  EXPECT_EQ(last.shape.kernel_rows, 1u);
  EXPECT_EQ(last.shape.kernel_columns, 1u);
  EXPECT_EQ(last.neurons, 4u);
  EXPECT_EQ(network.rows(2), 7u) << "six channels of what is left, and the bias";
  EXPECT_EQ(network.layers[0].initial_amplitude, 77u);
  const auto text = canonical(network);
  EXPECT_EQ(first_difference(network, parse_network(text, "again.json")), "") << text.dump();
  EXPECT_EQ(canonical(parse_network(text, "again.json")), text);
  EXPECT_FALSE(text["layers"][0].contains("neurons"));
  EXPECT_EQ(text["layers"][2]["neurons"], 4);
  EXPECT_EQ(text["layers"][2]["pool"], 2);
  EXPECT_FALSE(text["layers"][2].contains("kind"));
}

TEST(Network, ArchitecturesAreToldAsTheFieldDoes) {
  EXPECT_EQ(architecture(parsed(small_network())), "64-40-4");
  auto document = convolutional_network();
  EXPECT_EQ(architecture(parsed(document)), "8x8-5C3-P2-6C2x3s2-P2-4");
  EXPECT_NE(describe(parsed(document)).find("8x8x5"), std::string::npos);
}

TEST(Network, WhatAConvolutionCannotBeIsRefused) {
  const auto refused = [](auto change, const std::vector<std::string>& told) {
    auto document = convolutional_network();
    change(document);
    expect_all_in(refusal([&] { (void)parsed(document); }), told);
  };
  refused([](json& d) { d["shape"] = {8, 9}; }, {"shape", "72 inputs", "64"});
  refused([](json& d) { d.erase("shape"); }, {"layers[0].kind", "no shape"});
  refused([](json& d) { d["layers"][0]["neurons"] = 320; }, {"layers[0].neurons", "channels"});
  refused([](json& d) { d["layers"][0]["kernel"] = 11; }, {"layers[0].kernel", "does not fit 8 rows", "padding of 1"});
  refused([](json& d) { d["layers"][0]["kernel"] = {1, 2, 3}; }, {"layers[0].kernel"});
  refused([](json& d) { d["layers"][1]["pool"] = 3; }, {"layers[1].pool", "1, 2"});
  refused([](json& d) { d["layers"][0]["channels"] = 2000; }, {"layers[0].channels", "128000 neurons", "65535"});
  refused([](json& d) { d["layers"][2]["kernel"] = 3; }, {"layers[2].kernel", "convolution"});
  refused([](json& d) { d["layers"][0].erase("kernel"); }, {"layers[0].kernel", "missing"});
  refused(
      [](json& d) {
        json dense = d["layers"][2];
        dense["rule"] = "frozen";
        dense.erase("learning_rate");
        d["layers"].insert(d["layers"].begin() + 1, dense);
        d["layers"][1].erase("pool");
      },
      {"layers[2].kind", "no rows and columns"});
}

/// 8 x 8 inputs of one channel and a grid of 2 x 2 cells.
json grid_network() {
  auto document = convolutional_network();
  document["samples"] = "graded";
  document["steps"] = 1;
  auto& first = document["layers"][0];
  first["grid"] = 2;
  first["two_sided"] = true;
  first["rule"] = "frozen";
  first.erase("learning_rate");
  auto& second = document["layers"][1];
  second["kernel"] = 1;
  second["stride"] = 1;
  second["pool"] = 1;
  document["layers"][2]["pool"] = 1;
  document["layers"][2].erase("span");
  return document;
}

TEST(Network, AnswersArePooledOverGrids) {
  auto document = grid_network();
  document["layers"][0]["answer_scale"] = 7;
  document["layers"][0]["answer_shift"] = 3;
  const auto network = parsed(document);
  EXPECT_EQ(network.layers[0].neurons, 2 * 2 * 2 * 5U);
  EXPECT_EQ(network.layers[0].answer_scale, 7U);
  EXPECT_EQ(network.layers[0].answer_shift, 3U);
  EXPECT_EQ(network.layers[1].shape.sources, (layout::Extent{2, 2, 10})) << "a convolution reads the cells";
  EXPECT_EQ(network.connection(0).potentials(), 8 * 8 * 5U);
  EXPECT_EQ(architecture(network), "8x8-5C3-G2-6C1-4");
  expect_all_in(describe(network),
                {"2x2x10", "5 filters at 8 x 8 positions, 320 potentials, both signs of 2 x 2 cells; root x 7 / 2^3"});
  const auto text = canonical(network);
  EXPECT_EQ(first_difference(network, parse_network(text, "again.json")), "") << text.dump();
  EXPECT_EQ(text["layers"][0]["grid"], 2);
  EXPECT_FALSE(text["layers"][1].contains("grid"));
  EXPECT_EQ(parsed(grid_network()).layers[0].answer_scale, 1U) << "the usual one";
  contract::Limits limits;
  limits.rules |= contract::kRulesConvolution;
  expect_all_in(refusal([&] { check_limits(network, limits, "a build"); }), {"layers[0].grid", "rules", "a build"});
  limits.rules |= contract::kRulesFeatures;
  EXPECT_NO_THROW(check_limits(network, limits, "a build"));
}

TEST(Network, WhatAGridCannotBeIsRefused) {
  const std::vector<std::pair<json, std::vector<std::string>>> cases{
      {{{"op", "replace"}, {"path", "/layers/0/grid"}, {"value", 9}}, {"layers[0].grid", "0 to 8", "9"}},
      {{{"op", "replace"}, {"path", "/layers/0/kernel"}, {"value", 10}}, {"layers[0].grid", "1 x 1 positions"}},
      {{{"op", "add"}, {"path", "/layers/2/grid"}, {"value", 1}}, {"layers[2].grid", "convolution"}},
      {{{"op", "add"}, {"path", "/layers/1/two_sided"}, {"value", true}}, {"layers[1].two_sided", "grid"}},
      {{{"op", "add"}, {"path", "/layers/1/answer_scale"}, {"value", 1}}, {"layers[1].answer_scale", "grid"}},
      {{{"op", "add"}, {"path", "/layers/0/answer_shift"}, {"value", 16}}, {"layers[0].answer_shift", "0 to 15"}},
      {{{"op", "replace"}, {"path", "/layers/0/threshold"}, {"value", -0.1}}, {"layers[0].threshold", "negative"}},
      {{{"op", "replace"}, {"path", "/layers/0/rule"}, {"value", "naca"}}, {"layers[0].rule", "grid"}},
      {{{"op", "replace"}, {"path", "/layers/0/channels"}, {"value", 9000}}, {"layers[0].channels", "2 x 2 cells", "72000"}},
      {{{"op", "remove"}, {"path", "/samples"}}, {"layers[0].grid", "graded"}},
  };
  for (const auto& [change, told] : cases) {
    const auto document = grid_network().patch(json::array({change}));
    expect_all_in(refusal([&] { (void)parsed(document); }), told);
  }
}

json features_network() {
  auto document = grid_network();
  auto& first = document["layers"][0];
  for (const char* const field : {"window", "leak", "post", "span"}) first.erase(field);
  first["rule"] = "features";
  first["contrast"] = 40;
  first["slowest_rate"] = "1/32";
  first["homeostasis"] = 9;
  first["target_shift"] = 7;
  return document;
}

TEST(Network, FiltersThatCompeteHaveFieldsOfTheirOwn) {
  const auto network = parsed(features_network());
  const LayerSpec& layer = network.layers[0];
  EXPECT_EQ(layer.factor(), contract::Factor::kFeatures);
  EXPECT_FALSE(layer.bias);
  EXPECT_EQ(layer.window, 40);
  EXPECT_EQ(layer.factor_shift, 5U);
  EXPECT_EQ(layer.homeostasis, 9U);
  EXPECT_EQ(layer.target_shift, 7U);
  EXPECT_EQ(network.rows(0), 9U);
  EXPECT_EQ(network.stored_rows(0), 11U) << "two bytes of wins";
  expect_all_in(describe(network), {"contrast 40", "targets / 2^7", "slowest rate 1/32", "homeostasis 9", "2 x 2 cells"});
  const auto text = canonical(network);
  EXPECT_EQ(first_difference(network, parse_network(text, "again.json")), "") << text.dump();
  EXPECT_EQ(canonical(parse_network(text, "again.json")), text);
  auto document = features_network();
  document["layers"][0]["bias"] = true;
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].bias", "unknown key"});
  document = features_network();
  document["layers"][0].erase("grid");
  document["layers"][0].erase("two_sided");
  EXPECT_EQ(parsed(document).layers[0].neurons, 8U * 8 * 5) << "a grid is not needed";
  document["layers"][0]["kind"] = "dense";
  for (const char* const field : {"channels", "kernel", "padding"}) document["layers"][0].erase(field);
  document["layers"][0]["neurons"] = 5;
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].rule", "convolutions"});
  contract::Limits limits;
  limits.rules |= contract::kRulesConvolution;
  document = features_network();
  document["layers"][0].erase("grid");
  document["layers"][0].erase("two_sided");
  expect_all_in(refusal([&] { check_limits(parsed(document), limits, "a build"); }), {"layers[0].rule", "features", "rules"});
}

TEST(Network, TargetsLieBehindTheRowsOfWeights) {
  const auto network = parsed(features_network());
  const Layout layout = layout_of(network);
  EXPECT_EQ(layout.layers[0].memory_offset, 11U * 64);
  EXPECT_EQ(layout.layers[1].weights_offset, 11U * 64 + 9 * 64 + 64);
  EXPECT_EQ(layout.layers[1].memory_offset, 0U);
  contract::Layer layer;
  std::memcpy(&layer, program_block(network, layout, {}).data() + layout::layer_offset(0), sizeof layer);
  EXPECT_EQ(layer.flags, contract::kLayerFlagsTwoSided);
  EXPECT_EQ(layer.grid, 2U);
  EXPECT_EQ(layer.answer_scale, 1U);
  EXPECT_EQ(layer.memory_offset, 11U * 64);
  EXPECT_EQ(layer.target_shift, 7U);
  EXPECT_EQ(layer.window, 40);
  auto weights = initial_weights(network, layout);
  const auto before = weights;
  std::vector<std::int8_t> table(81);
  table[9 * 2 + 3] = -5;
  std::vector<std::int32_t> offsets(9);
  offsets[4] = 70000;
  set_targets(network, layout, 0, table, offsets, weights);
  EXPECT_EQ(weights[11 * 64 + 2 * 64 + 3], std::byte{0xfb});
  EXPECT_EQ(weights[11 * 64 + 9 * 64 + 4 * 4], std::byte{0x70});
  std::size_t changed = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) changed += weights[k] != before[k] ? 1 : 0;
  EXPECT_EQ(changed, 1U + 3) << "70000 is 0x11170";
  EXPECT_THROW(set_targets(network, layout, 1, table, offsets, weights), std::invalid_argument);
  offsets.pop_back();
  EXPECT_THROW(set_targets(network, layout, 0, table, offsets, weights), std::invalid_argument);
}

TEST(Network, BuildsWithoutStateRefuseWhatNeedsIt) {
  contract::Limits limits;
  limits.rules &= ~contract::kRulesState;
  const auto refused = [&](const char* pointer, const json& value, const char* field) {
    auto document = small_network();
    if (std::string(field) == "layers[0].fine_leak") document["layers"][0].erase("leak");
    document[json::json_pointer(pointer)] = value;
    const auto network = parsed(document);
    expect_all_in(refusal([&] { check_limits(network, limits, "a build"); }), {"net.json", field, "a build", "rules"});
    auto whole = limits;
    whole.rules |= contract::kRulesState;
    EXPECT_NO_THROW(check_limits(network, whole, "a build"));
  };
  refused("/keep", true, "keep");
  refused("/layers/0/reset", "none", "layers[0].reset");
  refused("/layers/0/fine_leak", {{"raw", 257}}, "layers[0].fine_leak");
  contract::Limits bare;
  bare.rules &= ~contract::kRulesConvolution;
  const auto network = parsed(convolutional_network());
  expect_all_in(refusal([&] { check_limits(network, bare, "a build"); }), {"layers[0].kind", "convolution", "rules"});
}

TEST(Network, CanonicalFormGivesTheNetworkAgain) {
  std::mt19937 random(11);
  for (int n = 0; n < 200; ++n) {
    auto document = small_network(1 + random() % 900, 1 + random() % 900, 1 + random() % 20);
    document["layers"][1]["neurons"] = document["classes"].get<unsigned>() + random() % 3;
    document["steps"] = 1 + random() % 32;
    document["seed"] = (std::uint64_t{random()} << 32) | random();
    document["weight_width"] = random() % 2 ? 8 : 16;
    document["layers"][0]["rule"] = random() % 2 ? "naca" : "frozen";
    if (document["layers"][0]["rule"] == "frozen") document["layers"][0].erase("learning_rate");
    if (random() % 2) document["keep"] = true;
    if (random() % 2) document["layers"][0]["synaptic_leak"] = {{"raw", random() % 65536}};
    if (random() % 2) document["layers"][0]["reset"] = random() % 2 ? "subtract" : "none";
    if (random() % 2) {
      document["layers"][1].erase("leak");
      document["layers"][1]["fine_leak"] = {{"raw", random() % 65537}};
    }
    document["layers"][1]["rounding"] = random() % 2 ? "nearest" : "stochastic";
    document["layers"][1]["span"] = random() % 2 ? "last_step" : "all_steps";
    document["layers"][1]["learning_rate"] = 1e-6 * static_cast<double>(1 + random() % 1000);
    document["schedule"] = {{{"from_sample", 0}, {"scale", 1.0}}, {{"from_sample", 1 + random() % 1000}, {"scale", 0.3}}};
    const auto network = parsed(document);
    const auto text = canonical(network);
    const auto again = parse_network(text, "again.json");
    EXPECT_EQ(first_difference(network, again), "") << text.dump();
    EXPECT_EQ(canonical(again), text);
  }
}

TEST(Network, DifferencesAreNamed) {
  const auto left = parsed(small_network());
  auto document = small_network();
  document["layers"][1]["threshold"] = 0.75;
  expect_all_in(first_difference(left, parsed(document)), {"layers[1].threshold", "128", "192"});
  document = small_network();
  document["seed"] = 8;
  expect_all_in(first_difference(left, parsed(document)), {"seed", "0x7", "0x8"});
  document = small_network();
  document["name"] = "another";
  EXPECT_EQ(first_difference(left, parsed(document)), "");
}

TEST(Network, ScheduleScalesRates) {
  auto document = small_network();
  document["layers"][0]["learning_rate"] = {{"raw", 101}};
  document["schedule"] = {
      {{"from_sample", 0}, {"scale", 1.0}}, {{"from_sample", 100}, {"scale", 0.5}}, {{"from_sample", 300}, {"scale", 0.25}}};
  const auto network = parsed(document);
  EXPECT_EQ(rate_at(network, 0, 0), 101u);
  EXPECT_EQ(rate_at(network, 0, 99), 101u);
  EXPECT_EQ(rate_at(network, 0, 100), 51u);  // 50.5 away from zero
  EXPECT_EQ(rate_at(network, 0, 299), 51u);
  EXPECT_EQ(rate_at(network, 0, 300), 25u);
  EXPECT_EQ(next_rate_change(network, 0), 100u);
  EXPECT_EQ(next_rate_change(network, 100), 300u);
  EXPECT_EQ(next_rate_change(network, 300), UINT64_MAX);
}

struct Wrong {
  const char* pointer;  ///< field to set
  json value;
  std::vector<std::string> told;
};

TEST(Network, EveryRefusalNamesFileFieldAndValue) {
  const std::vector<Wrong> cases = {
      {"/layer", 1, {"layer:", "unknown key", "\"layers\""}},
      {"/layers/0/treshold", 0.5, {"layers[0].treshold", "unknown key", "0.5"}},
      {"/phasic_network", 2, {"phasic_network", "(value 2)"}},
      {"/inputs", 0, {"inputs", "1 to 65528", "(value 0)"}},
      {"/inputs", "64", {"inputs", "an integer is needed", "\"64\""}},
      {"/inputs", 64.5, {"inputs", "an integer is needed", "64.5"}},
      {"/inputs", 18446744073709551615u, {"inputs", "out of range", "18446744073709551615"}},
      {"/classes", -1, {"classes", "(value -1)"}},
      {"/steps", 33, {"steps", "1 to 32", "(value 33)"}},
      {"/weight_width", 12, {"weight_width", "8 or 16", "(value 12)"}},
      {"/samples", "spikes", {"samples", "\"intensity\", \"event\", \"graded\"", "\"spikes\""}},
      {"/seed", -3, {"seed", "2^64", "(value -3)"}},
      {"/seed", "0xg", {"seed", "\"0xg\""}},
      {"/unit", "1/0", {"unit", "\"1/0\""}},
      {"/unit", "-1/256", {"unit", "\"-1/256\""}},
      {"/unit", 0, {"unit", "(value 0)"}},
      {"/modulation", {{"inversion", 0.2}}, {"modulation.inversion", "0.5 to 1", "0.2"}},
      {"/modulation", {{"maximum", 3}}, {"modulation.maximum", "(value 3)"}},
      {"/modulation", {{"theta", 3}}, {"modulation.theta", "unknown key"}},
      {"/schedule", json::array(), {"schedule", "0 elements"}},
      {"/schedule", json::array({{{"from_sample", 5}, {"scale", 1}}}), {"schedule[0].from_sample", "starts at sample 0"}},
      {"/schedule",
       json::array({{{"from_sample", 0}, {"scale", 1}}, {{"from_sample", 0}, {"scale", 1}}}),
       {"schedule[1].from_sample", "ascending"}},
      {"/schedule", json::array({{{"from_sample", 0}, {"scale", -1}}}), {"schedule[0].scale", "(value -1)"}},
      {"/layers", json::array(), {"layers", "0 elements", "1 to 8"}},
      {"/layers", 3, {"layers", "an array is needed", "(value 3)"}},
      {"/layers/1", 3, {"layers[1]", "an object is needed"}},
      {"/layers/0/neurons", 0, {"layers[0].neurons", "(value 0)"}},
      {"/layers/1/neurons", 3, {"layers[1].neurons", "one neuron a class", "4 classes"}},
      {"/layers/0/bias", 1, {"layers[0].bias", "true or false"}},
      {"/layers/0/threshold", 200, {"layers[0].threshold", "cannot be represented", "51200", "(value 200)"}},
      {"/layers/0/threshold", "0.5", {"layers[0].threshold", "a number is needed"}},
      {"/layers/0/threshold", {{"raw", 40000}}, {"layers[0].threshold.raw", "32767", "40000"}},
      {"/layers/0/threshold", {{"raw", 1.5}}, {"layers[0].threshold.raw", "integer", "1.5"}},
      {"/layers/0/threshold", {{"row", 1}}, {"layers[0].threshold.row", "unknown key"}},
      {"/layers/0/window", -0.5, {"layers[0].window", "cannot be represented"}},
      {"/layers/0/window", 200, {"layers[0].window", "cannot be represented"}},
      {"/layers/0/leak", 1.1, {"layers[0].leak", "cannot be represented", "1.1"}},
      {"/layers/0/reset", "soft", {"layers[0].reset", "\"subtract\"", "\"soft\""}},
      {"/keep", 1, {"keep", "true or false"}},
      {"/layers/0/input_shift", 16, {"layers[0].input_shift", "0 to 15", "(value 16)"}},
      {"/layers/0/rule", "stdp", {"layers[0].rule", "\"frozen\", \"naca\", \"error\"", "\"stdp\""}},
      {"/layers/0/span", "first", {"layers[0].span", "\"first\""}},
      {"/layers/0/rounding", 3, {"layers[0].rounding", "\"nearest\"", "(value 3)"}},
      {"/layers/0/learning_rate", 1, {"layers[0].learning_rate", "cannot be represented", "65535"}},
      {"/layers/0/learning_rate", 1e-12, {"layers[0].learning_rate", "round to 0"}},
      {"/layers/0/learning_rate", -1, {"layers[0].learning_rate", "(value -1)"}},
      {"/layers/0/learning_rate", {{"raw", 70000}}, {"layers[0].learning_rate.raw", "70000"}},
      {"/layers/0/initial_amplitude", 0.6, {"layers[0].initial_amplitude", "cannot be represented", "154", "127"}},
  };
  for (const auto& wrong : cases) {
    auto document = small_network();
    document[json::json_pointer(wrong.pointer)] = wrong.value;
    auto told = wrong.told;
    told.emplace_back("net.json");
    expect_all_in(refusal([&] { (void)parsed(document); }), told);
  }
}

TEST(Network, MissingFieldsAreNamed) {
  for (const char* pointer : {"/phasic_network", "/inputs", "/classes", "/layers", "/layers/0/neurons", "/layers/0/rule"}) {
    auto document = small_network();
    const json::json_pointer place(pointer);
    document[place.parent_pointer()].erase(place.back());
    expect_all_in(refusal([&] { (void)parsed(document); }), {"net.json", place.back(), "missing"});
  }
}

TEST(Network, FrozenLayersHaveNoLearningRate) {
  auto document = small_network();
  document["layers"][0]["rule"] = "frozen";
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].learning_rate", "frozen"});
  document["layers"][0].erase("learning_rate");
  EXPECT_EQ(parsed(document).layers[0].rule, Rule::kFrozen);
}

TEST(Network, ScheduleMustFitTheRate) {
  auto document = small_network();
  document["layers"][0]["learning_rate"] = {{"raw", 40000}};
  document["schedule"] = json::array({{{"from_sample", 0}, {"scale", 2}}});
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].learning_rate", "schedule[0]", "80000"});
}

TEST(Network, BrokenFilesAreRefused) {
  const test::TemporaryFolder folder;
  expect_all_in(refusal([&] { (void)load_network(folder / "none.json"); }), {"none.json"});
  expect_all_in(refusal([&] { (void)load_network(folder.path()); }), {"folder"});
  test::write_file(folder / "empty.json", std::string());
  expect_all_in(refusal([&] { (void)load_network(folder / "empty.json"); }), {"empty.json", "JSON"});
  test::write_file(folder / "broken.json", std::string("{\"inputs\": 3,"));
  expect_all_in(refusal([&] { (void)load_network(folder / "broken.json"); }), {"broken.json", "line 1"});
  test::write_file(folder / "twice.json", std::string(R"({"inputs": 3, "inputs": 4})"));
  expect_all_in(refusal([&] { (void)load_network(folder / "twice.json"); }), {"twice.json", "\"inputs\"", "twice"});
  test::write_file(folder / "bytes.json", test::Bytes{0xff, 0xfe, 0x00, 0x01});
  expect_all_in(refusal([&] { (void)load_network(folder / "bytes.json"); }), {"bytes.json", "JSON"});
}

TEST(Network, NumbersThatNoDoubleHoldAndDeepNestingAreRefusedWithTheirPlace) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "large.json", std::string("{\"phasic_network\": 1,\n \"inputs\": 1e400, \"classes\": 3}"));
  expect_all_in(refusal([&] { (void)load_network(folder / "large.json"); }), {"large.json", "line 2, column 16", "1e400"});
  for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
    std::string text = "\n";
    for (int n = 0; n < 100'000; ++n) text += open;
    text += "1";
    for (int n = 0; n < 100'000; ++n) text += close;
    test::write_file(folder / "deep.json", text);
    expect_all_in(refusal([&] { (void)load_network(folder / "deep.json"); }),
                  {"deep.json", "line 2, column ", "more than 64 deep"});
  }
  const std::string within = std::string(64, '[') + "\"]]]]\\\"\"" + std::string(64, ']');
  EXPECT_NO_THROW((void)parse_json(within, "text"));
  expect_all_in(refusal([&] { (void)parse_json("[" + within + "]", "text"); }), {"text", "line 1, column 65", "64 deep"});
}

TEST(Network, EveryTruncationOfAFileIsRefused) {
  const auto text = small_network().dump();
  for (std::size_t n = 0; n < text.size(); ++n) {
    const test::TemporaryFolder folder;
    test::write_file(folder / "part.json", text.substr(0, n));
    expect_all_in(refusal([&] { (void)load_network(folder / "part.json"); }), {"part.json", "JSON"});
  }
}

json with_rule(const std::string& rule) {
  auto document = small_network();
  document["layers"][0]["rule"] = rule;
  return document;
}

TEST(Network, RulesHaveUsualValues) {
  struct Usual {
    const char* rule;
    contract::Factor factor;
    contract::Span span;
    contract::Post post;
    std::uint32_t trace_shift;
  };
  for (const auto& usual :
       {Usual{"naca", contract::Factor::kLevel, contract::Span::kLastStep, contract::Post::kTrit, 0},
        Usual{"drtp", contract::Factor::kLevel, contract::Span::kAllSteps, contract::Post::kSurrogate, 0},
        Usual{"dfa", contract::Factor::kFeedback, contract::Span::kAllSteps, contract::Post::kSurrogate, 0},
        Usual{"eprop", contract::Factor::kFeedback, contract::Span::kAllSteps, contract::Post::kSurrogate, 2}}) {
    const auto layer = parsed(with_rule(usual.rule)).layers[0];
    EXPECT_EQ(layer.factor(), usual.factor) << usual.rule;
    EXPECT_EQ(layer.span, usual.span) << usual.rule;
    EXPECT_EQ(layer.post, usual.post) << usual.rule;
    EXPECT_EQ(layer.trace_shift, usual.trace_shift) << usual.rule;
  }
  auto document = with_rule("drtp");
  document["layers"][0]["post"] = "one";
  document["layers"][0]["trace_shift"] = 3;
  const auto layer = parsed(document).layers[0];
  EXPECT_EQ(layer.post, contract::Post::kOne);
  EXPECT_EQ(layer.trace_shift, 3U);
  EXPECT_EQ(first_difference(parsed(canonical(parsed(document))), parsed(document)), "");
}

TEST(Network, RatesOfFeedbackAreThoseOfErrorsAndLevels) {
  auto document = with_rule("eprop");
  document["layers"][0]["learning_rate"] = 0.01;
  const auto layer = parsed(document).layers[0];
  // 0.01 * 256 * 65536 / 64 / 8 steps / 2^2 = 81.92, scaled up by 2^9.
  EXPECT_EQ(layer.factor_shift, 9U);
  EXPECT_EQ(layer.rate, 41943U);
}

json competition() {
  return {{"phasic_network", 1},
          {"inputs", 64},
          {"classes", 3},
          {"steps", 8},
          {"layers",
           {{{"neurons", 10}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", "1/32"}, {"homeostasis", 500}}}}};
}

TEST(Network, NeuronsThatCompeteStandForGroupsOfNeighbours) {
  const auto network = parsed(competition());
  const auto& layer = network.layers[0];
  EXPECT_EQ(layer.factor(), contract::Factor::kCompetition);
  EXPECT_EQ(layer.factor_shift, 5U);
  EXPECT_EQ(layer.homeostasis, 500U);
  EXPECT_EQ(network.rows(0), 64U);
  EXPECT_EQ(network.stored_rows(0), 70U) << "six bytes of state a neuron";
  std::vector<std::uint32_t> classes;
  for (std::uint32_t neuron = 0; neuron < 10; ++neuron) classes.push_back(network.class_of(neuron));
  EXPECT_EQ(classes, (std::vector<std::uint32_t>{0, 0, 0, 0, 1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(first_difference(parsed(canonical(network)), network), "");
}

TEST(Network, RulesThatDoNotFitAreNamed) {
  const auto refused = [](json document, const std::vector<std::string>& told) {
    expect_all_in(refusal([&] { (void)parsed(document); }), told);
  };
  auto document = small_network();
  document["layers"][1]["rule"] = "dfa";
  refused(document, {"layers[1].rule", "dfa", "before the last"});
  document = small_network();
  document["layers"][0] = competition()["layers"][0];
  refused(document, {"layers[0].rule", "competition", "last layer"});
  document = competition();
  document["layers"][0]["slowest_rate"] = 0.3;
  refused(document, {"layers[0].slowest_rate", "0.3", "1/256"});
  document = competition();
  document["layers"][0]["threshold"] = 1;
  refused(document, {"layers[0]", "threshold"});
  document = with_rule("naca");
  document["layers"][0]["trace_shift"] = 1;
  refused(document, {"layers[0].trace_shift", "all_steps"});
}

json graded() {
  auto document = small_network();
  document["samples"] = "graded";
  document["steps"] = 1;
  for (auto& layer : document["layers"]) {
    layer.erase("leak");
    layer.erase("window");
  }
  return document;
}

TEST(Network, GradedNeuronsHaveARampAroundTheirThreshold) {
  const auto network = parsed(graded());
  const auto& hidden = network.layers[0];
  EXPECT_EQ(hidden.threshold, 128);
  EXPECT_EQ(hidden.window, 0) << "128 units below it";
  EXPECT_EQ(hidden.post, contract::Post::kSurrogate);
  EXPECT_EQ(network.layers[1].span, contract::Span::kLastStep);
  // 2e-3 * 256 * 65536 / 64 / 255 = 2.056, scaled up by 2^14.
  EXPECT_EQ(hidden.factor_shift, 14U);
  EXPECT_EQ(hidden.rate, 33686U);
  EXPECT_EQ(first_difference(parsed(canonical(network)), network), "");
}

TEST(Network, GradedSamplesWithSeveralStepsAreNamed) {
  auto document = graded();
  document["steps"] = 2;
  expect_all_in(refusal([&] { (void)parsed(document); }), {"steps", "graded", "(value 2)"});
  document = graded();
  document["layers"][0]["span"] = "all_steps";
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].span", "graded", "all_steps"});
  document = graded();
  document["layers"][0]["trace_shift"] = 1;
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[0].trace_shift"});
}

TEST(Network, RulesThatADeviceLacksAreNamed) {
  contract::Limits limits{64, 8, 4, 1024, 1024, 32, 64, 1024, 16384, 16384, 512, 7};
  for (const char* rule : {"drtp", "dfa", "eprop"}) {
    const auto network = parsed(with_rule(rule));
    EXPECT_NO_THROW(check_limits(network, limits, "the device"));
    auto less = limits;
    less.rules = 4;
    expect_all_in(refusal([&] { check_limits(network, less, "the device"); }), {"layers[0]", "rules", "the device"});
  }
  const auto network = parsed(competition());
  EXPECT_NO_THROW(check_limits(network, limits, "the device"));
  limits.rules = 3;
  expect_all_in(refusal([&] { check_limits(network, limits, "the device"); }), {"layers[0].rule", "competition", "rules"});
  expect_all_in(refusal([&] { check_limits(parsed(graded()), limits, "the device"); }), {"samples", "graded", "rules"});
  limits.rules = 7;
  limits.weight_depth = 69;
  expect_all_in(refusal([&] { check_limits(network, limits, "the device"); }),
                {"layers[0].neurons", "weight_depth", "70 words"});
}

TEST(Network, LimitsOfADeviceAreNamed) {
  const contract::Limits limits{64, 8, 4, 1024, 1024, 32, 64, 64, 16384, 16384, 512, 0};
  const auto network = parsed(small_network());
  EXPECT_NO_THROW(check_limits(network, limits, "the device"));
  const auto refused = [&](auto change, const std::vector<std::string>& told) {
    auto less = limits;
    change(less);
    auto all = told;
    all.emplace_back("the device");
    expect_all_in(refusal([&] { check_limits(network, less, "the device"); }), all);
  };
  refused([](auto& l) { l.weight_width = 16; }, {"weight_width", "16"});
  refused([](auto& l) { l.engines = 1; }, {"layers", "engines", "1"});
  refused([](auto& l) { l.max_rows = 64; }, {"inputs", "65", "max_rows", "64"});
  refused([](auto& l) { l.max_neurons = 39; }, {"layers[0].neurons", "max_neurons", "39"});
  refused([](auto& l) { l.max_steps = 7; }, {"steps", "max_steps", "7"});
  refused([](auto& l) { l.max_classes = 3; }, {"classes", "max_classes", "3"});
  refused([](auto& l) { l.max_outputs = 3; }, {"layers[1].span", "max_outputs", "3"});
  refused([](auto& l) { l.weight_depth = 64; }, {"layers[0].neurons", "weight_depth", "65 words"});
}

TEST(Network, WhatASerialBuildLacksIsNamed) {
  const contract::Limits limits{8, 8, 2, 960, 128, 32, 16, 16, 0, 16384, 32, contract::kRulesSerial};
  EXPECT_NO_THROW(check_limits(parsed(small_network()), limits, "the device"));
  const auto refused = [&](const json& document, contract::Limits less, const std::vector<std::string>& told) {
    auto all = told;
    all.insert(all.end(), {"the device", "serial build"});
    expect_all_in(refusal([&] { check_limits(parsed(document), less, "the device"); }), all);
  };
  auto document = small_network();
  document["samples"] = "event";
  refused(document, limits, {"samples", "event"});
  // 65 rows of 5 words fit, and so do 41 rows of one, but not both.
  auto less = limits;
  less.weight_depth = 365;
  refused(small_network(), less, {"layers[1].neurons", "366 words", "365"});
  less.max_neurons = 1024;
  less.weight_depth = 100'000;
  refused(small_network(64, 520), less, {"layers[0].neurons", "2080 levels", "2048"});
  document = small_network(300, 16);
  document["layers"][0]["span"] = "all_steps";
  refused(document, limits, {"layers[0].span", "301 rows", "256"});
}

TEST(Network, ExamplesAreValid) {
  int examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(PHASIC_SOURCE_DIR) / "examples")) {
    if (entry.path().extension() != ".json") continue;
    const auto network = load_network(entry.path());
    EXPECT_EQ(network.name, entry.path().stem().string());
    EXPECT_FALSE(describe(network).empty());
    ++examples;
  }
  EXPECT_GE(examples, 2);
}

}  // namespace
}  // namespace phasic::runtime
