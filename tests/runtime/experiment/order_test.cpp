// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/order.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

/// 40 samples of classes 0 to 4, but none of class 3.
Dataset labelled() {
  Dataset data;
  for (unsigned n = 0; n < 40; ++n) data.labels.push_back(static_cast<std::uint8_t>(n % 4 == 3 ? 4 : n % 4));
  return data;
}

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> values) {
  std::sort(values.begin(), values.end());
  return values;
}

TEST(Order, OfClassificationShowsEverySampleInEachPass) {
  const auto data = labelled();
  const auto order = classification_order(data, 2, 7);
  ASSERT_EQ(order.indices.size(), 80U);
  ASSERT_EQ(order.stretches.size(), 2U);
  EXPECT_EQ(order.stretches[0].end, 40U);
  EXPECT_EQ(order.stretches[1].end, 80U);
  std::vector<std::uint32_t> all(40);
  std::iota(all.begin(), all.end(), 0U);
  const std::vector<std::uint32_t> first(order.indices.begin(), order.indices.begin() + 40);
  const std::vector<std::uint32_t> second(order.indices.begin() + 40, order.indices.end());
  EXPECT_EQ(sorted(first), all);
  EXPECT_EQ(sorted(second), all);
  EXPECT_NE(first, all);
  EXPECT_NE(first, second);
  EXPECT_NE(classification_order(data, 2, 8).indices, order.indices);
  EXPECT_EQ(classification_order(data, 2, 7).indices, order.indices);
  const auto fixed = classification_order(data, 2, 7, true);
  EXPECT_EQ(std::vector<std::uint32_t>(fixed.indices.begin(), fixed.indices.begin() + 40), first);
  EXPECT_EQ(std::vector<std::uint32_t>(fixed.indices.begin() + 40, fixed.indices.end()), first);
}

TEST(Order, OfClassesShowsEachClassWhollyAndNeverAgain) {
  const auto data = labelled();
  const auto order = class_continual_order(data, 5, 2, 3);
  ASSERT_EQ(order.stretches.size(), 4U) << "class 3 has no samples";
  std::vector<std::uint32_t> classes;
  std::size_t begin = 0;
  for (const Stretch& stretch : order.stretches) {
    EXPECT_EQ(stretch.end - begin, 20U);
    std::vector<std::uint32_t> shown(order.indices.begin() + static_cast<std::ptrdiff_t>(begin),
                                     order.indices.begin() + static_cast<std::ptrdiff_t>(stretch.end));
    for (const std::uint32_t index : shown) EXPECT_EQ(data.labels[index], stretch.class_shown);
    const auto twice = sorted(shown);
    for (std::size_t n = 0; n < twice.size(); n += 2) EXPECT_EQ(twice[n], twice[n + 1]) << "once in each pass";
    classes.push_back(stretch.class_shown);
    begin = stretch.end;
  }
  EXPECT_EQ(sorted(classes), (std::vector<std::uint32_t>{0, 1, 2, 4}));
}

TEST(Order, OfClassesDependsOnTheSeed) {
  const auto data = labelled();
  std::set<std::vector<std::uint32_t>> orders;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    std::vector<std::uint32_t> classes;
    for (const Stretch& stretch : class_continual_order(data, 5, 1, seed).stretches) classes.push_back(stretch.class_shown);
    orders.insert(classes);
  }
  EXPECT_GT(orders.size(), 4U);
}

}  // namespace
}  // namespace phasic::runtime
