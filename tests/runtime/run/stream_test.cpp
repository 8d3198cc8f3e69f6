// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/stream.hpp"

#include <gtest/gtest.h>

namespace phasic::runtime {
namespace {

TEST(Curve, CountsInBlocksThatGrowWhereThereWouldBeTooMany) {
  constexpr auto kFull = Curve::kBlock * Curve::kMostBlocks;
  Curve curve;
  std::uint64_t right = 0;
  const auto add = [&](std::uint64_t until) {
    while (curve.samples < until) {
      const bool is_right = curve.samples % 3 == 0 || curve.samples % 7 == 0;
      right += is_right ? 1 : 0;
      curve.add(is_right);
    }
  };
  add(kFull);
  EXPECT_EQ(curve.block, 100u);
  EXPECT_EQ(curve.correct.size(), 10'000u);
  add(kFull + 1);
  EXPECT_EQ(curve.block, 200u);
  EXPECT_EQ(curve.correct.size(), 5'001u);
  add(5 * kFull + 350);
  EXPECT_EQ(curve.block, 800u);
  EXPECT_EQ(curve.correct.size(), 6'251u);
  EXPECT_EQ(curve.total(), right);
}

TEST(Curve, ShortenedItIsTheOneThatWasCountedInLongerBlocks) {
  for (const std::uint64_t samples : {1'000'001u, 1'000'150u, 2'000'000u, 2'345'678u}) {
    Curve counted, read;
    for (std::uint64_t n = 0; n < samples; ++n) {
      counted.add(n % 5 == 0);
      if (n % Curve::kBlock == 0) read.correct.push_back(0);
      read.correct.back() += n % 5 == 0 ? 1 : 0;
    }
    read.samples = samples;
    read.shorten();
    EXPECT_EQ(read, counted) << samples;
  }
}

}  // namespace
}  // namespace phasic::runtime
