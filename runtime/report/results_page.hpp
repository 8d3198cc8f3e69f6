// SPDX-License-Identifier: Apache-2.0
/// A Markdown page of results, made from a template and from the files that hold the figures (docs/experiments.md, "A page of
/// results").
#pragma once

#include <string>

#include "runtime/report/results_folder.hpp"

namespace phasic::runtime {

/// The template with the figures in the places of its markers. `link` stands before a file's name in links to it, such as
/// "results/". Throws InputError naming the template's line: an unknown marker, file, column or field, figures of which no
/// source is told, rows that differ where one figure is asked for.
[[nodiscard]] std::string results_page(const ResultsFolder& folder, const PageTemplate& from, const std::string& link);

}  // namespace phasic::runtime
