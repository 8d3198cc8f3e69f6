// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/retrograde_fields.hpp"

#include <cstring>

#include "driver/layout/buffers.hpp"
#include "runtime/experiment/cost.hpp"
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

json with_signal(const json& fields) {
  auto document = small_network();
  document["layers"][0]["rule"] = "sbp";
  document["layers"][0]["retrograde"] = fields;
  return document;
}

contract::Layer first_descriptor(const Network& network) {
  const auto block = program_block(network, layout_of(network), {.learn = true, .trace = false, .stream_sample = 0});
  contract::Layer layer;
  std::memcpy(&layer, block.data() + layout::layer_offset(0), sizeof layer);
  return layer;
}

TEST(RetrogradeFields, AreReadPrintedDescribedAndPutIntoTheProgram) {
  const auto network = parsed(with_signal({{"shift", 9}, {"base", 4}, {"limit", 200}}));
  const auto& layer = network.layers[0];
  EXPECT_EQ(layer.factor(), contract::Factor::kFeedback);
  EXPECT_EQ(layer.span, contract::Span::kLastStep);
  EXPECT_EQ(layer.post, contract::Post::kOne);
  const contract::Layer descriptor = first_descriptor(network);
  EXPECT_EQ(descriptor.retrograde_shift, 9U);
  EXPECT_EQ(descriptor.retrograde_base, 4U);
  EXPECT_EQ(descriptor.retrograde_limit, 200U);
  EXPECT_EQ(first_difference(parsed(canonical(network)), network), "");
  EXPECT_NE(describe(network).find("min(4 + retrograde signal / 2^9, 200) / 2^8"), std::string::npos) << describe(network);
}

TEST(RetrogradeFields, HaveDefaultsAndAreZeroInALayerWithoutThem) {
  const auto network = parsed(with_signal({{"shift", 43}}));
  EXPECT_EQ(network.layers[0].retrograde_limit, 255U);
  EXPECT_EQ(network.layers[0].retrograde_base, 0U);
  const auto without = parsed(small_network());
  EXPECT_FALSE(without.layers[0].takes_retrograde());
  const contract::Layer descriptor = first_descriptor(without);
  EXPECT_EQ(descriptor.retrograde_limit | descriptor.retrograde_base | descriptor.retrograde_shift, 0U);
  EXPECT_EQ(describe(without).find("retrograde"), std::string::npos);
  EXPECT_FALSE(canonical(without)["layers"][0].contains("retrograde"));
}

TEST(RetrogradeFields, BelongToEveryRuleWithLevels) {
  for (const char* const rule : {"naca", "drtp", "dfa", "eprop"}) {
    auto document = with_signal({{"shift", 9}});
    document["layers"][0]["rule"] = rule;
    EXPECT_TRUE(parsed(document).layers[0].takes_retrograde()) << rule;
  }
}

TEST(RetrogradeFields, ThatDoNotFitAreNamed) {
  const auto refused = [](auto change, const std::vector<std::string>& told) {
    auto document = with_signal({{"shift", 9}});
    change(document["layers"]);
    expect_all_in(refusal([&] { (void)parsed(document); }), told);
  };
  refused([](json& layers) { layers[0].erase("retrograde"); }, {"net.json", "layers[0].retrograde"});
  refused([](json& layers) { layers[0]["retrograde"] = 9; }, {"layers[0].retrograde", "9"});
  refused([](json& layers) { layers[0]["retrograde"].erase("shift"); }, {"layers[0].retrograde.shift"});
  refused([](json& layers) { layers[0]["retrograde"]["shift"] = 44; }, {"layers[0].retrograde.shift", "44", "43"});
  refused([](json& layers) { layers[0]["retrograde"]["limit"] = 0; }, {"layers[0].retrograde.limit", "0", "1"});
  refused([](json& layers) { layers[0]["retrograde"]["limit"] = 256; }, {"layers[0].retrograde.limit", "256", "255"});
  refused(
      [](json& layers) {
        layers[0]["retrograde"]["limit"] = 100;
        layers[0]["retrograde"]["base"] = 101;
      },
      {"layers[0].retrograde.base", "101", "100"});
  refused([](json& layers) { layers[0]["retrograde"]["scale"] = 1; }, {"layers[0].retrograde", "scale"});
  refused([](json& layers) { layers[1]["retrograde"] = {{"shift", 9}}; }, {"layers[1].retrograde", "error"});
  refused(
      [](json& layers) {
        layers[0]["rule"] = "frozen";
        layers[0].erase("learning_rate");
      },
      {"layers[0].retrograde", "frozen"});
  refused(
      [](json& layers) {
        layers[1]["rule"] = "drtp";
        layers[1]["retrograde"] = {{"shift", 9}};
      },
      {"layers[1].retrograde", "last"});
}

TEST(RetrogradeFields, NeedALayerBehindThatSendsTheSignal) {
  auto document = with_signal({{"shift", 9}});
  document["layers"][1]["rule"] = "frozen";
  document["layers"][1].erase("learning_rate");
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[1].rule", "frozen", "layers[0]", "retrograde"});
  document = with_signal({{"shift", 9}});
  document["layers"][1] = {{"neurons", 10}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", "1/32"}};
  expect_all_in(refusal([&] { (void)parsed(document); }), {"layers[1].rule", "competition", "layers[0]", "retrograde"});
}

TEST(RetrogradeFields, AreRefusedByADeviceWithoutThem) {
  contract::Limits limits;
  const auto network = parsed(with_signal({{"shift", 9}}));
  expect_all_in(refusal([&] { check_limits(network, limits, "the device"); }),
                {"net.json", "layers[0].retrograde", "the device", "4096"});
  limits.rules |= contract::kRulesRetrograde;
  EXPECT_NO_THROW(check_limits(network, limits, "the device"));
}

/// m n + n k + k n + 0.1 m n + 0.9 n, with m, n, k = 64, 40, 4 or more.
TEST(RetrogradeFields, CostWhatTheFormulaOfTheRuleSays) {
  const auto network = parsed(with_signal({{"shift", 9}}));
  const std::uint64_t m = network.inputs, n = network.layers[0].neurons, k = network.layers[1].neurons;
  EXPECT_EQ(formula_operations(network), m * n + n * k + network.classes * n + (m * n + 9 * n) / 10);
}

}  // namespace
}  // namespace phasic::runtime
