// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/answers.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace phasic::runtime {
namespace {

/// Two filters of one weight each over four places, which are one cell.
LayerSpec small_layer(bool two_sided) {
  LayerSpec layer;
  layer.kind = contract::Connection::kConvolution;
  layer.shape = {.sources = {1, 4, 1}, .kernel_rows = 1, .kernel_columns = 1, .channels = 2, .grid = 1, .two_sided = two_sided};
  return layer;
}

TEST(AnswerSettings, OfASmallLayerAreThoseByHand) {
  const std::vector<std::uint8_t> values{0, 51, 102, 255};
  const std::vector<Sample> samples{{.intensities = values}};
  // Sums 0, 510, 1020, 2550 and 0, -1020, -2040, -5100; their means are 1020 and -2040, so biases are -4 and 8.
  // Potentials, (sum + 255 bias + 128) >> 8: -4, -2, 0, 6 and 8, 4, 0, -12. Their deviation is sqrt(280 / 8) = 5.92, the mean
  // 0.
  const auto settings =
      answer_settings(small_layer(true), 8, std::vector<std::int32_t>{10, -20}, samples, {.threshold = 0.5, .full = 0});
  EXPECT_EQ(settings.bias, (std::vector<std::int32_t>{-4, 8}));
  EXPECT_EQ(settings.threshold, 3);
  // Beyond 3 lie upwards 3 and 5 + 1, downwards 1 and 9: the mean of their roots is (1.732 + 2.449 + 1 + 3) / 4 = 2.045.
  // 255 / 2.045 * 2^9 = 63836 fits 16 bits, the double does not.
  EXPECT_EQ(settings.answer_shift, 9U);
  EXPECT_NEAR(settings.answer_scale, 63836, 10);
}

TEST(AnswerSettings, OfOneSideLookUpwardsAlone) {
  const std::vector<std::uint8_t> values{0, 51, 102, 255};
  const std::vector<Sample> samples{{.intensities = values}};
  const auto settings =
      answer_settings(small_layer(false), 8, std::vector<std::int32_t>{10, -20}, samples, {.threshold = 0.5, .full = 0});
  EXPECT_EQ(settings.threshold, 3);
  // (1.732 + 2.449) / 2 = 2.091
  EXPECT_NEAR(settings.answer_scale, 62450, 10);
}

TEST(AnswersTo, ASampleOfASmallLayerAreThoseByHand) {
  const std::vector<std::uint8_t> values{0, 51, 102, 255};
  const std::vector<std::int32_t> filters{10, -20, -4, 8};
  LayerSpec layer = small_layer(true);
  layer.threshold = 3;
  layer.answer_scale = 101;
  layer.answer_shift = 1;
  // Potentials as above: upwards 3 and 5 + 1, downwards 1 and 9, so the roots 1, 2, 1 and 3; 50.5 is rounded upwards.
  EXPECT_EQ(answers_to(layer, filters, values), (std::vector<std::uint8_t>{51, 101, 51, 152}));
  layer.answer_shift = 0;
  EXPECT_EQ(answers_to(layer, filters, values), (std::vector<std::uint8_t>{101, 202, 101, 255}));
  layer.shape.two_sided = false;
  EXPECT_EQ(answers_to(layer, filters, values), (std::vector<std::uint8_t>{101, 202}));
}

TEST(AnswerSettings, StayWithinTheirFields) {
  const std::vector<std::uint8_t> dark(4), bright(4, 255);
  const std::vector<Sample> nothing{{.intensities = dark}}, much{{.intensities = bright}};
  const auto of_nothing = answer_settings(small_layer(true), 8, std::vector<std::int32_t>{10, -20}, nothing, {});
  EXPECT_EQ(of_nothing.threshold, 0);
  EXPECT_EQ(of_nothing.answer_scale, 65280U) << "a root of 1 is answered by 255";
  EXPECT_EQ(of_nothing.answer_shift, 8U);
  const auto of_much =
      answer_settings(small_layer(true), 8, std::vector<std::int32_t>{-128, 127}, much, {.threshold = 100, .full = 1000});
  EXPECT_EQ(of_much.bias, (std::vector<std::int32_t>{127, -127}));
  EXPECT_LE(of_much.threshold, 32767);
}

}  // namespace
}  // namespace phasic::runtime
