// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "runtime/data/outside.hpp"
#include "runtime/data/prophesee.hpp"

namespace phasic::runtime {
namespace {

constexpr unsigned kPartBits = 12;  // of the time, in one word

/// What the words before have set, and the events that words make of it.
class Evt3 {
 public:
  Evt3(SensorSize size, std::string origin)
      : size_(size), origin_(std::move(origin)), recording_{size.rows, size.columns, {}} {}

  void take(std::uint16_t word, std::size_t number) {
    const auto column = static_cast<std::uint32_t>(word & 0x7ff);
    const bool bit = (word & 0x800) != 0;
    switch (word >> 12) {
      case 0x0:
        row_ = static_cast<int>(column);
        break;
      case 0x2:
        add(column, bit, number);
        break;
      case 0x3:
        base_ = static_cast<int>(column);
        base_on_ = bit;
        break;
      case 0x4:
        add_vector(word, 12, number);
        break;
      case 0x5:
        add_vector(word, 8, number);
        break;
      case 0x6:
        low_ = word & 0xfff;
        break;
      case 0x8: {
        const auto before = high_.value();
        high_.set(word & 0xfff, origin_, fmt::format("word {}: high time", number));
        // The low part of the new time is in a word that comes next.
        if (high_.value() != before) low_ = 0;
        break;
      }
      case 0x7:
      case 0xf:
        break;  // belongs to the word before
      default:
        ++recording_.others;
    }
  }

  Recording finish() {
    recording_.outside = outside_.count(recording_.events.size());
    return std::move(recording_);
  }

 private:
  void add_vector(std::uint32_t bits, int count, std::size_t number) {
    if (base_ < 0) {
      ++recording_.others;
      return;
    }
    for (int n = 0; n < count; ++n) {
      if ((bits >> n & 1) != 0) add(static_cast<std::uint32_t>(base_ + n), base_on_, number);
    }
    base_ = std::min(base_ + count, 0xffff);
  }

  void add(std::uint32_t column, bool on, std::size_t number) {
    if (!high_.known() || row_ < 0) {
      ++recording_.others;
      return;
    }
    const auto row = static_cast<std::uint32_t>(row_);
    if (row >= size_.rows || column >= size_.columns) {
      outside_.add(origin_, fmt::format("word {}", number),
                   fmt::format("row {}, column {} of a camera of {} x {}", row, column, size_.rows, size_.columns));
      return;
    }
    recording_.events.push_back(
        {(high_.value() << kPartBits) | low_, static_cast<std::uint16_t>(column), static_cast<std::uint16_t>(row), on});
  }

  SensorSize size_;
  std::string origin_;
  Recording recording_;
  OutsideEvents outside_;
  HighTime high_{kPartBits};
  std::int64_t low_ = 0;
  int row_ = -1, base_ = -1;  // below 0: no word has set it yet
  bool base_on_ = false;
};

}  // namespace

Recording read_evt3(Reader& reader, SensorSize size) {
  constexpr std::size_t kWordBytes = 2;
  if (reader.left() % kWordBytes != 0) {
    throw InputError(
        reader.origin(), "size",
        fmt::format("{} bytes follow the header; they are no multiple of the {} of a word", reader.left(), kWordBytes));
  }
  Evt3 state(size, reader.origin());
  for (std::size_t number = 0; reader.left() > 0; ++number)
    state.take(static_cast<std::uint16_t>(reader.little_endian(kWordBytes, "word")), number);
  return state.finish();
}

}  // namespace phasic::runtime
