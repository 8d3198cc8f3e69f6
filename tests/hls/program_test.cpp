// SPDX-License-Identifier: Apache-2.0
/// What builds of the HLS kernel without rules_state, rules_convolution, rules_features, rules_discriminant or rules_drawn take
/// of a program block. The engines all have them.
#include "hls/program.hpp"

#include <gtest/gtest.h>

#include <array>

#include "hls/build.hpp"

namespace phasic::hls::program_test {
namespace {

struct StateBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules | kRulesState;
};
struct PlainBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesState;
};
struct DenseBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~(kRulesConvolution | kRulesFeatures);
};

struct UnpooledBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesFeatures;
};
struct ForgetfulBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesDiscriminant;
};
struct LoadedBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesDrawn;
};
struct ScantBuild : SmallBuild {
  static constexpr Word kMemoryDepth = 60;
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

TEST(Program, LevelsThatAreDrawnAreRefusedAtTheFieldThatDoesNotFit) {
  constexpr Word kFlags = kLayer0 + kLayerFlags;
  Words levels = block();
  levels[(kLayer0 + kLayerFactor) / 4] = kFactorLevel;
  EXPECT_EQ(fault_with<SmallBuild>(kFlags, kLayerIsDrawn, levels), kLegal);
  EXPECT_EQ(fault_with<LoadedBuild>(kFlags, 0, levels), kLegal);
  EXPECT_EQ(fault_with<LoadedBuild>(kFlags, kLayerIsDrawn, levels), kFlags);
  EXPECT_EQ(fault_with<LoadedBuild>(kFlags, kLayerIsDrawn | kLayerIsByChannel, levels), kFlags);
  EXPECT_EQ(fault_with<SmallBuild>(kFlags, kLayerIsByChannel, levels), kFlags);
  EXPECT_EQ(fault_with<SmallBuild>(kFlags, kLayerIsDrawn), kLayer0 + kLayerFactor) << "a frozen layer";
  EXPECT_EQ(fault_with<SmallBuild>(kFlags, kLayerIsDrawn | kLayerIsByChannel, levels), kLayer0 + kLayerConnection);
}

struct CurrentlessBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesCurrent;
};

TEST(Program, OnlyABuildWithCurrentsTakesSynapticLeaksAndNotOfGradedSamples) {
  Words graded = block();
  graded[kProgramHeaderSampleKind / 4] = kSampleKindGraded;
  graded[kProgramHeaderSteps / 4] = 1;
  constexpr Word kField = kLayer0 + kLayerSynapticLeak;
  for (const Word leak : {0U, 1U, 32768U, 65535U}) {
    EXPECT_EQ(fault_with<SmallBuild>(kField, leak), kLegal) << leak;
    EXPECT_EQ(fault_with<CurrentlessBuild>(kField, leak), leak == 0 ? kLegal : kField) << leak;
    EXPECT_EQ(fault_with<SmallBuild>(kField, leak, graded), leak == 0 ? kLegal : kField) << leak;
  }
  for (const Word leak : {65536U, 0xffffffffU}) EXPECT_EQ(fault_with<SmallBuild>(kField, leak), kField) << leak;
}

TEST(Program, RowsOfCurrentsFollowThoseOfTheOtherState) {
  const auto stored = [](auto build, Word flags, Word factor) {
    Words words = block();
    words[kProgramHeaderFlags / 4] = flags;
    words[(kLayer0 + kLayerFactor) / 4] = factor;
    words[(kLayer0 + kLayerSynapticLeak) / 4] = 1;
    ProgramSettings program{};
    EXPECT_EQ((parse_program<decltype(build)>(words.data(), program)), kLegal);
    return stored_rows(program.layer[0]);
  };
  EXPECT_EQ(stored(SmallBuild{}, 0, kFactorFrozen), 4U);
  EXPECT_EQ(stored(SmallBuild{}, kProgramKeeps, kFactorFrozen), 11U) << "two bytes of V, one of S, four of J";
  EXPECT_EQ(stored(SmallWideBuild{}, kProgramKeeps, kFactorFrozen), 8U);
  EXPECT_EQ(stored(SmallBuild{}, kProgramKeeps, kFactorCompetition), 10U) << "where there are no potentials it is not used";
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

/// The block with a convolution: 5 by 4 places of 2 channels, pooled to 3 by 2, padded to 5 by 4; a kernel of 3 by 2 at every
/// second place has 2 by 2 positions of 3 channels.
Words convolution() {
  Words words = block();
  words[kProgramHeaderInputs / 4] = 40;
  const auto set = [&](Word field, Word value) { words[(kLayer0 + field) / 4] = value; };
  set(kLayerNeurons, 12);
  set(kLayerFlags, 1);
  set(kLayerConnection, kConnectionConvolution);
  set(kLayerSourceRows, 5);
  set(kLayerSourceColumns, 4);
  set(kLayerSourceChannels, 2);
  set(kLayerPool, 1);
  set(kLayerPadding, 1);
  set(kLayerStride, 2);
  set(kLayerKernelRows, 3);
  set(kLayerKernelColumns, 2);
  set(kLayerChannels, 3);
  return words;
}

TEST(Program, OnlyABuildWithConvolutionsTakesOne) {
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, 0, convolution()), kLegal);
  EXPECT_EQ(fault_with<DenseBuild>(kProgramHeaderFlags, 0, convolution()), kLayer0 + kLayerConnection);
  EXPECT_EQ(fault_with<DenseBuild>(kProgramHeaderFlags, 0), kLegal);
  EXPECT_EQ(fault_with<DenseBuild>(kLayer0 + kLayerChannels, 1), kLayer0 + kLayerChannels);
  EXPECT_EQ(fault_with<SmallBuild>(kLayer0 + kLayerChannels, 1), kLayer0 + kLayerChannels) << "a dense layer";
}

TEST(Program, ABuildWithoutTheDiscriminantRefusesIt) {
  Words words = block();
  words[kProgramHeaderSampleKind / 4] = kSampleKindGraded;
  words[kProgramHeaderSteps / 4] = 1;
  words[(kLayer0 + kLayerFactor) / 4] = kFactorDiscriminant;
  EXPECT_EQ(fault_with<SmallBuild>(kLayer0 + kLayerMemoryOffset, kLineBytes, words), kLegal);
  EXPECT_EQ(fault_with<SmallBuild>(kLayer0 + kLayerMemoryOffset, 1, words), kLayer0 + kLayerMemoryOffset);
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, kProgramTraces, words), kLayer0 + kLayerFactor);
  EXPECT_EQ(fault_with<SmallBuild>(kLayer0 + kLayerFlags, kLayerHasBias, words), kLayer0 + kLayerFactor);
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderSampleKind, kSampleKindIntensity, words), kLayer0 + kLayerFactor);
  EXPECT_EQ(fault_with<ForgetfulBuild>(kLayer0 + kLayerMemoryOffset, kLineBytes, words), kLayer0 + kLayerFactor);
  EXPECT_EQ(fault_with<ForgetfulBuild>(kLayer0 + kLayerMemoryOffset, kLineBytes), kLayer0 + kLayerMemoryOffset);
}

TEST(Program, ADiscriminantFillsTheMemoryOfTheBuildAtMost) {
  Words words = block();
  words[kProgramHeaderSampleKind / 4] = kSampleKindGraded;
  words[kProgramHeaderSteps / 4] = 1;
  words[kProgramHeaderInputs / 4] = 17;  // three words of lanes
  words[(kLayer0 + kLayerFactor) / 4] = kFactorDiscriminant;
  static_assert(ScantBuild::kMemoryDepth == (17 + 3) * 3);
  ProgramSettings program{};
  words[(kLayer0 + kLayerNeurons) / 4] = 4;
  ASSERT_EQ((parse_program<ScantBuild>(words.data(), program)), kLegal);
  EXPECT_EQ(first_too_large<ScantBuild>(program), 0U);
  EXPECT_EQ(first_too_large<SmallBuild>(program), kLegal);
  words[(kLayer0 + kLayerNeurons) / 4] = 3;
  ASSERT_EQ((parse_program<ScantBuild>(words.data(), program)), kLegal);
  EXPECT_EQ(first_too_large<ScantBuild>(program), kLegal);
  EXPECT_EQ(scatter_bytes(program.layer[0]), (17 + 3) * 128 + 64U);
  EXPECT_EQ(stored_rows(program.layer[0]), 17 + 4U) << "of offsets";
}

TEST(Program, ABuildWithoutFeaturesRefusesThemAndGrids) {
  for (const Words& words : {convolution(), block()}) {
    EXPECT_EQ(fault_with<UnpooledBuild>(kLayer0 + kLayerFlags, kLayerIsTwoSided, words), kLayer0 + kLayerFlags);
    for (const Word factor : {kFactorFeatures, 7U}) {
      EXPECT_EQ(fault_with<UnpooledBuild>(kLayer0 + kLayerFactor, factor, words), kLayer0 + kLayerFactor) << factor;
    }
    for (const Word field : {kLayerGrid, kLayerAnswerScale, kLayerAnswerShift, kLayerMemoryOffset, kLayerTargetShift}) {
      EXPECT_EQ(fault_with<UnpooledBuild>(kLayer0 + field, 64, words), kLayer0 + field);
    }
  }
}

TEST(Program, AConvolutionDoesNotCompete) {
  Words words = convolution();
  words[(kLayer0 + kLayerFactor) / 4] = kFactorCompetition;
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, 0, words), kLayer0 + kLayerConnection);
}

TEST(Program, TheKernelOfAConvolutionHasAtMostTheRowsOfTheBuild) {
  Words words = convolution();
  const auto set = [&](Word field, Word value) { words[(kLayer0 + field) / 4] = value; };
  words[kProgramHeaderInputs / 4] = 64;
  words[kProgramHeaderSampleStride / 4] = 2 * kLineBytes;
  set(kLayerSourceRows, 8);
  set(kLayerSourceColumns, 8);
  set(kLayerSourceChannels, 1);
  set(kLayerPool, 0);
  set(kLayerPadding, 3);
  set(kLayerStride, 1);
  set(kLayerChannels, 1);
  set(kLayerKernelRows, 9);
  set(kLayerKernelColumns, 14);
  set(kLayerNeurons, 6);
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, 0, words), kLegal) << "126 rows and the bias";
  set(kLayerKernelRows, 10);
  set(kLayerNeurons, 5);
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, 0, words), kLayer0 + kLayerKernelColumns) << "141 rows";
  set(kLayerKernelColumns, 15);
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, 0, words), kLayer0 + kLayerKernelColumns) << "wider than its room";
  set(kLayerKernelRows, 15);
  EXPECT_EQ(fault_with<SmallBuild>(kProgramHeaderFlags, 0, words), kLayer0 + kLayerKernelRows) << "higher than its room";
}

TEST(Program, AConvolutionHasTheRowsOfItsKernelAndOfItsPositions) {
  Words words = convolution();
  words[kProgramHeaderFlags / 4] = kProgramKeeps;
  ProgramSettings program{};
  ASSERT_EQ((parse_program<SmallBuild>(words.data(), program)), kLegal);
  const LayerSettings& layer = program.layer[0];
  EXPECT_EQ(layer.shape.rows, 2U);
  EXPECT_EQ(layer.shape.columns, 2U);
  EXPECT_EQ(layer.rows, 3 * 2 * 2 + 1U) << "the bias is the last";
  EXPECT_EQ(layer.sources, 41U);
  EXPECT_EQ(layer.words, 2U) << "of the 12 neurons";
  EXPECT_EQ(layer.row_words, 1U) << "of the 3 channels";
  EXPECT_EQ(layer.row_lines, 1U);
  EXPECT_EQ(layer.state_rows, 3 * 4U) << "two bytes of V and one of S for each position";
}

TEST(Connection, ASourceReachesWhatTheSpecificationSays) {
  ProgramSettings program{};
  ASSERT_EQ((parse_program<SmallBuild>(convolution().data(), program)), kLegal);
  Shape shape = program.layer[0].shape;
  for (const bool outermost : {true, false}) {
    shape.channels_outermost = outermost;
    for (Word y = 0; y < 5; ++y) {
      for (Word x = 0; x < 4; ++x) {
        for (Word channel = 0; channel < 2; ++channel) {
          const Word source = outermost ? (channel * 5 + y) * 4 + x : (y * 4 + x) * 2 + channel;
          EXPECT_EQ(source_at(shape, y, x, channel), source);
          const Reach reach = reach_of(shape, source);
          Word number = 0;
          for (Word v = 0; v < 2; ++v) {
            for (Word h = 0; h < 2; ++h) {
              const int ky = static_cast<int>(y / 2 + 1) - 2 * static_cast<int>(v);
              const int kx = static_cast<int>(x / 2 + 1) - 2 * static_cast<int>(h);
              if (ky < 0 || ky >= 3 || kx < 0 || kx >= 2) continue;
              if (number++ > 0) continue;
              EXPECT_EQ(reach.row, (static_cast<Word>(ky) * 2 + static_cast<Word>(kx)) * 2 + channel) << source;
              EXPECT_EQ(reach.first, (v * 2 + h) * 3) << source;
            }
          }
          EXPECT_EQ(reach.rows * reach.columns, number) << source;
        }
      }
    }
  }
}

}  // namespace
}  // namespace phasic::hls::program_test
