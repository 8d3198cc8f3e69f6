// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace phasic::runtime {
namespace {

/// Puts a comma before every third digit from the point on.
std::string with_groups(const std::string& text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string grouped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool follows_digit = at > 0 && text[at - 1] != '-';
    if (at < point && follows_digit && (point - at) % 3 == 0) grouped += ',';
    grouped += text[at];
  }
  return grouped;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) {
    line += ' ';
    for (const char letter : cell) {
      if (letter == '|') line += '\\';
      line += letter;
    }
    line += cell.empty() ? "|" : " |";
  }
  return line + '\n';
}

}  // namespace

std::string markdown(const MarkdownTable& table) {
  std::vector<std::string> titles;
  std::string rule = "|";
  for (const auto& column : table.columns) {
    titles.push_back(column.title);
    rule += column.number ? "--:|" : "---|";
  }
  std::string text = line_of(titles) + rule + '\n';
  for (const auto& line : table.lines) text += line_of(line);
  return text;
}

std::string grouped(std::int64_t number) { return with_groups(std::to_string(number)); }

std::string fixed(double number, int digits) { return with_groups(fmt::format("{:.{}f}", number, digits)); }

std::string percent(const Spread& spread) {
  if (spread.count == 0) return "-";
  if (spread.count == 1) return fmt::format("{:.2f}", 100 * spread.mean);
  return fmt::format("{:.2f} +- {:.2f}", 100 * spread.mean, 100 * spread.deviation);
}

std::string seeds_text(std::vector<std::uint64_t> seeds) {
  std::sort(seeds.begin(), seeds.end());
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  if (seeds.size() > 2 && seeds.back() - seeds.front() + 1 == seeds.size())
    return fmt::format("{} to {}", seeds.front(), seeds.back());
  return fmt::format("{}", fmt::join(seeds, ", "));
}

}  // namespace phasic::runtime
