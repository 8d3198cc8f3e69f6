// SPDX-License-Identifier: Apache-2.0
/// Kinds of files that hold one sample each. A new format is a reader and a row of a table in file_formats.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace phasic::runtime {

enum class FileKind { kPicture, kRecording, kSound };

/// Told by the ending of the name, in capitals or not; none: no file of a sample.
[[nodiscard]] std::optional<FileKind> kind_of(std::string_view path);

[[nodiscard]] bool is_picture_name(std::string_view path);
[[nodiscard]] bool is_recording_name(std::string_view path);
[[nodiscard]] bool is_sound_name(std::string_view path);

/// "pictures (.png, .jpg, .jpeg)" and so on.
[[nodiscard]] std::string described(FileKind kind);

/// Whether the name ends so, in capitals or not. `ending` is in lower case.
[[nodiscard]] bool has_ending(std::string_view path, std::string_view ending);

}  // namespace phasic::runtime
