// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {
namespace {

enum class Layout { kDvs128, kDavis };

struct Camera {
  std::string_view name;  ///< part of the header's AEChip, in lower case
  Layout layout;
  std::uint32_t rows, columns;
};
constexpr auto kCameras = std::to_array<Camera>({
    {"dvs128", Layout::kDvs128, 128, 128},
    {"davis240", Layout::kDavis, 180, 240},
    {"davis346", Layout::kDavis, 260, 346},
});

/// The header's lines start with '#'; one of jAER ends with a line that says so. Returns what AEChip says.
std::string read_header(Reader& reader, std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kLongestLine = 1 << 16;
  std::string chip;
  for (bool first = true; reader.left() > 0 && bytes[reader.at()] == '#'; first = false) {
    std::string line;
    while (line.empty() || line.back() != '\n') {
      if (line.size() > kLongestLine) throw InputError(reader.origin(), "header", "a line has more than 65536 characters");
      line += static_cast<char>(reader.big_endian(1, "header"));
    }
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (first && !line.starts_with("#!AER-DAT2.0"))
      throw InputError(reader.origin(), "version", fmt::format("\"{}\"; \"#!AER-DAT2.0\" is needed", line.substr(0, 40)));
    constexpr std::string_view kChip = "# AEChip: ";
    if (line.starts_with(kChip)) chip = line.substr(kChip.size());
    if (line.starts_with("#End Of ASCII Header")) break;
  }
  return chip;
}

const Camera& camera_of(const std::string& chip, const std::string& origin) {
  std::string lower = chip;
  for (auto& letter : lower) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter);
  const auto found = std::find_if(kCameras.begin(), kCameras.end(),
                                  [&](const auto& camera) { return lower.find(camera.name) != std::string::npos; });
  if (found == kCameras.end()) {
    throw InputError(origin, "AEChip", fmt::format("\"{}\" is unknown; DVS128, DAVIS240 and DAVIS346 are known", chip));
  }
  return *found;
}

}  // namespace

Recording read_aedat2(const StoredFile& file) {
  constexpr std::size_t kRecordBytes = 8;
  Reader reader(file.bytes, file.origin);
  const auto chip = read_header(reader, file.bytes);
  const auto& camera = camera_of(chip, file.origin);
  if (reader.left() % kRecordBytes != 0) {
    throw InputError(
        file.origin, "size",
        fmt::format("{} bytes follow the header; they are no multiple of the {} of a record", reader.left(), kRecordBytes));
  }
  Recording recording{camera.rows, camera.columns, {}, 0};
  // Times are 32 bits; the clock goes on when they wrap.
  std::int64_t high = 0, before = 0;
  for (std::size_t number = 0; reader.left() > 0; ++number) {
    const auto address = static_cast<std::uint32_t>(reader.big_endian(4, "address"));
    const auto time = static_cast<std::int64_t>(reader.big_endian(4, "time"));
    constexpr std::int64_t kWrap = std::int64_t{1} << 32;
    if (time + kWrap / 2 < before) high += kWrap;
    before = time;
    CameraEvent event;
    event.time = high + time;
    std::uint32_t row, column;
    if (camera.layout == Layout::kDvs128) {
      if ((address & 0x8000u) != 0) {
        ++recording.others;
        continue;
      }
      event.on = (address & 1u) == 0;
      column = 127 - ((address >> 1) & 0x7f);
      row = 127 - ((address >> 8) & 0x7f);
    } else {
      if ((address & 0x80000400u) != 0) {
        ++recording.others;
        continue;
      }
      event.on = ((address >> 11) & 1u) != 0;
      column = (address >> 12) & 0x3ff;
      const auto upwards = (address >> 22) & 0x1ff;
      if (upwards >= camera.rows || column >= camera.columns) {
        throw InputError(file.origin, fmt::format("record {}: address", number),
                         fmt::format("{:#010x} is row {}, column {} of a camera of {} x {}", address, upwards, column,
                                     camera.rows, camera.columns));
      }
      row = camera.rows - 1 - upwards;
    }
    event.row = static_cast<std::uint16_t>(row);
    event.column = static_cast<std::uint16_t>(column);
    recording.events.push_back(event);
  }
  return recording;
}

}  // namespace phasic::runtime
