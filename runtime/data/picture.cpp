// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/picture.hpp"

#include <algorithm>

namespace phasic::runtime {
namespace {

struct Share {
  std::uint32_t first;                 ///< first old pixel
  std::vector<std::uint64_t> weights;  ///< of it and those after it; their sum is the number of old pixels
};

/// In units of 1/wanted of an old pixel, new pixel k covers [k * given, (k + 1) * given).
std::vector<Share> shares(std::uint64_t given, std::uint64_t wanted) {
  std::vector<Share> all;
  for (std::uint64_t k = 0; k < wanted; ++k) {
    const auto begin = k * given, end = begin + given;
    Share share{static_cast<std::uint32_t>(begin / wanted), {}};
    for (auto old = begin / wanted; old * wanted < end; ++old) {
      share.weights.push_back(std::min(end, (old + 1) * wanted) - std::max(begin, old * wanted));
    }
    all.push_back(std::move(share));
  }
  return all;
}

}  // namespace

Picture to_gray(const Picture& picture) {
  if (picture.channels == 1) return picture;
  Picture gray{1, picture.rows, picture.columns, {}};
  const std::size_t plane = std::size_t{picture.rows} * picture.columns;
  gray.pixels.resize(plane);
  const auto* red = picture.pixels.data();
  for (std::size_t n = 0; n < plane; ++n) {
    const auto sum = 299u * red[n] + 587u * red[n + plane] + 114u * red[n + 2 * plane];
    gray.pixels[n] = static_cast<std::uint8_t>((sum + 500) / 1000);
  }
  return gray;
}

Picture to_colour(const Picture& picture) {
  if (picture.channels == 3) return picture;
  Picture colour{3, picture.rows, picture.columns, {}};
  for (int channel = 0; channel < 3; ++channel)
    colour.pixels.insert(colour.pixels.end(), picture.pixels.begin(), picture.pixels.end());
  return colour;
}

Picture inverted(const Picture& picture) {
  auto result = picture;
  for (auto& pixel : result.pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
  return result;
}

Picture resized(const Picture& picture, std::uint32_t rows, std::uint32_t columns) {
  if (rows == picture.rows && columns == picture.columns) return picture;
  Picture result{picture.channels, rows, columns, {}};
  result.pixels.reserve(std::size_t{picture.channels} * rows * columns);
  const auto row_shares = shares(picture.rows, rows), column_shares = shares(picture.columns, columns);
  const std::uint64_t area = std::uint64_t{picture.rows} * picture.columns;
  for (std::uint32_t channel = 0; channel < picture.channels; ++channel) {
    const auto* plane = picture.pixels.data() + channel * area;
    for (const auto& down : row_shares) {
      for (const auto& across : column_shares) {
        std::uint64_t sum = 0;
        for (std::size_t y = 0; y < down.weights.size(); ++y) {
          const auto* row = plane + (down.first + y) * picture.columns + across.first;
          std::uint64_t line = 0;
          for (std::size_t x = 0; x < across.weights.size(); ++x) line += across.weights[x] * row[x];
          sum += down.weights[y] * line;
        }
        // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a picture has at least one pixel
        result.pixels.push_back(static_cast<std::uint8_t>((sum + area / 2) / area));
      }
    }
  }
  return result;
}

}  // namespace phasic::runtime
