// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/levels.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/network/quantities.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

std::vector<std::uint32_t> places(std::uint32_t classes) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t c = 0; c < classes; ++c) {
    const auto code = expectation_code(classes, c);
    EXPECT_EQ(code.b, code.a + 1);
    all.push_back(code.a);
  }
  return all;
}

TEST(ExpectationCode, IsThePublishedOne) {
  EXPECT_EQ(places(10), (std::vector<std::uint32_t>{18, 15, 13, 11, 9, 8, 7, 5, 3, 0}));
  EXPECT_EQ(places(11), (std::vector<std::uint32_t>{20, 16, 14, 12, 11, 10, 8, 7, 5, 3, 0}));
  EXPECT_EQ(places(26), (std::vector<std::uint32_t>{50, 44, 40, 37, 35, 33, 31, 30, 28, 27, 25, 24, 23,
                                                    21, 20, 19, 18, 16, 15, 14, 12, 11, 9,  7,  5,  0}));
  EXPECT_EQ(places(1), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(places(2), (std::vector<std::uint32_t>{2, 0}));
}

TEST(Modulation, HasTheTabulatedValues) {
  const Modulation modulation;
  const std::vector<std::pair<double, double>> table = {{0, 1.0},     {.05, 1.128}, {.10, 1.192}, {.125, 1.2},
                                                        {.15, 1.192}, {.20, 1.128}, {.25, 1.0},   {.30, .640},
                                                        {.35, .360},  {.40, .160},  {.45, .040},  {.50, 0}};
  for (const auto& [lambda, level] : table) {
    EXPECT_NEAR(modulate(lambda, modulation), level, 1e-9) << lambda;
    EXPECT_NEAR(modulate(1 - lambda, modulation), -level, 1e-9) << 1 - lambda;
  }
}

TEST(LevelTable, HasTheLargestModulationThatASignedByteHolds) {
  auto document = test::small_network(64, 1000, 10);
  document["modulation"] = {{"maximum", kLargestLevel}};
  const auto network = parse_network(document, "net.json");
  const auto levels = level_table(network, 0);
  const auto exact = modulated_levels(network.seed, 0, 10, 1000, network.modulation);
  ASSERT_EQ(levels.size(), exact.size());
  for (std::size_t n = 0; n < levels.size(); ++n) EXPECT_NEAR(levels[n], kUnitsOfLevel * exact[n], 0.5 + 1e-9) << n;
  const auto [least, most] = std::ranges::minmax(levels);
  EXPECT_EQ(least, -127);
  EXPECT_EQ(most, 127);
  document["modulation"] = {{"maximum", std::nextafter(kLargestLevel, 2)}};
  EXPECT_THROW((void)parse_network(document, "net.json"), InputError);
}

TEST(LevelTable, OfFeedbackIsUniform) {
  auto document = test::small_network(64, 1000, 10);
  document["layers"][0]["rule"] = "dfa";
  const auto levels = level_table(parse_network(document, "net.json"), 0);
  ASSERT_EQ(levels.size(), 10000u);
  std::vector<int> seen(129);
  for (const auto level : levels) {
    const int place = level + 64;
    ++seen.at(static_cast<std::size_t>(place));
  }
  for (const int count : seen) EXPECT_NEAR(count, 10000.0 / 129, 45);
}

TEST(LevelTable, OfCompetitionSelectsTheNeuronsOfTheClass) {
  const nlohmann::json document = {
      {"phasic_network", 1},
      {"inputs", 4},
      {"classes", 2},
      {"steps", 4},
      {"layers", {{{"neurons", 3}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", 0.5}}}}};
  EXPECT_EQ(level_table(parse_network(document, "net.json"), 0), (std::vector<std::int8_t>{64, 64, 0, 0, 0, 64}));
}

TEST(LevelTable, OfOtherDistributionsHasTheirShape) {
  auto document = test::small_network(64, 1000, 10);
  const auto mean_size = [&](const char* distribution) {
    document["modulation"] = {{"distribution", distribution}};
    const auto levels = level_table(parse_network(document, "net.json"), 0);
    double sum = 0;
    for (const auto level : levels) sum += std::abs(level);
    return sum / static_cast<double>(levels.size());
  };
  // The mean of two numbers is far from 1/2 more often if each is near 0 or 1 more often: uniform 0.492, beta, then normal
  // limited to [0, 1], of which two thirds lie at the limits.
  EXPECT_NEAR(mean_size("uniform") / 64, 0.492, 0.02);
  EXPECT_GT(mean_size("beta"), mean_size("uniform"));
  EXPECT_GT(mean_size("normal"), mean_size("beta"));
}

TEST(LevelTable, LooksLikeTheMeanOfTwoUniformNumbers) {
  auto document = test::small_network(64, 1000, 10);
  const auto network = parse_network(document, "net.json");
  const auto levels = level_table(network, 0);
  ASSERT_EQ(levels.size(), 10000u);
  double sum = 0, magnitude = 0;
  int largest = 0;
  for (const auto level : levels) {
    sum += level / 64.0;
    magnitude += std::abs(level) / 64.0;
    largest = std::max(largest, std::abs(level));
  }
  EXPECT_NEAR(sum / 10000, 0, 0.03);
  EXPECT_NEAR(magnitude / 10000, 0.492, 0.02);
  EXPECT_EQ(largest, 77);  // 1.2 * 64 = 76.8
  // Neighbouring classes that share a row of the code (4 and 5 of 10) are alike, others are not.
  const auto correlation = [&](std::size_t a, std::size_t b) {
    double product = 0, left = 0, right = 0;
    for (std::size_t j = 0; j < 1000; ++j) {
      const double x = levels[a * 1000 + j], y = levels[b * 1000 + j];
      product += x * y;
      left += x * x;
      right += y * y;
    }
    return product / std::sqrt(left * right);
  };
  EXPECT_GT(correlation(4, 5), 0.3);
  EXPECT_LT(std::abs(correlation(0, 9)), 0.15);
}

TEST(LevelTable, DependsOnSeedAndLayer) {
  auto document = test::small_network();
  const auto first = level_table(parse_network(document, "net.json"), 0);
  document["layers"].insert(document["layers"].begin(), document["layers"][0]);
  const auto deeper = parse_network(document, "net.json");
  EXPECT_EQ(level_table(deeper, 0), first);
  EXPECT_NE(level_table(deeper, 1), first);
  document["seed"] = 8;
  EXPECT_NE(level_table(parse_network(document, "net.json"), 0), first);
}

}  // namespace
}  // namespace phasic::runtime
