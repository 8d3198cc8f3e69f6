// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/statistics.hpp"

#include <cmath>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

TEST(Statistics, DeviationIsThatOfASample) {
  const auto spread = spread_of({1, 2, 3, 6});
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_DOUBLE_EQ(spread.deviation, std::sqrt(14.0 / 3));  // (4 + 1 + 0 + 9) / 3
  EXPECT_DOUBLE_EQ(spread_of({5}).deviation, 0);
  EXPECT_EQ(spread_of({}).count, 0U);
}

TEST(Statistics, ATableHasALineForEachVariationWithMeanAndDeviation) {
  const auto row = [](int neurons, double accuracy) {
    return nlohmann::json{
        {"experiment", "e"},       {"variation", {{"network/layers/0/neurons", neurons}}},
        {"judged_on", "test"},     {"judged_samples", 100},
        {"accuracy", accuracy},    {"mean_class_accuracy", accuracy},
        {"samples_learned", 2000}, {"learned", {{"layers", {{{"synaptic_operations", 4e9}, {"update_operations", 2e6}}}}}}};
  };
  const auto table = table_of({row(10, 0.5), row(20, 0.75), row(10, 0.6)});
  test::expect_all_in(table, {"| network/layers/0/neurons = 10 | 2 | test of 100 | 55.00 +- 7.07 |", "| 2.000 | 0.001 |",
                              "| network/layers/0/neurons = 20 | 1 | test of 100 | 75.00 |"});
}

TEST(Statistics, ATableTellsProtocolMethodAndSamplesToALevelWhereRowsHaveThem) {
  const auto row = [](const std::string& method, const nlohmann::json& samples) {
    return nlohmann::json{{"experiment", "e"},
                          {"variation", nlohmann::json::object()},
                          {"protocol", "streaming"},
                          {"method", method},
                          {"judged_on", "test"},
                          {"judged_samples", 100},
                          {"accuracy", 0.5},
                          {"samples_learned", samples.is_number() ? samples : nlohmann::json(70'000)},
                          {"samples_to_reach", {{{"level", 0.9}, {"samples", samples}}}},
                          {"learned", {{"layers", {{{"synaptic_operations", 4e9}}}}}}};
  };
  const auto table = table_of({row("naca", 1000), row("naca", 4000), row("bp", 5000), row("bp", nullptr), row("sgd", nullptr)});
  test::expect_all_in(
      table, {"| run | protocol | method | seeds |", "| samples to 90 % | samples to 95 % |", "| e | streaming | naca | 2 |",
              "| 2,500 +- 2,121 | 2,500 +- 2,121 | - |", "| e | streaming | bp | 2 |", "| 5,000 (1 of 2 seeds) | - |",
              "| e | streaming | sgd | 1 |", "| 70,000 | never | - |"});
}

}  // namespace
}  // namespace phasic::runtime
