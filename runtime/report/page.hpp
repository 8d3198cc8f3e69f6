// SPDX-License-Identifier: Apache-2.0
/// The HTML page of results: one file that holds rows, script and style, and loads nothing.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace phasic::runtime {

/// A file of results and its rows.
struct ResultsFile {
  std::string name;
  std::vector<nlohmann::json> rows;
};

/// Reads a file of results. Throws InputError naming file, line and field when it is not there, has no row, or a row is
/// wrong.
[[nodiscard]] ResultsFile read_results(const std::filesystem::path& file);

/// Who made the page.
struct PageOrigin {
  std::string version;
  std::string command;  ///< the command line
};

/// The page without rows, as the build makes it in share/report.html. Throws InputError that tells how to get it.
[[nodiscard]] std::string read_page_template();

/// The template with the rows in it. No text in a row can end the element that holds them. Throws InputError if the template
/// has not exactly one place for them.
[[nodiscard]] std::string page_of(const std::string& page_template, const PageOrigin& origin,
                                  const std::vector<ResultsFile>& files);

/// Writes the page to a file. Throws InputError.
void write_page(const std::filesystem::path& file, const std::string& page);

}  // namespace phasic::runtime
