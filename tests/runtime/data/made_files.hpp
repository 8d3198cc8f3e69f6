// SPDX-License-Identifier: Apache-2.0
/// Tiny files in the forms that data sets come in.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <lz4frame.h>
#include <zstd.h>

#include <cmath>
#include <cstdio>
// Needs the names of <cstdio>, and sorts before it.
#include <jpeglib.h>

#include <string>
#include <utility>
#include <vector>

#include "runtime/data/picture.hpp"
#include "runtime/data/unpack.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::test {

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

inline void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

inline Bytes big_endian(std::uint64_t value, unsigned count) {
  Bytes bytes;
  for (unsigned n = count; n-- > 0;) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * n)));
  return bytes;
}
inline Bytes little_endian(std::uint64_t value, unsigned count) {
  Bytes bytes;
  for (unsigned n = 0; n < count; ++n) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * n)));
  return bytes;
}

/// A file as if it had been read.
inline runtime::StoredFile stored(const Bytes& bytes, const std::string& name = "made") { return {name, name, bytes}; }

/// zlib's own format, as PNG has it.
inline Bytes deflated(const Bytes& bytes) {
  Bytes packed(compressBound(bytes.size()));
  uLongf size = packed.size();
  if (compress(packed.data(), &size, bytes.data(), bytes.size()) != Z_OK) throw std::runtime_error("zlib");
  packed.resize(size);
  return packed;
}

using Files = std::vector<std::pair<std::string, Bytes>>;

/// A PNG of any depth and colour type (0 gray, 2 colours, 3 palette, 4 gray and alpha, 6 colours and alpha). `lines` are the
/// packed bytes of each row, `more` further chunks by their names.
inline Bytes png(std::uint32_t columns, std::uint8_t depth, std::uint8_t type, const std::vector<Bytes>& lines,
                 const Bytes& palette = {}, const Files& more = {}) {
  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  const auto chunk = [&](const std::string& name, const Bytes& data) {
    Bytes body = bytes_of(name);
    append(body, data);
    append(file, big_endian(data.size(), 4));
    append(file, body);
    append(file, big_endian(crc32(0, body.data(), static_cast<uInt>(body.size())), 4));
  };
  Bytes header = big_endian(columns, 4);
  append(header, big_endian(lines.size(), 4));
  append(header, {depth, type, 0, 0, 0});
  chunk("IHDR", header);
  for (const auto& [name, data] : more) {
    if (name != "tRNS") chunk(name, data);
  }
  if (!palette.empty()) chunk("PLTE", palette);
  for (const auto& [name, data] : more) {
    if (name == "tRNS") chunk(name, data);
  }
  Bytes raw;
  for (const auto& line : lines) {
    raw.push_back(0);  // no filter
    append(raw, line);
  }
  chunk("IDAT", deflated(raw));
  chunk("IEND", {});
  return file;
}

/// A gray PNG of 8 bits.
inline Bytes gray_png(std::uint32_t columns, const Bytes& pixels) {
  std::vector<Bytes> lines;
  for (std::size_t n = 0; n < pixels.size(); n += columns)
    lines.emplace_back(pixels.begin() + static_cast<std::ptrdiff_t>(n),
                       pixels.begin() + static_cast<std::ptrdiff_t>(n + columns));
  return png(columns, 8, 0, lines);
}

/// A JPEG of the best quality; `pixels` are interleaved.
inline Bytes jpeg(std::uint32_t columns, std::uint32_t rows, int channels, const Bytes& pixels) {
  jpeg_compress_struct library{};
  jpeg_error_mgr errors{};
  library.err = jpeg_std_error(&errors);
  jpeg_create_compress(&library);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&library, &out, &size);
  library.image_width = columns;
  library.image_height = rows;
  library.input_components = channels;
  library.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&library);
  jpeg_set_quality(&library, 100, TRUE);
  jpeg_start_compress(&library, TRUE);
  for (std::uint32_t y = 0; y < rows; ++y) {
    auto* row = const_cast<unsigned char*>(pixels.data()) + std::size_t{y} * columns * static_cast<unsigned>(channels);
    jpeg_write_scanlines(&library, &row, 1);
  }
  jpeg_finish_compress(&library);
  Bytes bytes(out, out + size);
  jpeg_destroy_compress(&library);
  std::free(out);
  return bytes;
}

/// Writes an archive: "zip", or "tar" with the filter "gzip", "xz" or "none".
inline void write_archive(const std::filesystem::path& file, const Files& files, const std::string& format,
                          const std::string& filter) {
  auto* writer = archive_write_new();
  archive_write_set_format_by_name(writer, format == "zip" ? "zip" : "ustar");
  if (filter != "none") archive_write_add_filter_by_name(writer, filter.c_str());
  if (archive_write_open_filename(writer, file.c_str()) != ARCHIVE_OK) throw std::runtime_error("archive");
  for (const auto& [name, bytes] : files) {
    auto* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

inline void write_files(const std::filesystem::path& folder, const Files& files) {
  for (const auto& [name, bytes] : files) {
    std::filesystem::create_directories((folder / name).parent_path());
    write_file(folder / name, bytes);
  }
}

/// A WAV of 16 bits.
inline Bytes wav(std::uint32_t rate, unsigned channels, const std::vector<std::int16_t>& samples) {
  Bytes data;
  for (const auto sample : samples) append(data, little_endian(static_cast<std::uint16_t>(sample), 2));
  Bytes file = bytes_of("RIFF");
  append(file, little_endian(36 + data.size(), 4));
  append(file, bytes_of("WAVEfmt "));
  append(file, little_endian(16, 4));
  append(file, little_endian(1, 2));  // PCM
  append(file, little_endian(channels, 2));
  append(file, little_endian(rate, 4));
  append(file, little_endian(std::uint64_t{rate} * channels * 2, 4));
  append(file, little_endian(std::uint64_t{channels} * 2, 2));
  append(file, little_endian(16, 2));
  append(file, bytes_of("data"));
  append(file, little_endian(data.size(), 4));
  append(file, data);
  return file;
}

/// A tone of half the largest amplitude on every channel.
inline Bytes tone(double hertz, std::uint32_t rate, unsigned channels, double seconds) {
  std::vector<std::int16_t> samples;
  for (int n = 0; n < static_cast<int>(seconds * rate); ++n) {
    const auto value = static_cast<std::int16_t>(std::lround(16000 * std::sin(2 * 3.14159265358979 * hertz * n / rate)));
    samples.insert(samples.end(), channels, value);
  }
  return wav(rate, channels, samples);
}

struct MadeEvent {
  std::uint64_t time;
  std::uint32_t column, row;
  bool on;
};

inline Bytes nmnist(const std::vector<MadeEvent>& events) {
  Bytes bytes;
  for (const auto& event : events) {
    bytes.push_back(static_cast<std::uint8_t>(event.column));
    bytes.push_back(static_cast<std::uint8_t>(event.row));
    append(bytes, big_endian((event.on ? 0x800000u : 0u) | event.time, 3));
  }
  return bytes;
}

/// An AEDAT 2.0 of (address, time) records.
inline Bytes aedat2(const std::string& chip, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& records) {
  auto bytes = bytes_of("#!AER-DAT2.0\r\n# made by a test\r\n# AEChip: " + chip + "\r\n#End Of ASCII Header\r\n");
  for (const auto& [address, time] : records) {
    append(bytes, big_endian(address, 4));
    append(bytes, big_endian(time, 4));
  }
  return bytes;
}

inline Bytes packed(const Bytes& bytes, runtime::Packing packing) {
  if (packing == runtime::Packing::kNone) return bytes;
  const bool lz4 = packing == runtime::Packing::kLz4;
  Bytes result(lz4 ? LZ4F_compressFrameBound(bytes.size(), nullptr) : ZSTD_compressBound(bytes.size()));
  result.resize(lz4 ? LZ4F_compressFrame(result.data(), result.size(), bytes.data(), bytes.size(), nullptr)
                    : ZSTD_compress(result.data(), result.size(), bytes.data(), bytes.size(), 3));
  return result;
}

/// An AEDAT 4.0 with one packet of events in stream `number`, and one of another stream before it. `inside` stands in the
/// description's outermost element.
inline Bytes aedat4(const std::vector<MadeEvent>& events, runtime::Packing packing, std::uint32_t columns, std::uint32_t rows,
                    int number = 1, const std::string& inside = "") {
  // The header: a list of three fields at byte 8, the table at 20 with compression, place of the packet table and text.
  const auto text =
      "<dv version=\"2.0\">" + inside +
      "<node name=\"outInfo\" path=\"/\"><node name=\"0\"><attr key=\"typeIdentifier\" "
      "type=\"string\">FRME</attr>"
      "</node><node name=\"" +
      std::to_string(number) +
      "\"><attr key=\"typeIdentifier\" type=\"string\">EVTS</attr><node name=\"info\"><attr key=\"sizeX\" type=\"int\">" +
      std::to_string(columns) + "</attr><attr key=\"sizeY\" type=\"int\">" + std::to_string(rows) +
      "</attr></node></node></node></dv>";
  Bytes header = little_endian(20, 4);
  append(header, bytes_of("IOHE"));
  for (const unsigned word : {10u, 20u, 4u, 8u, 16u, 0u}) append(header, little_endian(word, 2));
  append(header, little_endian(12, 4));  // from the table back to its list
  append(header, little_endian(static_cast<unsigned>(packing), 4));
  append(header, little_endian(~std::uint64_t{0}, 8));
  append(header, little_endian(4, 4));
  append(header, little_endian(text.size(), 4));
  append(header, bytes_of(text));
  header.push_back(0);

  Bytes list = little_endian(16, 4);
  append(list, bytes_of("EVTS"));
  for (const unsigned word : {6u, 8u, 4u, 0u}) append(list, little_endian(word, 2));
  append(list, little_endian(8, 4));
  append(list, little_endian(4, 4));
  append(list, little_endian(events.size(), 4));
  for (const auto& event : events) {
    append(list, little_endian(event.time, 8));
    append(list, little_endian(event.column, 2));
    append(list, little_endian(event.row, 2));
    append(list, little_endian(event.on ? 1 : 0, 4));
  }
  Bytes sized = little_endian(list.size(), 4);
  append(sized, list);

  Bytes file = bytes_of("#!AER-DAT4.0\r\n");
  append(file, little_endian(header.size(), 4));
  append(file, header);
  const auto packet = [&](int stream, const Bytes& content) {
    const auto body = packed(content, packing);
    append(file, little_endian(static_cast<std::uint32_t>(stream), 4));
    append(file, little_endian(body.size(), 4));
    append(file, body);
  };
  packet(number + 1, bytes_of("another stream's packet"));
  packet(number, sized);
  return file;
}

/// Sets a variable of the environment for as long as the value lives.
class Environment {
 public:
  Environment(const std::string& name, const std::string& value) : name_(name) { ::setenv(name.c_str(), value.c_str(), 1); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

/// `read` must refuse every beginning of the file that is shorter, and must neither crash nor accept silently anything worse
/// than other values when single bits are flipped. Returns how many flipped files were refused.
inline int refuses_what_is_damaged(const Bytes& whole, const std::function<void(const Bytes&)>& read,
                                   bool every_beginning = true) {
  if (every_beginning) {
    for (std::size_t n = 0; n < whole.size(); ++n) {
      (void)refusal([&] { read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n))); });
      if (::testing::Test::HasFailure()) {
        ADD_FAILURE() << "the first " << n << " of " << whole.size() << " bytes were read";
        return 0;
      }
    }
  }
  int refusals = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    auto bytes = whole;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    try {
      read(bytes);
    } catch (const runtime::InputError&) {
      ++refusals;
    }
  }
  return refusals;
}

}  // namespace phasic::test
