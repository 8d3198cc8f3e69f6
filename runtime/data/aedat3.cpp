// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "runtime/data/cameras.hpp"
#include "runtime/data/outside.hpp"
#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {
namespace {

constexpr std::string_view kVersionLine = "#!AER-DAT3.1\r\n", kEndOfHeader = "#!END-HEADER\r\n";
constexpr std::size_t kLongestTextLine = 1 << 16;

struct TextHeader {
  std::size_t bytes = 0;
  std::string format;                          ///< how packets are stored
  std::map<std::uint64_t, std::string> names;  ///< of sources, by their numbers
};

TextHeader read_text_header(const StoredFile& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  if (!text.starts_with(kVersionLine))
    throw InputError(
        file.origin, "version",
        fmt::format("\"{}\"; \"#!AER-DAT3.1\" is needed", text.substr(0, std::min(text.find('\r'), std::size_t{20}))));
  TextHeader header;
  for (auto at = kVersionLine.size();;) {
    const auto end = text.substr(at, kLongestTextLine).find("\r\n");
    if (end == std::string_view::npos || text[at] != '#')
      throw InputError(file.origin, "header", fmt::format("no line \"#!END-HEADER\" before byte {}", at));
    const auto line = text.substr(at, end);
    at += end + 2;
    if (line == kEndOfHeader.substr(0, kEndOfHeader.size() - 2)) {
      header.bytes = at;
      return header;
    }
    constexpr std::string_view kFormat = "#Format: ", kSource = "#Source ";
    if (line.starts_with(kFormat)) header.format = line.substr(kFormat.size());
    if (line.starts_with(kSource)) {
      const auto colon = line.find(": ");
      std::uint64_t number = 0;
      for (const char digit : line.substr(kSource.size(), colon - kSource.size())) {
        if (digit < '0' || digit > '9' || number > UINT16_MAX) break;
        number = 10 * number + static_cast<std::uint64_t>(digit - '0');
      }
      if (colon != std::string_view::npos) header.names[number] = line.substr(colon + 2);
    }
  }
}

/// What stands in front of a packet's events.
struct PacketHeader {
  std::uint64_t kind = 0, source = 0, event_bytes = 0, time_at = 0, overflows = 0, capacity = 0, count = 0;
};

PacketHeader read_packet_header(Reader& reader, std::size_t number) {
  const auto field = [&](std::string_view name) { return fmt::format("packet {}: {}", number, name); };
  PacketHeader header;
  header.kind = reader.little_endian(2, field("eventType"));
  header.source = reader.little_endian(2, field("eventSource"));
  const auto whole = [&](std::string_view name) {
    const auto value = reader.little_endian(4, field(name));
    if (value > INT32_MAX)
      throw InputError(reader.origin(), field(name),
                       fmt::format("{}; it may not be negative", static_cast<std::int32_t>(value)));
    return value;
  };
  header.event_bytes = whole("eventSize");
  header.time_at = whole("eventTSOffset");
  header.overflows = whole("eventTSOverflow");
  header.capacity = whole("eventCapacity");
  header.count = whole("eventNumber");
  (void)whole("eventValid");
  // Packets in memory may have room for more; those in files have none.
  if (header.count != header.capacity)
    throw InputError(reader.origin(), field("eventNumber"),
                     fmt::format("{}, but eventCapacity is {}", header.count, header.capacity));
  return header;
}

/// Polarity events of all packets.
class Polarity {
 public:
  Polarity(const StoredFile& file, const TextHeader& header, std::string_view asked)
      : origin_(file.origin), names_(header.names), asked_(asked) {}

  void take(const PacketHeader& header, std::span<const std::uint8_t> packet, std::size_t number) {
    if (count_++ == 0) begin(header);
    const auto where = fmt::format("packet {}", number);
    if (header.event_bytes != kEventBytes || header.time_at != kTimeAt)
      throw InputError(origin_, where + ": eventSize, eventTSOffset",
                       fmt::format("{}, {}; {} and {} are read", header.event_bytes, header.time_at, kEventBytes, kTimeAt));
    if (header.source != source_) {
      recording_.others += header.count;
      return;
    }
    if (header.overflows < overflows_)
      throw InputError(origin_, where + ": eventTSOverflow",
                       fmt::format("{} after {}: the time goes back", header.overflows, overflows_));
    overflows_ = header.overflows;
    Reader reader(packet.first(header.count * kEventBytes), origin_);
    while (reader.left() > 0) add(reader, where);
  }

  Recording finish() {
    if (count_ == 0) begin({.source = names_.empty() ? 0 : names_.begin()->first});
    recording_.outside = outside_.count(recording_.events.size());
    return std::move(recording_);
  }
  void add_others(std::uint64_t count) { recording_.others += count; }

 private:
  static constexpr std::size_t kEventBytes = 8, kTimeAt = 4;

  /// The first packet tells whose events are read.
  void begin(const PacketHeader& first) {
    source_ = first.source;
    const auto name = names_.find(source_);
    const auto* const camera = name != names_.end() ? find_camera(name->second) : nullptr;
    const auto size = settled_size(camera != nullptr ? std::optional(camera->size) : std::nullopt, asked_, origin_,
                                   fmt::format("header: Source {}", source_));
    recording_.rows = size.rows;
    recording_.columns = size.columns;
  }

  void add(Reader& reader, const std::string& where) {
    const auto number = reader.at() / kEventBytes;
    const auto data = static_cast<std::uint32_t>(reader.little_endian(4, where));
    const auto time = reader.little_endian(4, where);
    if (time > INT32_MAX)
      throw InputError(origin_, fmt::format("{}: event {}: time", where, number),
                       fmt::format("{}; it may not be negative", static_cast<std::int32_t>(time)));
    if ((data & 1) == 0) {  // marked as not valid
      ++recording_.others;
      return;
    }
    const CameraEvent event{static_cast<std::int64_t>(overflows_ << 31 | time), static_cast<std::uint16_t>(data >> 17 & 0x7fff),
                            static_cast<std::uint16_t>(data >> 2 & 0x7fff), (data >> 1 & 1) != 0};
    if (event.row >= recording_.rows || event.column >= recording_.columns) {
      outside_.add(origin_, fmt::format("{}: event {}", where, number),
                   fmt::format("row {}, column {} of a camera of {} x {}", event.row, event.column, recording_.rows,
                               recording_.columns));
      return;
    }
    recording_.events.push_back(event);
  }

  std::string origin_;
  const std::map<std::uint64_t, std::string>& names_;
  std::string_view asked_;
  Recording recording_;
  OutsideEvents outside_;
  std::uint64_t count_ = 0, source_ = 0, overflows_ = 0;
};

}  // namespace

Recording read_aedat3(const StoredFile& file, std::string_view camera) {
  constexpr std::uint64_t kPolarity = 1;
  const auto header = read_text_header(file);
  if (header.format != "RAW")
    throw InputError(file.origin, "header: Format", fmt::format("\"{}\"; RAW is read", header.format));
  Reader reader(file.bytes, file.origin);
  (void)reader.take(header.bytes, "header");
  Polarity polarity(file, header, camera);
  for (std::size_t number = 0; reader.left() > 0; ++number) {
    const auto packet = read_packet_header(reader, number);
    const auto bytes = reader.take(packet.capacity * packet.event_bytes, fmt::format("packet {}: events", number));
    if (packet.kind == kPolarity) {
      polarity.take(packet, bytes, number);
    } else {
      polarity.add_others(packet.count);
    }
  }
  return polarity.finish();
}

}  // namespace phasic::runtime
