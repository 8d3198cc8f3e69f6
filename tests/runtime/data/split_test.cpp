// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/split.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "runtime/data/statistics.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

TEST(Split, OrdersArePermutationsThatFollowFromTheSeed) {
  const auto order = mixed_order(1000, 3, Mixing::kOrder);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint32_t> all(1000);
  std::iota(all.begin(), all.end(), 0u);
  EXPECT_EQ(sorted, all);
  EXPECT_NE(order, all);
  EXPECT_EQ(order, mixed_order(1000, 3, Mixing::kOrder));
  EXPECT_NE(order, mixed_order(1000, 4, Mixing::kOrder));
  EXPECT_NE(order, mixed_order(1000, 3, Mixing::kSplit));
  EXPECT_TRUE(mixed_order(0, 1, Mixing::kOrder).empty());
}

TEST(Split, OrdersDoNotChangeFromVersionToVersion) {
  // Results name their seed alone; these numbers make sure that it stays enough.
  EXPECT_EQ(mixed_order(8, 1, Mixing::kOrder), (std::vector<std::uint32_t>{4, 6, 0, 1, 2, 3, 5, 7}));
}

TEST(Split, TheShareForTestingIsRounded) {
  for (const auto& [share, wanted] : {std::pair(0.2, 2), std::pair(0.25, 3), std::pair(0.0, 0), std::pair(1.0, 10)}) {
    const auto drawn = drawn_for_test(10, share, 7);
    EXPECT_EQ(std::count(drawn.begin(), drawn.end(), true), wanted) << share;
  }
}

TEST(Split, ValidationSamplesAreTakenOut) {
  auto data = test::make_dataset(50, 4, 3, 1);
  for (std::size_t n = 0; n < 50; ++n) data.pixels[n * 16] = static_cast<std::uint8_t>(n);  // tells samples apart
  const auto [kept, apart] = split_validation(data, 12, 5);
  EXPECT_EQ(kept.size(), 38u);
  EXPECT_EQ(apart.size(), 12u);
  std::set<int> seen;
  for (const auto* part : {&kept, &apart}) {
    int before = -1;
    for (std::size_t n = 0; n < part->size(); ++n) {
      const int number = part->image(n)[0];
      EXPECT_GT(number, before);  // the data set's order
      before = number;
      EXPECT_EQ(part->labels[n], data.labels[static_cast<std::size_t>(number)]);
      seen.insert(number);
    }
  }
  EXPECT_EQ(seen.size(), 50u);
  EXPECT_EQ(split_validation(data, 12, 5).second.pixels, apart.pixels);
  EXPECT_NE(split_validation(data, 12, 6).second.pixels, apart.pixels);
}

TEST(Split, RepeatsAreCounted) {
  Dataset training, test;
  training.rows = test.rows = 1;
  training.columns = test.columns = 2;
  training.pixels = {1, 2, 3, 4, 1, 2, 5, 6};
  training.labels = {0, 1, 0, 1};
  test.pixels = {3, 4, 5, 6, 7, 8, 3, 4};
  test.labels = {1, 0, 0, 1};
  const auto repeats = count_repeats(training, test);
  EXPECT_EQ(repeats.within_training, 1u);
  EXPECT_EQ(repeats.test_in_training, 3u);
  EXPECT_EQ(repeats.contradictory, 1u);
  EXPECT_EQ(class_counts(training, 3), (std::vector<std::size_t>{2, 2, 0}));
}

TEST(Split, PickedRecordingsKeepTheirEvents) {
  Dataset data;
  data.rows = data.columns = 2;
  data.channels = 2;
  data.steps = 4;
  data.events = {1, 2, 3, 70000, 70001};
  data.event_starts = {0, 2, 2, 5};
  data.labels = {0, 1, 2};
  const std::vector<std::uint32_t> wanted{2, 1};
  const auto part = pick(data, wanted, "part");
  ASSERT_EQ(part.size(), 2u);
  EXPECT_EQ(part.events, (std::vector<std::uint32_t>{3, 70000, 70001}));
  EXPECT_EQ(part.event_starts, (std::vector<std::size_t>{0, 3, 3}));
  EXPECT_EQ(part.labels, (std::vector<std::uint8_t>{2, 1}));
  EXPECT_TRUE(part.image(0).empty());
  EXPECT_NE(checksum_of(part), checksum_of(data));
}

}  // namespace
}  // namespace phasic::runtime
