// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/outside.hpp"
#include "runtime/data/prophesee.hpp"

namespace phasic::runtime {

Recording read_dat(Reader& reader, SensorSize size) {
  constexpr std::size_t kEventBytes = 8;
  constexpr unsigned kEvent2d = 0, kContrast = 12, kTimeBits = 32;
  const auto kind = reader.little_endian(1, "event type");
  if (kind != kEvent2d && kind != kContrast)
    throw InputError(reader.origin(), "event type", fmt::format("{}; {} and {} are read", kind, kEvent2d, kContrast));
  if (const auto bytes = reader.little_endian(1, "event size"); bytes != kEventBytes)
    throw InputError(reader.origin(), "event size", fmt::format("{}; {} is read", bytes, kEventBytes));
  if (reader.left() % kEventBytes != 0) {
    throw InputError(
        reader.origin(), "size",
        fmt::format("{} bytes follow the header; they are no multiple of the {} of an event", reader.left(), kEventBytes));
  }
  Recording recording{size.rows, size.columns, {}};
  OutsideEvents outside;
  HighTime time(kTimeBits);
  for (std::size_t number = 0; reader.left() > 0; ++number) {
    time.set(static_cast<std::int64_t>(reader.little_endian(4, "time")), reader.origin(),
             fmt::format("event {}: time", number));
    const auto place = static_cast<std::uint32_t>(reader.little_endian(4, "place"));
    const CameraEvent event{time.value(), static_cast<std::uint16_t>(place & 0x3fff),
                            static_cast<std::uint16_t>(place >> 14 & 0x3fff), place >> 28 != 0};
    if (event.row >= size.rows || event.column >= size.columns) {
      outside.add(reader.origin(), fmt::format("event {}", number),
                  fmt::format("row {}, column {} of a camera of {} x {}", event.row, event.column, size.rows, size.columns));
      continue;
    }
    recording.events.push_back(event);
  }
  recording.outside = outside.count(recording.events.size());
  return recording;
}

}  // namespace phasic::runtime
