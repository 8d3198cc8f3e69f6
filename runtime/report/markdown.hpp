// SPDX-License-Identifier: Apache-2.0
/// Tables and numbers in Markdown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/report/statistics.hpp"

namespace phasic::runtime {

struct MarkdownTable {
  struct Column {
    std::string title;
    bool number = false;  ///< numbers stand to the right
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> lines;  ///< as many cells as columns each
};
/// Each line with its end. A '|' in a cell is written so that it does not end the cell.
[[nodiscard]] std::string markdown(const MarkdownTable& table);

/// "1,234,567"
[[nodiscard]] std::string grouped(std::int64_t number);
/// With so many digits after the point, and groups of three before it.
[[nodiscard]] std::string fixed(double number, int digits);
/// Mean and deviation of shares in per cent, "95.82 +- 0.08"; "95.82" of one value, "-" of none.
[[nodiscard]] std::string percent(const Spread& spread);
/// "1 to 5", "1, 3, 7" or "1"
[[nodiscard]] std::string seeds_text(std::vector<std::uint64_t> seeds);

}  // namespace phasic::runtime
