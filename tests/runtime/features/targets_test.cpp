// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/targets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "runtime/features/patches.hpp"

namespace phasic::runtime {
namespace {

const layout::Shape kShape{.sources = {8, 8, 2}, .kernel_rows = 3, .kernel_columns = 3, .channels = 4};
constexpr std::uint32_t kRows = 18;

/// Pictures that are smooth, so that neighbours are much alike.
class Smooth : public ::testing::Test {
 protected:
  Smooth() {
    std::mt19937 draw(11);
    for (auto& picture : pictures_) {
      const double phase = static_cast<double>(draw() % 628) / 100, slope = static_cast<double>(draw() % 60) / 100;
      for (std::uint32_t n = 0; n < 128; ++n) {
        const double wave = 90 * std::sin(phase + slope * (n % 8) + 0.3 * (n / 8 % 8)) + static_cast<double>(draw() % 30);
        picture.push_back(static_cast<std::uint8_t>(std::clamp(115 + wave, 0.0, 255.0)));
      }
    }
    for (const auto& picture : pictures_) samples_.push_back({.intensities = picture});
  }
  /// Before they are shifted.
  static Eigen::MatrixXd sums(const Targets& targets, const Eigen::MatrixXf& patches) {
    Eigen::MatrixXd sums(kRows, patches.cols());
    for (Eigen::Index n = 0; n < patches.cols(); ++n) {
      for (std::uint32_t row = 0; row < kRows; ++row) {
        double sum = -targets.offsets[row];
        for (std::uint32_t other = 0; other < kRows; ++other)
          sum += static_cast<double>(patches(other, n)) * targets.matrix[other * kRows + row];
        sums(row, n) = sum;
      }
    }
    return sums;
  }
  std::vector<std::uint8_t> pictures_[40];
  std::vector<Sample> samples_;
};

TEST_F(Smooth, TargetsFillEightBitsAndNoMore) {
  const auto targets = targets_of(kShape, samples_, 0.1, 0);
  ASSERT_EQ(targets.rows, kRows);
  ASSERT_EQ(targets.matrix.size(), kRows * kRows);
  double furthest = 0;
  for (const auto& sample : samples_)
    furthest = std::max(furthest, sums(targets, patches_of(kShape, sample.intensities)).cwiseAbs().maxCoeff());
  furthest /= std::ldexp(1.0, static_cast<int>(targets.shift));
  EXPECT_LE(furthest, 127);
  EXPECT_GT(furthest, 63);
}

TEST_F(Smooth, WhatAllValuesOfAPatchShareGivesNoTarget) {
  const auto targets = targets_of(kShape, samples_, 0.1, 0);
  Eigen::MatrixXf patches = patches_of(kShape, samples_[3].intensities);
  const auto before = sums(targets, patches);
  patches.array() += 17;
  EXPECT_EQ(sums(targets, patches), before);
  EXPECT_NEAR(before.colwise().sum().cwiseAbs().maxCoeff(), std::abs(sums(targets, patches).col(0).sum()), 1e-9)
      << "and their sum is the same for all";
}

TEST_F(Smooth, TargetsVaryAlikeInAllDirectionsWhereSamplesDoNot) {
  const auto spread = [&](double regularization) {
    const auto targets = targets_of(kShape, samples_, regularization, 0);
    Eigen::MatrixXd all(kRows, 0);
    for (const auto& sample : samples_) {
      const auto more = sums(targets, patches_of(kShape, sample.intensities));
      all.conservativeResize(Eigen::NoChange, all.cols() + more.cols());
      all.rightCols(more.cols()) = more;
    }
    all.colwise() -= all.rowwise().mean().eval();
    const Eigen::MatrixXd covariance = all * all.transpose() / static_cast<double>(all.cols());
    // The largest of all directions in proportion to the mean one; power iteration.
    Eigen::VectorXd direction = Eigen::VectorXd::Random(kRows);
    for (int n = 0; n < 200; ++n) direction = (covariance * direction).normalized();
    return direction.dot(covariance * direction) / (covariance.trace() / kRows);
  };
  EXPECT_LT(spread(0.01), 0.6 * spread(100)) << "with much regularization the samples' own directions stay";
}

TEST_F(Smooth, OffsetsTakeTheMeanAway) {
  const auto targets = targets_of(kShape, samples_, 0.1, 0);
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(kRows);
  for (const auto& sample : samples_) mean += sums(targets, patches_of(kShape, sample.intensities)).rowwise().mean();
  EXPECT_LE((mean / 40).cwiseAbs().maxCoeff(), 0.51) << "half a unit is rounded";
}

TEST_F(Smooth, PatchesWithoutContrastDoNotCount) {
  std::vector<Sample> some(samples_.begin(), samples_.begin() + 10);
  const std::vector<std::uint8_t> flat(128, 200);
  const auto before = targets_of(kShape, some, 0.1, 1);
  some.push_back({.intensities = flat});
  const auto after = targets_of(kShape, some, 0.1, 1);
  EXPECT_EQ(before.matrix, after.matrix);
  EXPECT_EQ(before.offsets, after.offsets);
  EXPECT_NE(targets_of(kShape, some, 0.1, 0).offsets, before.offsets);
  EXPECT_THROW((void)targets_of(kShape, std::vector<Sample>{{.intensities = flat}}, 0.1, 1), std::invalid_argument);
}

TEST_F(Smooth, ABlankSampleChangesNothing) {
  // Eigen chooses blocks for products of so many rows, by the number of columns.
  auto shape = kShape;
  shape.kernel_rows = shape.kernel_columns = 5;
  const auto before = targets_of(shape, samples_, 0.01, 20);
  const std::vector<std::uint8_t> blank(128, 77);
  samples_.insert(samples_.begin() + 3, {.intensities = blank});
  const auto after = targets_of(shape, samples_, 0.01, 20);
  EXPECT_EQ(after.matrix, before.matrix);
  EXPECT_EQ(after.offsets, before.offsets);
  EXPECT_EQ(after.shift, before.shift);
}

TEST_F(Smooth, OnePatchOfOneValueIsNoReasonToFail) {
  const std::vector<std::uint8_t> flat(128, 200);
  const auto targets = targets_of(kShape, std::vector<Sample>{{.intensities = flat}}, 0.1, 0);
  EXPECT_EQ(targets.shift, 0U);
  EXPECT_EQ(sums(targets, patches_of(kShape, flat)).cwiseAbs().maxCoeff(), 0);
}

}  // namespace
}  // namespace phasic::runtime
