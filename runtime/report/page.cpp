// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/page.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/experiment/rows.hpp"
#include "runtime/report/columns.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr std::string_view kPlaceOfData = "@DATA@";

/// Refuses a row without the fields that tables need; the others may be missing.
void check_row(const json& row, const std::string& file, std::size_t line) {
  const auto expect = [&](const char* pointer, bool (json::*is)() const noexcept, const char* what) {
    const json::json_pointer place(pointer);
    if (!row.contains(place)) throw InputError(file, fmt::format("line {}, {}", line, pointer + 1), "is missing");
    if (!(row[place].*is)())
      throw InputError(file, fmt::format("line {}, {}", line, pointer + 1),
                       fmt::format("{} is not {}", row[place].dump(), what));
  };
  for (const char* const name : {"/experiment", "/run", "/judged_on"}) expect(name, &json::is_string, "a text");
  expect("/variation", &json::is_object, "an object");
  expect("/accuracy", &json::is_number, "a number");
  for (const char* const name : {"/seed", "/judged_samples", "/samples_learned"})
    expect(name, &json::is_number_unsigned, "a whole number of at least 0");
  for (const char* const name : {"/mean_class_accuracy", "/forgetting"}) {
    if (row.contains(json::json_pointer(name))) expect(name, &json::is_number, "a number");
  }
  for (const char* const name : {"/protocol", "/method", "/commit", "/command"}) {
    if (row.contains(json::json_pointer(name))) expect(name, &json::is_string, "a text");
  }
  if (row.contains("repeat")) {
    expect("/repeat/engine", &json::is_string, "a text");
    for (const char* const name : {"/repeat/samples", "/repeat/differences"}) expect(name, &json::is_number, "a number");
  }
  if (row.contains("samples_to_reach")) {
    expect("/samples_to_reach", &json::is_array, "a list");
    for (std::size_t n = 0; n < row["samples_to_reach"].size(); ++n) {
      const std::string place = fmt::format("/samples_to_reach/{}", n);
      expect((place + "/level").c_str(), &json::is_number, "a number");
      const bool is_reached =
          !row.contains(json::json_pointer(place + "/samples")) || !row["samples_to_reach"][n]["samples"].is_null();
      if (is_reached) expect((place + "/samples").c_str(), &json::is_number, "a number");
    }
  }
  expect("/learned/layers", &json::is_array, "a list");
  for (std::size_t n = 0; n < row["learned"]["layers"].size(); ++n) {
    for (const char* const name : {"synaptic_operations", "update_operations"})
      expect(fmt::format("/learned/layers/{}/{}", n, name).c_str(), &json::is_number, "a number");
  }
}

/// JSON that may stand in a script element: without '<' there is neither an end tag nor a comment in it.
std::string embedded(const json& document) {
  const std::string text = document.dump(-1, ' ', false, json::error_handler_t::replace);
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

}  // namespace

std::vector<json> read_checked_rows(const std::filesystem::path& file) {
  auto rows = read_rows(file);
  for (std::size_t n = 0; n < rows.size(); ++n) check_row(rows[n], file.string(), n + 1);
  leave_out_repeats(rows, file);
  return rows;
}

ResultsFile read_results(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) throw InputError(file.string(), "", "is not there");
  ResultsFile results{.name = file.string(), .rows = read_checked_rows(file)};
  if (results.rows.empty()) throw InputError(file.string(), "", "has no row");
  return results;
}

std::string read_page_template() {
  const auto file = build_folder() / "share" / "report.html";
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
