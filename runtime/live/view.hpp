// SPDX-License-Identifier: Apache-2.0
/// What a user sees of a live stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "runtime/live/decider.hpp"
#include "runtime/live/windows.hpp"

namespace phasic::runtime {

/// received = used + dropped + left, in events.
struct LiveCounts {
  std::uint64_t received = 0;
  std::uint64_t used = 0;     ///< in windows that were decided
  std::uint64_t dropped = 0;  ///< no room in the queue, late, or more than a sample may have
  std::uint64_t left = 0;     ///< not decided: in the queue, or in a window that is not complete
  std::uint64_t lost = 0;     ///< datagrams that the system lost; what was in them is not known
};

/// The counts as they stand: `left` follows from the others, so that their sum holds.
struct LiveTotals {
  std::uint64_t windows = 0, learned = 0, right = 0;  ///< right: of the windows with a label, before they were learned
  LiveCounts events;
  double seconds = 0;
};

/// With JSON a line a window on standard output, and one with the totals at the end; without it a line on the error stream that
/// changes in place on a terminal, and the totals as text on standard output.
class LiveView {
 public:
  LiveView(bool json, bool quiet);
  void window(const LiveWindow& window, const Decision& decision, const LiveCounts& counts);
  void end(const LiveTotals& totals);

 private:
  using Clock = std::chrono::steady_clock;

  bool json_, quiet_, terminal_;
  Clock::time_point shown_;
  std::uint64_t received_then_ = 0, moved_ = 0;
  bool line_open_ = false;
};

}  // namespace phasic::runtime
