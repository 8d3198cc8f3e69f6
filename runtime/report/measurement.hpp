// SPDX-License-Identifier: Apache-2.0
/// Figures that no experiment gives, such as cycles or times, kept as a file of data (docs/experiments.md, "Measurements").
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/report/markdown.hpp"

namespace phasic::runtime {

struct Measurement {
  std::string file;         ///< for messages
  nlohmann::json document;  ///< all of the file; `values` and `rows` hold the figures
};

/// Throws InputError naming file, place and value: a format version other than 1, no command, a kind other than "simulated",
/// "measured", "bit-exact" and "estimated", a measured one without `machine`, a column without its field.
[[nodiscard]] Measurement load_measurement(const std::filesystem::path& file);
[[nodiscard]] Measurement parse_measurement(const nlohmann::json& document, const std::string& file);

/// Its rows; with `spread`, a last line has mean and standard deviation of each column of numbers. Throws InputError if it has
/// none.
[[nodiscard]] MarkdownTable table_of(const Measurement& measurement);

/// Where the figures come from, one sentence: command, seeds, kind, machine, commit.
[[nodiscard]] std::string source_text(const Measurement& measurement);

/// A value as a format says: "text", "integer" (1,234), "percent" (0.5 is 50.00), "range" (an object of median, lowest and
/// highest), or digits after the point, such as ".1"; empty: as it stands, with groups of three digits. Throws InputError
/// naming `where`.
[[nodiscard]] std::string formatted(const nlohmann::json& value, const std::string& format, const std::string& where);

}  // namespace phasic::runtime
