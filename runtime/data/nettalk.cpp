// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/nettalk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::string_view kStresses = "012<>";
constexpr std::size_t kShown = 40;

std::vector<std::string> all_lines_of(const StoredFile& file) {
  std::vector<std::string> lines(1);
  for (const auto byte : file.bytes) {
    if (byte == '\n') {
      lines.emplace_back();
    } else if (byte != '\r') {
      lines.back() += static_cast<char>(byte);
    }
  }
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char letter : line) {
    if (letter == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += letter;
    }
  }
  return fields;
}

/// What is wrong with the fields of a line; empty if nothing.
std::string fault_of(const std::vector<std::string>& fields) {
  if (fields.size() < 3) return fmt::format("{} columns; word, phonemes and stresses are needed", fields.size());
  const auto &word = fields[0], &phonemes = fields[1], &stresses = fields[2];
  const auto strange = [](const std::string& text, auto legal) { return std::find_if_not(text.begin(), text.end(), legal); };
  if (word.empty()) return "the word is empty";
  if (const auto at = strange(word, [](char c) { return c >= 'a' && c <= 'z'; }); at != word.end())
    return fmt::format("word \"{}\": only a to z are legal", word.substr(0, kShown));
  if (phonemes.size() != word.size())
    return fmt::format("word \"{}\": {} phonemes for {} letters", word, phonemes.size(), word.size());
  if (stresses.size() != word.size())
    return fmt::format("word \"{}\": {} stresses for {} letters", word, stresses.size(), word.size());
  if (strange(phonemes, [](char c) { return c > ' ' && c < 127; }) != phonemes.end())
    return fmt::format("word \"{}\": a phoneme is no printable character", word);
  if (strange(stresses, [](char c) { return kStresses.find(c) != std::string_view::npos; }) != stresses.end())
    return fmt::format("word \"{}\": stresses \"{}\"; only {} are legal", word, stresses, kStresses);
  return "";
}

}  // namespace

NettalkList read_nettalk(const StoredFile& file) {
  constexpr std::size_t kLongestHeader = 50;
  const auto lines = all_lines_of(file);
  std::size_t first = 0;
  for (std::size_t n = 0; n < std::min(lines.size(), kLongestHeader); ++n) {
    if (lines[n].starts_with("-----")) first = n + 1;
  }
  NettalkList list;
  std::set<std::string> known;
  for (auto n = first; n < lines.size(); ++n) {
    if (lines[n].empty()) continue;
    const auto fields = fields_of(lines[n]);
    if (const auto fault = fault_of(fields); !fault.empty()) {
      list.damaged.push_back(fmt::format("line {}: {}", n + 1, fault));
    } else if (!known.insert(fields[0]).second) {
      ++list.repeated;
    } else {
      list.words.push_back({fields[0], fields[1], fields[2]});
    }
  }
  if (list.words.empty()) {
    throw InputError(file.origin, "lines",
                     fmt::format("none of {} is a word of the corpus{}", lines.size(),
                                 list.damaged.empty() ? "" : "; the first fault is in " + list.damaged.front()));
  }
  return list;
}

std::vector<std::uint8_t> letter_window(std::string_view word, std::size_t place) {
  std::vector<std::uint8_t> window(std::size_t{kNettalkLetters} * kNettalkSymbols);
  for (std::size_t k = 0; k < kNettalkLetters; ++k) {
    // Before the word the sum wraps to a place far behind it, which is outside, too.
    const auto at = place + k - kNettalkLetters / 2;
    const auto symbol = at < word.size() ? static_cast<std::size_t>(word[at] - 'a') : kNettalkSymbols - 1;
    window[k * kNettalkSymbols + symbol] = 255;
  }
  return window;
}

}  // namespace phasic::runtime
