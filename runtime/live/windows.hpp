// SPDX-License-Identifier: Apache-2.0
/// From the records of a stream to windows, each a sample of the kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "runtime/data/cameras.hpp"
#include "runtime/live/records.hpp"

namespace phasic::runtime {

struct LiveWindow {
  std::uint64_t number = 0;          ///< from 0 on
  std::int64_t begin = 0;            ///< microseconds since the stream's first record
  std::vector<std::uint32_t> words;  ///< the kernel's (step << 16 | input), ascending, each once
  std::uint64_t events = 0;          ///< that the words stand for
  std::uint16_t label = kNoLabel;    ///< of a class that held over all of it
};

struct WindowOptions {
  SensorSize size;               ///< the camera's
  std::uint32_t downsample = 1;  ///< so many columns and rows become one
  std::uint32_t steps = 1;       ///< of a window
  std::int64_t step = 1000;      ///< microseconds of a step, at least 1
  std::uint64_t most_words = 0;  ///< that a sample may have
};

/// With t0 the time of the first record, step = floor((t - t0) / length of a step), window = floor(step / steps): as
/// `chunk_events` cuts a recording. A window is complete when a record of a later one comes; windows without events are told,
/// too. Events of a window that is told already are late and dropped, and so are those beyond `most_words`, the latest first.
class Windows {
 public:
  explicit Windows(const WindowOptions& options);

  using Told = std::function<void(const LiveWindow& window)>;
  /// Takes the next records. Throws InputError with `origin` if time jumps over more than a million windows.
  void add(std::span<const LiveRecord> records, const std::string& origin, const Told& told);
  /// The stream is at its end: tells the window that is not complete, if there is one.
  void finish(const Told& told);

  /// Events of the window that is not complete.
  [[nodiscard]] std::uint64_t open_events() const { return events_.size(); }
  [[nodiscard]] std::uint64_t late() const { return late_; }
  [[nodiscard]] std::uint64_t too_many() const { return too_many_; }

 private:
  void tell(const Told& told);
  void take_label(std::uint16_t label, std::int64_t since);

  WindowOptions options_;
  std::uint32_t rows_, columns_;  // after down-sampling
  std::int64_t length_;
  bool begun_ = false;
  std::int64_t origin_time_ = 0;
  std::int64_t begin_ = 0;             // of the window that is not complete, since the first record
  std::vector<std::uint32_t> events_;  // its words, in the order of records, with repetitions
  std::uint16_t held_label_ = kNoLabel, window_label_ = kNoLabel;
  bool mixed_ = false;  // several labels, or none for a while
  std::uint64_t number_ = 0, late_ = 0, too_many_ = 0;
  LiveWindow window_;
};

}  // namespace phasic::runtime
