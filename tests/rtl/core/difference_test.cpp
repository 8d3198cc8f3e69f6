// SPDX-License-Identifier: Apache-2.0
// Differences between values and the mean of their class against the reference.
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "Vdifference.h"
#include "phasic/contract.hpp"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::difference_test {
namespace {

constexpr unsigned kLatency = 12;

struct Value {
  std::uint32_t value = 0;
  std::int32_t difference = 0;
};

/// Sums of `samples` values, some of them a little more or less than where the rounded mean changes, and sums of any kind.
std::int32_t random_sum(std::mt19937_64& random, std::int64_t samples) {
  const std::int64_t any = random_signed(random, 32);
  if (random() % 4 == 0) return static_cast<std::int32_t>(any);
  const std::int64_t mean = static_cast<std::int64_t>(random() % 800) - 280;
  const std::int64_t sum = mean * samples - samples / 2 + static_cast<std::int64_t>(random() % 5) - 2;
  const std::int64_t other = static_cast<std::int64_t>(random() % 256) * samples;
  return static_cast<std::int32_t>(random() % 2 == 0 ? sum : other);
}

TEST(RtlDifference, IsThatOfTheReference) {
  unsigned lowest = 0, highest = 0, between = 0, first = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vdifference> module{seed};
    module->clear_i = module->valid_i = 0;
    module.reset();
    for (unsigned turn = 0; turn < 10; ++turn) {
      const std::uint32_t most = contract::kMostSamples - 1;
      const std::uint32_t samples =
          random() % 8 == 0 ? 0 : static_cast<std::uint32_t>(random() % (1ULL << (1 + random() % 23)));
      module->samples_i = random() % 8 == 0 ? most : samples;
      const auto count = static_cast<std::int32_t>(module->samples_i);
      std::deque<std::optional<Value>> on_the_way(kLatency);
      for (unsigned cycle = 0; cycle < 60; ++cycle) {
        const bool valid = cycle + kLatency < 60 && random() % 4 != 0;
        const std::int32_t sum = random_sum(random, count);
        const auto value = static_cast<std::uint32_t>(random() % 8 == 0 ? random() % 2 * 255 : random() % 256);
        module->valid_i = valid;
        module->value_i = static_cast<unsigned char>(value);
        module->sum_i = static_cast<std::uint32_t>(sum);
        on_the_way.push_back(valid ? std::optional{Value{value, reference::difference_from_mean(value, sum, count)}}
                                   : std::nullopt);
        module.edge();
        on_the_way.pop_front();
        const std::optional<Value> expected = on_the_way.front();
        ASSERT_EQ(module->valid_o != 0, expected.has_value());
        if (!expected) continue;
        ASSERT_EQ(module->value_o, expected->value);
        ASSERT_EQ(get_signed(module->difference_o, 0, contract::kDifferenceWidth), expected->difference) << "of " << count;
        ++(count == 0 ? first : expected->difference == 255 ? highest : expected->difference == -256 ? lowest : between);
      }
    }
    // What is on its way is forgotten.
    module->valid_i = 1;
    module.edge();
    module->valid_i = 0;
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    for (unsigned cycle = 0; cycle <= kLatency; ++cycle) {
      ASSERT_EQ(module->valid_o, 0);
      module.edge();
    }
  }
  for (const unsigned seen : {lowest, highest, between, first}) EXPECT_GT(seen, 1000U);
}

}  // namespace
}  // namespace phasic::testing::difference_test
