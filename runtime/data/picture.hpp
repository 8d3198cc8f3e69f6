// SPDX-License-Identifier: Apache-2.0
/// Pictures of 8 bits a channel: reading PNG and JPEG, and the steps that a data set's images go through.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

/// Pixels channel by channel, row by row: pixel (c, y, x) is at (c * rows + y) * columns + x.
struct Picture {
  std::uint32_t channels = 1;  ///< 1: gray, 3: red, green, blue
  std::uint32_t rows = 0, columns = 0;
  std::vector<std::uint8_t> pixels;
  bool operator==(const Picture&) const = default;
};

/// A picture of more pixels is not read.
inline constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 26;

/// Reads a PNG or JPEG, told by content (file_formats.cpp). Gray stays gray, palettes and colours become three channels, values
/// are the bytes of the file whatever gamma or colour profile it names; what is transparent shows white paper:
/// (alpha * value + (255 - alpha) * 255) / 255, rounded. Throws InputError naming the file: another format, a
/// damaged or truncated file, 16 bits a channel, four colours (CMYK), more than kMostPixels.
[[nodiscard]] Picture decode_picture(const StoredFile& file);
[[nodiscard]] Picture decode_png(const StoredFile& file);
[[nodiscard]] Picture decode_jpeg(const StoredFile& file);

/// (299 red + 587 green + 114 blue) / 1000, rounded; gray is returned as it is.
[[nodiscard]] Picture to_gray(const Picture& picture);

/// Three channels; gray is repeated.
[[nodiscard]] Picture to_colour(const Picture& picture);

/// 255 - value.
[[nodiscard]] Picture inverted(const Picture& picture);

/// Each new pixel is the mean of the old area under it, parts of pixels counted in proportion, rounded with halves upwards. The
/// aspect is not kept. Rows and columns are at least 1.
[[nodiscard]] Picture resized(const Picture& picture, std::uint32_t rows, std::uint32_t columns);

/// Writes a PNG. Throws InputError naming the file.
void write_png(const std::filesystem::path& file, const Picture& picture);

}  // namespace phasic::runtime
