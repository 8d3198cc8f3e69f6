// SPDX-License-Identifier: Apache-2.0
/// The table of the fields of rows of results: rows are written and checked by it, and it tells tables, page and documentation
/// what they are.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/experiment/row.hpp"

namespace phasic::runtime {

/// Rows of which runs have a field.
enum class RowForm : std::uint8_t { kAll, kNetwork, kBaseline };

/// How the cell of a column shows a field of several rows: as it stands if it is alike in all (else mean and deviation), or as
/// mean and deviation in per cent.
enum class RowCell : std::uint8_t { kNone, kText, kNumber, kPercent };

/// What the table says of a field.
struct RowField {
  std::string name;
  std::string values;  ///< what may stand there, such as "a list of numbers"
  bool needed;         ///< whether a row without it is refused
  RowForm form;
  std::string meaning;
  RowCell cell;       ///< kNone: the field has no column of a name of its own
  std::string title;  ///< of its column
  bool is_placed;     ///< whether the page has a place for it; the others stand among the facts
};

/// All fields, in the order in which docs/experiments.md has them.
[[nodiscard]] const std::vector<RowField>& row_fields();

[[nodiscard]] nlohmann::json write_row(const Row& row);

/// Refuses a row in which a needed field is missing, one is unknown, or a value is not what the table says. Throws InputError
/// naming file, line, field and value.
void check_row(const nlohmann::json& row, const std::string& file, std::size_t line);

}  // namespace phasic::runtime
