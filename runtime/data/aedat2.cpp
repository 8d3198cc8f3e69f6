// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string_view>

#include "runtime/data/cameras.hpp"
#include "runtime/data/outside.hpp"
#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kLongestLine = 1 << 16;

/// The line that begins at `at`, with its end; empty if it has none.
std::string_view line_at(std::string_view text, std::size_t at) {
  const auto end = text.substr(at, kLongestLine).find('\n');
  return end == std::string_view::npos ? std::string_view() : text.substr(at, end + 1);
}

/// Where the events begin. jAER ends the header with a line that says so. Without that line it goes as far as lines begin with
/// '#', have only printable signs, and end as the first one does: an event can begin with the byte of '#', too.
std::size_t end_of_header(std::string_view text, std::string_view end_of_line) {
  for (std::size_t at = 0; at < text.size() && text[at] == '#';) {
    const auto line = line_at(text, at);
    if (line.empty()) break;
    at += line.size();
    if (plain_letters(line) == "endofasciiheader") return at;
  }
  std::size_t at = 0;
  while (at < text.size() && text[at] == '#') {
    const auto line = line_at(text, at);
    if (!line.ends_with(end_of_line)) break;
    const auto content = line.substr(0, line.size() - end_of_line.size());
    if (!std::all_of(content.begin(), content.end(), [](char sign) { return (sign >= ' ' && sign <= '~') || sign == '\t'; }))
      break;
    at += line.size();
  }
  return at;
}

struct Header {
  std::size_t bytes = 0;
  std::string chip;  ///< what AEChip says; empty: there is none
};
Header read_header(const StoredFile& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  const auto first = line_at(text, 0);
  if (first.empty())
    throw InputError(file.origin, "header", fmt::format("its first {} bytes have no end of a line", kLongestLine));
  if (!first.starts_with("#!AER-DAT2.0"))
    throw InputError(file.origin, "version", fmt::format("\"{}\"; \"#!AER-DAT2.0\" is needed", first.substr(0, 40)));
  const std::string_view end_of_line = first.ends_with("\r\n") ? "\r\n" : "\n";
  Header header{std::max(first.size(), end_of_header(text, end_of_line)), {}};
  for (std::size_t at = 0; at < header.bytes;) {
    auto line = line_at(text, at);
    at += line.size();
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || plain_letters(line.substr(0, colon)) != "aechip") continue;
    line.remove_prefix(colon + 1);
    while (line.ends_with('\n') || line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    header.chip = line;
  }
  return header;
}

const Camera& camera_of(const std::string& chip, std::string_view asked, const std::string& origin) {
  const auto* const told = find_camera(chip);
  const auto* const wanted = find_camera(asked);
  if (told == nullptr && wanted == nullptr) {
    throw InputError(
        origin, "AEChip",
        fmt::format("{}; \"camera\" says which it is: {}",
                    chip.empty() ? "the header has none" : fmt::format("\"{}\" is unknown", chip), known_cameras()));
  }
  if (told != nullptr && wanted != nullptr && told != wanted)
    throw InputError(origin, "AEChip", fmt::format("\"{}\", but \"camera\" says {}", chip, asked));
  return told != nullptr ? *told : *wanted;
}

/// None for a record that is no pixel's event. Row and column as the address has them.
std::optional<CameraEvent> event_of(std::uint32_t address, SensorLayout layout) {
  CameraEvent event;
  if (layout == SensorLayout::kDvs128) {
    if ((address & 0x8000u) != 0) return std::nullopt;
    event.on = (address & 1u) == 0;
    event.column = static_cast<std::uint16_t>((address >> 1) & 0x7f);
    event.row = static_cast<std::uint16_t>((address >> 8) & 0x7f);
  } else {
    if ((address & 0x80000400u) != 0) return std::nullopt;
    event.on = ((address >> 11) & 1u) != 0;
    event.column = static_cast<std::uint16_t>((address >> 12) & 0x3ff);
    event.row = static_cast<std::uint16_t>((address >> 22) & 0x1ff);
  }
  return event;
}

}  // namespace

Recording read_aedat2(const StoredFile& file, std::string_view asked) {
  constexpr std::size_t kRecordBytes = 8;
  Reader reader(file.bytes, file.origin);
  const auto header = read_header(file);
  (void)reader.take(header.bytes, "header");
  const auto& camera = camera_of(header.chip, asked, file.origin);
  if (reader.left() % kRecordBytes != 0) {
    throw InputError(
        file.origin, "size",
        fmt::format("{} bytes follow the header; they are no multiple of the {} of a record", reader.left(), kRecordBytes));
  }
  Recording recording{camera.size.rows, camera.size.columns, {}};
  OutsideEvents outside;
  // Times are 32 bits; the clock goes on when they wrap.
  std::int64_t high = 0, before = 0;
  for (std::size_t number = 0; reader.left() > 0; ++number) {
    const auto address = static_cast<std::uint32_t>(reader.big_endian(4, "address"));
    const auto time = static_cast<std::int64_t>(reader.big_endian(4, "time"));
    constexpr std::int64_t kWrap = std::int64_t{1} << 32;
    if (time + kWrap / 2 < before) high += kWrap;
    before = time;
    auto event = event_of(address, camera.layout);
    if (!event) {
      ++recording.others;
      continue;
    }
    if (event->row >= camera.size.rows || event->column >= camera.size.columns) {
      outside.add(file.origin, fmt::format("record {}: address", number),
                  fmt::format("{:#010x} is row {}, column {} of a camera of {} x {}", address, event->row, event->column,
                              camera.size.rows, camera.size.columns));
      continue;
    }
    event->time = high + time;
    event->row = static_cast<std::uint16_t>(camera.size.rows - 1 - event->row);
    event->column = static_cast<std::uint16_t>(camera.size.columns - 1 - event->column);
    recording.events.push_back(*event);
  }
  recording.outside = outside.count(recording.events.size());
  return recording;
}

std::string write_dvs128(const Recording& recording, const std::string& comment) {
  const Camera& camera = *find_camera("dvs128");
  if (recording.rows != camera.size.rows || recording.columns != camera.size.columns)
    throw InputError("", "recording",
                     fmt::format("{} x {}; a {} has {} x {}", recording.rows, recording.columns, camera.name, camera.size.rows,
                                 camera.size.columns));
  std::string text = fmt::format("#!AER-DAT2.0\r\n# {}\r\n# AEChip: DVS128\r\n#End Of ASCII Header\r\n", comment);
  const auto append = [&](std::uint32_t word) {
    for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(word >> shift & 0xffU);
  };
  text.reserve(text.size() + 8 * recording.events.size());
  for (const CameraEvent& event : recording.events) {
    if (event.time < 0 || event.time > INT32_MAX)
      throw InputError("", "recording", fmt::format("a time of {} microseconds", event.time));
    append((camera.size.rows - 1 - event.row) << 8 | (camera.size.columns - 1 - event.column) << 1 | (event.on ? 0U : 1U));
    append(static_cast<std::uint32_t>(event.time));
  }
  return text;
}

}  // namespace phasic::runtime
