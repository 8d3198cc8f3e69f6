// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "runtime/base/error.hpp"
#include "runtime/base/json_place.hpp"
#include "runtime/experiment/row_fields.hpp"
#include "runtime/report/mean_epochs.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Groups = std::vector<RowGroup>;

/// What the rows of a group have in a field: one text if it is the same in all, mean and deviation of numbers that differ.
std::string field_text(const RowGroup& group, std::string_view name) {
  const json* const first = field_of(*group.rows.front(), name);
  const bool alike = std::all_of(group.rows.begin(), group.rows.end(), [&](const json* row) {
    const json* const value = field_of(*row, name);
    return first == nullptr ? value == nullptr : value != nullptr && *value == *first;
  });
  if (alike) return first == nullptr ? "-" : text_of(*first);
  const Spread spread = spread_of(group, name);
  if (spread.count != group.rows.size()) return "differs";
  const int digits = spread.mean < 1000 ? 2 : 0;
  return fmt::format("{} +- {}", fixed(spread.mean, digits), fixed(spread.deviation, digits));
}

std::string percent_of(const RowGroup& group, std::string_view field) { return percent(spread_of(group, field)); }

std::string judged(const RowGroup& group) {
  const json& row = *group.rows.front();
  return fmt::format("{} of {}", row["judged_on"].get<std::string>(), grouped(row["judged_samples"].get<std::int64_t>()));
}

/// Sum over the layers of a count of learning, in millions a sample.
std::string millions(const RowGroup& group, const char* field) {
  std::vector<double> values;
  for (const json* row : group.rows) {
    double sum = 0;
    for (const auto& layer : (*row)["learned"]["layers"]) sum += layer.value(field, 0.0);
    values.push_back(sum / (*row)["samples_learned"].get<double>() / 1e6);
  }
  return fmt::format("{:.3f}", spread_of(values).mean);
}

/// Samples learned until an accuracy on the validation set was reached, over the seeds that reached it.
std::string samples_to(const RowGroup& group, double level) {
  std::vector<double> samples;
  std::size_t looked = 0;
  for (const json* row : group.rows) {
    for (const json& one : row->value("samples_to_reach", json::array())) {
      if (one["level"].get<double>() != level) continue;
      ++looked;
      if (one["samples"].is_number()) samples.push_back(one["samples"].get<double>());
    }
  }
  if (samples.empty()) return looked == 0 ? "-" : "never";
  const Spread spread = spread_of(samples);
  std::string text = fixed(spread.mean, 0);
  if (spread.count > 1) text += " +- " + fixed(spread.deviation, 0);
  return spread.count == looked ? text : fmt::format("{} ({} of {} seeds)", text, spread.count, looked);
}

std::string formula_cost(const RowGroup& group) {
  std::vector<double> values;
  for (const json* row : group.rows) {
    if (row->contains("formula_cost")) values.push_back((*row)["formula_cost"].get<double>() / 1e6);
  }
  return values.empty() ? "-" : fixed(spread_of(values).mean, 3);
}

/// Mean epochs of each run of a group, compared with the runs of the table that have its experiment and seed; times the
/// operations of a pass in millions, if that is asked for.
std::vector<double> compared_epochs(const RowGroup& group, const Groups& table, bool as_cost) {
  std::vector<double> values;
  for (const json* row : group.rows) {
    std::vector<const json*> runs;
    std::size_t own = 0;
    for (const RowGroup& other : table) {
      for (const json* const run : other.rows) {
        if ((*run)["experiment"] != (*row)["experiment"] || (*run)["seed"] != (*row)["seed"]) continue;
        if (run == row) own = runs.size();
        runs.push_back(run);
      }
    }
    const double operations = as_cost ? (*row)["formula_operations"].get<double>() / 1e6 : 1;
    values.push_back(mean_epochs(runs)[own] * operations);
  }
  return values;
}

std::string mean_and_deviation(const std::vector<double>& values, int digits) {
  const Spread spread = spread_of(values);
  const std::string mean = fixed(spread.mean, digits);
  return spread.count == 1 ? mean : fmt::format("{} +- {}", mean, fixed(spread.deviation, digits));
}

struct MadeColumn {
  std::string_view name, title;
  bool number;
  std::string (*text)(const RowGroup&, const Groups& table);
};

/// Columns that show more than a field of rows.
constexpr auto kMadeColumns = std::to_array<MadeColumn>({
    {"run", "run", false, [](const RowGroup& group, const Groups&) { return group.variation; }},
    {"seeds", "seeds", true, [](const RowGroup& group, const Groups&) { return std::to_string(group.rows.size()); }},
    {"judged_on", "judged on", false, [](const RowGroup& group, const Groups&) { return judged(group); }},
    {"synaptic_operations", "synaptic operations a sample, 10^6", true,
     [](const RowGroup& group, const Groups&) { return millions(group, "synaptic_operations"); }},
    {"update_operations", "updates a sample, 10^6", true,
     [](const RowGroup& group, const Groups&) { return millions(group, "update_operations"); }},
    {"feedback_operations", "operations of feedback a sample, 10^6", true,
     [](const RowGroup& group, const Groups&) { return millions(group, "feedback_operations"); }},
    {"samples_to_90", "samples to 90 %", true, [](const RowGroup& group, const Groups&) { return samples_to(group, 0.9); }},
    {"samples_to_95", "samples to 95 %", true, [](const RowGroup& group, const Groups&) { return samples_to(group, 0.95); }},
    {"formula_cost", "operations by formula times epochs, 10^6", true,
     [](const RowGroup& group, const Groups&) { return formula_cost(group); }},
    {"mean_epochs", "mean epochs", true,
     [](const RowGroup& group, const Groups& table) { return mean_and_deviation(compared_epochs(group, table, false), 2); }},
    {"mean_epochs_cost", "operations by formula times mean epochs, 10^6", true,
     [](const RowGroup& group, const Groups& table) { return mean_and_deviation(compared_epochs(group, table, true), 3); }},
});

bool is_number_in(const std::vector<RowGroup>& groups, std::string_view name) {
  return std::any_of(groups.begin(), groups.end(), [&](const RowGroup& group) {
    const json* const value = field_of(*group.rows.front(), name);
    return value != nullptr && value->is_number();
  });
}

/// What is shown under a name.
struct Column {
  std::string title;
  bool is_known;  ///< by this name; else it is a field of rows as it stands
  bool number;
  std::function<std::string(const RowGroup&, const Groups& table)> text;
};

Column column_of(const std::string& name) {
  const auto made = std::find_if(kMadeColumns.begin(), kMadeColumns.end(), [&](const auto& one) { return one.name == name; });
  if (made != kMadeColumns.end()) return {std::string(made->title), true, made->number, made->text};
  const auto& fields = row_fields();
  const auto field = std::find_if(fields.begin(), fields.end(),
                                  [&](const RowField& one) { return one.name == name && one.cell != RowCell::kNone; });
  const auto as_it_stands = [name](const RowGroup& group, const Groups&) { return field_text(group, name); };
  if (field == fields.end()) return {name.substr(name.rfind('/') + 1), false, false, as_it_stands};
  if (field->cell == RowCell::kPercent)
    return {field->title, true, true, [name](const RowGroup& group, const Groups&) { return percent_of(group, name); }};
  return {field->title, true, field->cell == RowCell::kNumber, as_it_stands};
}

}  // namespace

std::string variation_name(const json& row) {
  std::string name;
  for (const auto& [place, value] : row["variation"].items())
    name += fmt::format("{}{} = {}", name.empty() ? "" : ", ", place, value.dump());
  return name.empty() ? row["experiment"].get<std::string>() : name;
}

std::vector<RowGroup> groups_of(const std::vector<json>& rows) {
  std::vector<RowGroup> groups;
  std::map<std::array<std::string, 4>, std::size_t> places;
  for (const json& row : rows) {
    const std::string variation = variation_name(row);
    const auto [place, is_new] = places.try_emplace(
        {row["experiment"].get<std::string>(), row.value("protocol", ""), row.value("method", ""), variation}, groups.size());
    if (is_new) groups.push_back({.variation = variation, .rows = {}});
    groups[place->second].rows.push_back(&row);
  }
  return groups;
}

const json* field_of(const json& row, std::string_view name) {
  const std::string text(name);
  if (row.contains("variation") && row["variation"].contains(text)) return &row["variation"][text];
  return find_place(row, "/" + text);
}

std::string text_of(const json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return grouped(value.get<std::int64_t>());
  std::string text = value.dump();
  // What was counted or set has few digits; what was divided has no end of them.
  constexpr std::size_t kLongest = 8;
  return value.is_number() && text.size() > kLongest ? fmt::format("{:.3g}", value.get<double>()) : text;
}

Spread spread_of(const RowGroup& group, std::string_view field) {
  std::vector<double> values;
  for (const json* row : group.rows) {
    const json* const value = field_of(*row, field);
    if (value != nullptr && value->is_number()) values.push_back(value->get<double>());
  }
  return spread_of(values);
}

std::vector<UsualColumn> known_usual_columns() {
  // Some are there only where a row has a field for them.
  struct Usual {
    const char* name;
    const char* where;
  };
  constexpr auto kUsual = std::to_array<Usual>({{"run", ""},
                                                {"protocol", "protocol"},
                                                {"method", "method"},
                                                {"seeds", ""},
                                                {"judged_on", ""},
                                                {"accuracy", ""},
                                                {"mean_class_accuracy", ""},
                                                {"forgetting", ""},
                                                {"samples_learned", ""},
                                                {"samples_to_90", "samples_to_reach"},
                                                {"samples_to_95", "samples_to_reach"},
                                                {"synaptic_operations", ""},
                                                {"update_operations", ""}});
  std::vector<UsualColumn> columns;
  for (const auto& [name, where] : kUsual) {
    const Column column = column_of(name);
    columns.push_back({.name = name, .title = column.title, .where = where, .number = column.number});
  }
  return columns;
}

std::vector<std::string> usual_columns(const std::vector<json>& rows) {
  std::vector<std::string> columns;
  for (const UsualColumn& column : known_usual_columns()) {
    const bool is_there = column.where.empty() ||
                          std::any_of(rows.begin(), rows.end(), [&](const json& row) { return row.contains(column.where); });
    if (is_there) columns.push_back(column.name);
  }
  return columns;
}

MarkdownTable table_of(const std::vector<RowGroup>& groups, const std::vector<std::string>& columns) {
  MarkdownTable table;
  table.lines.resize(groups.size());
  for (const std::string& column : columns) {
    const std::size_t colon = column.find(':');
    const std::string name = column.substr(0, colon);
    if (name.empty()) throw InputError("", "column", fmt::format("\"{}\" has no name", column));
    const Column known = column_of(name);
    const std::string title = colon == std::string::npos ? known.title : column.substr(colon + 1);
    table.columns.push_back({.title = title, .number = known.is_known ? known.number : is_number_in(groups, name)});
    for (std::size_t n = 0; n < groups.size(); ++n) table.lines[n].push_back(known.text(groups[n], groups));
  }
  return table;
}

}  // namespace phasic::runtime
