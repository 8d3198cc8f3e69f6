// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/text_lines.hpp"

#include <fmt/format.h>

#include <charconv>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

std::vector<std::string> lines_of(const StoredFile& file) {
  std::vector<std::string> lines;
  std::string line;
  for (const auto byte : file.bytes) {
    if (byte != '\n' && byte != '\r') {
      line += static_cast<char>(byte);
    } else if (!line.empty()) {
      lines.push_back(std::move(line));
      line.clear();
    }
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::uint32_t number_in(std::string_view text, std::uint32_t most, const std::string& origin, const std::string& field) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || value > most)
    throw InputError(origin, field, fmt::format("\"{}\"; a number from 0 to {} is needed", text.substr(0, 40), most));
  return value;
}

}  // namespace phasic::runtime
