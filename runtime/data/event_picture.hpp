// SPDX-License-Identifier: Apache-2.0
/// Recordings of event cameras as pictures, for networks that take intensities.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/data/picture.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {

/// What the bytes of a picture say about the events of a place.
struct EventPicture {
  enum class Kind {
    kCounts,   ///< how many there were in each part of the recording
    kSurface,  ///< how long ago the newest was, at the end of each part
  };
  Kind kind = Kind::kCounts;
  std::uint32_t bins = 1;       ///< parts of equal length that the recording is cut into, 1 to 255
  std::uint32_t full = 16;      ///< of counts: events that are 255, 1 to 65535
  std::int64_t decay = 100000;  ///< of a surface: microseconds after which an event is 0, 1 to 10^12
  bool operator==(const EventPicture&) const = default;
};

/// A picture with a channel for each polarity (darker first) and part: channel = on * bins + part; a recording with one
/// polarity has half as many channels. With the time since the
/// first event of the recording, rows and columns after down-sampling, and the window as in `bin_events`,
///     part = floor(since * bins / window)                  events at or after the end of the window are left out
/// and in counts, of the events of a channel and place,
///     value = min(255, floor((255 * events + floor(full / 2)) / full))
/// In a surface a channel's time is the end of its part, and age that between the newest event before it, of its polarity and
/// place, and this end, in units of microseconds / bins so that all numbers are whole:
///     age = (part + 1) * window - since * bins                                     all = decay * bins
///     value = floor((255 * (all - age) + floor(all / 2)) / all), and 0 if age > all or there was no event
/// Throws InputError with `origin` if the picture has more than kMostInputs values.
[[nodiscard]] Picture event_picture(const Recording& recording, const EventPicture& how, std::int64_t window,
                                    std::uint32_t downsample, const std::string& origin);

}  // namespace phasic::runtime
