// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/baseline_run.hpp"

#include <set>

#include "runtime/report/page.hpp"
#include "runtime/report/statistics.hpp"
#include "tests/runtime/experiment/run_document.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;
using test::run_document;
using test::without_time;

class BaselineRun : public ::testing::Test {
 protected:
  void SetUp() override { test::write_dataset(folder_ / "set", 400, 8, 4); }

  json document(const std::string& task, const std::string& protocol) {
    return {{"phasic_experiment", 1},
            {"name", "made"},
            {"data", (folder_ / "set").string()},
            {"task", task},
            {"protocol", protocol},
            {"seeds", {1}},
            {"baseline", {{"method", "naca"}, {"network", "analog"}, {"neurons", 128}}}};
  }

  test::TemporaryFolder folder_;
};

TEST_F(BaselineRun, BatchesOfASingleClassTellTheClassAndMixedOnesDoNot) {
  auto description = document("class_continual", "published");
  description["baseline"]["method"] = "frozen";
  description["baseline"]["learning_rate"] = 0.02;
  description["passes"] = 20;
  const auto published = run_document(description);
  EXPECT_GT(published["accuracy"].get<double>(), 0.9);
  EXPECT_EQ(published["protocol"], "published");
  EXPECT_EQ(published["method"], "frozen");
  EXPECT_EQ(published["baseline"]["gate"], "batch");
  ASSERT_EQ(published["matrix"].size(), 4U);
  EXPECT_EQ(published["epochs_by_class"].size(), 4U);
  EXPECT_LT(published["epochs"].get<double>(), 20) << "a class ends when it is known";

  description["protocol"] = "mixed_batch";
  const auto mixed = run_document(description);
  EXPECT_LT(mixed["accuracy"].get<double>(), 0.6);
  EXPECT_EQ(mixed["weights_crc32"], published["weights_crc32"]) << "only the tests differ";
  description["seeds"] = {2};
  EXPECT_NE(run_document(description)["weights_crc32"], mixed["weights_crc32"]);
}

TEST_F(BaselineRun, ClassificationTellsSamplesToReachLevels) {
  auto description = document("classification", "mixed_batch");
  description["baseline"] = {{"method", "bp"}, {"network", "analog"}, {"neurons", 40}, {"learning_rate", 0.01}, {"batch", 10}};
  description["passes"] = 4;
  description["validation"] = 100;
  description["evaluate_every"] = 20;
  description["levels"] = {0.5, 0.9, 1.0};
  const auto row = run_document(description);
  EXPECT_GT(row["accuracy"].get<double>(), 0.9);
  EXPECT_EQ(row["samples_learned"], 1200);
  EXPECT_EQ(row["validation"].size(), 60U);
  EXPECT_EQ(row["formula_operations"], 2 * (64 * 40 + 40 * 4));
  EXPECT_EQ(row["formula_cost"], 4 * 2 * (64 * 40 + 40 * 4));
  const auto& reached = row["samples_to_reach"];
  ASSERT_EQ(reached.size(), 3U);
  EXPECT_EQ(reached[0]["level"], 0.5);
  ASSERT_TRUE(reached[0]["samples"].is_number());
  ASSERT_TRUE(reached[1]["samples"].is_number());
  EXPECT_LE(reached[0]["samples"], reached[1]["samples"]);
  EXPECT_EQ(reached[0]["samples"].get<int>() % 20, 0);
  EXPECT_EQ(row["learned"]["samples"], 1200);
  EXPECT_GT(row["learned"]["layers"][0]["update_operations"], 0);
  EXPECT_GT(row["learned"]["layers"][0]["feedback_operations"], 0);
}

TEST_F(BaselineRun, LookingChangesNothingAndRowsAreReproducible) {
  auto description = document("classification", "streaming");
  description["baseline"] = {{"method", "naca"}, {"network", "spiking"}, {"neurons", 30}, {"steps", 5}, {"initial_scale", 3}};
  description["validation"] = 40;
  const auto expected = without_time(run_document(description));
  EXPECT_EQ(without_time(run_document(description)), expected);
  description["evaluate_every"] = 7;
  auto looked = without_time(run_document(description));
  EXPECT_FALSE(looked["validation"].empty());
  looked.erase("validation");
  looked.erase("samples_to_reach");
  EXPECT_EQ(looked, expected);
}

TEST_F(BaselineRun, WeightsThatStopBeingNumbersEndIt) {
  auto description = document("classification", "mixed_batch");
  description["baseline"] = {{"method", "symmetric"}, {"network", "spiking"}, {"neurons", 20}, {"output_rate", 900}};
  description["passes"] = 40;
  expect_all_in(refusal([&] { (void)run_document(description); }),
                {"baseline.method", "symmetric", " layer have stopped being numbers", "epoch", "samples", "seed 1"});
  // One at a time the end of a pass is far away.
  description["baseline"]["batch"] = 1;
  expect_all_in(refusal([&] { (void)run_document(description); }), {"symmetric", "epoch 1"});
}

TEST_F(BaselineRun, TellsTheMeanCosineAndWhatSpreadingAdds) {
  auto description = document("classification", "mixed_batch");
  description["baseline"] = {{"method", "sbp"}, {"network", "spiking"}, {"neurons", 50}, {"batch", 10}};
  description["passes"] = 5;
  const auto row = run_document(description);
  // Outputs that are never negative: one of four that stands alone has 1, all alike 0.5.
  EXPECT_GT(row["mean_cosine"].get<double>(), 0.6);
  EXPECT_LE(row["mean_cosine"].get<double>(), 1);
  ASSERT_EQ(row["spread_share"].size(), 2U);
  for (const auto& share : row["spread_share"]) {
    EXPECT_GT(share.get<double>(), 0);
    EXPECT_LT(share.get<double>(), 0.2) << "no synapse gets more than F, and one of 50 neurons much less";
  }
  description["baseline"]["spread"] = 0;
  EXPECT_FALSE(run_document(description).contains("spread_share"));
}

TEST_F(BaselineRun, EveryCaseIsARunOfItsOwn) {
  auto description = document("class_continual", "mixed_batch");
  description["seeds"] = {1, 2};
  description["cases"] = {{{"protocol", "published"}},
                          {{"baseline/gate", "sample"}},
                          {{"protocol", "streaming"}, {"baseline/neurons", nullptr}, {"passes", 1}},
                          {{"baseline/method", "ewc"}, {"baseline/importance", 5}}};
  description["vary"] = {{"baseline/network", {"analog", "spiking"}}};
  const auto plans = plan_runs(parse_experiment(description, "e.json"));
  ASSERT_EQ(plans.size(), 16U);
  EXPECT_EQ(plans[0].experiment.protocol, Protocol::kPublished);
  EXPECT_EQ(plans[0].variation["protocol"], "published");
  EXPECT_FALSE(plans[4].experiment.baseline.contains("neurons"));
  EXPECT_EQ(plans[6].experiment.baseline["importance"], 5);
  for (std::size_t n = 0; n < 8; ++n) {
    EXPECT_EQ(plans[n].seed, 1U) << "every case comes with one seed before any comes with the next";
    EXPECT_EQ(plans[8 + n].seed, 2U);
  }
  std::set<std::string> keys;
  for (const RunPlan& plan : plans) keys.insert(plan.key);
  EXPECT_EQ(keys.size(), plans.size());
}

TEST_F(BaselineRun, RowsFitTablesAndPage) {
  auto description = document("classification", "mixed_batch");
  description["validation"] = 50;
  description["evaluate_every"] = 100;
  const auto row = run_document(description);
  const std::string table = table_of({row});
  expect_all_in(table, {"naca", "mixed_batch", "samples to 90 %", "samples to 95 %"});
  test::write_file(folder_ / "rows.jsonl", row.dump() + "\n");
  EXPECT_EQ(read_results(folder_ / "rows.jsonl").rows.size(), 1U);
}

TEST_F(BaselineRun, WhatDoesNotGoTogetherIsNamed) {
  const auto refused = [&](auto change, const std::vector<std::string>& told) {
    auto description = document("class_continual", "mixed_batch");
    change(description);
    expect_all_in(refusal([&] { (void)parse_experiment(description, "e.json"); }), told);
  };
  const auto as_network = [](json& d) {
    d.erase("baseline");
    d["network"] = test::small_network();
  };
  refused([&](json& d) { as_network(d); }, {"e.json", "protocol", "mixed_batch", "baseline"});
  refused(
      [&](json& d) {
        as_network(d);
        d["protocol"] = "published";
      },
      {"e.json", "protocol", "published", "baseline"});
  refused([](json& d) { d["network"] = test::small_network(); }, {"e.json", "network", "baseline"});
  refused([](json& d) { d["engine"] = "rtl8"; }, {"e.json", "engine", "rtl8", "host"});
  refused([](json& d) { d["repeat"] = {{"engine", "rtl8"}, {"samples", 5}}; }, {"e.json", "repeat"});
  refused([](json& d) { d["protocol"] = "secret"; }, {"e.json", "protocol", "secret"});
  refused([](json& d) { d["baseline"] = 5; }, {"e.json", "baseline", "5"});
  refused(
      [](json& d) {
        d["protocol"] = "published";
        d["task"] = "classification";
      },
      {"e.json", "protocol", "published", "class_continual"});
  refused(
      [](json& d) {
        d["protocol"] = "published";
        d["baseline"]["gate"] = "sample";
      },
      {"e.json", "baseline.gate", "sample", "published"});
  refused([](json& d) { d["levels"] = {0.5}; }, {"e.json", "levels", "evaluate_every"});
  refused([](json& d) { d["cases"] = {5}; }, {"e.json", "cases[0]", "5"});
  refused([](json& d) { d["cases"] = {{{"baseline/nurons", 5}}}; }, {"e.json", "nurons"});
  refused([](json& d) { d["cases"] = {{{"network/steps", 5}}}; }, {"e.json", "cases[0].network/steps"});
  refused([](json& d) { d["vary"] = {{"protocol", {"loud"}}}; }, {"e.json", "vary.protocol", "loud"});
}

}  // namespace
}  // namespace phasic::runtime
