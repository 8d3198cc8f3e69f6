// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/event_picture.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::refusal;

Recording picture_made(std::vector<CameraEvent> events, std::uint32_t rows = 2, std::uint32_t columns = 3) {
  return {rows, columns, std::move(events)};
}

EventPicture counts(std::uint32_t bins, std::uint32_t full) { return {EventPicture::Kind::kCounts, bins, full, 1}; }
EventPicture surface(std::uint32_t bins, std::int64_t decay) { return {EventPicture::Kind::kSurface, bins, 1, decay}; }

TEST(EventPicture, CountsOfAPlacePolarityAndPartByHandNumbers) {
  // Parts of 500 us: 0 and 499 are in the first, 500 and 999 in the second, 1000 in none. The times need not ascend.
  const auto recording = picture_made({{5999, 2, 1, true},
                                       {5000, 1, 0, false},
                                       {5499, 1, 0, false},
                                       {5500, 1, 0, false},
                                       {5600, 1, 0, true},
                                       {5700, 0, 1, true},
                                       {5700, 0, 1, true},
                                       {5700, 0, 1, true},
                                       {6000, 0, 0, true}});
  const auto picture = event_picture(recording, counts(2, 4), 1000, 1, "x");
  EXPECT_EQ(picture.channels, 4u);
  EXPECT_EQ(picture.rows, 2u);
  EXPECT_EQ(picture.columns, 3u);
  // 255 events / 4, halves upwards: 64 for one, 128 for two, 191 for three.
  EXPECT_EQ(picture.pixels, (Bytes{0, 128, 0, 0,   0, 0,     // darker, first part
                                   0, 64,  0, 0,   0, 0,     // darker, second part
                                   0, 0,   0, 0,   0, 0,     // brighter, first part
                                   0, 64,  0, 191, 0, 64}))  // brighter, second part
      << "channel, row, column";
}

TEST(EventPicture, CountsEndAtAFullByte) {
  std::vector<CameraEvent> events;
  for (std::int64_t n = 0; n < 300; ++n) events.push_back({n, 1, 0, false});
  const auto most = [&](std::uint32_t full) {
    return event_picture(picture_made(events), counts(1, full), 0, 1, "x").pixels[1];
  };
  EXPECT_EQ(most(300), 255);
  EXPECT_EQ(most(299), 255);
  EXPECT_EQ(most(1), 255);
  EXPECT_EQ(most(301), 254);
  EXPECT_EQ(most(65535), 1);
}

TEST(EventPicture, ASurfaceFadesFromTheNewestEventOnByHandNumbers) {
  // Two parts of 500 us; what decays takes 1000 us, so a part takes 127.5 of 255.
  const auto recording = picture_made({{10, 0, 0, true},     // since 0: ages 500 and 1000
                                       {110, 1, 0, true},    // since 100: age 400, and then replaced
                                       {610, 1, 0, true},    // since 600: age 400 at the end
                                       {60, 1, 0, true},     // older than that of since 100
                                       {1009, 2, 1, false},  // since 999: age 1
                                       {1010, 0, 1, false}});
  const auto picture = event_picture(recording, surface(2, 1000), 1000, 1, "x");
  EXPECT_EQ(picture.pixels, (Bytes{0,   0,   0, 0, 0, 0,     // darker, first part
                                   0,   0,   0, 0, 0, 255,   // darker, second part: 254.745
                                   128, 153, 0, 0, 0, 0,     // brighter, first part: 127.5 and 153
                                   0,   153, 0, 0, 0, 0}));  // brighter, second part: 0 and 153
  EXPECT_EQ(event_picture(recording, surface(2, 400), 1000, 1, "x").pixels, (Bytes{0, 0, 0, 0, 0, 0,    //
                                                                                   0, 0, 0, 0, 0, 254,  // 254.3625
                                                                                   0, 0, 0, 0, 0, 0,    //
                                                                                   0, 0, 0, 0, 0, 0}));
}

TEST(EventPicture, PartsThatAreNoWholeMicrosecondsKeepTheirEnds) {
  // 10 us in 3 parts: their ends are 10/3 and 20/3 and 10; the event at 3 has the ages 1/3, 11/3 and 7.
  const auto recording = picture_made({{0, 2, 1, false}, {3, 0, 0, false}}, 2, 3);
  const auto picture = event_picture(recording, surface(3, 5), 10, 1, "x");
  EXPECT_EQ(picture.pixels[0], 238);  // 255 x (14/3) / 5
  EXPECT_EQ(picture.pixels[6], 68);   // 255 x (4/3) / 5
  EXPECT_EQ(picture.pixels[12], 0);
}

TEST(EventPicture, DownSamplingJoinsPixels) {
  // 3 x 5 pixels become 2 x 3.
  const auto recording = picture_made({{0, 4, 2, true}, {1, 3, 2, true}, {1, 0, 1, false}}, 3, 5);
  const auto picture = event_picture(recording, counts(1, 255), 10, 2, "x");
  EXPECT_EQ(picture.rows, 2u);
  EXPECT_EQ(picture.columns, 3u);
  // Pixels (2, 3) and (2, 4) lie in columns 1 and 2 of row 1.
  EXPECT_EQ(picture.pixels, (Bytes{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}));
}

TEST(EventPicture, WithoutAWindowTheWholeRecordingIsShown) {
  const auto recording = picture_made({{100, 0, 0, false}, {200, 1, 0, false}});
  EXPECT_EQ(event_picture(recording, counts(2, 1), 0, 1, "x").pixels[0], 255);
  EXPECT_EQ(event_picture(recording, counts(2, 1), 0, 1, "x").pixels[6 + 1], 255);
}

TEST(EventPicture, EmptyHugeAndEndlessRecordings) {
  for (const auto& how : {counts(2, 1), surface(2, 100)})
    EXPECT_EQ(event_picture(picture_made({}), how, 0, 1, "x").pixels, Bytes(24)) << "nothing happened";
  expect_all_in(refusal([] {
                  (void)event_picture(picture_made({{0, 0, 0, true}}, 300, 200), counts(3, 1), 0, 1, "big.aedat4");
                }),
                {"big.aedat4", "picture.bins", "3", "300 x 200", "downsample"});
  expect_all_in(
      refusal([] {
        (void)event_picture(picture_made({{INT64_MIN, 0, 0, true}, {INT64_MAX, 0, 0, true}}), counts(1, 1), 0, 1, "x");
      }),
      {"x", "time"});
  // The longest recording and the most parts are no larger than the numbers that they are computed with.
  const auto longest = std::int64_t{1} << 56;
  const auto picture =
      event_picture(picture_made({{0, 0, 0, true}, {longest, 1, 0, true}}, 1, 2), surface(255, 1'000'000'000'000), 0, 1, "x");
  EXPECT_EQ(picture.pixels[2 * 255], 0);
  EXPECT_EQ(picture.pixels[2 * (2 * 255 - 1) + 1], 255);
}

}  // namespace
}  // namespace phasic::runtime
