// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/mean_epochs.hpp"

#include "runtime/report/columns.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

json run(const std::string& method, int seed, const std::vector<double>& accuracies) {
  json looks = json::array();
  for (std::size_t n = 0; n < accuracies.size(); ++n) looks.push_back({100 * (n + 1), accuracies[n]});
  return {{"experiment", "e"},
          {"run", method + " seed=" + std::to_string(seed)},
          {"seed", seed},
          {"method", method},
          {"variation", json::object()},
          {"training_samples", 100},
          {"formula_operations", method == "slow" ? 3'000'000 : 2'000'000},
          {"validation", looks}};
}

// Errors 0.5, 0.28, 0.1 and 0.7, 0.6, 0.38, 0.28, 0.1: levels 0.1, 0.2, 0.3, 0.4 and 0.5.
const json kFast = run("fast", 1, {0.5, 0.72, 0.9}), kSlow = run("slow", 1, {0.3, 0.4, 0.62, 0.72, 0.9});

TEST(MeanEpochs, AreTheMeanOverLevelsThatAllCurvesReachByHand) {
  const auto means = mean_epochs({&kFast, &kSlow});
  EXPECT_NEAR(means[0], (3 + 3 + 2 + 2 + 1) / 5.0, 1e-12);
  EXPECT_NEAR(means[1], (5 + 5 + 4 + 3 + 3) / 5.0, 1e-12);
}

TEST(MeanEpochs, LevelsEndWhereTheWorstRunEnds) {
  // It ends with an error of 0.4: levels 0.4, 0.425, 0.45, 0.475 and 0.5.
  const json poor = run("poor", 1, {0.3, 0.6, 0.5});
  EXPECT_NEAR(mean_epochs({&kFast, &poor})[0], (2 + 2 + 2 + 2 + 1) / 5.0, 1e-12);
  EXPECT_NEAR(mean_epochs({&kFast, &poor})[1], 2, 1e-12);
}

TEST(MeanEpochs, AreRefusedWhereNothingCanBeCompared) {
  test::expect_all_in(test::refusal([] { (void)mean_epochs({&kFast}); }), {"mean_epochs", "only one"});
  const json chance = run("chance", 1, {0.1, 0.1}), blind = run("blind", 1, {});
  test::expect_all_in(test::refusal([&] { (void)mean_epochs({&kFast, &chance}); }), {"seed 1", "0.9000", "0.5000"});
  test::expect_all_in(test::refusal([&] { (void)mean_epochs({&kFast, &blind}); }), {"blind seed=1", "no looks"});
}

TEST(MeanEpochs, StandInTablesWithTheirCost) {
  const std::vector<json> rows{kFast, kSlow, run("fast", 2, {0.5, 0.5, 0.9}), run("slow", 2, {0.5, 0.9})};
  const auto table = table_of(groups_of(rows), {"method", "mean_epochs", "mean_epochs_cost"});
  // Seed 2: all levels but 0.5 after 3 and after 2 epochs.
  const auto lines = table.lines;
  EXPECT_EQ(lines[0], (std::vector<std::string>{"fast", "2.40 +- 0.28", "4.800 +- 0.566"}));
  EXPECT_EQ(lines[1], (std::vector<std::string>{"slow", "2.90 +- 1.56", "8.700 +- 4.667"}));
}

}  // namespace
}  // namespace phasic::runtime
