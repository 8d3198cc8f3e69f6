// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/view.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "runtime/base/log.hpp"
#include "runtime/base/terminal.hpp"

namespace phasic::runtime {
namespace {

constexpr auto kShortest = std::chrono::milliseconds(100);

}  // namespace

LiveView::LiveView(bool json, bool quiet)
    : json_(json),
      quiet_(quiet || !is_logged(LogLevel::kInfo)),
      terminal_(::isatty(STDERR_FILENO) == 1),
      shown_(Clock::now()) {}

void LiveView::window(const LiveWindow& window, const Decision& decision, const LiveCounts& counts) {
  if (json_) {
    const nlohmann::ordered_json line = {
        {"window", window.number},
        {"begin_us", window.begin},
        {"events", window.events},
        {"words", window.words.size()},
        {"class", decision.given},
        {"neuron", decision.neuron},
        {"spikes", decision.spikes},
        {"scores", decision.scores},
        {"label", window.label == kNoLabel ? nlohmann::ordered_json() : nlohmann::ordered_json(window.label)},
        {"learned", decision.learned},
        {"cycles", decision.cycles ? nlohmann::ordered_json(*decision.cycles) : nlohmann::ordered_json()},
        {"weights_moved", decision.moved},
        {"dropped", counts.dropped}};
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);  // whoever reads it decides by it now
    return;
  }
  moved_ += decision.moved;
  const auto now = Clock::now();
  if (quiet_ || !terminal_ || now - shown_ < kShortest) return;
  const auto seconds = std::chrono::duration<double>(now - shown_).count();
  const auto label = window.label == kNoLabel ? std::string() : fmt::format(" (label {})", window.label);
  const auto cycles = decision.cycles ? fmt::format("{} cycles", *decision.cycles) : std::string("untimed");
  // What matters most comes first, for the end may be cut off.
  rewrite_line(stderr,
               fmt::format("window {}  class {}{}  dropped {}  {:.0f} events/s  {} spikes  weights moved {}  {}", window.number,
                           decision.given, label, counts.dropped,
                           static_cast<double>(counts.received - received_then_) / seconds, decision.spikes, moved_, cycles));
  shown_ = now;
  received_then_ = counts.received;
  moved_ = 0;
  line_open_ = true;
}

void LiveView::end(const LiveTotals& totals) {
  if (line_open_) fmt::print(stderr, "\n");
  const auto& events = totals.events;
  if (json_) {
    const nlohmann::ordered_json line = {{"end", true},
                                         {"windows", totals.windows},
                                         {"learned", totals.learned},
                                         {"right_before_learning", totals.right},
                                         {"seconds", totals.seconds},
                                         {"received", events.received},
                                         {"used", events.used},
                                         {"dropped", events.dropped},
                                         {"left", events.left},
                                         {"lost_datagrams", events.lost}};
    fmt::print("{}\n", line.dump());
    return;
  }
  const auto rate = static_cast<double>(events.received) / std::max(totals.seconds, 1e-9);
  fmt::print("{} windows decided in {:.3f} s, {} of them learned ({} right before)\n", totals.windows, totals.seconds,
             totals.learned, totals.right);
  fmt::print("{} events received ({:.0f} a second): {} used, {} dropped, {} left\n", events.received, rate, events.used,
             events.dropped, events.left);
  if (events.lost > 0) fmt::print("{} datagrams lost by the system before they could be received\n", events.lost);
}

}  // namespace phasic::runtime
