// SPDX-License-Identifier: Apache-2.0
/// The text in front of Prophesee's files: lines of "% key value".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/data/cameras.hpp"
#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

struct PercentHeader {
  std::size_t bytes = 0;                                    ///< what follows begins here
  std::vector<std::pair<std::string, std::string>> fields;  ///< keys in lower case, and the rest of their lines

  /// The first field of this key (in lower case).
  [[nodiscard]] std::optional<std::string> find(std::string_view key) const;
};

/// The header ends behind a line "% end", or before the first line that does not begin with "% " or has other than printable
/// signs.
[[nodiscard]] PercentHeader read_percent_header(const StoredFile& file);

/// Rows and columns by what the header has of these: geometry, format, width and height, and plugin_name, which tells the
/// sensor. None if it has nothing. Throws InputError: sizes that are none.
[[nodiscard]] std::optional<SensorSize> size_in(const PercentHeader& header, const std::string& origin);

/// What follows "NAME=" in a field's parts between semicolons, as in "EVT3;height=720;width=1280"; empty: there is none.
[[nodiscard]] std::string_view option_in(std::string_view value, std::string_view name);

}  // namespace phasic::runtime
