// SPDX-License-Identifier: Apache-2.0
/// Parts of the HLS kernel for filters that learn and for what layers keep beside their weights.
#include "hls/features.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "hls/build.hpp"
#include "hls/kernel.hpp"

namespace phasic::hls::features_test {
namespace {

/// Room for 17 rows of weights, two of wins and the targets, but not for 18; 8 lanes.
struct ScantBuild : SmallBuild {
  static constexpr Word kWeightDepth = 17 + 2 + 17 * 3;
};

using Words = std::array<Word, kProgramBytes / 4>;
constexpr Word kLayer0 = kProgramHeaderBytes;

void set(Words& words, Word field, Word value) { words[(kLayer0 + field) / 4] = value; }

/// Graded samples of 1 x 20 places; a kernel of `rows` of them has 21 - rows positions of 2 filters, which learn.
Words learning(Word rows) {
  Words words{};
  words[kProgramHeaderMagic / 4] = kProgramMagic;
  words[kProgramHeaderVersion / 4] = kContractVersion;
  words[kProgramHeaderInputs / 4] = 20;
  words[kProgramHeaderLayers / 4] = 1;
  words[kProgramHeaderSteps / 4] = 1;
  words[kProgramHeaderClasses / 4] = 3;
  words[kProgramHeaderSampleKind / 4] = kSampleKindGraded;
  words[kProgramHeaderSampleStride / 4] = kLineBytes;
  set(words, kLayerNeurons, 2 * (21 - rows));
  set(words, kLayerFactor, kFactorFeatures);
  set(words, kLayerFactorShift, kCompetitionFactorShift);
  set(words, kLayerConnection, kConnectionConvolution);
  set(words, kLayerSourceRows, 1);
  set(words, kLayerSourceColumns, 20);
  set(words, kLayerSourceChannels, 1);
  set(words, kLayerStride, 1);
  set(words, kLayerKernelRows, 1);
  set(words, kLayerKernelColumns, rows);
  set(words, kLayerChannels, 2);
  set(words, kLayerMemoryOffset, 1024);
  set(words, kLayerTargetShift, kLayerTargetShiftMaximum);
  return words;
}

/// The first field of the layer that is not legal, or kLegal.
template <class Build = SmallBuild>
Word fault_with(Word field, Word value, Words words = learning(17)) {
  set(words, field, value);
  ProgramSettings program{};
  const Word fault = parse_program<Build>(words.data(), program);
  return fault == kLegal ? kLegal : fault - kLayer0;
}

TEST(Features, HaveFieldsOfTheirOwn) {
  EXPECT_EQ(fault_with(kLayerHomeostasis, kLayerHomeostasisMaximum), kLegal);
  EXPECT_EQ(fault_with(kLayerFactorShift, kCompetitionFactorShift + 1), kLayerFactorShift);
  EXPECT_EQ(fault_with(kLayerMemoryOffset, 32), kLayerMemoryOffset);
  EXPECT_EQ(fault_with(kLayerTargetShift, kLayerTargetShiftMaximum + 1), kLayerTargetShift);
  EXPECT_EQ(fault_with(kLayerFlags, kLayerHasBias), kLayerFactor);
  EXPECT_EQ(fault_with(kLayerFactor, kFactorFrozen), kLayerMemoryOffset);
  Words words = learning(17);
  set(words, kLayerMemoryOffset, 0);
  EXPECT_EQ(fault_with(kLayerFactor, kFactorFrozen, words), kLayerTargetShift);
  words[kProgramHeaderSampleKind / 4] = kSampleKindIntensity;
  EXPECT_EQ(fault_with(kLayerTargetShift, 0, words), kLayerFactor);
}

TEST(Features, TheirTargetsFillTheMemoryOfTheBuildAtMost) {
  for (const Word rows : {17, 18}) {
    ProgramSettings program{};
    ASSERT_EQ((parse_program<ScantBuild>(learning(rows).data(), program)), kLegal);
    EXPECT_EQ(first_too_large<ScantBuild>(program), rows == 17 ? kLegal : 0U) << rows;
    EXPECT_EQ(first_too_large<SmallBuild>(program), kLegal) << rows;
  }
}

TEST(Features, APatchWithTheLeastContrastIsTaken) {
  Words words = learning(20);  // one position
  ProgramSettings program{};
  ASSERT_EQ((parse_program<SmallBuild>(words.data(), program)), kLegal);
  auto log = std::make_unique<RowLog<SmallBuild>>();
  log->tag = 1;
  for (Word source = 0; source < 20; ++source) {
    log->tags[source] = source == 3 ? 0 : 1;  // that of a sample before
    log->value[source] = static_cast<std::uint8_t>(source == 3 ? 255 : 10 + source);
  }
  for (const std::int32_t window : {29, 30}) {
    program.layer[0].window = window;
    RowStream rows("rows");
    draw_patch<SmallBuild>(program.layer[0], Key{}, *log, rows);
    for (Word row = 0; window == 29 && row < 20; ++row) {
      ASSERT_FALSE(rows.empty());
      const RowUpdate update = rows.read();
      EXPECT_EQ(update.row, row);
      EXPECT_EQ(update.value, row == 3 ? 0 : 10 + row) << "so the contrast is 29";
    }
    EXPECT_TRUE(rows.empty()) << window;
  }
}

TEST(Features, TheWinnerIsTheFirstThatNeverWonOrElseTheBestLessItsHandicap) {
  LayerSettings layer{};
  layer.width = 10;  // more than a word of lanes
  auto sums = std::make_unique<PatchSums<SmallBuild>>();
  auto state = std::make_unique<NeuronState<SmallBuild>>();
  for (Word filter = 0; filter < layer.width; ++filter) state->wins[filter] = 1;
  const auto sum = [&](Word filter) -> std::int64_t& { return sums->filters[filter / 8][filter % 8]; };
  sum(3) = 1000;
  sum(5) = sum(9) = 990;
  state->wins[3] = 7;
  EXPECT_EQ((find_filter<SmallBuild>(layer, *sums, *state)), 3U);
  layer.homeostasis = 1;
  EXPECT_EQ((find_filter<SmallBuild>(layer, *sums, *state)), 3U) << "993 against 989";
  layer.homeostasis = 2;
  EXPECT_EQ((find_filter<SmallBuild>(layer, *sums, *state)), 5U) << "986 against 988, the lowest of equals";
  sum(9) = 991;
  EXPECT_EQ((find_filter<SmallBuild>(layer, *sums, *state)), 9U);
  state->wins[8] = state->wins[6] = 0;
  EXPECT_EQ((find_filter<SmallBuild>(layer, *sums, *state)), 6U);
}

TEST(Memory, HasToLieInTheWeightsBuffer) {
  ProgramSettings program{};
  ASSERT_EQ((parse_program<SmallBuild>(learning(17).data(), program)), kLegal);
  EXPECT_EQ(stored_rows(program.layer[0]), 17 + 2U) << "of wins";
  constexpr Word kEnd = 1024 + 17 * 64 + 128;
  for (const Word bytes : {kEnd, kEnd - 64}) {
    RunArguments arguments{};
    for (Word& size : arguments.bytes) size = 1U << 20;
    arguments.bytes[kArgumentWeights] = bytes;
    Fault fault{kErrorNone, 0, 0};
    check_sizes<SmallBuild>(arguments, program, fault);
    EXPECT_EQ(fault.error, bytes == kEnd ? kErrorNone : kErrorBufferSize);
    EXPECT_EQ(fault.detail, bytes == kEnd ? 0 : kArgumentWeights);
  }
}

}  // namespace
}  // namespace phasic::hls::features_test
