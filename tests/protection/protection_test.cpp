// SPDX-License-Identifier: Apache-2.0
/// Flipped bits of protected memories change no result, or end the run with an error.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "driver/device.hpp"
#include "tests/protection/trial.hpp"

namespace phasic::testing {
namespace {

constexpr const char* kEngine = "rtl4conv";

std::map<Fate, unsigned> fates_of(Kind kind, std::uint64_t first_seed, unsigned trials) {
  std::map<Fate, unsigned> fates;
  std::cout << "seeds " << first_seed << " to " << first_seed + trials - 1 << '\n';
  for (unsigned n = 0; n < trials; ++n) {
    const auto trial = run_trial(kEngine, kind, first_seed + n);
    EXPECT_NE(trial.fate, Fate::kSilent) << "seed " << first_seed + n << ", " << trial.options << ": " << trial.told;
    EXPECT_NE(trial.fate, Fate::kHung) << "seed " << first_seed + n << ", " << trial.options;
    ++fates[trial.fate];
  }
  return fates;
}

TEST(Protection, OneFlippedBitIsPutRightOrOfALevelEndsTheRun) {
  auto fates = fates_of(Kind::kOne, 1, 20);
  EXPECT_GT(fates[Fate::kCorrected], 2u);
}

TEST(Protection, TwoFlippedBitsOfAWordEndTheRunWhenItIsRead) {
  auto fates = fates_of(Kind::kTwo, 1001, 16);
  EXPECT_GT(fates[Fate::kEnded], 2u);
}

TEST(Protection, FlipsAllOverTheMemoriesChangeNoResult) {
  auto fates = fates_of(Kind::kApart, 2001, 16);
  EXPECT_GT(fates[Fate::kCorrected] + fates[Fate::kEnded], 8u);
}

TEST(Protection, TheErrorNamesLayerMemoryAndWord) {
  driver::RunResponse response;
  response.error = static_cast<std::uint32_t>(contract::Error::kMemory);
  response.error_detail = 5U << 28 | 1U << 26 | 1234;
  EXPECT_EQ(response.error_text(),
            "error 10 (memory): layer 5, levels, word 1234: Bits of a memory have flipped, more than can be put right; only in "
            "builds with rules_protection");
}

}  // namespace
}  // namespace phasic::testing
