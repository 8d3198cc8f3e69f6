// SPDX-License-Identifier: Apache-2.0
/// The worked examples of docs/specification.md.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace phasic::testing {

using Values = std::map<std::string, std::string>;

struct Example {
  std::string line;
  std::string kind;
  Values given;
  Values expected;

  [[nodiscard]] const std::string& text(const std::string& key) const { return given.at(key); }
  [[nodiscard]] std::int64_t number(const std::string& key) const {
    return static_cast<std::int64_t>(std::stoull(text(key), nullptr, 0));
  }
  [[nodiscard]] std::vector<std::int64_t> list(const std::string& key) const {
    std::vector<std::int64_t> numbers;
    std::istringstream stream(text(key));
    for (std::string item; std::getline(stream, item, ',');) {
      numbers.push_back(static_cast<std::int64_t>(std::stoull(item, nullptr, 0)));
    }
    return numbers;
  }
};

/// In order of the page, whose path this is.
inline std::vector<Example> read_examples(const std::string& path) {
  std::ifstream page(path);
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = line == "```examples";
      continue;
    }
    if (!inside) continue;
    Example example{.line = line, .kind = {}, .given = {}, .expected = {}};
    std::istringstream words(line);
    words >> example.kind;
    bool given = true;
    for (std::string word; words >> word;) {
      if (word == "->") {
        given = false;
        continue;
      }
      const auto equals = word.find('=');
      (given ? example.given : example.expected)[word.substr(0, equals)] = word.substr(equals + 1);
    }
    examples.push_back(example);
  }
  return examples;
}

}  // namespace phasic::testing
