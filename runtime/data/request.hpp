// SPDX-License-Identifier: Apache-2.0
/// What the user asks of a data set, as JSON; docs/data.md has the fields.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "runtime/base/json_node.hpp"
#include "runtime/data/catalogue.hpp"

namespace phasic::runtime {

/// Fields that are absent have the set's usual value.
struct DataRequest {
  std::string set;     ///< name in the catalogue, or
  std::string folder;  ///< a folder, or an archive, of pictures or recordings by class
  std::optional<std::uint32_t> rows, columns;
  std::optional<bool> gray, invert, mixed, unique;
  std::optional<double> test_share, range_decibels;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> labels;
  std::optional<std::uint32_t> steps, downsample;
  std::optional<std::int64_t> window_microseconds;
};

/// A text is a name in the catalogue; an object has "set" or "folder" and the fields above. Throws InputError naming file, path
/// and value.
[[nodiscard]] DataRequest parse_data_request(const JsonNode& node);

/// Whether the text is a JSON object, or the name of a JSON file, rather than the name of a set or folder.
[[nodiscard]] bool is_data_object(std::string_view text);

/// What stands on the command line: a name in the catalogue, a folder or an archive, a JSON object or the name of a JSON file.
[[nodiscard]] DataRequest parse_data_text(const std::string& text);

/// The set's usual preprocessing with what is asked for. Refuses what has no meaning for the form of the set, naming the field.
[[nodiscard]] Preprocessing preprocessing_of(const DataRequest& request, const Preprocessing& usual, Form form);

}  // namespace phasic::runtime
