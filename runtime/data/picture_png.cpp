// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <memory>

#include "runtime/base/error.hpp"
#include "runtime/data/picture.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 26;

}  // namespace

Picture decode_png(const StoredFile& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> keeper(&image, png_image_free);
  if (png_image_begin_read_from_memory(&image, file.bytes.data(), file.bytes.size()) == 0)
    throw InputError(file.origin, "PNG", image.message);
  if ((image.format & PNG_FORMAT_FLAG_LINEAR) != 0)
    throw InputError(file.origin, "bit depth", "16 bits a channel; at most 8 are read");
  if (std::uint64_t{image.width} * image.height > kMostPixels) {
    throw InputError(file.origin, "size",
                     fmt::format("{} x {} pixels; at most {} are read", image.height, image.width, kMostPixels));
  }
  const bool colour = (image.format & PNG_FORMAT_FLAG_COLOR) != 0, alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.format = (colour ? PNG_FORMAT_FLAG_COLOR : 0u) | (alpha ? PNG_FORMAT_FLAG_ALPHA : 0u);
  const std::size_t colours = colour ? 3 : 1, stride = colours + (alpha ? 1 : 0);
  std::vector<std::uint8_t> raw(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, raw.data(), 0, nullptr) == 0) throw InputError(file.origin, "PNG", image.message);
  // Warnings are about bytes that a reader can do without, such as a wrong colour profile.
  Picture picture{static_cast<std::uint32_t>(colours), image.height, image.width, {}};
  const std::size_t plane = std::size_t{image.height} * image.width;
  picture.pixels.resize(colours * plane);
  for (std::size_t n = 0; n < plane; ++n) {
    const auto* pixel = raw.data() + n * stride;
    for (std::size_t c = 0; c < colours; ++c) {
      const unsigned opaque = alpha ? pixel[colours] : 255;
      picture.pixels[c * plane + n] = static_cast<std::uint8_t>((opaque * pixel[c] + (255 - opaque) * 255 + 127) / 255);
    }
  }
  return picture;
}

void write_png(const std::filesystem::path& file, const Picture& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = picture.columns;
  image.height = picture.rows;
  image.format = picture.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  const std::size_t plane = std::size_t{picture.rows} * picture.columns;
  std::vector<std::uint8_t> raw(plane * picture.channels);
  for (std::size_t n = 0; n < plane; ++n) {
    for (std::size_t c = 0; c < picture.channels; ++c) raw[n * picture.channels + c] = picture.pixels[c * plane + n];
  }
  if (png_image_write_to_file(&image, file.c_str(), 0, raw.data(), 0, nullptr) == 0)
    throw InputError(file.string(), "PNG", fmt::format("cannot be written: {}", image.message));
}

}  // namespace phasic::runtime
