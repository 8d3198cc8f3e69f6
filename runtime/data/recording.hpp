// SPDX-License-Identifier: Apache-2.0
/// Recordings of event cameras, and how their events become the address events of a sample.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "phasic/contract.hpp"
#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

struct CameraEvent {
  std::int64_t time = 0;  ///< microseconds
  std::uint16_t column = 0, row = 0;
  bool on = false;  ///< brighter (or the value 1 of the file's polarity bit); always false where there is one polarity
  bool operator==(const CameraEvent&) const = default;
};

/// Row 0 is at the top and column 0 at the left of what the camera saw, in every format.
struct Recording {
  std::uint32_t rows = 0, columns = 0;
  std::vector<CameraEvent> events;  ///< in the order of the file
  std::uint64_t others = 0;         ///< records of the file that are no events of pixels (frames, motion sensor, triggers), or
                                    ///< that the file marks as not valid, or has before it says their time or place
  std::uint64_t outside = 0;        ///< events at places that the camera does not have, left out; at most 1 % of all
  std::uint32_t polarities = 2;     ///< 1 where an event says no more than its place: spikes of channels
};

/// Each throws InputError naming file, field and value.

/// N-MNIST's .bin, also .bs2: 40 bits an event, big endian: column, row (8 bits each), polarity (1), time in microseconds (23).
/// A row of 240 stands for an overflow of the clock: 8192 microseconds more from there on. The camera's window is 34 x 34; row
/// and column count from the top left.
[[nodiscard]] Recording read_nmnist(const StoredFile& file, std::string_view camera = {});

/// AEDAT 2.0: text header, then 8 bytes a record, big endian: address, time in microseconds. The header's AEChip tells the
/// layout of addresses, or `camera` (one by name) where the header does not. DVS128 (128 x 128): bit 0: 0 means
/// brighter; bits 7:1 column and 14:8 row; bit 15: not a pixel. DAVIS240 (180 x 240), DAVIS346 (260 x 346) and DAVIS640
/// (480 x 640): bit 31 or bit 10: not a pixel's event; bits 30:22 row; 21:12 column; bit 11: 1 means brighter. In all of them
/// the column counts from the right edge and the row from the bottom, as jAER writes and shows them.
[[nodiscard]] Recording read_aedat2(const StoredFile& file, std::string_view camera = {});

/// The bytes of an AEDAT 2.0 file that `read_aedat2` reads as this recording, with a line `comment` in its header. The camera
/// is a DVS128. Throws InputError if the recording is not 128 x 128, or has a time that is negative or takes more than 31 bits.
[[nodiscard]] std::string write_dvs128(const Recording& recording, const std::string& comment);

/// AEDAT 3.1: text header, then packets of events of one kind, little endian. Reads polarity events of the source that has the
/// first of them; its name in the header tells the size, or `camera`. A packet has 28 bytes in front: kind (2 bytes), source
/// (2), bytes of an event, place of its time, overflows of the clock, events that it has room for, events, valid events (4
/// each). An event: bit 0: valid; bit 1: brighter; bits 16:2 row; 31:17 column; then the time, 31 bits in microseconds, above
/// which the overflows count. Row and column count from the top left.
[[nodiscard]] Recording read_aedat3(const StoredFile& file, std::string_view camera = {});

/// AEDAT 4.0: packets of flatbuffers, plain or compressed with LZ4 or Zstandard. Reads the first stream of type EVTS. Row and
/// column count from the top left.
[[nodiscard]] Recording read_aedat4(const StoredFile& file, std::string_view camera = {});

/// Prophesee's RAW files of EVT 2.0 and EVT 3.0, and DAT (prophesee.hpp): the text in front tells which it is, and the size, or
/// `camera`. Row and column count from the top left.
[[nodiscard]] Recording read_prophesee(const StoredFile& file, std::string_view camera = {});

/// Arrays of whole numbers that numpy saved: x, y, t (also ts, time, timestamp; microseconds, never going back) and p (also
/// pol, polarity; above 0: brighter), in an .npz each by itself or all as fields of its only array, in an .npy as fields.
/// `camera` tells the size. Row y and column x count from the top left.
[[nodiscard]] Recording read_npz(const StoredFile& file, std::string_view camera = {});
[[nodiscard]] Recording read_npy(const StoredFile& file, std::string_view camera = {});

/// MATLAB's files of version 5 with a matrix `spiketrain` (mat_file.hpp), as ST-MNIST has them (See et al., arXiv 2005.04319):
/// a row for each taxel, of -1, 0 and 1, and one row more with the time of each column in seconds, which is rounded to
/// microseconds. 1 is `on`: more pressure. Taxel k is in row floor(k / columns) and column k mod columns of a sensor of 10 x
/// 10, or of the size that `camera` tells.
[[nodiscard]] Recording read_mat(const StoredFile& file, std::string_view camera = {});

/// Told by content, N-MNIST's form by its name (file_formats.cpp). `camera` is for files that do not say it: one
/// that `is_camera` (cameras.hpp).
[[nodiscard]] Recording read_recording(const StoredFile& file, std::string_view camera = {});

/// The time of a recording's events in microseconds; both are 0 if there are none. Unsigned, as damaged files may hold any
/// times.
struct Duration {
  std::uint64_t begin = 0;   ///< the smallest
  std::uint64_t length = 0;  ///< up to the largest, at most 2^56
  /// Since the first event.
  [[nodiscard]] std::uint64_t since(const CameraEvent& event) const { return static_cast<std::uint64_t>(event.time) - begin; }
  /// What is shown of it: `window` from the first event on, or, if that is 0, up to the last event and one more.
  [[nodiscard]] std::uint64_t shown(std::int64_t window) const {
    return window > 0 ? static_cast<std::uint64_t>(window) : length + 1;
  }
};
/// Throws InputError with `origin` if the events are further apart than that.
[[nodiscard]] Duration duration_of(const Recording& recording, const std::string& origin);

struct Binning {
  std::uint32_t steps = 20;
  std::int64_t window =
      0;  ///< microseconds from the first event on that are shared out over the steps; 0: up to the last event
  std::uint32_t downsample = 1;  ///< this many columns and rows become one
  std::int64_t step = 0;         ///< of `chunk_events`: microseconds of a step, at least 1
};

/// Rows and columns after down-sampling: rounded up.
[[nodiscard]] std::uint32_t downsampled(std::uint32_t pixels, std::uint32_t factor);

/// Inputs that a kernel can be built for.
inline constexpr std::uint32_t kMostInputs = contract::widest_limits().max_rows;

/// The kernel's words (step << 16 | input), ascending, each once, with
///     step  = floor((time - time of the first event) * steps / window)       events at or after the end of the window are left
///     out input = (on * rows + row) * columns + column                           after down-sampling
/// so that a recording with one polarity has half as many inputs.
/// "First" is the smallest time. Without a window it is the time from the first to the last event plus one microsecond. Throws
/// InputError with `origin` if there are more than kMostInputs.
[[nodiscard]] std::vector<std::uint32_t> bin_events(const Recording& recording, const Binning& binning,
                                                    const std::string& origin);

/// Chunks of a recording that are possible.
inline constexpr std::uint64_t kMostChunks = 1'000'000;

/// A recording as pieces of `Binning::steps` steps each.
struct Chunks {
  std::vector<std::uint32_t> words;   ///< as those of `bin_events`, chunk after chunk, each with steps from 0 on
  std::vector<std::uint32_t> counts;  ///< words of each chunk; at least one chunk
};

/// Cuts a recording into steps of `binning.step`, whatever its length, and these into chunks. With number the step counted from
/// the first event on,
///     number = floor((time - time of the first event) / step)     chunk = floor(number / steps)     step of a word = the rest
/// and inputs as in `bin_events`. With a window every recording lasts as long as that, otherwise until its last event; the last
/// chunk is filled up with steps without events. Throws InputError with `origin` if there are more than kMostChunks or
/// kMostInputs.
[[nodiscard]] Chunks chunk_events(const Recording& recording, const Binning& binning, const std::string& origin);

}  // namespace phasic::runtime
