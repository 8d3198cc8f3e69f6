// SPDX-License-Identifier: Apache-2.0
// The random cases of the other forms, on the definition and on the fast core, with all rules that there are.
#include "tests/common/random_case.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>

#include "driver/engine/banked_memory.hpp"
#include "sim/reference/engine.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::reference::test {
namespace {

using phasic::testing::RandomCase;

std::uint64_t chosen_seed() {
  const char* text = std::getenv("PHASIC_TEST_SEED");
  return text == nullptr ? std::random_device{}() : std::stoull(text);
}

contract::Limits all_rules(std::uint32_t lanes, std::uint32_t weight_width) {
  contract::Limits limits;
  limits.lanes = lanes;
  limits.weight_width = weight_width;
  limits.rules = contract::kRulesPost | contract::kRulesFeedback | contract::kRulesCompetition | contract::kRulesGraded |
                 contract::kRulesGate | contract::kRulesState | contract::kRulesConvolution | contract::kRulesFeatures |
                 contract::kRulesDiscriminant | contract::kRulesCurrent | contract::kRulesDrawn | contract::kRulesRetrograde;
  return limits;
}

TEST(RandomCases, LeaveTheSameMemoryOnThePlainAndOnTheFastCore) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "seed " << seed << "\n";
  std::uint64_t convolutions = 0, currents = 0, retrogrades = 0, grids = 0, features = 0, discriminants = 0, errors = 0;
  for (std::uint64_t round = 0; round < 720; ++round) {
    const contract::Limits limits = all_rules(round % 3 == 0 ? 8 : 64, round % 2 == 0 ? 8 : 16);
    const bool legal = round % 3 != 2;
    const RandomCase random_case =
        legal ? testing::random_case(seed + round, limits) : testing::random_illegal_case(seed + round, limits);
    SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", case " + std::to_string(round) + ": " +
                 random_case.describe());
    engine::BankedMemory plain_memory, fast_memory;
    const auto plain = make_reference_engine(plain_memory, limits, true);
    const auto fast = make_reference_engine(fast_memory, limits, false);
    const auto expected = testing::run_case(*plain, plain_memory, random_case, false);
    const auto outcome = testing::run_case(*fast, fast_memory, random_case, false);
    ASSERT_EQ(testing::first_difference(random_case, limits, expected, outcome), std::nullopt);
    if (legal) {
      ASSERT_EQ(expected.error, 0U);
    }
    errors += expected.error != 0 ? 1 : 0;
    for (std::uint32_t n = 0; legal && n < random_case.header().layers; ++n) {
      convolutions += random_case.layer(n).connection == static_cast<std::uint32_t>(contract::Connection::kConvolution) ? 1 : 0;
      currents += random_case.layer(n).synaptic_leak != 0 ? 1 : 0;
      retrogrades += random_case.layer(n).retrograde_limit != 0 ? 1 : 0;
      grids += random_case.layer(n).grid != 0 ? 1 : 0;
      features += random_case.layer(n).factor == static_cast<std::uint32_t>(contract::Factor::kFeatures) ? 1 : 0;
      discriminants += random_case.layer(n).factor == static_cast<std::uint32_t>(contract::Factor::kDiscriminant) ? 1 : 0;
    }
  }
  EXPECT_GT(convolutions, 40U);
  EXPECT_GT(currents, 40U);
  EXPECT_GT(retrogrades, 40U);
  EXPECT_GT(grids, 4U);
  EXPECT_GT(features, 4U);
  EXPECT_GT(discriminants, 4U);
  EXPECT_GT(errors, 20U);
}

}  // namespace
}  // namespace phasic::reference::test
