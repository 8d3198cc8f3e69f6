// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <csetjmp>
#include <cstdio>
// Needs the names of <cstdio>, and sorts before it.
#include <jpeglib.h>

#include <string>

#include "runtime/base/error.hpp"
#include "runtime/data/picture.hpp"

namespace phasic::runtime {
namespace {

/// The library leaves with longjmp on errors, so nothing with a destructor may live in the functions that it jumps out of.
struct JpegDecoder {
  jpeg_decompress_struct library{};
  jpeg_error_mgr errors{};
  std::jmp_buf leave{};
  char text[JMSG_LENGTH_MAX] = "";
};

JpegDecoder& decoder_of(j_common_ptr library) { return *static_cast<JpegDecoder*>(library->client_data); }

void keep_text(j_common_ptr library) { library->err->format_message(library, decoder_of(library).text); }

[[noreturn]] void on_error(j_common_ptr library) {
  keep_text(library);
  std::longjmp(decoder_of(library).leave, 1);
}

// The library goes on after a warning with made-up pixels; here damaged data are an error.
void on_message(j_common_ptr library, int level) {
  if (level < 0) on_error(library);
}

bool read_header(JpegDecoder& decoder, const std::vector<std::uint8_t>& bytes) {
  if (setjmp(decoder.leave) != 0) return false;
  jpeg_create_decompress(&decoder.library);
  decoder.library.client_data = &decoder;
  jpeg_mem_src(&decoder.library, bytes.data(), bytes.size());
  jpeg_read_header(&decoder.library, TRUE);
  return true;
}

bool read_pixels(JpegDecoder& decoder, std::vector<std::uint8_t>& raw) {
  if (setjmp(decoder.leave) != 0) return false;
  jpeg_start_decompress(&decoder.library);
  const std::size_t stride = std::size_t{decoder.library.output_width} * decoder.library.output_components;
  while (decoder.library.output_scanline < decoder.library.output_height) {
    auto* row = raw.data() + decoder.library.output_scanline * stride;
    jpeg_read_scanlines(&decoder.library, &row, 1);
  }
  jpeg_finish_decompress(&decoder.library);
  return true;
}

}  // namespace

Picture decode_jpeg(const StoredFile& file) {
  JpegDecoder decoder;
  decoder.library.err = jpeg_std_error(&decoder.errors);
  decoder.library.client_data = &decoder;
  decoder.errors.error_exit = on_error;
  decoder.errors.emit_message = on_message;
  struct Release {
    jpeg_decompress_struct* library;
    ~Release() { jpeg_destroy_decompress(library); }
  } const release{&decoder.library};
  if (!read_header(decoder, file.bytes)) throw InputError(file.origin, "JPEG", decoder.text);
  auto& library = decoder.library;
  if (std::uint64_t{library.image_width} * library.image_height > kMostPixels) {
    throw InputError(
        file.origin, "size",
        fmt::format("{} x {} pixels; at most {} are read", library.image_height, library.image_width, kMostPixels));
  }
  if (library.num_components != 1 && library.num_components != 3)
    throw InputError(file.origin, "colours", fmt::format("{}; 1 or 3 are read", library.num_components));
  library.out_color_space = library.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  const auto channels = static_cast<std::uint32_t>(library.num_components);
  const std::size_t plane = std::size_t{library.image_width} * library.image_height;
  std::vector<std::uint8_t> raw(plane * channels);
  if (!read_pixels(decoder, raw)) throw InputError(file.origin, "JPEG", decoder.text);
  Picture picture{channels, library.image_height, library.image_width, std::vector<std::uint8_t>(plane * channels)};
  for (std::size_t n = 0; n < plane; ++n) {
    for (std::size_t c = 0; c < channels; ++c) picture.pixels[c * plane + n] = raw[n * channels + c];
  }
  return picture;
}

}  // namespace phasic::runtime
