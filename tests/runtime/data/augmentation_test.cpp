// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/augmentation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

/// `count` images of two channels, 3 x 4, whose pixels are all different, labelled by their number.
Dataset images(std::size_t count) {
  Dataset data;
  data.name = "made";
  data.channels = 2;
  data.rows = 3;
  data.columns = 4;
  for (std::size_t n = 0; n < count; ++n) {
    data.labels.push_back(static_cast<std::uint8_t>(n));
    for (std::size_t k = 0; k < 24; ++k) data.pixels.push_back(static_cast<std::uint8_t>(24 * (n % 10) + k));
  }
  data.checksum = checksum_of(data);
  return data;
}

/// Image `from` moved, with the nearest pixel for those outside.
std::vector<std::uint8_t> moved(const Dataset& data, std::size_t from, int rows, int columns, bool mirrored) {
  std::vector<std::uint8_t> pixels;
  for (int channel = 0; channel < 2; ++channel)
    for (int row = 0; row < 3; ++row)
      for (int column = 0; column < 4; ++column) {
        const int source = std::clamp(column - columns, 0, 3);
        const int place = (channel * 3 + std::clamp(row - rows, 0, 2)) * 4 + (mirrored ? 3 - source : source);
        pixels.push_back(data.image(from)[static_cast<std::size_t>(place)]);
      }
  return pixels;
}

TEST(Augmentation, EachImageIsFollowedByMovedCopiesWithItsLabel) {
  const auto data = images(300);
  const auto more = augmented(data, {.copies = 3, .shift = 1, .mirror = true}, 7);
  ASSERT_EQ(more.size(), 1200U);
  EXPECT_EQ(more.checksum, checksum_of(more));
  EXPECT_EQ(more.name, data.name);
  std::map<std::tuple<int, int, bool>, unsigned> seen;
  for (std::size_t n = 0; n < more.size(); ++n) {
    SCOPED_TRACE(n);
    const auto image = more.image(n);
    ASSERT_EQ(more.labels[n], data.labels[n / 4]);
    const std::vector<std::uint8_t> pixels(image.begin(), image.end());
    if (n % 4 == 0) {
      ASSERT_EQ(pixels, moved(data, n / 4, 0, 0, false));
      continue;
    }
    bool found = false;
    for (const int rows : {-1, 0, 1})
      for (const int columns : {-1, 0, 1})
        for (const bool mirrored : {false, true})
          if (!found && pixels == moved(data, n / 4, rows, columns, mirrored)) {
            found = true;
            ++seen[{rows, columns, mirrored}];
          }
    ASSERT_TRUE(found);
  }
  // 900 draws of 18 moves, 50 each on average.
  EXPECT_EQ(seen.size(), 18U);
  for (const auto& [move, count] : seen) EXPECT_NEAR(count, 50, 30) << std::get<0>(move) << ' ' << std::get<1>(move);
}

TEST(Augmentation, FollowsFromTheSeedAlone) {
  const auto data = images(20);
  const Augmentation two{.copies = 2, .shift = 2, .mirror = false};
  const auto once = augmented(data, two, 1);
  EXPECT_EQ(augmented(data, two, 1).pixels, once.pixels);
  EXPECT_NE(augmented(data, two, 2).pixels, once.pixels);
}

TEST(Augmentation, EventsAreRefused) {
  Dataset data = images(1);
  data.pixels.clear();
  data.event_starts = {0, 0};
  test::expect_all_in(test::refusal([&] { (void)augmented(data, {}, 1); }), {"made", "augmentation", "events"});
}

}  // namespace
}  // namespace phasic::runtime
