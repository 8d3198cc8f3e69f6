// SPDX-License-Identifier: Apache-2.0
/// The file of results: a JSON object a line, one a run. A line is written in one piece and kept before the next run starts;
/// what a crash leaves of a line is cut off when the file is opened again.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace phasic::runtime {

/// All whole rows. Throws InputError naming file and line for a line that is not a JSON object, unless it is the last one and
/// has no end. A file that is not there has no rows.
[[nodiscard]] std::vector<nlohmann::json> read_rows(const std::filesystem::path& file);

/// The same, each checked by the table of fields (runtime/experiment/row_fields.hpp). Throws InputError naming file, line and
/// field.
[[nodiscard]] std::vector<nlohmann::json> read_checked_rows(const std::filesystem::path& file);

class RowFile {
 public:
  /// Opens or makes the file and cuts off an unfinished last row. Throws InputError, also if the last line is unfinished and
  /// something else: the file is then left as it is.
  explicit RowFile(const std::filesystem::path& file);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;
  /// Appends a row and waits until it is on the disk. Throws InputError.
  void append(const nlohmann::json& row);

 private:
  std::filesystem::path name_;
  int descriptor_;
};

}  // namespace phasic::runtime
