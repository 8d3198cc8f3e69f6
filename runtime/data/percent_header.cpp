// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/percent_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kLongestPercentLine = 1 << 12;

/// The line that begins at `at`, without its end; none if it is no line of a header.
std::optional<std::string_view> header_line(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at, kLongestPercentLine);
  const auto end = rest.find('\n');
  if (!rest.starts_with("% ") || end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  const bool printable = std::all_of(line.begin(), line.end(),
                                     [](char sign) { return (sign >= ' ' && sign <= '~') || sign == '\t' || sign == '\r'; });
  return printable ? std::optional(line) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Sensors by the names of the programs that recorded them.
struct Plugin {
  std::string_view part;
  SensorSize size;
};
constexpr auto kPlugins = std::to_array<Plugin>({
    {"gen31", {480, 640}},
    {"gen3", {480, 640}},
    {"gen4", {720, 1280}},
    {"imx636", {720, 1280}},
    {"genx320", {320, 320}},
});

/// "WIDTHxHEIGHT", as these headers have it.
std::optional<SensorSize> turned(std::optional<SensorSize> size) {
  return size ? std::optional(SensorSize{size->columns, size->rows}) : std::nullopt;
}

}  // namespace

std::optional<std::string> PercentHeader::find(std::string_view key) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.first == key; });
  return found != fields.end() ? std::optional(found->second) : std::nullopt;
}

PercentHeader read_percent_header(const StoredFile& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  PercentHeader header;
  while (const auto line = header_line(text, header.bytes)) {
    header.bytes += line->size() + 1;
    const auto content = trimmed(line->substr(2));
    const auto blank = std::min(content.find(' '), content.size());
    std::string key(content.substr(0, blank));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char sign) { return sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign + 'a' - 'A') : sign; });
    if (key == "end") break;
    header.fields.emplace_back(std::move(key), std::string(trimmed(content.substr(blank))));
  }
  return header;
}

std::string_view option_in(std::string_view value, std::string_view name) {
  while (!value.empty()) {
    const auto end = std::min(value.find(';'), value.size());
    const auto part = value.substr(0, end);
    if (part.starts_with(name) && part.substr(name.size()).starts_with('=')) return part.substr(name.size() + 1);
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return {};
}

std::optional<SensorSize> size_in(const PercentHeader& header, const std::string& origin) {
  const auto read = [&](std::string_view field, const std::string& text) {
    const auto size = turned(size_in(text));
    if (!size)
      throw InputError(origin, field, fmt::format("\"{}\"; width and height from 1 to {} are needed", text, kLargestSensor));
    return size;
  };
  if (const auto geometry = header.find("geometry")) return read("geometry", *geometry);
  const auto format = header.find("format").value_or("");
  if (const auto width = option_in(format, "width"), height = option_in(format, "height"); !width.empty() || !height.empty())
    return read("format", fmt::format("{}x{}", width, height));
  if (const auto width = header.find("width"), height = header.find("height"); width || height)
    return read("width and height", fmt::format("{}x{}", width.value_or("none"), height.value_or("none")));
  const auto plugin = plain_letters(header.find("plugin_name").value_or(""));
  for (const auto& [part, size] : kPlugins) {
    if (plugin.find(part) != std::string::npos) return size;
  }
  return std::nullopt;
}

}  // namespace phasic::runtime
