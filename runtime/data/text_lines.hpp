// SPDX-License-Identifier: Apache-2.0
/// Lines and numbers of small text files that come with a set.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

/// Lines without their ends; empty ones are left out.
[[nodiscard]] std::vector<std::string> lines_of(const StoredFile& file);

/// A whole number from 0 to `most`. Throws InputError with origin and field.
[[nodiscard]] std::uint32_t number_in(std::string_view text, std::uint32_t most, const std::string& origin,
                                      const std::string& field);

/// The name without the folders before it.
[[nodiscard]] inline std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace phasic::runtime
