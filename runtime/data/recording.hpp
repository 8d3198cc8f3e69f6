// SPDX-License-Identifier: Apache-2.0
/// Recordings of event cameras, and how their events become the address events of a sample.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

struct CameraEvent {
  std::int64_t time = 0;  ///< microseconds
  std::uint16_t column = 0, row = 0;
  bool on = false;  ///< brighter (or the value 1 of the file's polarity bit)
  bool operator==(const CameraEvent&) const = default;
};

struct Recording {
  std::uint32_t rows = 0, columns = 0;
  std::vector<CameraEvent> events;  ///< in the order of the file
  std::uint64_t others = 0;         ///< records of the file that are no events of pixels (frames, motion sensor, triggers)
};

/// Each throws InputError naming file, field and value.

/// N-MNIST's .bin, also .bs2: 40 bits an event, big endian: column, row (8 bits each), polarity (1), time in microseconds (23).
/// A row of 240 stands for an overflow of the clock: 8192 microseconds more from there on. The camera's window is 34 x 34.
[[nodiscard]] Recording read_nmnist(const StoredFile& file);

/// AEDAT 2.0: text header, then 8 bytes a record, big endian: address, time in microseconds. The header's AEChip tells the
/// layout of addresses: DVS128 (128 x 128; bit 0: 0 means brighter; bits 7:1 column and 14:8 row, both counted from the far
/// end; bit 15: not a pixel), or DAVIS240 (180 x 240) and DAVIS346 (260 x 346): bit 31 or bit 10: not a pixel's event; bits
/// 30:22 row, counted from the bottom; 21:12 column; bit 11: 1 means brighter.
[[nodiscard]] Recording read_aedat2(const StoredFile& file);

/// AEDAT 4.0: packets of flatbuffers, plain or compressed with LZ4 or Zstandard. Reads the first stream of type EVTS.
[[nodiscard]] Recording read_aedat4(const StoredFile& file);

/// Told by content: AEDAT by its first line, else N-MNIST's form if the name ends with .bin or .bs2.
[[nodiscard]] Recording read_recording(const StoredFile& file);

/// Whether the name is one of a recording: .bin, .bs2, .aedat, .aedat4.
[[nodiscard]] bool is_recording_name(std::string_view path);

struct Binning {
  std::uint32_t steps = 20;
  std::int64_t window =
      0;  ///< microseconds from the first event on that are shared out over the steps; 0: up to the last event
  std::uint32_t downsample = 1;  ///< this many columns and rows become one
};

/// Rows and columns after down-sampling: rounded up.
[[nodiscard]] std::uint32_t downsampled(std::uint32_t pixels, std::uint32_t factor);

/// The kernel's words (step << 16 | input), ascending, each once, with
///     step  = floor((time - time of the first event) * steps / window)       events at or after the end of the window are left
///     out input = (on * rows + row) * columns + column                           after down-sampling
/// "First" is the smallest time. Without a window it is the time from the first to the last event plus one microsecond. Throws
/// InputError with `origin` if there are more than 65535 inputs.
[[nodiscard]] std::vector<std::uint32_t> bin_events(const Recording& recording, const Binning& binning,
                                                    const std::string& origin);

}  // namespace phasic::runtime
