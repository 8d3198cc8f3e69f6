// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/outside.hpp"
#include "runtime/data/prophesee.hpp"

namespace phasic::runtime {

Recording read_evt2(Reader& reader, SensorSize size) {
  constexpr std::size_t kWordBytes = 4;
  constexpr unsigned kHighBits = 28, kLowBits = 6;
  enum Kind : std::uint32_t { kDarker = 0, kBrighter = 1, kHigh = 8, kContinued = 15 };
  if (reader.left() % kWordBytes != 0) {
    throw InputError(
        reader.origin(), "size",
        fmt::format("{} bytes follow the header; they are no multiple of the {} of a word", reader.left(), kWordBytes));
  }
  Recording recording{size.rows, size.columns, {}};
  OutsideEvents outside;
  HighTime high(kHighBits);
  for (std::size_t number = 0; reader.left() > 0; ++number) {
    const auto word = static_cast<std::uint32_t>(reader.little_endian(kWordBytes, "word"));
    const auto kind = word >> 28;
    if (kind == kHigh) {
      high.set(word & 0x0fffffff, reader.origin(), fmt::format("word {}: high time", number));
      continue;
    }
    if (kind == kContinued) continue;  // belongs to the word before
    if ((kind != kDarker && kind != kBrighter) || !high.known()) {
      ++recording.others;
      continue;
    }
    const CameraEvent event{(high.value() << kLowBits) | ((word >> 22) & 0x3f),
                            static_cast<std::uint16_t>((word >> 11) & 0x7ff), static_cast<std::uint16_t>(word & 0x7ff),
                            kind == kBrighter};
    if (event.row >= size.rows || event.column >= size.columns) {
      outside.add(reader.origin(), fmt::format("word {}", number),
                  fmt::format("{:#010x} is row {}, column {} of a camera of {} x {}", word, event.row, event.column, size.rows,
                              size.columns));
      continue;
    }
    recording.events.push_back(event);
  }
  recording.outside = outside.count(recording.events.size());
  return recording;
}

}  // namespace phasic::runtime
