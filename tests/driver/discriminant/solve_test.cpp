// SPDX-License-Identifier: Apache-2.0
#include "driver/discriminant/solve.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>

#include "driver/discriminant/solve_with.hpp"

namespace phasic::discriminant::test {
namespace {

using Random = std::mt19937_64;

constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min(), kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::uint32_t kUsual = 1049;  // a thousandth

std::uint64_t chosen_seed() {
  const char* text = std::getenv("PHASIC_TEST_SEED");
  const std::uint64_t seed = text == nullptr ? std::random_device{}() : std::stoull(text);
  std::cout << "PHASIC_TEST_SEED=" << seed << "\n";
  return seed;
}

std::int64_t between(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

/// Statistics with a place for their values.
struct Owned {
  std::uint32_t sources, classes;
  std::size_t stride;
  std::vector<std::int32_t> scatter, sums, counts;

  Owned(std::uint32_t d, std::uint32_t c, std::size_t padding = 0)
      : sources(d), classes(c), stride(d + padding), scatter(d * stride), sums(c * stride), counts(c) {}

  [[nodiscard]] Statistics view() const { return {sources, classes, stride, scatter.data(), sums.data(), counts.data()}; }
  std::int32_t& at(std::size_t i, std::size_t j) { return scatter[i * stride + j]; }
  std::int32_t& sum(std::size_t c, std::size_t i) { return sums[c * stride + i]; }

  /// As the rule does it.
  void learn(std::size_t c, const std::vector<std::int64_t>& x) {
    std::vector<std::int64_t> d(sources);
    const std::int64_t n = counts[c];
    for (std::size_t i = 0; i < sources; ++i) {
      if (n > 0) d[i] = x[i] - (2 * sum(c, i) + n) / (2 * n);
      sum(c, i) += static_cast<std::int32_t>(x[i]);
    }
    ++counts[c];
    for (std::size_t i = 0; i < sources; ++i)
      for (std::size_t j = 0; j < sources; ++j) at(i, j) += static_cast<std::int32_t>(d[i] * d[j]);
  }

  void fill_padding(Random& random) {
    for (std::size_t row = 0; row < sources + classes; ++row) {
      std::int32_t* const values = row < sources ? &scatter[row * stride] : &sums[(row - sources) * stride];
      for (std::size_t k = sources; k < stride; ++k) values[k] = static_cast<std::int32_t>(random());
    }
  }
};

/// Samples around a mean for each class, in which neighbours go together.
Owned learned(Random& random, std::uint32_t sources, std::uint32_t classes, std::size_t samples, double deviation,
              std::size_t padding = 0) {
  Owned owned(sources, classes, padding);
  std::vector<std::vector<double>> means(classes, std::vector<double>(sources));
  for (auto& mean : means)
    for (double& value : mean) value = static_cast<double>(between(random, 20, 200));
  std::normal_distribution<double> noise(0, deviation);
  std::vector<std::int64_t> x(sources);
  for (std::size_t n = 0; n < samples; ++n) {
    const std::size_t c = random() % classes;
    double last = 0;
    for (std::size_t i = 0; i < sources; ++i) {
      last = 0.5 * last + noise(random);
      x[i] = std::clamp<std::int64_t>(std::llround(means[c][i] + last), 0, 255);
    }
    owned.learn(c, x);
  }
  return owned;
}

/// Every form, with both widths of weights.
void expect_all_equal(const Owned& owned, std::uint32_t regularization = kUsual) {
  RowProducts all[kMostRowProducts];
  const std::size_t count = all_row_products(all);
  for (const Method method : {Method::kSweeps, Method::kElimination}) {
    for (const unsigned weight_width : {8U, 16U}) {
      SCOPED_TRACE(testing::Message() << "width " << weight_width << ", method " << static_cast<int>(method));
      const Readout expected = solve_plainly(owned.view(), regularization, weight_width, method);
      EXPECT_EQ(solve(owned.view(), regularization, weight_width, method), expected);
      for (std::size_t k = 0; k < count; ++k)
        EXPECT_EQ(solve_with(all[k], owned.view(), regularization, weight_width, method), expected) << "form " << k;
    }
  }
}

/// Weights of the classes seen, D x K, before they are brought to a width: their largest is 1.
Eigen::MatrixXd directions(const Owned& owned, std::uint32_t regularization, bool by_sweeps) {
  const auto d = static_cast<Eigen::Index>(owned.sources);
  Eigen::MatrixXd a(d, d);
  for (Eigen::Index i = 0; i < d; ++i)
    for (Eigen::Index j = 0; j < d; ++j)
      a(i, j) = owned.scatter[static_cast<std::size_t>(i) * owned.stride + static_cast<std::size_t>(j)];
  // lambda is a whole number.
  a.diagonal().array() += std::max(1.0, std::floor(a.trace() / static_cast<double>(d) * regularization / 1048576.0));
  Eigen::MatrixXd means(d, owned.classes);
  for (Eigen::Index c = 0; c < owned.classes; ++c)
    for (Eigen::Index i = 0; i < d; ++i)
      means(i, c) = static_cast<double>(owned.sums[static_cast<std::size_t>(c) * owned.stride + static_cast<std::size_t>(i)]) /
                    owned.counts[static_cast<std::size_t>(c)];
  const Eigen::MatrixXd right = means.colwise() - means.rowwise().mean();
  Eigen::MatrixXd w = Eigen::MatrixXd::Zero(d, owned.classes);
  if (by_sweeps) {
    for (std::uint32_t sweep = 0; sweep < kSweeps; ++sweep)
      for (Eigen::Index i = 0; i < d; ++i) w.row(i) += (right.row(i) - a.row(i) * w) / a(i, i);
  } else {
    w = a.ldlt().solve(right);
  }
  return w / w.cwiseAbs().maxCoeff();
}

/// The largest difference between the weights and those that Eigen finds, in parts of the largest.
double error(const Owned& owned, bool by_sweeps, Method method = Method::kSweeps, std::uint32_t regularization = kUsual) {
  const Readout readout = solve(owned.view(), regularization, 16, method);
  const Eigen::MatrixXd expected = directions(owned, regularization, by_sweeps);
  double worst = 0;
  for (Eigen::Index i = 0; i < expected.rows(); ++i)
    for (Eigen::Index c = 0; c < expected.cols(); ++c)
      worst = std::max(worst,
                       std::abs(readout.weights[static_cast<std::size_t>(i * expected.cols() + c)] / 32767.0 - expected(i, c)));
  return worst;
}

TEST(Solve, IsEqualInEveryFormOnWhatWasLearned) {
  Random random(chosen_seed());
  for (std::uint64_t round = 0; round < 40; ++round) {
    const auto sources = static_cast<std::uint32_t>(between(random, 1, 70));
    const auto classes = static_cast<std::uint32_t>(between(random, 1, 9));
    Owned owned = learned(random, sources, classes, static_cast<std::size_t>(between(random, 0, 100)),
                          static_cast<double>(between(random, 0, 60)), static_cast<std::size_t>(between(random, 0, 20)));
    owned.fill_padding(random);
    SCOPED_TRACE(round);
    expect_all_equal(owned, static_cast<std::uint32_t>(between(random, 0, 1 << between(random, 0, 20))));
  }
}

TEST(Solve, IsEqualInEveryFormOnAnyValues) {
  Random random(chosen_seed());
  for (std::uint64_t round = 0; round < 150; ++round) {
    Owned owned(static_cast<std::uint32_t>(between(random, 1, 40)), static_cast<std::uint32_t>(between(random, 1, 6)));
    const bool limits = round % 3 == 0;
    const auto draw = [&] { return limits ? (random() % 2 == 0 ? kLeast : kMost) : static_cast<std::int32_t>(random()); };
    for (auto* values : {&owned.scatter, &owned.sums, &owned.counts})
      for (std::int32_t& value : *values) value = draw();
    // Small values have quotients that lie in the middle of two integers.
    const std::int64_t most = std::int64_t{1} << between(random, 0, 31);
    for (std::int32_t& value : owned.scatter) value = static_cast<std::int32_t>(value % most);
    if (round % 2 == 0) {
      for (std::int32_t& count : owned.counts) count = static_cast<std::int32_t>(between(random, 1, 3));
    }
    SCOPED_TRACE(round);
    expect_all_equal(owned, static_cast<std::uint32_t>(between(random, 0, 1 << 20)));
  }
}

TEST(Solve, IsEqualInEveryFormAtTheLimits) {
  for (const std::int32_t scatter : {kLeast, -1, 0, 1, kMost}) {
    for (const std::int32_t sum : {0, 255, kMost}) {
      for (const std::int32_t count : {1, 2, 1 << 23, kMost}) {
        for (const std::uint32_t sources : {1U, 5U, 16U}) {
          Owned owned(sources, 3);
          for (std::int32_t& value : owned.scatter) value = scatter;
          for (std::size_t i = 0; i < sources; ++i) owned.sum(0, i) = sum;
          owned.counts = {count, 0, 1};
          SCOPED_TRACE(testing::Message() << scatter << ", " << sum << ", " << count << ", " << sources);
          expect_all_equal(owned, 0);
          expect_all_equal(owned, 1 << 20);
        }
      }
    }
  }
}

TEST(Solve, HasNoAnswerWithoutAClassAndAnEqualOneWithOne) {
  Owned owned(3, 4);
  EXPECT_EQ(solve(owned.view(), kUsual, 8), (Readout{std::vector<std::int16_t>(12), {kUnseen, kUnseen, kUnseen, kUnseen}}));
  Random random(1);
  for (int n = 0; n < 9; ++n) owned.learn(2, {between(random, 0, 255), between(random, 0, 255), between(random, 0, 255)});
  EXPECT_EQ(solve(owned.view(), kUsual, 8), (Readout{std::vector<std::int16_t>(12), {kUnseen, kUnseen, 0, kUnseen}}));
}

TEST(Solve, LeavesClassesThatWereNotSeenWithoutAnAnswer) {
  Random random(2);
  Owned owned = learned(random, 5, 2, 50, 10);
  Owned more(5, 4);
  more.scatter = owned.scatter;
  std::copy_n(owned.sums.begin(), 5, more.sums.begin() + 5);
  std::copy_n(owned.sums.begin() + 5, 5, more.sums.begin() + 15);
  more.counts = {0, owned.counts[0], 0, owned.counts[1]};
  const Readout few = solve(owned.view(), kUsual, 8), many = solve(more.view(), kUsual, 8);
  EXPECT_EQ(many.offsets, (std::vector<std::int32_t>{kUnseen, few.offsets[0], kUnseen, few.offsets[1]}));
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(many.weights[4 * i + 1], few.weights[2 * i]);
    EXPECT_EQ(many.weights[4 * i + 3], few.weights[2 * i + 1]);
    EXPECT_EQ(many.weights[4 * i], 0);
    EXPECT_EQ(many.weights[4 * i + 2], 0);
  }
}

TEST(Solve, UsesTheWholeRangeOfAWeight) {
  Random random(3);
  const Owned owned = learned(random, 20, 4, 300, 20);
  for (const auto& [width, limit] : {std::pair{8U, 127}, {16U, 32767}}) {
    const Readout readout = solve(owned.view(), kUsual, width);
    std::int32_t largest = 0;
    for (const std::int32_t weight : readout.weights) largest = std::max(largest, std::abs(weight));
    EXPECT_EQ(largest, limit);
  }
}

/// Of one source, where it can be worked out: means 10 and 30, so e = -10 and 10 and w = -127 and 127; the boundary is at 20.
TEST(Solve, PutsTheBoundaryOfOneSourceBetweenTheMeans) {
  Owned owned(1, 2);
  for (const std::int64_t x : {9, 11}) owned.learn(0, {x});
  for (const std::int64_t x : {29, 31}) owned.learn(1, {x});
  const Readout readout = solve(owned.view(), kUsual, 8);
  EXPECT_EQ(readout.weights, (std::vector<std::int16_t>{-127, 127}));
  EXPECT_EQ(readout.offsets, (std::vector<std::int32_t>{1905, -3175}));  // 15 * 127 and -25 * 127: equal at 20
}

TEST(Solve, FollowsTheSweepsInFloatingPoint) {
  Random random(4);
  for (const double deviation : {1.0, 10.0, 50.0}) {
    for (const std::uint32_t sources : {2U, 30U, 120U}) {
      const Owned owned = learned(random, sources, 5, 400, deviation);
      EXPECT_LT(error(owned, true), 1e-4) << sources << ", " << deviation;
    }
  }
}

TEST(Solve, ComesNearToTheExactSolution) {
  Random random(5);
  for (const double deviation : {1.0, 10.0, 50.0}) {
    for (const std::uint32_t sources : {2U, 30U, 120U}) {
      const Owned owned = learned(random, sources, 5, 400, deviation);
      EXPECT_LT(error(owned, false), 1e-3) << sources << ", " << deviation;
    }
  }
}

/// Neighbours that hardly differ, which sweeps do not tell apart.
TEST(Solve, IsExactByEliminationWhereSweepsAreNot) {
  Random random(6);
  constexpr std::uint32_t kSources = 100;
  Owned owned(kSources, 5);
  std::vector<std::int64_t> x(kSources);
  for (std::size_t n = 0; n < 3000; ++n) {
    const std::size_t c = random() % 5;
    std::int64_t last = between(random, 60, 180);
    for (std::size_t i = 0; i < kSources; ++i) {
      last = std::clamp<std::int64_t>(last + between(random, -2, 2), 0, 255);
      x[i] = std::min<std::int64_t>(255, last + (i % 5 == c ? 1 : 0));
    }
    owned.learn(c, x);
  }
  for (const std::uint32_t regularization : {10U, 100U, kUsual}) {
    EXPECT_GT(error(owned, false, Method::kSweeps, regularization), 1e-2) << regularization;
    EXPECT_LT(error(owned, false, Method::kElimination, regularization), 1e-4) << regularization;
  }
}

TEST(Solve, IsExactByEliminationOnWhatWasLearned) {
  Random random(7);
  for (const double deviation : {1.0, 10.0, 50.0}) {
    for (const std::uint32_t sources : {2U, 30U, 121U}) {
      const Owned owned = learned(random, sources, 5, 400, deviation);
      EXPECT_LT(error(owned, false, Method::kElimination), 1e-4) << sources << ", " << deviation;
    }
  }
}

/// As many samples as can be, of sources that hardly differ, with means as far apart as can be, and one source that varies as
/// much as G can hold: nothing exceeds 64 bits.
TEST(Solve, HoldsTheWorstThatCanBeLearned) {
  constexpr std::uint32_t kSources = 64;
  Owned owned(kSources, 2);
  for (std::size_t i = 0; i < kSources; ++i) {
    for (std::size_t j = 0; j < kSources; ++j) owned.at(i, j) = i == 0 && j == 0 ? kMost : i == 0 || j == 0 ? 0 : 7;
    if (i != 0) owned.at(i, i) = 8;
    owned.sum(1, i) = 255 << 23;
  }
  for (std::int32_t& count : owned.counts) count = 1 << 23;
  EXPECT_LT(error(owned, true), 1e-4);
  EXPECT_LT(error(owned, false, Method::kElimination), 1e-4);
  expect_all_equal(owned);
  expect_all_equal(owned, 0);
}

}  // namespace
}  // namespace phasic::discriminant::test
