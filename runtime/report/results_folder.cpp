// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/results_folder.hpp"

#include <fstream>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/report/page.hpp"

namespace phasic::runtime {
namespace {

constexpr const char* kTemplateName = "results.md.in";
constexpr const char* kUsualTemplate = "# Results\n\n@{others}\n";

}  // namespace

ResultsFolder load_results_folder(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) throw InputError(folder.string(), "", "is not a folder");
  ResultsFolder results;
  results.folder = folder.string();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto& file = entry.path();
    const std::string name = file.stem().string();
    if (file.extension() == ".jsonl") results.rows[name] = read_results(file).rows;
    if (file.extension() == ".json") results.measurements[name] = load_measurement(file);
  }
  for (const auto& [name, ignored] : results.rows) {
    if (results.measurements.contains(name)) throw InputError(results.folder, name, "is there with .json and with .jsonl");
  }
  return results;
}

PageTemplate load_page_template(const std::filesystem::path& folder) {
  const auto file = folder / kTemplateName;
  if (!std::filesystem::exists(file)) return {.name = "the usual template", .text = kUsualTemplate};
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw InputError(file.string(), "", "cannot be read");
  return {.name = file.string(), .text = text.str()};
}

}  // namespace phasic::runtime
