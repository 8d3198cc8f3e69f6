// SPDX-License-Identifier: Apache-2.0
/// The plain binary form of a live stream (docs/stream.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/data/cameras.hpp"

namespace phasic::runtime {

enum class RecordKind : std::uint8_t { kEvent, kLabel, kEnd };

/// A label that stands for none.
inline constexpr std::uint16_t kNoLabel = 0xffff;

struct LiveRecord {
  std::int64_t time = 0;  ///< microseconds, going on where the 32 bits of the record wrap
  RecordKind kind = RecordKind::kEvent;
  bool on = false;                 ///< of an event: brighter
  std::uint16_t column = 0;        ///< of an event
  std::uint16_t row = 0;           ///< of an event
  std::uint16_t label = kNoLabel;  ///< of a label: the class that holds from this time on
  bool operator==(const LiveRecord&) const = default;
};

/// Reads records of 8 bytes, little endian: 32 bits of time in microseconds; then, from bit 31 down, 3 bits of kind (0 an
/// event, 1 a label, 7 the end). An event has brighter (bit 28), row (27:14) and column (13:0), as DAT has it; a label its
/// class (15:0, kNoLabel: none). All other bits are 0. A time is the one before it plus the difference of both in 32 bits with
/// sign.
class RecordReader {
 public:
  static constexpr std::size_t kBytes = 8;

  RecordReader(SensorSize size, std::uint32_t classes, std::string origin)
      : size_(size), classes_(classes), origin_(std::move(origin)) {}

  /// Appends the records that the bytes are, up to one that ends the stream. Throws InputError with the origin, and number and
  /// place of the record: an unknown kind, bits that are not 0, a place outside the camera, a class that the network has not,
  /// bytes that are no whole record (the records before them are in `to` then).
  void read(std::span<const std::uint8_t> bytes, std::vector<LiveRecord>& to);

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  [[nodiscard]] LiveRecord record_of(std::uint32_t time, std::uint32_t word);
  [[noreturn]] void refuse(const std::string& problem) const;

  SensorSize size_;
  std::uint32_t classes_;
  std::string origin_;
  std::uint64_t count_ = 0;  ///< records read
  std::int64_t time_ = 0;
  bool ended_ = false;
};

}  // namespace phasic::runtime
