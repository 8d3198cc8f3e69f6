// SPDX-License-Identifier: Apache-2.0
/// Lines that change in place on a terminal.
#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace phasic::runtime {

/// Columns of the terminal that a file is, as they are now; none if it is no terminal or does not say.
[[nodiscard]] std::optional<std::size_t> terminal_columns(int file);

/// The first characters of a text in UTF-8, at most so many; none of them is cut apart.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t count);

/// Characters of a text in UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view text);

/// Writes over the line that the cursor is in. On a terminal the line is cut to its width: one that went on in the next row
/// could not be written over.
void rewrite_line(std::FILE* stream, std::string_view line);

}  // namespace phasic::runtime
