// SPDX-License-Identifier: Apache-2.0
/// The retrograde signal in the HLS kernel: its fields, both of its sides, and layers that learn with it.
#include "hls/retrograde.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "hls/build.hpp"
#include "hls/kernel.hpp"

namespace phasic::hls::retrograde_test {
namespace {

struct SilentBuild : SmallBuild {
  static constexpr Word kRules = SmallBuild::kRules & ~kRulesRetrograde;
};

using Words = std::array<Word, kProgramBytes / 4>;
constexpr Word kLayer0 = kProgramHeaderBytes, kLayer1 = kLayer0 + kLayerBytes;

void set(Words& words, Word offset, Word value) { words[offset / 4] = value; }

/// 4 inputs, 10 neurons that learn by levels, and 3 that learn by their errors.
Words block() {
  Words words{};
  set(words, kProgramHeaderMagic, kProgramMagic);
  set(words, kProgramHeaderVersion, kContractVersion);
  set(words, kProgramHeaderInputs, 4);
  set(words, kProgramHeaderLayers, 2);
  set(words, kProgramHeaderSteps, 2);
  set(words, kProgramHeaderClasses, 3);
  set(words, kProgramHeaderSampleKind, kSampleKindIntensity);
  set(words, kProgramHeaderSampleStride, kLineBytes);
  set(words, kLayer0 + kLayerNeurons, 10);
  set(words, kLayer0 + kLayerFactor, kFactorLevel);
  set(words, kLayer0 + kLayerRetrogradeLimit, 255);
  set(words, kLayer1 + kLayerNeurons, 3);
  set(words, kLayer1 + kLayerFactor, kFactorError);
  return words;
}

/// The first illegal field with `value` at `offset`.
template <class Build = SmallBuild>
Word fault_with(Word offset, Word value, Words words = block()) {
  ProgramSettings program{};
  set(words, offset, value);
  return parse_program<Build>(words.data(), program);
}

TEST(Retrograde, OnlyABuildWithItTakesALimit) {
  constexpr Word kField = kLayer0 + kLayerRetrogradeLimit;
  for (const Word limit : {0U, 1U, 255U, 256U, 0xffffffffU}) {
    EXPECT_EQ(fault_with(kField, limit), limit <= 255 ? kLegal : kField) << limit;
    EXPECT_EQ((fault_with<SilentBuild>(kField, limit)), limit == 0 ? kLegal : kField) << limit;
    EXPECT_EQ((fault_with<DefaultBuild>(kField, limit)), limit == 0 ? kLegal : kField) << limit;
  }
}

TEST(Retrograde, ALimitIsRefusedWhereNothingCanBeScaled) {
  constexpr Word kFactor = kLayer0 + kLayerFactor;
  EXPECT_EQ(fault_with(kFactor, kFactorFeedback), kLegal);
  for (const Word factor : {kFactorFrozen, kFactorError})
    EXPECT_EQ(fault_with(kFactor, factor), kLayer0 + kLayerRetrogradeLimit) << factor;
  Words last = block();
  set(last, kLayer1 + kLayerFactor, kFactorLevel);
  EXPECT_EQ(fault_with(kLayer1 + kLayerRetrogradeLimit, 0, last), kLegal);
  EXPECT_EQ(fault_with(kLayer1 + kLayerRetrogradeLimit, 1, last), kLayer1 + kLayerRetrogradeLimit);
}

TEST(Retrograde, BaseAndShiftHaveRangesOfTheirOwn) {
  constexpr Word kBase = kLayer0 + kLayerRetrogradeBase, kShift = kLayer0 + kLayerRetrogradeShift;
  EXPECT_EQ(fault_with(kShift, 43), kLegal);
  EXPECT_EQ(fault_with(kShift, 44), kShift);
  Words words = block();
  set(words, kLayer0 + kLayerRetrogradeLimit, 60);
  EXPECT_EQ(fault_with(kBase, 60, words), kLegal);
  EXPECT_EQ(fault_with(kBase, 61, words), kBase);
  set(words, kLayer0 + kLayerRetrogradeLimit, 0);
  EXPECT_EQ(fault_with(kBase, 1, words), kBase);
  EXPECT_EQ(fault_with(kShift, 1, words), kShift);
  for (Word at = kLayerReserved; at < kLayerBytes; at += 4) EXPECT_EQ(fault_with(kLayer0 + at, 1), kLayer0 + at);
}

TEST(Retrograde, TheLayerBehindIsDenseAndLearnsByCoincidence) {
  constexpr Word kFactor = kLayer1 + kLayerFactor;
  EXPECT_EQ(fault_with(kFactor, kFactorLevel), kLegal);
  for (const Word factor : {kFactorFrozen, kFactorCompetition}) {
    EXPECT_EQ(fault_with(kFactor, factor), kFactor) << factor;
    Words words = block();
    set(words, kLayer0 + kLayerRetrogradeLimit, 0);
    EXPECT_EQ(fault_with(kFactor, factor, words), kLegal) << factor;
  }
  Words shaped = block();
  for (const Word field : {kLayerSourceRows, kLayerSourceChannels, kLayerStride, kLayerKernelRows, kLayerChannels})
    set(shaped, kLayer1 + field, 1);
  set(shaped, kLayer1 + kLayerSourceColumns, 10);
  set(shaped, kLayer1 + kLayerKernelColumns, 8);
  constexpr Word kConnection = kLayer1 + kLayerConnection;
  EXPECT_EQ(fault_with(kConnection, kConnectionConvolution, shaped), kConnection);
  set(shaped, kLayer0 + kLayerRetrogradeLimit, 0);
  EXPECT_EQ(fault_with(kConnection, kConnectionConvolution, shaped), kLegal);
}

/// What is left in a stream.
std::vector<ShareMessage> all_of(ShareStream& stream) {
  std::vector<ShareMessage> messages;
  while (!stream.empty()) messages.push_back(stream.read());
  return messages;
}

TEST(Retrograde, ARowTellsTheMagnitudesOfAllItsWordsAndABiasNothing) {
  RowTeller teller{true, true, 6, 3, 0};
  ShareStream shares("shares");
  const std::int32_t first[4] = {100, -100, 0, 7}, second[4] = {-1, 0, 0, 0};
  const std::int32_t largest[4] = {-(1 << 28) + 1, (1 << 28) - 1, (1 << 28) - 1, -(1 << 28) + 1};
  tell_word<4>(teller, first, 2, false, shares);
  EXPECT_TRUE(shares.empty());
  tell_word<4>(teller, second, 2, true, shares);
  tell_word<4>(teller, second, 4, true, shares);
  tell_word<4>(teller, largest, 5, true, shares);
  tell_word<4>(teller, first, 3, true, shares);
  teller.bias = false;
  tell_word<4>(teller, largest, 5, true, shares);
  tell_word<4>(teller, largest, 5, false, shares);
  teller.shift = 23;
  tell_word<4>(teller, largest, 5, true, shares);
  teller.shift = 24;
  for (unsigned word = 0; word < 3; ++word) tell_word<4>(teller, largest, 5, word == 2, shares);
  const std::vector<ShareMessage> told = all_of(shares);
  const std::vector<std::pair<unsigned, unsigned>> expected{{2, 208 >> 3}, {4, 0}, {3, 207 >> 3}, {5, 255}, {5, 255}, {5, 191}};
  ASSERT_EQ(told.size(), expected.size()) << "the bias row is that of no neuron";
  for (std::size_t at = 0; at < told.size(); ++at) {
    EXPECT_EQ(told[at].index, expected[at].first) << at;
    EXPECT_EQ(told[at].share, expected[at].second) << at;
    EXPECT_FALSE(told[at].end);
  }
}

TEST(Retrograde, NeuronsWithoutAMessageKeepTheBaseAndNoneMoreThanTheLimit) {
  constexpr Word kNeurons = 10;  // more than a word of lanes
  LayerSettings layer{};
  layer.words = 2;
  layer.retrograde_base = 16;
  layer.retrograde_limit = 60;
  std::int32_t factors[NeuronState<SmallBuild>::kWords][SmallBuild::kLanes] = {};
  for (Word neuron = 0; neuron < kNeurons; ++neuron) factors[neuron / 8][neuron % 8] = neuron % 2 == 0 ? 8 : -8;
  factors[0][5] = -(1 << 19);
  ShareStream shares("shares");
  for (const auto& [neuron, share] : {std::pair<unsigned, unsigned>{9, 43}, {2, 44}, {5, 255}, {8, 0}})
    shares.write(ShareMessage{static_cast<std::uint16_t>(neuron), static_cast<std::uint8_t>(share), false});
  shares.write(ShareMessage{0, 0, true});
  scale_factors<SmallBuild>(layer, shares, factors);
  EXPECT_TRUE(shares.empty());
  // (8 * 16 + 128) >> 8 = 1 and (-8 * 16 + 128) >> 8 = 0; with 60, (480 + 128) >> 8 = 2; with 59, (-472 + 128) >> 8 = -2.
  const std::int32_t expected[kNeurons] = {1, 0, 2, 0, 1, -122880, 1, 0, 1, -2};
  for (Word neuron = 0; neuron < kNeurons; ++neuron) EXPECT_EQ(factors[neuron / 8][neuron % 8], expected[neuron]) << neuron;
}

/// Two layers that learn from a sample of class 1, the first by a signal of 64 and what the second tells it. Of the first's
/// neurons 1 and 9 had spikes, and inputs 0 and 3.
TEST(Retrograde, NeuronsLearnAsMuchAsWhatLeavesThemDid) {
  constexpr int kBase = 5;
  Words words = block();
  for (const Word layer : {kLayer0, kLayer1}) {
    set(words, layer + kLayerPost, kPostOne);
    set(words, layer + kLayerRate, 256);
    set(words, layer + kLayerSpan, kSpanLastStep);
    set(words, layer + kLayerRounding, kRoundingNearest);
  }
  set(words, kLayer1 + kLayerFlags, kLayerHasBias);
  set(words, kLayer0 + kLayerRetrogradeBase, kBase);
  set(words, kLayer0 + kLayerRetrogradeShift, 3);
  const auto state = std::make_unique<KernelState<SmallWideBuild>>();
  ASSERT_EQ((parse_program<SmallWideBuild>(words.data(), state->program)), kLegal);
  for (unsigned number = 0; number < 2; ++number) {
    LayerState<SmallWideBuild>& layer = state->layers[number];
    layer.log.tag = 1;
    for (const Word row : number == 0 ? std::vector<Word>{0, 3} : std::vector<Word>{9, 1, 10}) {
      layer.log.tags[row] = 1;
      layer.log.steps[row] = 3;
      layer.log.row[layer.log.rows++] = static_cast<std::uint16_t>(row);
    }
    for (auto& word : layer.neurons.ups) {
      for (std::uint32_t& steps : word) steps = 3;
    }
  }
  for (auto& word : state->layers[0].weights.levels[1]) {
    for (std::int8_t& level : word) level = -64;
  }
  // Errors of -1, 2 and 0, so R = 256 + 512 of both rows.
  state->counts[0] = state->layers[1].neurons.counts[0][0] = 1;
  learn_sample<SmallWideBuild>(state->program, 1, 0, state->counts, state->layers, state->scatter);
  for (const Word row : {0U, 1U, 3U}) {
    for (Word neuron = 0; neuron < 10; ++neuron) {
      const int share = kBase + (neuron == 1 || neuron == 9 ? (256 + 512) >> 3 : 0);
      const int factor = (64 * 256 * share + 128) >> 8;
      EXPECT_EQ(state->layers[0].weights.weights[row * 2 + neuron / 8][neuron % 8], row == 1 ? 0 : (factor + 128) >> 8)
          << row << ", " << neuron;
    }
  }
  EXPECT_EQ(state->layers[0].weights.update_rows, 2U);
  EXPECT_EQ(state->layers[1].weights.update_rows, 3U);
}

}  // namespace
}  // namespace phasic::hls::retrograde_test
