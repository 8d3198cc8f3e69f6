// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/show.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;

TEST(Show, PicturesBecomeText) {
  const Picture picture{1, 2, 3, {0, 128, 255, 60, 0, 0}};
  EXPECT_EQ(text_picture(picture, false), "  ++@@\n::\n");
  EXPECT_EQ(text_picture(picture, true), "  ▒▒██\n░░\n");
  // Wide pictures are made smaller: 4 columns of 2 pixels each.
  EXPECT_EQ(text_picture({1, 2, 8, Bytes(16, 255)}, false, 4), "@@@@@@@@\n");
}

TEST(Show, EventsAreAddedUp) {
  Dataset data;
  data.channels = 2;
  data.rows = 1;
  data.columns = 2;
  data.steps = 3;
  data.labels = {0};
  // Input 0 (darker, column 0) twice, input 3 (brighter, column 1) once, input 2 (brighter, column 0) twice.
  data.events = {0, 2, (1u << 16) | 0, (1u << 16) | 2, (1u << 16) | 3};
  data.event_starts = {0, 5};
  EXPECT_EQ(picture_of(data, 0, false), (Picture{1, 1, 2, {255, 64}}));
  EXPECT_EQ(picture_of(data, 0, true), (Picture{3, 1, 2, {255, 128, 0, 0, 255, 0}}));
  const auto text = step_histogram(data.events_of(0), 3);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(std::count(text.begin(), text.end(), '#'), 40 + 60);
}

TEST(Show, ChannelsStandSideBySide) {
  Dataset data;
  data.channels = 4;
  data.rows = 1;
  data.columns = 2;
  data.labels = {0, 0};
  data.pixels = {9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(channel_of(data, 1, 2), (Picture{1, 1, 2, {5, 6}}));
  EXPECT_EQ(sheet_of(data, 1, 2), (Picture{1, 3, 5, {1, 2, 128, 3, 4, 128, 128, 128, 128, 128, 5, 6, 128, 7, 8}}));
  EXPECT_EQ(sheet_of(data, 1, 3), (Picture{1, 3, 8, {1,   2,   128, 3,   4, 128, 5,   6,   128, 128, 128, 128,
                                                     128, 128, 128, 128, 7, 8,   128, 128, 128, 128, 128, 128}}));
}

TEST(Show, PixelsBecomeSquares) { EXPECT_EQ(enlarged({1, 1, 2, {7, 9}}, 2), (Picture{1, 2, 4, {7, 7, 9, 9, 7, 7, 9, 9}})); }

}  // namespace
}  // namespace phasic::runtime
