// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/page.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/experiment/row_fields.hpp"
#include "runtime/experiment/rows.hpp"
#include "runtime/report/columns.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr std::string_view kPlaceOfData = "@DATA@";

/// JSON that may stand in a script element: without '<' there is neither an end tag nor a comment in it.
std::string embedded(const json& document) {
  const std::string text = json_text(document);
  std::string safe;
  safe.reserve(text.size());
  for (const char letter : text) {
    if (letter == '<') {
      safe += "\\u003c";
    } else {
      safe += letter;
    }
  }
  return safe;
}

/// What the page's script has to know of columns and fields of rows.
json lists_of_fields() {
  json columns = json::array(), placed = json::array({"variation_name"});
  for (const UsualColumn& column : known_usual_columns()) {
    columns.push_back({{"name", column.name}, {"title", column.title}, {"where", column.where}, {"number", column.number}});
  }
  for (const RowField& field : row_fields()) {
    if (field.is_placed) placed.push_back(field.name);
  }
  return {{"columns", std::move(columns)}, {"placed", std::move(placed)}};
}

/// Throws InputError if the file describes runs: whoever gives it wants the rows of those.
void refuse_experiment(const std::filesystem::path& file) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) return;  // a pipe can be read only once
  std::ifstream stream(file, std::ios::binary);
  const auto document = nlohmann::json::parse(stream, nullptr, false);
  if (!document.is_object() || !document.contains("phasic_experiment")) return;
  throw InputError(file.string(), "",
                   fmt::format("is an experiment, not a file of results; \"phasic experiment run {}\" runs it and writes "
                               "{}.jsonl, of which there is a report",
                               file.string(), file.stem().string()));
}

}  // namespace

ResultsFile read_results(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) throw InputError(file.string(), "", "is not there");
  refuse_experiment(file);
  ResultsFile results{.name = file.string(), .rows = read_checked_rows(file)};
  if (results.rows.empty()) throw InputError(file.string(), "", "has no row");
  return results;
}

std::string read_page_template() {
  const auto file = home_folder() / "share" / "report.html";
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw InputError(file.string(), "",
                     "is not there: the page is built where npm is installed (./scripts/install --development, then configure "
                     "and build again). Without --html the report is a table");
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::string page_of(const std::string& page_template, const PageOrigin& origin, const std::vector<ResultsFile>& files) {
  const std::size_t place = page_template.find(kPlaceOfData);
  if (place == std::string::npos || page_template.find(kPlaceOfData, place + 1) != std::string::npos)
    throw InputError("report.html", "", fmt::format("has to have {} exactly once", kPlaceOfData));
  json document = {{"version", origin.version}, {"command", origin.command}, {"files", json::array()}};
  document.update(lists_of_fields());
  for (const ResultsFile& file : files) {
    json rows = json::array();
    for (const json& row : file.rows) {
      rows.push_back(row);
      rows.back()["variation_name"] = variation_name(row);  // as the Markdown table names it
    }
    document["files"].push_back({{"name", file.name}, {"rows", std::move(rows)}});
  }
  return page_template.substr(0, place) + embedded(document) + page_template.substr(place + kPlaceOfData.size());
}

void write_page(const std::filesystem::path& file, const std::string& page) { write_file(file, page); }

}  // namespace phasic::runtime
