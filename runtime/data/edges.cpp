// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/edges.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kDirections = 8;
constexpr std::array<std::int32_t, kDirections> kAcross{64, 45, 0, -45, -64, -45, 0, 45};
constexpr std::array<std::int32_t, kDirections> kDown{0, 45, 64, 45, 0, -45, -64, -45};

/// Cells along one side of an image.
struct Cells {
  std::size_t size, stride, count;
  Cells(std::size_t pixels, const Edges& edges) : size(edges.cell), stride(edges.stride), count((pixels - size) / stride + 1) {}
  /// The first cell that holds a pixel, and the one after the last.
  [[nodiscard]] std::size_t first_with(std::size_t pixel) const { return pixel < size ? 0 : (pixel - size) / stride + 1; }
  [[nodiscard]] std::size_t end_with(std::size_t pixel) const { return std::min(count, pixel / stride + 1); }
};

/// Sums over the pixels of each cell, one number a cell for each direction and each mean.
struct Sums {
  std::size_t cells;
  std::vector<std::int64_t> values;  ///< [channel * cells + cell]
  [[nodiscard]] std::int64_t& at(std::size_t channel, std::size_t cell) { return values[channel * cells + cell]; }
};

std::uint64_t root_of(std::uint64_t square) {
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(square)));
  while (root * root > square) --root;
  while ((root + 1) * (root + 1) <= square) ++root;
  return root;
}

struct Strongest {
  std::size_t direction;
  std::int32_t strength;
};

Strongest strongest(std::int32_t across, std::int32_t down) {
  Strongest found{0, kAcross[0] * across + kDown[0] * down};
  for (std::size_t d = 1; d < kDirections; ++d) {
    const std::int32_t strength = kAcross[d] * across + kDown[d] * down;
    if (strength > found.strength) found = {d, strength};
  }
  found.strength >>= 6;
  return found;
}

/// What the means of a cell are taken of.
std::array<std::int32_t, 3> colour_of(const std::uint8_t* pixel, std::size_t plane, std::uint32_t channels) {
  if (channels == 1) return {pixel[0], 0, 0};
  const std::int32_t red = pixel[0];
  const std::int32_t green = pixel[plane];
  const std::int32_t blue = pixel[2 * plane];
  return {(red + green + blue) / 3, 2 * (red - green) + 128, 2 * blue - red - green + 128};
}

/// Sum over the directions of the squares of a cell.
std::uint64_t squares_of(Sums& sums, std::size_t cell) {
  std::uint64_t squares = 0;
  for (std::size_t d = 0; d < kDirections; ++d) {
    const auto sum = static_cast<std::uint64_t>(sums.at(d, cell));
    squares += sum * sum;
  }
  return squares;
}

/// The mean of `squares` over a cell and its neighbours, rounded down.
std::uint64_t mean_around(const std::vector<std::uint64_t>& squares, std::size_t rows, std::size_t columns, std::size_t row,
                          std::size_t column) {
  std::uint64_t sum = 0;
  std::uint64_t cells = 0;
  for (std::size_t r = row - std::min<std::size_t>(row, 1); r < std::min(rows, row + 2); ++r) {
    for (std::size_t c = column - std::min<std::size_t>(column, 1); c < std::min(columns, column + 2); ++c) {
      sum += squares[r * columns + c];
      ++cells;
    }
  }
  return sum / cells;
}

std::uint8_t limited(std::int64_t value) { return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255)); }

}  // namespace

void find_edges(Dataset& data, const Edges& edges) {
  if (data.has_events()) throw InputError(data.name, "edges", "recordings of events have none");
  if (data.channels != 1 && data.channels != 3)
    throw InputError(data.name, "edges", fmt::format("images of 1 or 3 channels have them, not of {}", data.channels));
  if (edges.cell > std::min(data.rows, data.columns)) {
    throw InputError(data.name, "edges.cell",
                     fmt::format("a cell of {} pixels does not fit an image of {} x {}", edges.cell, data.rows, data.columns));
  }
  const std::size_t rows = data.rows;
  const std::size_t columns = data.columns;
  const std::size_t plane = rows * columns;
  const Cells down(rows, edges);
  const Cells along(columns, edges);
  const std::size_t cells = down.count * along.count;
  const std::size_t channels = kDirections + data.channels;
  const std::int64_t area = std::int64_t{edges.cell} * edges.cell;

  std::vector<std::uint8_t> found;
  found.reserve(data.size() * channels * cells);
  std::vector<std::int32_t> brightness(plane);
  std::vector<std::uint64_t> squares(cells);
  Sums sums{cells, {}};
  for (std::size_t n = 0; n < data.size(); ++n) {
    const std::uint8_t* const image = data.image(n).data();
    for (std::size_t k = 0; k < plane; ++k) brightness[k] = colour_of(image + k, plane, data.channels)[0];
    sums.values.assign(channels * cells, 0);
    for (std::size_t y = 0; y < rows; ++y) {
      const std::size_t above = y == 0 ? 0 : y - 1;
      const std::size_t below = std::min(y + 1, rows - 1);
      for (std::size_t x = 0; x < columns; ++x) {
        const std::size_t left = x == 0 ? 0 : x - 1;
        const std::size_t right = std::min(x + 1, columns - 1);
        const Strongest edge = strongest(brightness[y * columns + right] - brightness[y * columns + left],
                                         brightness[below * columns + x] - brightness[above * columns + x]);
        const auto colour = colour_of(image + y * columns + x, plane, data.channels);
        for (std::size_t row = down.first_with(y); row < down.end_with(y); ++row) {
          for (std::size_t column = along.first_with(x); column < along.end_with(x); ++column) {
            const std::size_t cell = row * along.count + column;
            sums.at(edge.direction, cell) += edge.strength;
            for (std::size_t c = 0; c < data.channels; ++c) sums.at(kDirections + c, cell) += colour[c];
          }
        }
      }
    }
    for (std::size_t cell = 0; cell < cells; ++cell) squares[cell] = squares_of(sums, cell);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t cell = 0; cell < cells; ++cell) {
        const std::int64_t sum = sums.at(channel, cell);
        if (channel >= kDirections) {
          found.push_back(limited(sum < 0 ? 0 : sum / area));
          continue;
        }
        const auto root = static_cast<std::int64_t>(
            root_of(mean_around(squares, down.count, along.count, cell / along.count, cell % along.count)));
        found.push_back(
            limited(16 * std::int64_t{edges.gain} * sum / std::max<std::int64_t>(1, root + std::int64_t{edges.floor} * area)));
      }
    }
  }
  data.pixels = std::move(found);
  data.channels = static_cast<std::uint32_t>(channels);
  data.rows = static_cast<std::uint32_t>(down.count);
  data.columns = static_cast<std::uint32_t>(along.count);
  data.checksum = checksum_of(data);
}

}  // namespace phasic::runtime
