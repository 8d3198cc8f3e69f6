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
  std::string folder;  ///< a folder with IDX files, or a folder or archive of pictures, recordings or sounds by class
  std::string name;    ///< what a folder with IDX files is called; empty: as `folder`
  std::optional<std::uint32_t> rows, columns;
  std::optional<bool> gray, invert, mixed, unique;
  std::optional<double> test_share, range_decibels;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> labels;
  std::optional<std::uint32_t> steps, downsample;
  std::optional<std::int64_t> window_microseconds, step_microseconds;
  std::optional<EventPicture> picture;    ///< recordings become pictures; none: address events
  std::optional<std::string> camera;      ///< of recordings that do not say it: one that `is_camera`
  std::optional<std::string> validation;  ///< what a part for validation is: "test", "training" or "leave_out"
  std::optional<bool> leave_out_damaged;
};

/// A text is a name in the catalogue; an object has "set" or "folder" and the fields above. Throws InputError naming file, path
/// and value.
[[nodiscard]] DataRequest parse_data_request(const JsonNode& node);

/// Whether the text is a JSON object, or the name of a JSON file, rather than the name of a set or folder.
[[nodiscard]] bool is_data_object(std::string_view text);

/// What stands on the command line: a name in the catalogue, a folder or an archive, the name of a folder of one's own in one
/// of the places for data, a JSON object or the name of a JSON file. Throws InputError that lists what was tried.
[[nodiscard]] DataRequest parse_data_text(const std::string& text);

/// The set's usual preprocessing with what is asked for. Refuses what has no meaning for the form of the set, naming the field.
[[nodiscard]] Preprocessing preprocessing_of(const DataRequest& request, const Preprocessing& usual, const Form& form);

}  // namespace phasic::runtime
