// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>

#include "runtime/data/cameras.hpp"
#include "runtime/data/flat_table.hpp"
#include "runtime/data/outside.hpp"
#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/unpack.hpp"

namespace phasic::runtime {
namespace {

using Tree = boost::property_tree::ptree;

constexpr std::size_t kLargestPacket = 256u << 20;

struct EventStream {
  std::int64_t number = 0;
  std::uint32_t rows = 0, columns = 0;
};

std::optional<std::string> attribute(const Tree& node, std::string_view key) {
  for (const auto& [kind, child] : node) {
    if (kind == "attr" && child.get<std::string>("<xmlattr>.key", "") == key) return child.data();
  }
  return std::nullopt;
}

std::int64_t whole_number(std::string_view text, const std::string& origin, std::string_view field, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value < 0 || value > most)
    throw InputError(origin, field, fmt::format("\"{}\"; an integer from 0 to {} is needed", text, most));
  return value;
}

/// The end of a tag that begins at `at`, behind its '<'. Values in quotes may hold a '>'.
std::size_t end_of_tag(std::string_view text, std::size_t at) {
  const auto until = [&](std::size_t from, std::string_view signs) {
    return std::min(text.find_first_of(signs, from), text.size());
  };
  at = until(at, " \t\r\n/>?");
  while (at = until(at, "=>"), at < text.size() && text[at] == '=') {
    at = std::min(text.find_first_not_of(" \t\r\n", at + 1), text.size());
    if (at < text.size() && (text[at] == '"' || text[at] == '\''))
      at = std::min(until(at + 1, text.substr(at, 1)) + 1, text.size());
  }
  return at;
}

/// The parser calls itself for every element in an element, so text that is nested too deeply would overflow its stack.
void refuse_deep_xml(std::string_view text, const std::string& origin) {
  constexpr std::size_t kDeepest = 100;
  std::size_t depth = 0;
  const auto behind = [&](std::size_t at, std::string_view end) {
    const auto found = text.find(end, at);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  for (std::size_t at = text.find('<'); at < text.size(); at = text.find('<', at)) {
    const auto rest = text.substr(at);
    if (rest.starts_with("<!--")) {
      at = behind(at + 4, "-->");
    } else if (rest.starts_with("<![CDATA[")) {
      at = behind(at + 9, "]]>");
    } else if (rest.starts_with("<?")) {
      at = behind(at + 2, "?>");
    } else if (rest.starts_with("<!")) {
      throw InputError(origin, "infoNode", "declarations (<!...>) are not read");
    } else if (rest.starts_with("</")) {
      if (depth > 0) --depth;
      at += 2;
    } else {
      at = end_of_tag(text, at + 1);
      if (text[at - 1] == '/') continue;
      if (++depth > kDeepest)
        throw InputError(origin, "infoNode", fmt::format("more than {} elements in each other", kDeepest));
    }
  }
}

/// The first stream of polarity events that the header's XML describes.
EventStream find_stream(const std::string& description, const std::string& origin) {
  refuse_deep_xml(description, origin);
  Tree tree;
  try {
    std::istringstream stream(description);
    boost::property_tree::read_xml(stream, tree);
  } catch (const boost::property_tree::xml_parser_error& error) {
    throw InputError(origin, "infoNode", fmt::format("line {}: {}", error.line(), error.message()));
  }
  const Tree empty;
  for (const auto& [kind, output] : tree.get_child("dv", empty)) {
    if (kind != "node" || output.get<std::string>("<xmlattr>.name", "") != "outInfo") continue;
    for (const auto& [inner, stream] : output) {
      if (inner != "node" || attribute(stream, "typeIdentifier") != "EVTS") continue;
      EventStream found;
      found.number = whole_number(stream.get<std::string>("<xmlattr>.name", ""), origin, "infoNode: stream", INT32_MAX);
      for (const auto& [deeper, info] : stream) {
        if (deeper != "node" || info.get<std::string>("<xmlattr>.name", "") != "info") continue;
        const auto side = [&, &info = info](std::string_view key) {
          const auto text = attribute(info, key);
          return text
                     ? static_cast<std::uint32_t>(whole_number(*text, origin, fmt::format("infoNode: {}", key), kLargestSensor))
                     : 0;
        };
        found.columns = side("sizeX");
        found.rows = side("sizeY");
      }
      if (found.rows == 0 || found.columns == 0)
        throw InputError(origin, "infoNode", fmt::format("stream {} has no sizeX and sizeY", found.number));
      return found;
    }
  }
  throw InputError(origin, "infoNode", "there is no stream of type EVTS");
}

void add_events(std::span<const std::uint8_t> packet, const EventStream& stream, const std::string& origin,
                Recording& recording, OutsideEvents& outside) {
  constexpr std::size_t kEventBytes = 16;  // time (8), column (2), row (2), polarity (1), 3 of padding
  Reader reader(FlatTable(packet, "EVTS", origin).structures(0, kEventBytes), origin);
  while (reader.left() > 0) {
    const auto number = reader.at() / kEventBytes;
    CameraEvent event;
    event.time = static_cast<std::int64_t>(reader.little_endian(8, "time"));
    event.column = static_cast<std::uint16_t>(reader.little_endian(2, "column"));
    event.row = static_cast<std::uint16_t>(reader.little_endian(2, "row"));
    event.on = reader.little_endian(1, "polarity") != 0;
    (void)reader.take(3, "padding");
    if (event.row >= stream.rows || event.column >= stream.columns) {
      outside.add(
          origin, fmt::format("event {}", number),
          fmt::format("row {}, column {} of a camera of {} x {}", event.row, event.column, stream.rows, stream.columns));
      continue;
    }
    recording.events.push_back(event);
  }
}

/// Flatbuffers in these files have their size in front.
std::span<const std::uint8_t> without_size(std::span<const std::uint8_t> bytes, const std::string& origin) {
  Reader reader(bytes, origin);
  const auto size = reader.little_endian(4, "flatbuffer size");
  return reader.take(size, "flatbuffer");
}

}  // namespace

Recording read_aedat4(const StoredFile& file, std::string_view) {
  constexpr std::string_view kFirstLine = "#!AER-DAT4.0\r\n";
  Reader reader(file.bytes, file.origin);
  const auto line = reader.take(kFirstLine.size(), "version");
  if (!std::equal(line.begin(), line.end(), kFirstLine.begin()))
    throw InputError(file.origin, "version", "the first line is not \"#!AER-DAT4.0\"");
  const auto header_size = reader.little_endian(4, "header size");
  const FlatTable header(reader.take(header_size, "header"), "IOHE", file.origin + ": header");
  const auto packing = header.integer(0, 4, 0);
  if (packing < 0 || packing > 4)
    throw InputError(file.origin, "header: compression", fmt::format("{}; 0 to 4 are known", packing));
  const auto table = header.integer(1, 8, -1);
  const auto stream = find_stream(header.text(2), file.origin);

  // Packets end where the table of packets starts, if there is one.
  const auto end = table < 0 ? file.bytes.size() : static_cast<std::size_t>(table);
  if (end > file.bytes.size() || end < reader.at()) {
    throw InputError(
        file.origin, "header: dataTablePosition",
        fmt::format("{}; {} to {} are possible: the file is truncated or damaged", table, reader.at(), file.bytes.size()));
  }
  Recording recording{stream.rows, stream.columns, {}};
  OutsideEvents outside;
  for (std::size_t number = 0; reader.at() < end; ++number) {
    const auto where = fmt::format("{}: packet {}", file.origin, number);
    const auto id = static_cast<std::int32_t>(reader.little_endian(4, fmt::format("packet {}: stream", number)));
    const auto size = reader.little_endian(4, fmt::format("packet {}: size", number));
    const auto packed = reader.take(size, fmt::format("packet {}", number));
    if (id != stream.number) {
      ++recording.others;
      continue;
    }
    const auto bytes = unpack(packed, static_cast<Packing>(packing), kLargestPacket, where);
    add_events(without_size(bytes, where), stream, where, recording, outside);
  }
  recording.outside = outside.count(recording.events.size());
  return recording;
}

}  // namespace phasic::runtime
