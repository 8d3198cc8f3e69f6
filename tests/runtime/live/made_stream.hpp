// SPDX-License-Identifier: Apache-2.0
/// Records of live streams that tests make up.
#pragma once

#include "runtime/live/records.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::test {

/// A record of a time and a word.
inline Bytes record(std::uint32_t time, std::uint32_t word) {
  Bytes bytes;
  for (const auto value : {time, word}) {
    for (const int shift : {0, 8, 16, 24}) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
  return bytes;
}
inline Bytes event_record(std::uint32_t time, std::uint32_t column, std::uint32_t row, bool on) {
  return record(time, (on ? 1u << 28 : 0u) | row << 14 | column);
}
inline Bytes label_record(std::uint32_t time, std::uint32_t label) { return record(time, 1u << 29 | label); }
inline Bytes end_record(std::uint32_t time) { return record(time, 7u << 29); }

inline runtime::LiveRecord live_event(std::int64_t time, std::uint16_t column, std::uint16_t row, bool on) {
  runtime::LiveRecord record;
  record.time = time;
  record.on = on;
  record.column = column;
  record.row = row;
  return record;
}
inline runtime::LiveRecord live_label(std::int64_t time, std::uint16_t label) {
  runtime::LiveRecord record;
  record.time = time;
  record.kind = runtime::RecordKind::kLabel;
  record.label = label;
  return record;
}

}  // namespace phasic::test
