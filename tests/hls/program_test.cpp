// SPDX-License-Identifier: Apache-2.0
/// What a build of the HLS kernel with or without rules_state takes of a program block. The engines all have rules_state.
#include "hls/program.hpp"

#include <gtest/gtest.h>

#include <array>

#include "hls/build.hpp"

namespace phasic::hls {
namespace {

struct StateBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules | kRulesState;
};
struct PlainBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesState;
};

using Words = std::array<Word, kProgramBytes / 4>;
constexpr Word kLayer0 = kProgramHeaderBytes;

/// A legal block: 4 inputs, one layer of 3 neurons, 2 steps, a leak of 1/4 and reset zero.
Words block() {
  Words words{};
  words[kProgramHeaderMagic / 4] = kProgramMagic;
  words[kProgramHeaderVersion / 4] = kContractVersion;
  words[kProgramHeaderInputs / 4] = 4;
  words[kProgramHeaderLayers / 4] = 1;
  words[kProgramHeaderSteps / 4] = 2;
  words[kProgramHeaderClasses / 4] = 3;
  words[kProgramHeaderSampleKind / 4] = kSampleKindIntensity;
  words[kProgramHeaderSampleStride / 4] = kLineBytes;
  words[(kLayer0 + kLayerNeurons) / 4] = 3;
  words[(kLayer0 + kLayerLeak) / 4] = 64 * kCoarseLeak;
  return words;
}

/// The first illegal field with `value` at `offset`.
template <class Build>
Word fault_with(Word offset, Word value, Words words = block()) {
  ProgramSettings program{};
  words[offset / 4] = value;
  return parse_program<Build>(words.data(), program);
}

TEST(Program, ABuildWithoutStateTakesCoarseLeaksAlone) {
  for (const Word leak : {0U, 255 * kCoarseLeak, 256 * kCoarseLeak}) {
    EXPECT_EQ(fault_with<PlainBuild>(kLayer0 + kLayerLeak, leak), kLegal) << leak;
  }
  for (const Word leak : {1U, 255U, 257U, 65535U}) {
    EXPECT_EQ(fault_with<PlainBuild>(kLayer0 + kLayerLeak, leak), kLayer0 + kLayerLeak) << leak;
    EXPECT_EQ(fault_with<StateBuild>(kLayer0 + kLayerLeak, leak), kLegal) << leak;
  }
  EXPECT_EQ(fault_with<PlainBuild>(kLayer0 + kLayerLeak, 257 * kCoarseLeak), kLayer0 + kLayerLeak);
  EXPECT_EQ(fault_with<StateBuild>(kLayer0 + kLayerLeak, 65537), kLayer0 + kLayerLeak);
}

TEST(Program, ABuildWithoutStateResetsToZeroAlone) {
  EXPECT_EQ(fault_with<PlainBuild>(kLayer0 + kLayerReset, kResetZero), kLegal);
  for (const Word reset : {kResetSubtract, kResetNone}) {
    EXPECT_EQ(fault_with<PlainBuild>(kLayer0 + kLayerReset, reset), kLayer0 + kLayerReset) << reset;
    EXPECT_EQ(fault_with<StateBuild>(kLayer0 + kLayerReset, reset), kLegal) << reset;
  }
  for (const Word reset : {3U, 32U, 0xffffffffU}) {
    EXPECT_EQ(fault_with<PlainBuild>(kLayer0 + kLayerReset, reset), kLayer0 + kLayerReset) << reset;
    EXPECT_EQ(fault_with<StateBuild>(kLayer0 + kLayerReset, reset), kLayer0 + kLayerReset) << reset;
  }
}

TEST(Program, OnlyABuildWithStateKeepsItAndNotOfGradedSamples) {
  EXPECT_EQ(fault_with<PlainBuild>(kProgramHeaderFlags, kProgramKeeps), kProgramHeaderFlags);
  EXPECT_EQ(fault_with<StateBuild>(kProgramHeaderFlags, kProgramKeeps), kLegal);
  Words graded = block();
  graded[kProgramHeaderSampleKind / 4] = kSampleKindGraded;
  graded[kProgramHeaderSteps / 4] = 1;
  EXPECT_EQ(fault_with<StateBuild>(kProgramHeaderFlags, 0, graded), kLegal);
  EXPECT_EQ(fault_with<StateBuild>(kProgramHeaderFlags, kProgramKeeps, graded), kProgramHeaderFlags);
}

TEST(Program, RowsOfStateFollowThoseOfWeights) {
  const auto stored = [](auto build, Word flags, Word factor) {
    Words words = block();
    words[kProgramHeaderFlags / 4] = flags;
    words[(kLayer0 + kLayerFactor) / 4] = factor;
    ProgramSettings program{};
    EXPECT_EQ((parse_program<decltype(build)>(words.data(), program)), kLegal);
    return stored_rows(program.layer[0]);
  };
  EXPECT_EQ(stored(SmallBuild{}, 0, kFactorFrozen), 4U);
  EXPECT_EQ(stored(SmallBuild{}, kProgramKeeps, kFactorFrozen), 7U) << "two bytes of V and one of S";
  EXPECT_EQ(stored(SmallWideBuild{}, kProgramKeeps, kFactorFrozen), 6U);
  EXPECT_EQ(stored(SmallBuild{}, kProgramKeeps, kFactorCompetition), 10U) << "a layer that competes keeps nothing of the kind";
  EXPECT_EQ(stored(SmallWideBuild{}, kProgramKeeps, kFactorCompetition), 7U);
}

}  // namespace
}  // namespace phasic::hls
