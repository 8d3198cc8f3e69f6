// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/log.hpp"
#include "runtime/base/terminal.hpp"

namespace phasic::runtime {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kTerminalPeriod = std::chrono::milliseconds(100);
constexpr auto kPlainPeriod = std::chrono::seconds(10);
constexpr std::size_t kWidestBar = 30, kNarrowestBar = 8, kShortestLabel = 12;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// A text that cannot be written, such as to a log on a full disk, is lost, and nothing else is.
void show(const std::string& text) {
  (void)std::fputs(text.c_str(), stderr);
  (void)std::fflush(stderr);
}

/// A bar with a space behind it, no wider than there is room; empty if that is too little.
std::string bar(double share, std::size_t room) {
  if (room < kNarrowestBar + 3) return {};
  const auto width = std::min(room - 3, kWidestBar);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  return fmt::format("[{}{}] ", std::string(filled, '#'), std::string(width - filled, '.'));
}

/// What is shown before the figures: they need the room more than a long label or the bar does.
std::string beginning(const std::string& label, double share, std::size_t figures) {
  const auto columns = terminal_columns(STDERR_FILENO);
  if (!columns) return label + ' ' + bar(share, kWidestBar + 3);
  const auto left = [&](std::size_t used) { return *columns - std::min(used, *columns); };
  // Two columns are for the space behind the label and the cursor.
  const auto shown = std::string(first_characters(label, std::max(left(figures + 2), kShortestLabel)));
  return shown + ' ' + bar(share, left(figures + 2 + count_characters(shown)));
}

}  // namespace

std::string duration_text(double seconds) {
  seconds = std::max(seconds, 0.0);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

Progress::Progress(std::string label, std::uint64_t start, std::uint64_t total, bool quiet, std::string counted)
    : label_(std::move(label)),
      counted_(std::move(counted)),
      start_(start),
      total_(total),
      quiet_(quiet || !is_logged(LogLevel::kInfo)),
      terminal_(isatty(STDERR_FILENO) == 1),
      begin_(Clock::now()) {
  shown_ = begin_;
}

std::string Progress::line(std::uint64_t done, const std::string& note) const {
  const double share = total_ == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total_);
  const double rate = static_cast<double>(done - start_) / std::max(seconds_since(begin_), 1e-3);
  // What matters most comes first, for the end may be cut off.
  std::string text = fmt::format("{}/{} {} ({:.0f} %)", done, total_, counted_, 100 * share);
  if (!note.empty()) text += ", " + note;
  if (done < total_ && rate > 0) text += fmt::format(", {} left", duration_text(static_cast<double>(total_ - done) / rate));
  text += fmt::format(", {:.1f} {}/s", rate, counted_);
  return (terminal_ ? beginning(label_, share, count_characters(text)) : label_ + ' ') + text;
}

void Progress::update(std::uint64_t done, const std::string& note) {
  if (quiet_) return;
  const auto now = Clock::now();
  const bool last = done >= total_;
  if (!last && now - shown_ < (terminal_ ? Clock::duration(kTerminalPeriod) : Clock::duration(kPlainPeriod))) return;
  shown_ = now;
  if (terminal_) {
    rewrite_line(stderr, line(done, note));
  } else {
    show(line(done, note) + '\n');
  }
}

void Progress::finish() {
  if (!quiet_ && terminal_) show("\n");
}

}  // namespace phasic::runtime
