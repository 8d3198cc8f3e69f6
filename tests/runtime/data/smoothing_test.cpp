// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/smoothing.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

Dataset one_image(std::uint32_t rows, std::uint32_t columns, std::vector<std::uint8_t> pixels) {
  Dataset data;
  data.rows = rows;
  data.columns = columns;
  data.labels = {0};
  data.pixels = std::move(pixels);
  data.checksum = checksum_of(data);
  return data;
}

TEST(Smoothing, IsTheMeanOfASquareWithNothingOutside) {
  auto data = one_image(3, 4, {9, 0, 0, 0, 0, 90, 0, 0, 0, 0, 0, 45});
  smooth(data, {.size = 3, .gain = 1});
  // Sums of squares: 99 99 90 0 / 99 99 135 45 / 90 90 135 45; divided by 9, halves up.
  EXPECT_EQ(data.pixels, (std::vector<std::uint8_t>{11, 11, 10, 0, 11, 11, 15, 5, 10, 10, 15, 5}));
  EXPECT_EQ(data.checksum, checksum_of(data));
}

TEST(Smoothing, GainMultipliesBeforeRoundingAndEndsAt255) {
  auto data = one_image(1, 3, {0, 200, 0});
  smooth(data, {.size = 3, .gain = 2});
  EXPECT_EQ(data.pixels, (std::vector<std::uint8_t>{44, 44, 44}));  // 400 / 9 = 44.4
  auto bright = one_image(1, 1, {200});
  smooth(bright, {.size = 1, .gain = 2});
  EXPECT_EQ(bright.pixels, (std::vector<std::uint8_t>{255}));
}

TEST(Smoothing, OfSizeOneAndGainOneChangesNothing) {
  auto data = one_image(2, 2, {1, 2, 3, 255});
  smooth(data, {});
  EXPECT_EQ(data.pixels, (std::vector<std::uint8_t>{1, 2, 3, 255}));
}

TEST(Smoothing, ReachesBeyondASmallImage) {
  auto data = one_image(2, 1, {100, 50});
  smooth(data, {.size = 15, .gain = 15});
  EXPECT_EQ(data.pixels, (std::vector<std::uint8_t>{10, 10}));  // 15 * 150 / 225
}

TEST(Smoothing, KeepsChannelsApart) {
  auto data = one_image(1, 1, {90, 180, 0});
  data.channels = 3;
  smooth(data, {.size = 3, .gain = 1});
  EXPECT_EQ(data.pixels, (std::vector<std::uint8_t>{10, 20, 0}));
}

TEST(Smoothing, RefusesRecordings) {
  Dataset data;
  data.name = "events";
  data.event_starts = {0};
  test::expect_all_in(test::refusal([&] { smooth(data, {.size = 3, .gain = 1}); }), {"events", "smoothing"});
}

}  // namespace
}  // namespace phasic::runtime
