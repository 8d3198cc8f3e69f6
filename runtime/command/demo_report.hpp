// SPDX-License-Identifier: Apache-2.0
/// What `phasic demo` ends with: both results in one table, one summary and one picture.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/command/class_stream.hpp"
#include "runtime/command/side_by_side.hpp"

namespace phasic::command {

/// The table of both, with the accuracies of each class after each class learned.
[[nodiscard]] std::string demo_table(const SideBySideResult& mixed, const ClassStreamResult& stream);

/// Writes summary.json (that of the first, with the second under `class_continual`), the learning curves and the accuracies as
/// CSV, and main.svg and main.png. The folder must be there. Returns what to tell of it.
[[nodiscard]] std::string write_demo(const std::filesystem::path& folder, const SideBySideResult& mixed,
                                     const ClassStreamResult& stream);

}  // namespace phasic::command
