// SPDX-License-Identifier: Apache-2.0
// Checks of the fields of grids, of factor features and of the discriminant (sections 4 and 6 of the specification).
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>

#include "driver/shell/program.hpp"

namespace phasic::shell::test {
namespace {

using contract::Factor;
using Layer = contract::Layer;

struct Block {
  contract::ProgramHeader header;
  std::array<Layer, contract::kMaxLayers> layers;
};
static_assert(sizeof(Block) == kProgramBytes);

/// Graded samples of 6 x 7 places; a kernel of 3 x 3 has 4 x 5 positions of two channels, and a dense layer follows.
Block convolution() {
  Block block{};
  block.header.magic = contract::kProgramMagic;
  block.header.version = contract::kContractVersion;
  block.header.inputs = 42;
  block.header.layers = 2;
  block.header.steps = 1;
  block.header.classes = 3;
  block.header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kGraded);
  block.header.sample_stride = 64;
  Layer& layer = block.layers[0];
  layer.neurons = 4 * 5 * 2;
  layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  layer.source_rows = 6;
  layer.source_columns = 7;
  layer.source_channels = 1;
  layer.stride = 1;
  layer.kernel_rows = 3;
  layer.kernel_columns = 3;
  layer.channels = 2;
  block.layers[1].neurons = 3;
  return block;
}

/// The same with 3 x 3 cells and both signs.
Block pooled() {
  Block block = convolution();
  Layer& layer = block.layers[0];
  layer.flags = contract::kLayerFlagsTwoSided;
  layer.grid = 3;
  layer.neurons = 3 * 3 * 2 * 2;
  layer.answer_scale = 65535;
  layer.answer_shift = 15;
  return block;
}

Block with_factor(Block block, std::size_t layer, Factor factor) {
  block.layers[layer].factor = static_cast<std::uint32_t>(factor);
  return block;
}

contract::Limits all_rules() {
  contract::Limits limits;
  limits.rules |= contract::kRulesConvolution | contract::kRulesFeatures | contract::kRulesDiscriminant;
  return limits;
}

Fault check(const Block& block, const contract::Limits& limits = all_rules()) {
  std::array<std::byte, kProgramBytes> bytes;
  std::memcpy(bytes.data(), &block, sizeof block);
  const auto parsed = parse_program(bytes, limits);
  const Fault* const fault = std::get_if<Fault>(&parsed);
  return fault == nullptr ? Fault{} : *fault;
}

Fault at(std::size_t layer, std::size_t offset) {
  return {contract::Error::kProgramField,
          static_cast<std::uint32_t>(sizeof(contract::ProgramHeader) + sizeof(Layer) * layer + offset), 0};
}

using Change = std::function<void(Layer&)>;

Fault changed(Block block, const Change& change, std::size_t layer = 0) {
  change(block.layers[layer]);
  return check(block);
}

TEST(Grid, ItsFieldsAreTaken) {
  EXPECT_EQ(check(convolution()), Fault{});
  EXPECT_EQ(check(pooled()), Fault{});
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.answer_scale = layer.answer_shift = 0; }), Fault{});
  const auto one_sided = [](Layer& layer) {
    layer.flags = 0;
    layer.neurons = 3 * 3 * 2;
  };
  EXPECT_EQ(changed(pooled(), one_sided), Fault{});
  const auto bias = [](Layer& layer) { layer.flags |= contract::kLayerFlagsBias; };
  EXPECT_EQ(changed(pooled(), bias), Fault{});
}

TEST(Grid, WhatItNeedsIsToldAtItsOwnPlace) {
  const Fault grid = at(0, 108);
  for (const std::uint32_t value : {1U, 2U, 4U, 9U, 0x10003U, 0x80000003U}) {
    EXPECT_EQ(changed(pooled(), [&](Layer& layer) { layer.grid = value; }), grid) << value;
  }
  const auto five = [](Layer& layer) {
    layer.grid = 5;
    layer.neurons = 5 * 5 * 2 * 2;
  };
  EXPECT_EQ(changed(pooled(), five), grid) << "there are four rows of positions";
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.threshold = -1; }), grid);
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.channels = 1; }), grid);
  EXPECT_EQ(changed(convolution(), [](Layer& layer) { layer.flags = contract::kLayerFlagsTwoSided; }), grid)
      << "two sides without a grid";
  EXPECT_EQ(check(with_factor(pooled(), 0, Factor::kLevel)), grid);
  EXPECT_EQ(changed(
                pooled(), [](Layer& layer) { layer.grid = 1; }, 1),
            at(1, 108))
      << "a dense layer";
  Block spikes = pooled();
  spikes.header.sample_kind = 0;
  EXPECT_EQ(check(spikes), grid);
}

TEST(Grid, AnswersAreOfGridsAlone) {
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.answer_scale = 65536; }), at(0, 112));
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.answer_shift = 16; }), at(0, 116));
  for (const std::size_t layer : {0U, 1U}) {
    EXPECT_EQ(changed(
                  convolution(), [](Layer& l) { l.answer_scale = 1; }, layer),
              at(layer, 112));
    EXPECT_EQ(changed(
                  convolution(), [](Layer& l) { l.answer_shift = 1; }, layer),
              at(layer, 116));
  }
}

TEST(Grid, ABuildWithoutItRefusesEveryPartOfIt) {
  contract::Limits without = all_rules();
  without.rules &= ~contract::kRulesFeatures;
  EXPECT_EQ(check(convolution(), without), Fault{});
  EXPECT_EQ(check(pooled(), without), at(0, 4)) << "two sides";
  Block one_sided = pooled();
  one_sided.layers[0].flags = 0;
  EXPECT_EQ(check(one_sided, without), at(0, 104)) << "the neurons are not those of the positions";
  Block alone = convolution();
  alone.layers[0].grid = 1;
  EXPECT_EQ(check(alone, without), at(0, 108));
  EXPECT_EQ(check(with_factor(convolution(), 0, Factor::kFeatures), without), at(0, 24));
}

TEST(Features, NeedGradedConvolutionsWithoutABias) {
  EXPECT_EQ(check(with_factor(convolution(), 0, Factor::kFeatures)), Fault{});
  const Block block = with_factor(pooled(), 0, Factor::kFeatures);
  EXPECT_EQ(check(block), Fault{});
  EXPECT_EQ(changed(block, [](Layer& layer) { layer.flags |= contract::kLayerFlagsBias; }), at(0, 24));
  EXPECT_EQ(check(with_factor(convolution(), 1, Factor::kFeatures)), at(1, 64)) << "a dense layer";
  Block spikes = block;
  spikes.header.sample_kind = 0;
  EXPECT_EQ(check(spikes), at(0, 24));
}

TEST(Features, HaveFieldsOfTheirOwn) {
  const Block block = with_factor(pooled(), 0, Factor::kFeatures);
  const auto all = [](Layer& layer) {
    layer.homeostasis = 65535;
    layer.factor_shift = 8;
    layer.memory_offset = 64;
    layer.target_shift = 31;
  };
  EXPECT_EQ(changed(block, all), Fault{});
  EXPECT_EQ(changed(block, [](Layer& layer) { layer.factor_shift = 9; }), at(0, 40));
  EXPECT_EQ(changed(block, [](Layer& layer) { layer.memory_offset = 32; }), at(0, 120));
  EXPECT_EQ(changed(block, [](Layer& layer) { layer.target_shift = 32; }), at(0, 124));
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.memory_offset = 64; }), at(0, 120)) << "a frozen layer";
  EXPECT_EQ(changed(pooled(), [](Layer& layer) { layer.target_shift = 1; }), at(0, 124)) << "a frozen layer";
  contract::Limits without = all_rules();
  without.rules &= ~contract::kRulesCompetition;
  Block handicap = block;
  handicap.layers[0].homeostasis = 1;
  EXPECT_EQ(check(handicap, without), Fault{}) << "the rules of features have it too";
}

TEST(Discriminant, IsADenseLastLayerOfGradedSamplesWithoutABias) {
  const Block block = with_factor(convolution(), 1, Factor::kDiscriminant);
  EXPECT_EQ(check(block), Fault{});
  EXPECT_EQ(changed(
                block, [](Layer& layer) { layer.memory_offset = 640; }, 1),
            Fault{});
  EXPECT_EQ(changed(
                block, [](Layer& layer) { layer.memory_offset = 1; }, 1),
            at(1, 120));
  EXPECT_EQ(changed(
                block, [](Layer& layer) { layer.flags = contract::kLayerFlagsBias; }, 1),
            at(1, 24));
  Block traced = block;
  traced.header.flags = contract::kProgramHeaderFlagsTrace;
  EXPECT_EQ(check(traced), at(1, 24)) << "it has no potentials";
  EXPECT_EQ(changed(
                block, [](Layer& layer) { layer.input_shift = 15; }, 1),
            Fault{});
  EXPECT_EQ(changed(
                block, [](Layer& layer) { layer.neurons = 2; }, 1),
            at(1, 24))
      << "fewer than the classes";
  EXPECT_EQ(check(with_factor(convolution(), 0, Factor::kDiscriminant)), at(0, 24)) << "not the last";
  Block one = with_factor(convolution(), 0, Factor::kDiscriminant);
  one.header.layers = 1;
  EXPECT_EQ(check(one), at(0, 64)) << "a convolution";
  Block spikes = block;
  spikes.header.sample_kind = 0;
  EXPECT_EQ(check(spikes), at(1, 24));
  contract::Limits without = all_rules();
  without.rules &= ~contract::kRulesDiscriminant;
  EXPECT_EQ(check(block, without), at(1, 24));
}

TEST(Memory, HasTheSizeThatTheSpecificationSays) {
  LayerProgram layer{.rows = 65, .neurons = 20};
  layer.factor = Factor::kFrozen;
  EXPECT_EQ(memory_bytes(layer), 0U);
  layer.factor = Factor::kFeatures;
  EXPECT_EQ(memory_bytes(layer), 65U * 128 + 320);
  layer.factor = Factor::kDiscriminant;
  EXPECT_EQ(memory_bytes(layer), (65U + 20) * 320 + 128);
}

}  // namespace
}  // namespace phasic::shell::test
