// SPDX-License-Identifier: Apache-2.0
/// The three forms of Prophesee's files behind their common header; `read_prophesee` is for everybody else.
#pragma once

#include "runtime/data/percent_header.hpp"
#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {

/// Each reads what is left of a file of a camera of this size. Throws InputError naming file, field and value.

/// EVT 2.0: 32 bits a word, little endian; bits 31:28 are its kind. 0 and 1: an event, 1 means brighter; bits 27:22 the low
/// bits of the time, 21:11 column, 10:0 row. 8: bits 33:6 of the time in microseconds.
[[nodiscard]] Recording read_evt2(Reader& reader, SensorSize size);

/// EVT 3.0: 16 bits a word, little endian; bits 15:12 are its kind. 0: the row (10:0) of events to come; 2: an event at a
/// column (10:0), bit 11: brighter; 3: column and polarity of vectors to come; 4 and 5: an event for each of the low 12 or 8
/// bits that is 1, from the vectors' column on, which moves on by as many; 6 and 8: bits 11:0 and 23:12 of the time in
/// microseconds.
[[nodiscard]] Recording read_evt3(Reader& reader, SensorSize size);

/// DAT, version 2: kind and bytes of an event (a byte each), then 8 bytes an event, little endian: time in microseconds; column
/// (13:0), row (27:14), polarity (31:28).
[[nodiscard]] Recording read_dat(Reader& reader, SensorSize size);

/// A time whose high part of `bits` bits comes alone and wraps.
class HighTime {
 public:
  explicit HighTime(unsigned bits) : range_(std::int64_t{1} << bits) {}

  /// False before the first one.
  [[nodiscard]] bool known() const { return last_ >= 0; }
  /// The high part with all its wraps.
  [[nodiscard]] std::int64_t value() const { return wraps_ + last_; }
  /// The next one. A smaller one stands for a wrap if it lies back by at least half of the range. Throws InputError with
  /// `origin` and `field` if it goes back by less.
  void set(std::int64_t high, const std::string& origin, const std::string& field) {
    if (high < last_) {
      if (last_ - high < range_ / 2)
        throw InputError(origin, field, fmt::format("{} after {}: the time goes back", high, last_));
      wraps_ += range_;
    }
    last_ = high;
  }

 private:
  std::int64_t range_, wraps_ = 0, last_ = -1;
};

}  // namespace phasic::runtime
