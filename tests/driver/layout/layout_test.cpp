// SPDX-License-Identifier: Apache-2.0
/// Layouts and random numbers of the host against numbers worked out by hand from docs/specification.md.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "driver/layout/connection.hpp"
#include "driver/layout/random.hpp"
#include "driver/layout/serial_memory.hpp"

namespace phasic::layout {
namespace {

TEST(Buffers, PartsOfBuffersLieAsTheSpecificationSays) {
  EXPECT_EQ(align(0), 0U);
  EXPECT_EQ(align(1), 64U);
  EXPECT_EQ(align(64), 64U);
  EXPECT_EQ(align((std::uint64_t{1} << 32) + 1), (std::uint64_t{1} << 32) + 64);
  EXPECT_EQ(kProgramBytes, 1600U);
  EXPECT_EQ(layer_offset(0), 64U);
  EXPECT_EQ(layer_offset(3), 640U);
  EXPECT_EQ(counters_offset(1), 384U);
  EXPECT_EQ(kRecordsOffset, 1280U);
  EXPECT_EQ(record_bytes(10), 64U);
  EXPECT_EQ(record_bytes(12), 64U);
  EXPECT_EQ(record_bytes(13), 128U);
  EXPECT_EQ(weight_row_bytes(100, 8), 128U);
  EXPECT_EQ(weight_row_bytes(100, 16), 256U);
  EXPECT_EQ(level_row_bytes(65), 128U);
  EXPECT_EQ(trace_row_bytes(32), 64U);
  EXPECT_EQ(trace_row_bytes(33), 128U);
  EXPECT_EQ(sample_bytes(0, 48), 64U);
  EXPECT_EQ(sample_bytes(1, 48), 128U);
  EXPECT_EQ(address_event(3, 700), 0x000302bcU);
}

TEST(Buffers, TheStateOfACompetitionTakesSixBytesANeuron) {
  for (const bool keep : {false, true}) {
    EXPECT_EQ(state_rows(contract::Factor::kCompetition, keep, 8, 1, false), 6U);
    EXPECT_EQ(state_rows(contract::Factor::kCompetition, keep, 16, 1, false), 3U);
  }
  EXPECT_EQ(state_rows(contract::Factor::kLevel, false, 8, 5, false), 0U);
  EXPECT_EQ(state_rows(contract::Factor::kLevel, true, 8, 1, false), 3U) << "two bytes of a potential and a spike";
  EXPECT_EQ(state_rows(contract::Factor::kFrozen, true, 16, 1, false), 2U);
  EXPECT_EQ(state_rows(contract::Factor::kFrozen, true, 16, 49, false), 98U) << "each position has rows of its own";
  EXPECT_EQ(state_rows(contract::Factor::kLevel, true, 8, 1, true), 7U) << "and four bytes of a current";
  EXPECT_EQ(state_rows(contract::Factor::kLevel, true, 16, 49, true), 196U);
  EXPECT_EQ(state_rows(contract::Factor::kLevel, false, 8, 1, true), 0U);
  EXPECT_EQ(state_rows(contract::Factor::kCompetition, true, 8, 1, true), 6U) << "where there are no potentials it is not used";
}

TEST(Connection, OfADenseLayerHasARowForEachSource) {
  const Connection connection = Connection::dense(784, true, 100);
  EXPECT_EQ(connection.inputs(), 784U);
  EXPECT_EQ(connection.sources(), 785U);
  EXPECT_EQ(connection.neurons(), 100U);
  EXPECT_EQ(connection.weight_rows(), 785U);
  EXPECT_EQ(connection.row_width(), 100U);
  EXPECT_EQ(connection.weights(), 78500U);
  EXPECT_EQ(connection.row_words(64), 2U);
  EXPECT_EQ(connection.words(64), 1570U);
  EXPECT_EQ(connection.words(64, 6), 1582U);
  EXPECT_EQ(connection.fan_out(17), (std::vector<Target>{{17, 0, 100}}));
  EXPECT_TRUE(connection.is_bias(784));
  EXPECT_TRUE(connection.is_bias_row(784));
  EXPECT_FALSE(connection.is_bias(783));
  EXPECT_FALSE(Connection::dense(784, false, 100).is_bias(784));
  EXPECT_EQ(Connection::dense(784, false, 100).weight_rows(), 784U);
}

/// 5 x 4 places of 3 channels, pooled to 3 x 2, with a rim of 1; a kernel of 2 x 3 moves by 2: 2 x 1 positions.
constexpr Shape kSmall{
    .sources = {5, 4, 3}, .pool = 1, .padding = 1, .stride = 2, .kernel_rows = 2, .kernel_columns = 3, .channels = 7};

TEST(Connection, OfAConvolutionHasTheRowsOfItsKernel) {
  EXPECT_EQ(kSmall.pooled_rows(), 3U);
  EXPECT_EQ(kSmall.pooled_columns(), 2U);
  EXPECT_EQ(kSmall.neurons(), (Extent{2, 1, 7}));
  const Connection connection = Connection::convolution(kSmall, true, false);
  EXPECT_EQ(connection.inputs(), 60U);
  EXPECT_EQ(connection.sources(), 61U);
  EXPECT_EQ(connection.weight_rows(), 2U * 3 * 3 + 1);
  EXPECT_EQ(connection.row_width(), 7U);
  EXPECT_EQ(connection.neurons(), 14U);
  EXPECT_EQ(connection.positions(), 2U);
  EXPECT_EQ(connection.words(4), 19U * 2);
  EXPECT_TRUE(connection.is_bias_row(18));
  EXPECT_EQ(connection.fan_out(60), (std::vector<Target>{{18, 0, 7}, {18, 7, 7}}));
  // Place (4, 3) is (2, 1) of the pooled ones and (3, 2) with the rim: row 1, column 2 of the kernel at position (1, 0).
  EXPECT_EQ(connection.fan_out((4 * 4 + 3) * 3 + 2), (std::vector<Target>{{(1 * 3 + 2) * 3 + 2, 7, 7}}));
  EXPECT_EQ(Connection::convolution(kSmall, true, true).fan_out(2 * 20 + 4 * 4 + 3), connection.fan_out((4 * 4 + 3) * 3 + 2))
      << "inputs lie channel after channel";
}

TEST(Connection, OfAGridHasPotentialsBesideItsNeurons) {
  Shape shape = kSmall;
  shape.sources = {9, 8, 3};
  EXPECT_EQ(shape.positions(), (Extent{3, 2, 7}));
  EXPECT_EQ(shape.neurons(), shape.positions());
  shape.grid = 2;
  EXPECT_EQ(shape.neurons(), (Extent{2, 2, 7}));
  shape.two_sided = true;
  EXPECT_EQ(shape.neurons(), (Extent{2, 2, 14}));
  const Connection connection = Connection::convolution(shape, true, true);
  EXPECT_EQ(connection.neurons(), 56U);
  EXPECT_EQ(connection.positions(), 6U);
  EXPECT_EQ(connection.potentials(), 42U);
  EXPECT_EQ(connection.row_width(), 7U);
  EXPECT_EQ(connection.fan_out(9 * 8 * 3).size(), 6U) << "the bias";
  EXPECT_EQ(connection.fan_out(9 * 8 * 3).back(), (Target{18, 35, 7}));
  shape.grid = 0;
  EXPECT_EQ(connection.fan_out(100), Connection::convolution(shape, true, true).fan_out(100));
}

TEST(Buffers, WhatLayersKeepBesideWeights) {
  using contract::Factor;
  EXPECT_EQ(state_rows(Factor::kFeatures, false, 8, 9, false), 2U) << "wins of filters";
  EXPECT_EQ(state_rows(Factor::kFeatures, false, 16, 9, false), 1U);
  EXPECT_EQ(state_rows(Factor::kDiscriminant, false, 8, 1, false), 4U) << "biases";
  EXPECT_EQ(state_rows(Factor::kDiscriminant, false, 16, 1, false), 2U);
  EXPECT_EQ(memory_bytes(Factor::kFrozen, 65, 20), 0U);
  EXPECT_EQ(memory_bytes(Factor::kFeatures, 65, 20), 65U * 128 + 320);
  EXPECT_EQ(memory_bytes(Factor::kDiscriminant, 65, 20), (65U + 20) * 320 + 128);
}

TEST(Connection, OfAConvolutionReachesWhatTheFormulaSays) {
  for (std::uint32_t pool = 0; pool <= 2; ++pool) {
    for (std::uint32_t padding = 0; padding <= 3; ++padding) {
      for (std::uint32_t stride = 1; stride <= 2; ++stride) {
        Shape shape = kSmall;
        shape.sources = {9, 7, 2};
        shape.pool = pool;
        shape.padding = padding;
        shape.stride = stride;
        shape.kernel_columns = 2;
        const Extent neurons = shape.neurons();
        const Connection connection = Connection::convolution(shape, false, false);
        for (std::uint32_t source = 0; source < connection.sources(); ++source) {
          std::vector<Target> expected;
          const int channel = static_cast<int>(source % 2), x = static_cast<int>(source / 2 % 7),
                    y = static_cast<int>(source / 14);
          for (std::uint32_t position = 0; position < connection.positions(); ++position) {
            const int ky = (y >> pool) + static_cast<int>(padding) - static_cast<int>(position / neurons.columns * stride);
            const int kx = (x >> pool) + static_cast<int>(padding) - static_cast<int>(position % neurons.columns * stride);
            if (ky < 0 || ky > 1 || kx < 0 || kx > 1) continue;
            expected.push_back({static_cast<std::uint32_t>((ky * 2 + kx) * 2 + channel), 7 * position, 7});
          }
          ASSERT_EQ(connection.fan_out(source), expected) << pool << padding << stride << " source " << source;
        }
      }
    }
  }
}

TEST(SerialMemory, LayersFollowEachOther) {
  const std::array<SerialLayerShape, 2> shapes{
      {{Connection::dense(64, true, 35), true}, {Connection::dense(35, true, 10), false}}};
  const auto places = serial_places(shapes, 3, 8);
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].weight_word, 0U);
  EXPECT_EQ(places[0].row_words, 5U);
  EXPECT_EQ(places[0].class_levels, 40U);
  EXPECT_EQ(places[0].words_end, 325U);
  EXPECT_EQ(places[0].levels_end, 120U);
  EXPECT_EQ(places[1].weight_word, 325U);
  EXPECT_EQ(places[1].row_words, 2U);
  EXPECT_EQ(places[1].level, 120U);
  EXPECT_EQ(places[1].words_end, 325U + 72U);
  EXPECT_EQ(places[1].levels_end, 120U);
}

TEST(Random, IsThatOfTheSpecificationsExamples) {
  const auto drawn = permute({0x1234, 0x5678, 0x9abc, 0xdef0}, 0x0001, 0xffff);
  EXPECT_EQ(drawn.first, 0xbe78);
  EXPECT_EQ(drawn.second, 0xd01c);
  const auto encoding = static_cast<std::uint32_t>(contract::Purpose::kEncoding);
  EXPECT_EQ(sample_key(purpose_key(0x0123456789abcdef, encoding, 0), 65537), (Key{0xcea1, 0xbe29, 0x1320, 0x70a8}));
  const auto rounding = static_cast<std::uint32_t>(contract::Purpose::kRounding);
  EXPECT_EQ(sample_key(purpose_key(0x0123456789abcdef, rounding, 3), 0xffffffff), (Key{0xabdf, 0xb9fb, 0x2343, 0x17d6}));
}

}  // namespace
}  // namespace phasic::layout
