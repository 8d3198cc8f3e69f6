// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/measurement.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/report/columns.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr auto kKinds = std::to_array<std::string_view>({"simulated", "measured", "bit-exact", "estimated"});
constexpr std::size_t kMostLines = 10'000;

/// A text, or a list of texts.
std::vector<JsonNode> one_or_several(const JsonNode& node) {
  if (!node.value().is_array()) return {node};
  node.expect_array(1, kMostLines);
  std::vector<JsonNode> nodes;
  for (std::size_t n = 0; n < node.value().size(); ++n) nodes.push_back(node.at(n));
  return nodes;
}

void check_kinds(const JsonNode& root) {
  for (const JsonNode& kind : one_or_several(root.at("kind"))) {
    if (kKinds[kind.one_of(kKinds)] == "measured" && !root.find("machine"))
      kind.refuse("what was measured needs \"machine\", on which");
  }
}

void check_table(const JsonNode& root) {
  const auto columns = root.find("columns");
  const auto rows = root.find("rows");
  if (columns.has_value() != rows.has_value()) root.refuse("columns and rows belong together");
  if (!columns) return;
  columns->expect_array(1, 100);
  rows->expect_array(1, kMostLines);
  for (std::size_t n = 0; n < columns->value().size(); ++n) {
    const JsonNode column = columns->at(n);
    column.expect_object({"field", "title", "format"});
    const std::string field = column.at("field").text();
    for (const char* const name : {"title", "format"}) {
      if (const auto node = column.find(name)) (void)node->text();
    }
    bool found = false;
    for (const json& row : rows->value()) found = found || (row.is_object() && row.contains(field));
    if (!found) column.at("field").refuse("no row has it");
  }
}

std::string join(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

}  // namespace

Measurement load_measurement(const std::filesystem::path& file) { return parse_measurement(read_json(file), file.string()); }

Measurement parse_measurement(const json& document, const std::string& file) {
  const JsonNode root(document, file, "");
  root.expect_object({"phasic_measurement", "description", "command", "kind", "seeds", "machine", "commit", "values", "columns",
                      "rows", "spread"});
  (void)root.at("phasic_measurement").integer(1, 1);
  for (const JsonNode& command : one_or_several(root.at("command"))) (void)command.text();
  check_kinds(root);
  for (const char* const name : {"description", "machine", "commit"}) {
    if (const auto node = root.find(name)) (void)node->text();
  }
  if (const auto seeds = root.find("seeds")) {
    seeds->expect_array(1, kMostLines);
    for (std::size_t n = 0; n < seeds->value().size(); ++n) (void)seeds->at(n).integer(0, INT64_MAX);
  }
  if (const auto values = root.find("values"); values && !values->value().is_object()) values->refuse("an object is needed");
  if (const auto spread = root.find("spread")) (void)spread->boolean();
  check_table(root);
  return {.file = file, .document = document};
}

MarkdownTable table_of(const Measurement& measurement) {
  const json& document = measurement.document;
  if (!document.contains("rows")) throw InputError(measurement.file, "rows", "there are none: it has no table");
  const bool has_spread = document.value("spread", false);
  MarkdownTable table;
  table.lines.resize(document["rows"].size() + (has_spread ? 1 : 0));
  for (const json& column : document["columns"]) {
    const auto field = column["field"].get<std::string>();
    const std::string format = column.value("format", "");
    bool numbers = true;
    std::vector<double> values;
    for (std::size_t n = 0; n < document["rows"].size(); ++n) {
      const json& row = document["rows"][n];
      if (!row.contains(field)) {
        table.lines[n].emplace_back();
        continue;
      }
      const json& value = row[field];
      table.lines[n].push_back(formatted(value, format, fmt::format("{}: rows[{}].{}", measurement.file, n, field)));
      numbers = numbers && !value.is_string();
      if (value.is_number()) values.push_back(value.get<double>());
    }
    if (has_spread) {
      const bool first = table.columns.empty();
      const Spread spread = spread_of(values);
      const json mean = spread.mean, deviation = spread.deviation;
      table.lines.back().push_back(first ? "mean +- deviation"
                                   : spread.count == 0
                                       ? ""
                                       : formatted(mean, format, "") + " +- " + formatted(deviation, format, ""));
    }
    table.columns.push_back({.title = column.value("title", field), .number = numbers});
  }
  return table;
}

std::string source_text(const Measurement& measurement) {
  const json& document = measurement.document;
  const auto list = [&](const char* field) {
    return document[field].is_array() ? document[field].get<std::vector<std::string>>()
                                      : std::vector<std::string>{document[field].get<std::string>()};
  };
  std::vector<std::string> parts;
  for (const std::string& command : list("command")) parts.push_back('`' + command + '`');
  std::string text = join(parts) + ": ";
  parts.clear();
  if (document.contains("seeds")) {
    const auto seeds = document["seeds"].get<std::vector<std::uint64_t>>();
    parts.push_back(fmt::format("seed{} {}", seeds.size() == 1 ? "" : "s", seeds_text(seeds)));
  }
  for (const std::string& kind : list("kind")) parts.push_back(kind);
  if (document.contains("machine")) parts.push_back(document["machine"].get<std::string>());
  if (document.contains("commit")) parts.push_back(document["commit"].get<std::string>());
  return text + join(parts);
}

std::string formatted(const json& value, const std::string& format, const std::string& where) {
  const auto number = [&](const json& one) {
    if (!one.is_number()) throw InputError(where, "", fmt::format("{} is not a number", one.dump()));
    return one.get<double>();
  };
  if (format.empty() || format == "text") return text_of(value);
  if (format == "integer") return grouped(std::llround(number(value)));
  if (format == "percent") return fixed(100 * number(value), 2);
  if (format == "range") {
    for (const char* const part : {"median", "lowest", "highest"}) {
      if (!value.is_object() || !value.contains(part)) throw InputError(where, part, fmt::format("is not in {}", value.dump()));
    }
    return fmt::format("{} ({} to {})", text_of(value["median"]), text_of(value["lowest"]), text_of(value["highest"]));
  }
  if (format.size() == 2 && format[0] == '.' && format[1] >= '0' && format[1] <= '9')
    return fixed(number(value), format[1] - '0');
  throw InputError(where, "format", fmt::format("\"{}\"; text, integer, percent, range and .0 to .9 are known", format));
}

}  // namespace phasic::runtime
