// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/log.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace phasic::runtime {
namespace {

constexpr std::array<std::string_view, 4> kNames{"error", "warning", "info", "debug"};

LogLevel level_of_environment() {
  const char* name = std::getenv("PHASIC_LOG");  // NOLINT(concurrency-mt-unsafe): read once, before what runs beside
  if (name == nullptr || *name == '\0') return LogLevel::kInfo;
  const auto level = log_level_of(name);
  if (!level) fmt::print(stderr, "PHASIC_LOG: '{}'; error, warning, info and debug are known\n", name);
  return level.value_or(LogLevel::kInfo);
}

std::atomic<LogLevel>& chosen_level() {
  static std::atomic<LogLevel> level{level_of_environment()};
  return level;
}

double seconds_since_first_line() {
  static const auto begin = std::chrono::steady_clock::now();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

std::optional<LogLevel> log_level_of(std::string_view name) {
  for (std::size_t n = 0; n < kNames.size(); ++n)
    if (kNames[n] == name) return static_cast<LogLevel>(n);
  return std::nullopt;
}

void set_log_level(LogLevel level) { chosen_level() = level; }

bool is_logged(LogLevel level) { return level <= chosen_level().load(); }

void log_line(LogLevel level, std::string_view line) noexcept {
  if (!is_logged(level)) return;
  try {
    const auto text = level == LogLevel::kDebug ? fmt::format("{:9.3f} s  {}\n", seconds_since_first_line(), line)
                                                : fmt::format("{}\n", line);
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (const std::exception&) {
    std::fputs("out of memory for a line of the log\n", stderr);
  }
}

}  // namespace phasic::runtime
