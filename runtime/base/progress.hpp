// SPDX-License-Identifier: Apache-2.0
/// Progress of a long run: a bar with rate and time left on a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace phasic::runtime {

class Progress {
 public:
  /// `start` samples, or what `counted` says, of `total` are done already. Writes to standard error.
  Progress(std::string label, std::uint64_t start, std::uint64_t total, bool quiet, std::string counted = "samples");
  /// `note` is a short text such as the accuracy so far.
  void update(std::uint64_t done, const std::string& note);
  /// The last line stays.
  void finish();

 private:
  [[nodiscard]] std::string line(std::uint64_t done, const std::string& note) const;

  std::string label_, counted_;
  std::uint64_t start_, total_;
  bool quiet_, terminal_;
  std::chrono::steady_clock::time_point begin_, shown_;
};

/// "1:05:09", "5:09", "12 s" or "0.3 s".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace phasic::runtime
