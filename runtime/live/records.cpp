// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/records.hpp"

#include <fmt/format.h>

#include <cstring>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

void RecordReader::refuse(const std::string& problem) const {
  throw InputError(origin_, fmt::format("record {} (byte {})", count_, count_ * kBytes), problem);
}

LiveRecord RecordReader::record_of(std::uint32_t time, std::uint32_t word) {
  constexpr std::uint32_t kEvent = 0, kLabel = 1, kEnd = 7;
  // The first time stands as it is.
  time_ = count_ == 0 ? std::int64_t{time} : time_ + static_cast<std::int32_t>(time - static_cast<std::uint32_t>(time_));
  LiveRecord record{.time = time_};
  switch (word >> 29) {
    case kEvent:
      record.on = (word >> 28 & 1) != 0;
      record.row = static_cast<std::uint16_t>(word >> 14 & 0x3fff);
      record.column = static_cast<std::uint16_t>(word & 0x3fff);
      if (record.row >= size_.rows || record.column >= size_.columns)
        refuse(fmt::format("event at row {}, column {} of a camera of {} x {}", record.row, record.column, size_.rows,
                           size_.columns));
      return record;
    case kLabel:
      record.kind = RecordKind::kLabel;
      record.label = static_cast<std::uint16_t>(word & 0xffff);
      if ((word & 0x1fff0000) != 0) refuse(fmt::format("label {:#010x}; bits 28 to 16 are not 0", word));
      if (record.label >= classes_ && record.label != kNoLabel)
        refuse(fmt::format("label {}; the network has {} classes", record.label, classes_));
      return record;
    case kEnd:
      record.kind = RecordKind::kEnd;
      if ((word & 0x1fffffff) != 0) refuse(fmt::format("end {:#010x}; bits 28 to 0 are not 0", word));
      ended_ = true;
      return record;
    default:
      refuse(fmt::format("kind {}; 0, 1 and 7 are known", word >> 29));
  }
}

void RecordReader::read(std::span<const std::uint8_t> bytes, std::vector<LiveRecord>& to) {
  for (; bytes.size() >= kBytes && !ended_; bytes = bytes.subspan(kBytes), ++count_) {
    std::uint32_t words[2];  // the host is little endian, as the records are
    std::memcpy(words, bytes.data(), kBytes);
    to.push_back(record_of(words[0], words[1]));
  }
  if (!bytes.empty() && !ended_) refuse(fmt::format("{} bytes; a record has {}", bytes.size(), kBytes));
}

}  // namespace phasic::runtime
