// SPDX-License-Identifier: Apache-2.0
/// The folder that a page of results is made of.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/report/measurement.hpp"

namespace phasic::runtime {

/// Files of figures by their names without endings.
struct ResultsFolder {
  std::string folder;                                       ///< for messages
  std::map<std::string, std::vector<nlohmann::json>> rows;  ///< of experiments, from <name>.jsonl
  std::map<std::string, Measurement> measurements;          ///< from <name>.json
};

/// Throws InputError: what cannot be read, a wrong row or measurement, a name with both endings.
[[nodiscard]] ResultsFolder load_results_folder(const std::filesystem::path& folder);

struct PageTemplate {
  std::string name;  ///< for messages
  std::string text;
};
/// The file results.md.in of the folder; a page with the tables of all files if it has none. Throws InputError.
[[nodiscard]] PageTemplate load_page_template(const std::filesystem::path& folder);

}  // namespace phasic::runtime
