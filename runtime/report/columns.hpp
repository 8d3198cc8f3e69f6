// SPDX-License-Identifier: Apache-2.0
/// Columns of the tables of rows: what is told of the runs of one variation.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/report/markdown.hpp"
#include "runtime/report/statistics.hpp"

namespace phasic::runtime {

/// What is varied in a row, such as "network/layers/0/neurons = 10"; the experiment's name if nothing is.
[[nodiscard]] std::string variation_name(const nlohmann::json& row);

/// Rows that differ in their seeds alone: of one experiment, protocol, method and variation.
struct RowGroup {
  std::string variation;  ///< its name
  std::vector<const nlohmann::json*> rows;
};
/// In the order of their first rows. `rows` must outlive them.
[[nodiscard]] std::vector<RowGroup> groups_of(const std::vector<nlohmann::json>& rows);

/// A field of a row: a place of its variation such as "network/layers/0/rule", or else a path such as "repeat/differences".
/// Null if the row has neither.
[[nodiscard]] const nlohmann::json* field_of(const nlohmann::json& row, std::string_view name);

/// "made", "1,234", "0.25" or "true".
[[nodiscard]] std::string text_of(const nlohmann::json& value);

/// Mean and deviation of a field over the rows that have it as a number.
[[nodiscard]] Spread spread_of(const RowGroup& group, std::string_view field);

/// A column that every report has, or those in which a row has a field `where`.
struct UsualColumn {
  std::string name, title;
  std::string where;  ///< empty: every report
  bool number;        ///< whether its cells are numbers
};
[[nodiscard]] std::vector<UsualColumn> known_usual_columns();

/// Those of a report of these rows.
[[nodiscard]] std::vector<std::string> usual_columns(const std::vector<nlohmann::json>& rows);

/// Columns have these names: those of the fields of rows that have a column (runtime/experiment/row_fields.hpp), and `run`,
/// `seeds`, `judged_on`; `samples_to_90` and `samples_to_95`, over the seeds that reached that accuracy on the validation set;
/// `synaptic_operations`, `update_operations` and `feedback_operations` of learning, in millions a sample; `formula_cost`;
/// `mean_epochs` and, times the operations of a pass by formula, `mean_epochs_cost`, which compare the runs of one experiment
/// and seed that are in the table (runtime/report/mean_epochs.hpp). Any other name is a field of the rows. "name:title" gives
/// the column another title. Throws InputError for a name without letters.
[[nodiscard]] MarkdownTable table_of(const std::vector<RowGroup>& groups, const std::vector<std::string>& columns);

}  // namespace phasic::runtime
