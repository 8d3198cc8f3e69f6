// SPDX-License-Identifier: Apache-2.0
/// Arithmetic of a discriminant in the HLS kernel.
#include "hls/discriminant.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace phasic::hls::discriminant_test {
namespace {

/// d_i as section 2 of docs/specification.md has it.
std::int32_t expected(std::int64_t value, std::int64_t sum, std::int64_t samples) {
  const std::int64_t above = 2 * sum + samples, below = 2 * samples;
  const std::int64_t quotient = above / below - (above % below < 0 ? 1 : 0);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value - quotient, -256, 255));
}

TEST(Discriminant, TheDifferenceFromAMeanIsRoundedAndLimited) {
  constexpr std::int32_t kLargest = 0x7fffffff;
  for (const std::int32_t samples : {1, 2, 3, 7, 1000, (1 << 23) - 1}) {
    std::vector<std::int64_t> sums{0, kLargest, -kLargest - 1};
    // Around the halves and the whole means, and where the limits begin.
    for (std::int64_t mean = -260; mean <= 770; ++mean) {
      for (std::int64_t off = -2; off <= 2; ++off) {
        sums.push_back(mean * samples + off);
        sums.push_back(mean * samples + samples / 2 + off);
      }
    }
    for (const std::int64_t sum : sums) {
      if (sum > kLargest || sum < -kLargest - 1) continue;
      for (const std::uint8_t value : {0, 1, 128, 255}) {
        ASSERT_EQ(difference_from_mean(value, static_cast<std::int32_t>(sum), samples), expected(value, sum, samples))
            << +value << " with a sum of " << sum << " over " << samples;
      }
    }
  }
}

}  // namespace
}  // namespace phasic::hls::discriminant_test
