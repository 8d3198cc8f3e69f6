// SPDX-License-Identifier: Apache-2.0
/// Rows of kept state of the HLS kernel on their way from and to memory, on a bus that may refuse a line.
#include "hls/storage.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "hls/build.hpp"

namespace phasic::hls::storage_test {
namespace {

constexpr Word kNothing = 0xffffffff;

/// Lines of a buffer; the bus refuses `refused`.
struct TestPort {
  std::vector<Line> lines = {};
  Word refused = kNothing;
  bool read(Word at, Line& line) const {
    line = lines.at(at);
    return at != refused;
  }
  bool write(Word at, const Line& line) {
    lines.at(at) = line;
    return at != refused;
  }
};

/// A layer of a row of weights and of state, from line 1 on, with `width` neurons at each position.
template <class Build>
LayerSettings layer_of(Word width, Word positions = 1) {
  LayerSettings layer{};
  layer.rows = 1;
  layer.neurons = width * positions;
  layer.factor = kFactorFrozen;
  layer.weights_offset = kLineBytes;
  layer.width = width;
  layer.positions = positions;
  layer.state_rows = (kPotentialWidth / Build::kWeightWidth + 1) * positions;
  layer.words = (layer.neurons + Build::kLanes - 1) / Build::kLanes;
  layer.row_words = (width + Build::kLanes - 1) / Build::kLanes;
  layer.row_lines = (width * Build::kWeightWidth / 8 + kLineBytes - 1) / kLineBytes;
  return layer;
}

/// The elements of row `row` of a layer, padding included.
template <class Build>
std::vector<Word> row_of(const TestPort& port, const LayerSettings& layer, Word row) {
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  std::vector<Word> elements;
  for (Word at = 0; at < layer.row_lines * kPerLine; ++at) {
    const int low = kWidth * static_cast<int>(at % kPerLine);
    const ap_uint<kWidth> part = port.lines[1 + row * layer.row_lines + at / kPerLine].range(low + kWidth - 1, low);
    elements.push_back(part.to_uint());
  }
  return elements;
}

/// V_j and S_j for a test: all bytes of V_j occur, and S_j is not its lowest bit.
constexpr std::int16_t potential_of(Word neuron) { return static_cast<std::int16_t>(0x8143 + 0x0715 * neuron); }
constexpr bool spiked_of(Word neuron) { return neuron % 3 == 0; }

template <class Build>
class Kept : public testing::Test {
 protected:
  static constexpr Word kNeurons = 41;  ///< more than a line of 16-bit elements and no multiple of the lanes

  void fill(NeuronState<Build>& state) const {
    for (Word neuron = 0; neuron < layer_.words * Build::kLanes; ++neuron) {
      state.potentials[neuron / Build::kLanes][neuron % Build::kLanes] = potential_of(neuron);
      state.spiked[neuron / Build::kLanes][neuron % Build::kLanes] = spiked_of(neuron);
    }
  }

  LayerSettings layer_ = layer_of<Build>(kNeurons);
  Word first_line_ = 1 + layer_.rows * layer_.row_lines;  ///< of the state
  TestPort port_{std::vector<Line>(1 + 4 * layer_.row_lines)};
  std::unique_ptr<NeuronState<Build>> state_ = std::make_unique<NeuronState<Build>>();
};

/// 64 lanes with 16-bit weights: a word of lanes fills two lines.
struct ManyLanesBuild : SmallWideBuild {
  static constexpr Word kLanes = 64;
};
using Builds = testing::Types<SmallBuild, SmallWideBuild, DefaultBuild, ManyLanesBuild>;
TYPED_TEST_SUITE(Kept, Builds);

TYPED_TEST(Kept, IsStoredAsTheSpecificationLaysItOut) {
  constexpr Word kWidth = TypeParam::kWeightWidth, kParts = kPotentialWidth / kWidth;
  this->fill(*this->state_);
  for (Line& line : this->port_.lines) {
    for (unsigned word = 0; word < kLineWords; ++word) set_word(line, word, 0xa5a5a5a5U);
  }
  ASSERT_TRUE((store_kept<TypeParam>(this->port_, this->layer_, *this->state_)));
  for (Word part = 0; part <= kParts; ++part) {
    const auto elements = row_of<TypeParam>(this->port_, this->layer_, 1 + part);
    for (Word at = 0; at < elements.size(); ++at) {
      const auto potential = static_cast<std::uint16_t>(potential_of(at));
      const Word expected = part < kParts ? (potential >> part * kWidth) & ((1U << kWidth) - 1) : spiked_of(at) ? 1 : 0;
      EXPECT_EQ(elements[at], at < this->kNeurons ? expected : 0) << "part " << part << ", neuron " << at;
    }
  }
  EXPECT_EQ(word_of(this->port_.lines[this->first_line_ - 1], 0), 0xa5a5a5a5U) << "the row of weights before it";
}

TYPED_TEST(Kept, CurrentsThatLastFollowTheSpikesAndComeBack) {
  constexpr Word kWidth = TypeParam::kWeightWidth, kBefore = kPotentialWidth / kWidth + 1, kParts = kCurrentWidth / kWidth;
  const auto current_of = [](Word neuron) { return static_cast<std::int32_t>(0x81a35c79U + 0x01234567U * neuron); };
  LayerSettings layer = this->layer_;
  layer.synaptic_leak = 1;
  layer.state_rows += kParts;
  this->port_.lines.resize(1 + (1 + layer.state_rows) * layer.row_lines);
  this->fill(*this->state_);
  for (Word neuron = 0; neuron < layer.words * TypeParam::kLanes; ++neuron)
    this->state_->currents[neuron / TypeParam::kLanes][neuron % TypeParam::kLanes] = current_of(neuron);
  ASSERT_TRUE((store_kept<TypeParam>(this->port_, layer, *this->state_)));
  for (Word part = 0; part < kParts; ++part) {
    const auto elements = row_of<TypeParam>(this->port_, layer, 1 + kBefore + part);
    for (Word at = 0; at < elements.size(); ++at) {
      const Word expected = static_cast<Word>(current_of(at)) >> part * kWidth & ((1U << kWidth) - 1);
      EXPECT_EQ(elements[at], at < this->kNeurons ? expected : 0) << "part " << part << ", neuron " << at;
    }
  }
  const auto loaded = std::make_unique<NeuronState<TypeParam>>();
  ASSERT_TRUE((load_kept<TypeParam>(this->port_, layer, *loaded)));
  for (Word neuron = 0; neuron < this->kNeurons; ++neuron) {
    const Word word = neuron / TypeParam::kLanes, lane = neuron % TypeParam::kLanes;
    EXPECT_EQ(loaded->currents[word][lane], current_of(neuron)) << neuron;
    EXPECT_EQ(loaded->potentials[word][lane], potential_of(neuron)) << neuron;
    EXPECT_EQ(loaded->spiked[word][lane], spiked_of(neuron)) << neuron;
  }
}

TYPED_TEST(Kept, ComesBackAsItWasStored) {
  this->fill(*this->state_);
  ASSERT_TRUE((store_kept<TypeParam>(this->port_, this->layer_, *this->state_)));
  const auto loaded = std::make_unique<NeuronState<TypeParam>>();
  ASSERT_TRUE((load_kept<TypeParam>(this->port_, this->layer_, *loaded)));
  for (Word neuron = 0; neuron < this->kNeurons; ++neuron) {
    const Word word = neuron / TypeParam::kLanes, lane = neuron % TypeParam::kLanes;
    EXPECT_EQ(loaded->potentials[word][lane], potential_of(neuron)) << neuron;
    EXPECT_EQ(loaded->spiked[word][lane], spiked_of(neuron)) << neuron;
  }
}

TYPED_TEST(Kept, OfAConvolutionHasARowForEachPosition) {
  constexpr Word kWidth = TypeParam::kWeightWidth, kParts = kPotentialWidth / kWidth;
  for (const Word width : {3U, 11U, 41U}) {
    const Word positions = TypeParam::kMaxNeurons / width;
    const LayerSettings layer = layer_of<TypeParam>(width, positions);
    TestPort port{std::vector<Line>(1 + (1 + layer.state_rows) * layer.row_lines)};
    this->layer_ = layer;
    this->fill(*this->state_);
    ASSERT_TRUE((store_kept<TypeParam>(port, layer, *this->state_)));
    for (Word part = 0; part <= kParts; ++part) {
      for (Word position = 0; position < positions; ++position) {
        const auto elements = row_of<TypeParam>(port, layer, 1 + part * positions + position);
        for (Word at = 0; at < elements.size(); ++at) {
          const Word neuron = position * width + at;
          const auto potential = static_cast<std::uint16_t>(potential_of(neuron));
          const Word expected = part < kParts ? (potential >> part * kWidth) & ((1U << kWidth) - 1) : spiked_of(neuron) ? 1 : 0;
          ASSERT_EQ(elements[at], at < width ? expected : 0) << "part " << part << ", neuron " << neuron;
        }
      }
    }
    const auto loaded = std::make_unique<NeuronState<TypeParam>>();
    ASSERT_TRUE((load_kept<TypeParam>(port, layer, *loaded)));
    for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
      const Word word = neuron / TypeParam::kLanes, lane = neuron % TypeParam::kLanes;
      ASSERT_EQ(loaded->potentials[word][lane], potential_of(neuron)) << neuron;
      ASSERT_EQ(loaded->spiked[word][lane], spiked_of(neuron)) << neuron;
    }
  }
}

TYPED_TEST(Kept, TellsOfEachLineThatTheBusRefuses) {
  const Word lines = this->layer_.state_rows * this->layer_.row_lines;
  for (Word line = 0; line < lines; ++line) {
    this->port_.refused = this->first_line_ + line;
    EXPECT_FALSE((store_kept<TypeParam>(this->port_, this->layer_, *this->state_))) << line;
    EXPECT_FALSE((load_kept<TypeParam>(this->port_, this->layer_, *this->state_))) << line;
    auto layer_state = std::make_unique<LayerState<TypeParam>>();
    ProgramSettings program{};
    EXPECT_TRUE((store_weights<TypeParam>(this->port_, program, this->layer_, *layer_state))) << "nothing is kept";
    EXPECT_TRUE((load_weights<TypeParam>(this->port_, program, this->layer_, *layer_state))) << "nothing is kept";
    program.keep = true;
    EXPECT_FALSE((store_weights<TypeParam>(this->port_, program, this->layer_, *layer_state))) << line;
    EXPECT_FALSE((load_weights<TypeParam>(this->port_, program, this->layer_, *layer_state))) << line;
  }
}

}  // namespace
}  // namespace phasic::hls::storage_test
