// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/edges.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

Dataset images(std::uint32_t rows, std::uint32_t columns, std::uint32_t channels, std::vector<std::uint8_t> pixels) {
  Dataset data;
  data.name = "drawn";
  data.rows = rows;
  data.columns = columns;
  data.channels = channels;
  data.labels.resize(pixels.size() / (std::size_t{rows} * columns * channels));
  data.pixels = std::move(pixels);
  data.checksum = checksum_of(data);
  return data;
}

/// The pixels of an image whose brightness is f(row, column).
template <typename F>
std::vector<std::uint8_t> drawn(std::uint32_t rows, std::uint32_t columns, F f) {
  std::vector<std::uint8_t> pixels;
  for (std::uint32_t r = 0; r < rows; ++r)
    for (std::uint32_t c = 0; c < columns; ++c) pixels.push_back(static_cast<std::uint8_t>(f(r, c)));
  return pixels;
}

TEST(Edges, EachOfTheEightDirectionsHasItsChannel) {
  const auto ramp = [](int across, int down) {
    return drawn(3, 3, [=](std::uint32_t r, std::uint32_t c) {
      return 100 + across * (static_cast<int>(c) - 1) + down * (static_cast<int>(r) - 1);
    });
  };
  const int across[8] = {10, 10, 0, -10, -10, -10, 0, 10};
  const int down[8] = {0, 10, 10, 10, 0, -10, -10, -10};
  for (std::size_t d = 0; d < 8; ++d) {
    auto data = images(3, 3, 1, ramp(across[d], down[d]));
    find_edges(data, {.cell = 3, .stride = 1, .gain = 16, .floor = 0});
    ASSERT_EQ(data.pixels.size(), 9U);
    // One direction has everything, so that 256 S / S = 256 is limited; the mean is that of the middle.
    for (std::size_t k = 0; k < 8; ++k) EXPECT_EQ(data.pixels[k], k == d ? 255 : 0) << "ramp " << d << ", direction " << k;
    EXPECT_EQ(data.pixels[8], 100);
  }
}

TEST(Edges, AStepIsMeasuredAgainstItsSurroundingsAndTheFloor) {
  // Two cells beside each other: dark to 64 in the first, nothing in the second.
  auto data = images(2, 4, 1, {0, 64, 64, 64, 0, 64, 64, 64});
  find_edges(data, {.cell = 2, .stride = 2, .gain = 16, .floor = 8});
  // dx is 64 in columns 0 and 1: S_0 = 256 and 0. Q = 256^2 / 2 = 32768, its root 181; 256 * 256 / (181 + 8 * 4) = 307 > 255.
  EXPECT_EQ(data.rows, 1U);
  EXPECT_EQ(data.columns, 2U);
  EXPECT_EQ(data.channels, 9U);
  EXPECT_EQ(data.pixels[0], 255);
  EXPECT_EQ(data.pixels[1], 0);
  auto weaker = images(2, 4, 1, {0, 64, 64, 64, 0, 64, 64, 64});
  find_edges(weaker, {.cell = 2, .stride = 2, .gain = 8, .floor = 100});
  EXPECT_EQ(weaker.pixels[0], 128 * 256 / (181 + 400));
  EXPECT_EQ(weaker.pixels[16], 32);  // means of the two cells
  EXPECT_EQ(weaker.pixels[17], 64);
  EXPECT_EQ(weaker.checksum, checksum_of(weaker));
}

TEST(Edges, ColoursGiveThreeMeans) {
  auto data = images(1, 1, 3, {100, 90, 20});
  find_edges(data, {.cell = 1, .stride = 1, .gain = 16, .floor = 8});
  EXPECT_EQ(data.channels, 11U);
  EXPECT_EQ(data.pixels, (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 70, 148, 0}));  // 40 - 190 + 128 < 0
}

TEST(Edges, AFlatImageHasNoneEvenWithoutAFloor) {
  auto data = images(4, 4, 1, std::vector<std::uint8_t>(16, 200));
  find_edges(data, {.cell = 2, .stride = 1, .gain = 255, .floor = 0});
  for (std::size_t k = 0; k < 8 * 9; ++k) EXPECT_EQ(data.pixels[k], 0);
  EXPECT_EQ(data.pixels.back(), 200);
}

/// The definition once more, cell by cell, as docs/experiments.md words it.
std::vector<std::uint8_t> as_defined(const Dataset& data, const Edges& edges) {
  const double u[8] = {64, 45, 0, -45, -64, -45, 0, 45};
  const double v[8] = {0, 45, 64, 45, 0, -45, -64, -45};
  const int rows = static_cast<int>(data.rows);
  const int columns = static_cast<int>(data.columns);
  const int size = static_cast<int>(edges.cell);
  const int stride = static_cast<int>(edges.stride);
  const int down = (rows - size) / stride + 1;
  const int along = (columns - size) / stride + 1;
  std::vector<std::uint8_t> all;
  for (std::size_t n = 0; n < data.size(); ++n) {
    const auto image = data.image(n);
    const auto pixel = [&](int channel, int r, int c) {
      r = std::clamp(r, 0, rows - 1);
      c = std::clamp(c, 0, columns - 1);
      const int place = (channel * rows + r) * columns + c;
      return static_cast<int>(image[static_cast<std::size_t>(place)]);
    };
    const auto brightness = [&](int r, int c) {
      return data.channels == 1 ? pixel(0, r, c) : (pixel(0, r, c) + pixel(1, r, c) + pixel(2, r, c)) / 3;
    };
    const auto in_cell = [&](int a, int b, auto f) {
      double sum = 0;
      for (int r = a * stride; r < a * stride + size; ++r)
        for (int c = b * stride; c < b * stride + size; ++c) sum += f(r, c);
      return sum;
    };
    const auto strength = [&](int d, int a, int b) {
      return in_cell(a, b, [&](int r, int c) {
        const double dx = brightness(r, c + 1) - brightness(r, c - 1);
        const double dy = brightness(r + 1, c) - brightness(r - 1, c);
        int best = 0;
        for (int k = 1; k < 8; ++k)
          if (u[k] * dx + v[k] * dy > u[best] * dx + v[best] * dy) best = k;
        return best == d ? std::floor((u[d] * dx + v[d] * dy) / 64) : 0.0;
      });
    };
    for (int d = 0; d < 8; ++d) {
      for (int a = 0; a < down; ++a) {
        for (int b = 0; b < along; ++b) {
          double squares = 0;
          int cells = 0;
          for (int r = std::max(0, a - 1); r <= std::min(down - 1, a + 1); ++r) {
            for (int c = std::max(0, b - 1); c <= std::min(along - 1, b + 1); ++c) {
              for (int k = 0; k < 8; ++k) squares += strength(k, r, c) * strength(k, r, c);
              ++cells;
            }
          }
          const double root = std::floor(std::sqrt(std::floor(squares / cells)));
          const double divisor = std::max(1.0, root + edges.floor * size * size);
          all.push_back(
              static_cast<std::uint8_t>(std::min(255.0, std::floor(16.0 * edges.gain * strength(d, a, b) / divisor))));
        }
      }
    }
    for (std::uint32_t channel = 0; channel < data.channels; ++channel) {
      for (int a = 0; a < down; ++a) {
        for (int b = 0; b < along; ++b) {
          const double sum = in_cell(a, b, [&](int r, int c) {
            if (channel == 0) return brightness(r, c);
            return channel == 1 ? 2 * (pixel(0, r, c) - pixel(1, r, c)) + 128
                                : 2 * pixel(2, r, c) - pixel(0, r, c) - pixel(1, r, c) + 128;
          });
          all.push_back(static_cast<std::uint8_t>(std::clamp(std::floor(sum / (size * size)), 0.0, 255.0)));
        }
      }
    }
  }
  return all;
}

TEST(Edges, RandomImagesAreAsDefined) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto between = [&](std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(random() % (most - least + 1));
  };
  for (int round = 0; round < 40; ++round) {
    const std::uint32_t rows = between(1, 12);
    const std::uint32_t columns = between(1, 12);
    const std::uint32_t channels = between(0, 1) == 0 ? 1 : 3;
    const Edges edges{
        .cell = between(1, std::min(rows, columns)), .stride = between(1, 6), .gain = between(1, 64), .floor = between(0, 20)};
    std::vector<std::uint8_t> pixels(std::size_t{2} * rows * columns * channels);
    const std::uint32_t most = between(1, 255);
    for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(between(0, most));
    auto data = images(rows, columns, channels, pixels);
    const auto expected = as_defined(data, edges);
    find_edges(data, edges);
    ASSERT_EQ(data.pixels, expected) << rows << " x " << columns << " x " << channels << ", cell " << edges.cell << ", stride "
                                     << edges.stride;
    ASSERT_EQ(data.inputs() * data.size(), expected.size());
  }
}

TEST(Edges, RefusesWhatHasNone) {
  Dataset events;
  events.name = "events";
  events.event_starts = {0};
  test::expect_all_in(test::refusal([&] { find_edges(events, {}); }), {"events", "edges"});
  auto two = images(8, 8, 2, std::vector<std::uint8_t>(128));
  test::expect_all_in(test::refusal([&] { find_edges(two, {}); }), {"drawn", "edges", "2"});
  auto small = images(8, 7, 1, std::vector<std::uint8_t>(56));
  test::expect_all_in(test::refusal([&] { find_edges(small, {}); }), {"drawn", "edges.cell", "8", "8 x 7"});
}

}  // namespace
}  // namespace phasic::runtime
