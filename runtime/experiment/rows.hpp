// SPDX-License-Identifier: Apache-2.0
/// The file of results: a JSON object a line, one a run. A line is written in one piece and kept before the next run starts;
/// what a crash leaves of a line is cut off when the file is opened again.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/base/files.hpp"

namespace phasic::runtime {

/// All whole rows. Throws InputError naming file and line for a line that is not a JSON object, unless it is the last one and
/// has no end. A file that is not there has no rows.
[[nodiscard]] std::vector<nlohmann::json> read_rows(const std::filesystem::path& file);

/// Leaves out rows of a run that is there already (`experiment` and `run`), and says so to standard error. Throws InputError
/// naming both lines if they differ in more than time, command and commit: which one counts cannot be known.
void leave_out_repeats(std::vector<nlohmann::json>& rows, const std::filesystem::path& file);

/// The file that a run appends to, which no other process can have at the same time.
class RowFile {
 public:
  /// Opens or makes the file and cuts off an unfinished last row. Throws InputError, also if another process has it, or if the
  /// last line is unfinished and something else: the file is then left as it is.
  explicit RowFile(const std::filesystem::path& file);
  /// Appends a row and waits until it is on the disk. Throws InputError with the reason; nothing is left of the row then.
  void append(const nlohmann::json& row);

 private:
  std::filesystem::path name_;
  Descriptor file_;
};

}  // namespace phasic::runtime
