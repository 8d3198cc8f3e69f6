// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/run.hpp"

#include <cmath>
#include <cstdlib>

#include "tests/runtime/experiment/run_document.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;
using test::run_document;
using test::without_time;

json competition(std::uint32_t neurons = 12) {
  return {
      {"phasic_network", 1},
      {"inputs", 64},
      {"classes", 4},
      {"steps", 8},
      {"layers",
       {{{"neurons", neurons}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", "1/16"}, {"homeostasis", 200}}}}};
}

/// A data set of 200 samples for training and as many for testing, of four classes.
class ExperimentRun : public ::testing::Test {
 protected:
  void SetUp() override { test::write_dataset(folder_ / "set", 200, 8, 4); }

  json document(const json& network) {
    return {{"phasic_experiment", 1},    {"name", "made"}, {"data", (folder_ / "set").string()},
            {"task", "class_continual"}, {"seeds", {1}},   {"network", network}};
  }

  test::TemporaryFolder folder_;
};

TEST_F(ExperimentRun, NeuronsThatCompeteLearnClassAfterClassAndForgetLittle) {
  const auto row = run_document(document(competition()));
  EXPECT_EQ(row["samples_learned"], 200);
  EXPECT_EQ(row["judged_on"], "test");
  EXPECT_EQ(row["judged_samples"], 200);
  EXPECT_GT(row["accuracy"].get<double>(), 0.95);
  EXPECT_LT(row["forgetting"].get<double>(), 0.05);
  ASSERT_EQ(row["matrix"].size(), 4U);
  for (std::size_t task = 0; task < 4; ++task) EXPECT_EQ(row["matrix"][task].size(), task + 1);
  EXPECT_EQ(row["learned"]["samples"], 200);
  EXPECT_EQ(row["learned"]["layers"][0]["update_rows"], 200 * 64) << "a winner's column a sample";
  EXPECT_EQ(row["formula_operations"], 64 * 12);
  EXPECT_EQ(row["raster"].size(), 1U);
  ASSERT_EQ(row["weight_changes"].size(), 1U);
  EXPECT_EQ(row["weight_changes"][0]["layer"], 1);
}

TEST_F(ExperimentRun, CopiesAreLearnedFromAndNeitherTestedNorKeptForValidation) {
  auto description = document(competition());
  description["validation"] = 50;
  description["augmentation"] = {{"copies", 2}, {"shift", 1}};
  const auto row = run_document(description);
  EXPECT_EQ(row["samples_learned"], 450);
  EXPECT_EQ(row["training_samples"], 450);
  EXPECT_EQ(row["judged_samples"], 200);
  EXPECT_EQ(row["augmentation"], (json{{"copies", 2}, {"shift", 1}, {"mirror", false}}));
  description["tests"] = false;
  EXPECT_EQ(run_document(description)["judged_samples"], 50);
}

TEST_F(ExperimentRun, ARowNamesWhatLearnsInAPreparedNetwork) {
  const json prepared = {{"phasic_network", 1},
                         {"inputs", 64},
                         {"shape", {8, 8}},
                         {"classes", 4},
                         {"steps", 1},
                         {"weight_width", 16},
                         {"samples", "graded"},
                         {"layers",
                          {{{"kind", "convolution"},
                            {"channels", 4},
                            {"kernel", 3},
                            {"grid", 2},
                            {"threshold", {{"raw", 1}}},
                            {"input_shift", 5},
                            {"rule", "frozen"},
                            {"initial_amplitude", {{"raw", 100}}}},
                           {{"neurons", 4}, {"rule", "discriminant"}}}},
                         {"preparation", {{"samples", 40}, {"measured", 20}}}};
  auto description = document(prepared);
  description["vary"] = {{"network/preparation/filters", {"learned", "random"}}};
  EXPECT_EQ(run_document(description)["method"], "features + discriminant");
  description["vary"]["network/preparation/filters"] = {"random"};
  EXPECT_EQ(run_document(description)["method"], "random filters + discriminant");
  auto& layers = description["network"]["layers"];
  layers.insert(layers.begin() + 1, layers[0]);
  layers[1]["kernel"] = 1;
  description["network"]["preparation"]["layers"] = 2;
  EXPECT_EQ(run_document(description)["method"], "random filters + random filters + discriminant");
  description.erase("vary");
  description["network"] = competition();
  EXPECT_EQ(run_document(description)["method"], "competition") << "others have the rule of their first layer";
}

TEST_F(ExperimentRun, ADiscriminantLearnsClassAfterClassAndForgetsNothing) {
  auto description = document({{"phasic_network", 1},
                               {"inputs", 64},
                               {"classes", 4},
                               {"steps", 1},
                               {"samples", "graded"},
                               {"layers", {{{"neurons", 4}, {"rule", "discriminant"}, {"solve_every", 40}}}}});
  description["repeat"] = {{"engine", "reference"}, {"samples", 150}};
  const auto row = run_document(description);
  EXPECT_EQ(row["samples_learned"], 200);
  EXPECT_GT(row["accuracy"].get<double>(), 0.95);
  EXPECT_LT(row["forgetting"].get<double>(), 0.05);
  EXPECT_EQ(row["repeat"]["differences"], 0);
  ASSERT_EQ(row["weight_changes"].size(), 1U);
  std::uint64_t changed = 0;
  for (const auto& count : row["weight_changes"][0]["counts"]) changed += count.get<std::uint64_t>() != 0 ? 1 : 0;
  EXPECT_GT(changed, 10U) << "the weights that it answers with";
  description["launch_samples"] = 9;
  const auto other = run_document(description);
  EXPECT_EQ(other["accuracy"], row["accuracy"]);
  EXPECT_EQ(other["weights_crc32"], row["weights_crc32"]);
}

TEST_F(ExperimentRun, MoreSamplesThanValidationLeavesAreRefused) {
  auto description = document(competition());
  description["samples"] = 120;
  description["validation"] = 100;
  expect_all_in(refusal([&] { (void)run_document(description); }), {"samples", "120", "100"});
}

TEST_F(ExperimentRun, GradientRulesForgetWhatIsNotShownAgain) {
  auto description = document(test::small_network());
  description["passes"] = 12;
  const auto continual = run_document(description);
  EXPECT_GT(continual["forgetting"].get<double>(), 0.2);
  description["task"] = "classification";
  EXPECT_GT(run_document(description)["accuracy"].get<double>(), continual["accuracy"].get<double>() + 0.1);
}

TEST_F(ExperimentRun, EveryRuleLearnsTheMadeUpClasses) {
  for (const std::string rule : {"naca", "drtp", "dfa", "eprop", "frozen"}) {
    auto network = test::small_network();
    network["layers"][0]["rule"] = rule;
    network["layers"][1]["window"] = 3;  // so wide that a silent output neuron still learns
    if (rule == "frozen") network["layers"][0].erase("learning_rate");
    auto description = document(network);
    description["task"] = "classification";
    description["passes"] = 12;
    EXPECT_GT(run_document(description)["accuracy"].get<double>(), 0.9) << rule;
  }
}

TEST_F(ExperimentRun, RowsDoNotDependOnTheSizeOfLaunches) {
  auto description = document(competition());
  description["validation"] = 40;
  description["evaluate_every"] = 50;
  const auto expected = without_time(run_document(description));
  EXPECT_EQ(expected["validation"].size(), 4U);  // at 50, 100, 150 and the end
  EXPECT_EQ(expected["samples_learned"], 160);
  description["launch_samples"] = 7;
  auto actual = without_time(run_document(description));
  for (const char* part : {"learned", "judged"}) {
    // Loading and storing weights is timed launch by launch.
    EXPECT_EQ(actual[part]["layers"], expected[part]["layers"]);
    actual.erase(part);
  }
  auto rest = expected;
  rest.erase("learned");
  rest.erase("judged");
  EXPECT_EQ(actual, rest);
}

TEST_F(ExperimentRun, WithoutTestsOnlyTheTrainingSetIsRead) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "set")) {
    if (entry.path().filename().string().starts_with("t10k")) std::filesystem::remove(entry.path());
  }
  auto description = document(competition());
  description["tests"] = false;
  description["validation"] = 50;
  const auto row = run_document(description);
  EXPECT_EQ(row["judged_on"], "validation");
  EXPECT_EQ(row["judged_samples"], 50);
  EXPECT_EQ(row["training_samples"], 150);
}

TEST_F(ExperimentRun, AnotherEngineThatRepeatsItFindsNoDifference) {
  auto description = document(competition());
  description["repeat"] = {{"engine", "reference"}, {"samples", 120}};
  EXPECT_EQ(run_document(description)["repeat"]["samples"], 120);
  EXPECT_EQ(run_document(description)["repeat"]["differences"], 0);
}

TEST_F(ExperimentRun, ThatCannotBeIsRefused) {
  const auto refused = [&](auto change, const std::vector<std::string>& told) {
    auto description = document(competition());
    change(description);
    expect_all_in(refusal([&] { (void)run_document(description); }), told);
  };
  refused([](json& d) { d["samples"] = 201; }, {"e.json", "samples", "201", "200"});
  refused([](json& d) { d["validation"] = 200; }, {"e.json", "validation", "200"});
  refused([](json& d) { d["network"]["inputs"] = 63; }, {"inputs", "63", "64"});
  refused([](json& d) { d["data"] = "no-such-set"; }, {"no-such-set"});
}

}  // namespace
}  // namespace phasic::runtime
