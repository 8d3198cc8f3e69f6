// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/data/picture.hpp"

namespace phasic::runtime {
namespace {

/// libpng leaves with longjmp on errors, so nothing with a destructor may live in the functions that it jumps out of. Its
/// simplified interface would turn values by the file's gamma; here they are the bytes of the file.
struct PngDecoder {
  png_structp library = nullptr;
  png_infop info = nullptr;
  const std::uint8_t* bytes = nullptr;
  std::size_t size = 0, at = 0;
  std::jmp_buf leave{};
  char text[200] = "";
};

[[noreturn]] void on_error(png_structp library, png_const_charp text) {
  auto& decoder = *static_cast<PngDecoder*>(png_get_error_ptr(library));
  std::snprintf(decoder.text, sizeof decoder.text, "%s", text);
  std::longjmp(decoder.leave, 1);
}

/// Warnings are about bytes that a reader can do without, such as a wrong colour profile.
void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp library, png_bytep to, png_size_t count) {
  auto& decoder = *static_cast<PngDecoder*>(png_get_io_ptr(library));
  if (count > decoder.size - decoder.at) png_error(library, "the file is truncated");
  std::copy_n(decoder.bytes + decoder.at, count, to);
  decoder.at += count;
}

bool read_header(PngDecoder& decoder) {
  if (setjmp(decoder.leave) != 0) return false;
  decoder.library = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder, on_error, on_warning);
  if (decoder.library != nullptr) decoder.info = png_create_info_struct(decoder.library);
  if (decoder.info == nullptr) return false;
  png_set_read_fn(decoder.library, &decoder, on_read);
  png_read_info(decoder.library, decoder.info);
  // Fewer than 8 bits become 8, palettes colours, a transparent colour an alpha channel.
  png_set_expand(decoder.library);
  png_set_interlace_handling(decoder.library);
  return true;
}

bool read_pixels(PngDecoder& decoder, png_bytep* rows) {
  if (setjmp(decoder.leave) != 0) return false;
  png_read_image(decoder.library, rows);
  png_read_end(decoder.library, nullptr);
  return true;
}

bool update_header(PngDecoder& decoder) {
  if (setjmp(decoder.leave) != 0) return false;
  png_read_update_info(decoder.library, decoder.info);
  return true;
}

}  // namespace

Picture decode_png(const StoredFile& file) {
  PngDecoder decoder;
  decoder.bytes = file.bytes.data();
  decoder.size = file.bytes.size();
  struct Release {
    PngDecoder* decoder;
    ~Release() { png_destroy_read_struct(&decoder->library, &decoder->info, nullptr); }
  } const release{&decoder};
  if (!read_header(decoder)) throw InputError(file.origin, "PNG", decoder.text);
  const std::size_t columns = png_get_image_width(decoder.library, decoder.info);
  const std::size_t rows = png_get_image_height(decoder.library, decoder.info);
  if (png_get_bit_depth(decoder.library, decoder.info) > 8)
    throw InputError(file.origin, "bit depth", "16 bits a channel; at most 8 are read");
  if (std::uint64_t{columns} * rows > kMostPixels)
    throw InputError(file.origin, "size", fmt::format("{} x {} pixels; at most {} are read", rows, columns, kMostPixels));
  if (!update_header(decoder)) throw InputError(file.origin, "PNG", decoder.text);
  const std::size_t stride = png_get_channels(decoder.library, decoder.info);
  const std::size_t colours = stride < 3 ? 1 : 3;
  const bool alpha = stride != colours;
  const std::size_t plane = rows * columns;
  std::vector<std::uint8_t> raw(plane * stride);
  std::vector<png_bytep> lines(rows);
  for (std::size_t y = 0; y < rows; ++y) lines[y] = raw.data() + y * columns * stride;
  if (!read_pixels(decoder, lines.data())) throw InputError(file.origin, "PNG", decoder.text);
  Picture picture{
      static_cast<std::uint32_t>(colours), static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(columns), {}};
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
  // In memory first, as the library's own writing to a file keeps the reason of a failure to itself.
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, raw.data(), 0, nullptr) == 0)
    throw InputError(file.string(), "PNG", fmt::format("cannot be made: {}", image.message));
  write_file(file, std::string_view(bytes).substr(0, size));
}

}  // namespace phasic::runtime
