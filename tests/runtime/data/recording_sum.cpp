// SPDX-License-Identifier: Apache-2.0
/// recording_sum FILE [CAMERA]: what the reader makes of a recording, for real_recordings_test.
#include <fmt/format.h>
#include <zlib.h>

#include "runtime/base/error.hpp"
#include "runtime/data/recording.hpp"

int main(int count, char** arguments) {
  using namespace phasic::runtime;
  if (count < 2) return 2;
  try {
    const auto recording = read_recording(read_stored_file(arguments[1]), count > 2 ? arguments[2] : "");
    auto sum = crc32(0, nullptr, 0);
    for (const auto& event : recording.events) {
      const auto line = fmt::format("{} {} {} {}\n", event.time, event.column, event.row, event.on ? 1 : 0);
      sum = crc32(sum, reinterpret_cast<const Bytef*>(line.data()), static_cast<uInt>(line.size()));
    }
    fmt::print("{} {} {} {:08x} {}\n", recording.rows, recording.columns, recording.events.size(), sum, recording.outside);
  } catch (const InputError& error) {
    fmt::print("{}\n", error.what());
    return 1;
  }
  return 0;
}
