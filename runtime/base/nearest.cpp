// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <vector>

namespace phasic::runtime {

std::size_t edits_between(std::string_view one, std::string_view other) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  // Edits from the first n letters of one to each beginning of the other: for this n, n - 1 and n - 2.
  std::array<std::vector<std::size_t>, 3> rows;
  rows.fill(std::vector<std::size_t>(other.size() + 1));
  std::iota(rows[1].begin(), rows[1].end(), std::size_t{0});
  for (std::size_t n = 1; n <= one.size(); ++n) {
    auto& [before, last, row] = rows;
    row[0] = n;
    for (std::size_t k = 1; k <= other.size(); ++k) {
      row[k] = std::min({last[k] + 1, row[k - 1] + 1, last[k - 1] + (same(one[n - 1], other[k - 1]) ? 0 : 1)});
      if (n > 1 && k > 1 && same(one[n - 1], other[k - 2]) && same(one[n - 2], other[k - 1]))
        row[k] = std::min(row[k], before[k - 2] + 1);
    }
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
  }
  return rows[1].back();
}

std::string nearest(std::string_view word, std::span<const std::string> names) {
  std::string found;
  auto least = std::max<std::size_t>(word.size() / 4, 1) + 1;
  for (const auto& name : names) {
    const auto edits = edits_between(word, name);
    // A name of which every letter is changed is not like the word.
    if (edits >= least || edits >= name.size()) continue;
    least = edits;
    found = name;
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> names) {
  const auto name = nearest(word, names);
  return name.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", name);
}

}  // namespace phasic::runtime
