// SPDX-License-Identifier: Apache-2.0
/// What is told on standard error, by how much somebody wants to know.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

namespace phasic::runtime {

enum class LogLevel {
  kError,    ///< what ends the work
  kWarning,  ///< what may not be as wanted: samples that were left out, rows that are there twice
  kInfo,     ///< what was chosen, and progress
  kDebug,    ///< engines, files, and each launch with its time
};

/// "error", "warning", "info" or "debug"; none for any other text.
[[nodiscard]] std::optional<LogLevel> log_level_of(std::string_view name);

/// What is told from now on: this and what matters more. At first $PHASIC_LOG, or info; a value that is no level counts as
/// info, and that is told.
void set_log_level(LogLevel level);
[[nodiscard]] bool is_logged(LogLevel level);

/// A line of its own on standard error, in one piece; one of kDebug begins with the seconds since the first. Throws nothing.
void log_line(LogLevel level, std::string_view line) noexcept;

/// The same; the line is made only if it is told.
template <class... Parts>
void log_as(LogLevel level, fmt::format_string<Parts...> format, Parts&&... parts) {
  if (is_logged(level)) log_line(level, fmt::format(format, std::forward<Parts>(parts)...));
}

}  // namespace phasic::runtime
