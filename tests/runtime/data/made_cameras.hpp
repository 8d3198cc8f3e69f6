// SPDX-License-Identifier: Apache-2.0
/// Tiny files of event cameras.
#pragma once

#include "tests/runtime/data/made_files.hpp"

namespace phasic::test {

/// Words of one size, little endian, behind a text.
inline Bytes words_behind(const std::string& text, const std::vector<std::uint32_t>& words, unsigned bytes) {
  auto file = bytes_of(text);
  for (const auto word : words) append(file, little_endian(word, bytes));
  return file;
}
inline Bytes evt2(const std::vector<std::uint32_t>& words, const std::string& header = "% evt 2.0\n% geometry 16x8\n") {
  return words_behind(header, words, 4);
}
inline Bytes evt3(const std::vector<std::uint32_t>& words,
                  const std::string& header = "% format EVT3;height=8;width=16\n% end\n") {
  return words_behind(header, words, 2);
}

/// A DAT of (time, place) events.
inline Bytes dat(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& events,
                 const std::string& header = "% Data file containing CD events\n% Version 2\n% Width 16\n% Height 8\n",
                 std::uint8_t kind = 12, std::uint8_t size = 8) {
  auto file = bytes_of(header);
  append(file, {kind, size});
  for (const auto& [time, place] : events) {
    append(file, little_endian(time, 4));
    append(file, little_endian(place, 4));
  }
  return file;
}

/// Of an AEDAT 3.1: (data, time) events of a kind and a source.
struct MadePacket {
  std::uint32_t kind = 1, source = 1, overflows = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> events;
  std::uint32_t room = 0;  ///< events more than there are that it says it has room for
};
inline Bytes aedat3(const std::vector<MadePacket>& packets,
                    const std::string& header =
                        "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n"
                        "#Start-Time: 2016-05-18 12:00:00 (TZ+0000)\r\n#!END-HEADER\r\n") {
  auto file = bytes_of(header);
  for (const auto& [kind, source, overflows, events, room] : packets) {
    append(file, little_endian(kind, 2));
    append(file, little_endian(source, 2));
    const auto count = static_cast<std::uint32_t>(events.size());
    for (const auto word : {8u, 4u, overflows, count + room, count, count}) append(file, little_endian(word, 4));
    for (const auto& [data, time] : events) {
      append(file, little_endian(data, 4));
      append(file, little_endian(time, 4));
    }
  }
  return file;
}
/// The data of a valid event.
inline std::uint32_t polarity(std::uint32_t column, std::uint32_t row, bool on) {
  return column << 17 | row << 2 | (on ? 2u : 0u) | 1u;
}

/// An array as numpy saves it, with `type` as Python writes it, such as "'<i8'".
inline Bytes npy(const std::string& type, const std::string& shape, const Bytes& elements) {
  auto text = "{'descr': " + type + ", 'fortran_order': False, 'shape': " + shape + ", }";
  while ((text.size() + 11) % 64 != 0) text += ' ';
  text += '\n';
  auto file = bytes_of("\x93NUMPY");
  append(file, {1, 0});
  append(file, little_endian(text.size(), 2));
  append(file, bytes_of(text));
  append(file, elements);
  return file;
}

/// An .npz of these arrays.
inline Bytes npz(const Files& arrays) {
  const TemporaryFolder folder;
  write_archive(folder / "a.npz", arrays, "zip", "none");
  return read_file(folder / "a.npz");
}

}  // namespace phasic::test
