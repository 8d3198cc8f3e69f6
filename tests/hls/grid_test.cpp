// SPDX-License-Identifier: Apache-2.0
/// Parts of the HLS kernel for layers with a grid: what of a program block is taken, cells, and roots.
#include <gtest/gtest.h>

#include <array>

#include "hls/build.hpp"
#include "hls/pooling.hpp"

namespace phasic::hls::grid_test {
namespace {

using GridBuild = SmallBuild;
struct PlainBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesFeatures;
};

using Words = std::array<Word, kProgramBytes / 4>;
constexpr Word kLayer0 = kProgramHeaderBytes;

void set(Words& words, Word field, Word value) { words[(kLayer0 + field) / 4] = value; }

/// Graded samples of 6 x 7 places; a kernel of 3 x 3 has 4 x 5 positions of 2 filters, which answer with both signs in 3 x 3
/// cells.
Words pooled() {
  Words words{};
  words[kProgramHeaderMagic / 4] = kProgramMagic;
  words[kProgramHeaderVersion / 4] = kContractVersion;
  words[kProgramHeaderInputs / 4] = 42;
  words[kProgramHeaderLayers / 4] = 1;
  words[kProgramHeaderSteps / 4] = 1;
  words[kProgramHeaderClasses / 4] = 3;
  words[kProgramHeaderSampleKind / 4] = kSampleKindGraded;
  words[kProgramHeaderSampleStride / 4] = kLineBytes;
  set(words, kLayerNeurons, 36);
  set(words, kLayerFlags, kLayerIsTwoSided);
  set(words, kLayerConnection, kConnectionConvolution);
  set(words, kLayerSourceRows, 6);
  set(words, kLayerSourceColumns, 7);
  set(words, kLayerSourceChannels, 1);
  set(words, kLayerStride, 1);
  set(words, kLayerKernelRows, 3);
  set(words, kLayerKernelColumns, 3);
  set(words, kLayerChannels, 2);
  set(words, kLayerGrid, 3);
  set(words, kLayerAnswerScale, kLayerAnswerScaleMaximum);
  set(words, kLayerAnswerShift, kLayerAnswerShiftMaximum);
  return words;
}

/// The first field of the layer that is not legal, or kLegal.
template <class Build = GridBuild>
Word fault_of(const Words& words) {
  ProgramSettings program{};
  const Word fault = parse_program<Build>(words.data(), program);
  return fault == kLegal ? kLegal : fault - kLayer0;
}

Word fault_with(Word field, Word value) {
  Words words = pooled();
  set(words, field, value);
  return fault_of(words);
}

TEST(Grid, HasASumForEachPositionAndFilterAndANeuronForEachCellSideAndFilter) {
  ProgramSettings program{};
  ASSERT_EQ((parse_program<GridBuild>(pooled().data(), program)), kLegal);
  const LayerSettings& layer = program.layer[0];
  EXPECT_EQ(layer.positions, 20U);
  EXPECT_EQ(layer.width, 2U) << "weights of a row";
  EXPECT_EQ(layer.row_words, 1U);
  EXPECT_EQ(layer.sum_words, 20U) << "each position begins a word";
  EXPECT_EQ(layer.words, 5U) << "of the neurons";
  EXPECT_EQ(layer.shape.place_sums, GridBuild::kLanes);
  const Reach reach = reach_of(layer.shape, 1 * 7 + 6);  // the last place of the second row
  EXPECT_EQ(reach.row, 1 * 3 + 2U);
  EXPECT_EQ(reach.first, 4 * GridBuild::kLanes) << "at the last of the first row of positions, which has 5";
  EXPECT_EQ(reach.rows, 2U);
  EXPECT_EQ(reach.columns, 1U);
}

TEST(Grid, WhatItNeedsIsToldAtItsOwnPlace) {
  for (const Word grid : {1U, 2U, 4U, 9U, 0x10003U, 0x80000003U}) EXPECT_EQ(fault_with(kLayerGrid, grid), kLayerGrid) << grid;
  Words words = pooled();
  set(words, kLayerGrid, 5);
  set(words, kLayerFlags, 0);
  set(words, kLayerNeurons, 50);
  EXPECT_EQ(fault_of(words), kLayerGrid) << "there are four rows of positions";
  EXPECT_EQ(fault_with(kLayerThreshold, 0xffffffff), kLayerGrid);
  EXPECT_EQ(fault_with(kLayerFactor, kFactorLevel), kLayerGrid);
  words = pooled();
  words[kProgramHeaderSampleKind / 4] = kSampleKindIntensity;
  EXPECT_EQ(fault_of(words), kLayerGrid);
  words = pooled();
  set(words, kLayerGrid, 0);
  set(words, kLayerNeurons, 40);
  EXPECT_EQ(fault_of(words), kLayerGrid) << "two sides without a grid";
  EXPECT_EQ(fault_with(kLayerAnswerScale, kLayerAnswerScaleMaximum + 1), kLayerAnswerScale);
  EXPECT_EQ(fault_with(kLayerAnswerShift, kLayerAnswerShiftMaximum + 1), kLayerAnswerShift);
  set(words, kLayerFlags, 0);
  EXPECT_EQ(fault_of(words), kLayerAnswerScale) << "no grid, but a scale";
}

TEST(Grid, ABuildWithoutItRefusesEveryPartOfIt) {
  EXPECT_EQ(fault_of<PlainBuild>(pooled()), kLayerFlags);
  Words words = pooled();
  set(words, kLayerFlags, 0);
  EXPECT_EQ(fault_of<PlainBuild>(words), kLayerChannels) << "the neurons are not those of the positions";
  set(words, kLayerNeurons, 40);
  EXPECT_EQ(fault_of<PlainBuild>(words), kLayerGrid);
}

/// `rows` x 8 positions of a kernel of one place, and a filter more than a word has.
Words of_positions(Word rows) {
  Words words = pooled();
  words[kProgramHeaderInputs / 4] = 8 * rows;
  words[kProgramHeaderSampleStride / 4] = 4 * kLineBytes;
  set(words, kLayerSourceRows, rows);
  set(words, kLayerSourceColumns, 8);
  set(words, kLayerKernelRows, 1);
  set(words, kLayerKernelColumns, 1);
  set(words, kLayerChannels, GridBuild::kLanes + 1);
  set(words, kLayerGrid, 1);
  set(words, kLayerNeurons, 2 * (GridBuild::kLanes + 1));
  return words;
}

TEST(Grid, ItsSumsFillTheMemoryOfTheBuildAtMost) {
  static_assert(GridBuild::kSumDepth == 8 * 8 * 2);
  EXPECT_EQ(fault_of(of_positions(8)), kLegal);
  EXPECT_EQ(fault_of(of_positions(9)), kLayerGrid);
}

TEST(Grid, CellsOfPositionsThatComeOneAfterTheOther) {
  for (Word positions = 1; positions <= 70; ++positions) {
    for (Word grid = 1; grid <= kLayerGridMaximum && grid <= positions; ++grid) {
      CellCount count;
      for (Word position = 0; position < positions; ++position) {
        ASSERT_EQ(count.cell, position * grid / positions) << position << " of " << positions << ", grid " << grid;
        count.advance(positions, grid);
      }
    }
  }
}

TEST(Grid, TheRootIsTheFloorOfTheSquareRoot) {
  for (Word root = 0; root < 65536; ++root) {
    ASSERT_EQ(square_root(root * root), root);
    if (root > 0) {
      ASSERT_EQ(square_root(root * root - 1), root - 1);
    }
  }
  EXPECT_EQ(square_root(0xffffffff), 65535U);
}

}  // namespace
}  // namespace phasic::hls::grid_test
