// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/experiment.hpp"

#include <fmt/format.h>

#include <set>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;

json small_experiment() {
  return {{"phasic_experiment", 1},    {"name", "small"},    {"data", "mnist"},
          {"task", "class_continual"}, {"seeds", {1, 2, 3}}, {"network", test::small_network()}};
}

TEST(Experiment, PlansEveryCombinationWithEverySeed) {
  auto document = small_experiment();
  document["vary"] = {{"network/layers/0/neurons", {10, 20}}, {"smoothing/size", {1, 3, 5}}};
  const auto plans = plan_runs(parse_experiment(document, "e.json"));
  ASSERT_EQ(plans.size(), 18U);
  std::set<std::string> keys;
  for (const RunPlan& plan : plans) {
    keys.insert(plan.key);
    EXPECT_EQ(plan.experiment.network["seed"], plan.seed);
    EXPECT_EQ(plan.experiment.network["layers"][0]["neurons"], plan.variation["network/layers/0/neurons"]);
    EXPECT_EQ(plan.experiment.smoothing.size, plan.variation["smoothing/size"].get<std::uint32_t>());
  }
  EXPECT_EQ(keys.size(), 18U);
}

TEST(Experiment, EdgesHaveDefaultsAndCanBeVaried) {
  auto document = small_experiment();
  EXPECT_FALSE(parse_experiment(document, "e.json").edges.has_value());
  document["edges"] = {{"cell", 6}};
  document["vary"] = {{"edges/gain", {3, 40}}};
  document["seeds"] = {1};
  const auto plans = plan_runs(parse_experiment(document, "e.json"));
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(*plans[0].experiment.edges, (Edges{.cell = 6, .stride = 4, .gain = 3, .floor = 8}));
  EXPECT_EQ(*plans[1].experiment.edges, (Edges{.cell = 6, .stride = 4, .gain = 40, .floor = 8}));
}

TEST(Experiment, AugmentationHasItsUsualFieldsAndCanBeVaried) {
  auto document = small_experiment();
  EXPECT_FALSE(parse_experiment(document, "e.json").augmentation.has_value());
  document["augmentation"] = json::object();
  document["vary"] = {{"augmentation/copies", {1, 100}}, {"augmentation/mirror", {true}}};
  document["seeds"] = {1};
  const auto plans = plan_runs(parse_experiment(document, "e.json"));
  ASSERT_EQ(plans.size(), 2U);
  EXPECT_EQ(*plans[0].experiment.augmentation, (Augmentation{.copies = 1, .shift = 2, .mirror = true}));
  EXPECT_EQ(*plans[1].experiment.augmentation, (Augmentation{.copies = 100, .shift = 2, .mirror = true}));
}

TEST(Experiment, WrongFieldsAreNamed) {
  const auto refused = [](auto change, const std::vector<std::string>& told) {
    auto document = small_experiment();
    change(document);
    expect_all_in(refusal([&] { (void)parse_experiment(document, "e.json"); }), told);
  };
  refused([](json& d) { d["task"] = "guessing"; }, {"e.json", "task", "guessing"});
  refused([](json& d) { d["sedes"] = 1; }, {"e.json", "sedes"});
  refused([](json& d) { d["seeds"] = json::array(); }, {"e.json", "seeds"});
  refused([](json& d) { d["smoothing"] = {{"size", 4}}; }, {"e.json", "smoothing.size", "4", "odd"});
  refused([](json& d) { d["edges"] = {{"cell", 33}}; }, {"e.json", "edges.cell", "33"});
  refused([](json& d) { d["edges"] = {{"cells", 8}}; }, {"e.json", "edges", "cells"});
  refused([](json& d) { d["vary"] = {{"edges/cell", {4}}}; }, {"e.json", "vary.edges/cell"});
  refused([](json& d) { d["augmentation"] = {{"copies", 101}}; }, {"e.json", "augmentation.copies", "101"});
  refused([](json& d) { d["augmentation"] = {{"shift", 0}}; }, {"e.json", "augmentation.shift", "equal"});
  refused([](json& d) { d["vary"] = {{"augmentation/copies", {2}}}; }, {"e.json", "vary.augmentation/copies"});
  refused([](json& d) { d["vary"] = {{"network/layers/5/neurons", {1}}}; }, {"e.json", "vary.network/layers/5/neurons"});
  // 2^64 is the first index that no list can have.
  for (const char* const index : {"18446744073709551615", "18446744073709551616", "01", "1x", "-"}) {
    const std::string place = fmt::format("network/layers/{}/neurons", index);
    refused([&](json& d) { d["vary"] = {{place, {1}}}; }, {"e.json", "vary." + place, "no such field"});
  }
  refused([](json& d) { d["vary"] = {{"network/layers/0/neurons", {0}}}; }, {"e.json", "layers[0].neurons", "0"});
  refused([](json& d) { d["tests"] = false; }, {"e.json", "tests", "validation"});
  refused([](json& d) { d["evaluate_every"] = 5; }, {"e.json", "evaluate_every", "validation"});
  refused([](json& d) { d["network"] = "nowhere.json"; }, {"nowhere.json"});
  refused([](json& d) { d["passes"] = std::int64_t{1} << 32; }, {"e.json", "passes", "4294967296"});
  refused([](json& d) { d["seeds"] = {1, 2, 1}; }, {"e.json", "seeds", "seed=1", "twice"});
  refused([](json& d) { d["vary"] = {{"passes", {3, 3}}}; }, {"e.json", "passes=3", "twice"});
  refused([](json& d) { d["cases"] = {{{"network/layers/0", nullptr}}}; }, {"e.json", "cases[0].network/layers/0", "list"});
  refused([](json& d) { d["vary"] = {{"network/a~b", {1}}}; }, {"e.json", "vary.network/a~b", "no place"});
}

TEST(Experiment, ANetworkFileHoldsAnObject) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "list.json", std::string("[]"));
  auto document = small_experiment();
  document["network"] = "list.json";
  expect_all_in(refusal([&] { (void)parse_experiment(document, (folder / "e.json").string()); }), {"list.json", "object"});
}

TEST(Experiment, ExamplesAreValid) {
  int examples = 0;
  const auto folder = std::filesystem::path(PHASIC_SOURCE_DIR) / "examples" / "experiments";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_NO_THROW((void)load_experiment(entry.path())) << entry.path();
    ++examples;
  }
  EXPECT_GT(examples, 0);
}

}  // namespace
}  // namespace phasic::runtime
