// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/data/outside.hpp"
#include "runtime/data/reader.hpp"

namespace phasic::runtime {
namespace {}  // namespace

Recording read_nmnist(const StoredFile& file, std::string_view) {
  constexpr std::size_t kEventBytes = 5;
  constexpr std::uint32_t kSide = 34, kOverflowRow = 240;
  constexpr std::int64_t kOverflow = 1 << 13;
  if (file.bytes.size() % kEventBytes != 0) {
    throw InputError(file.origin, "size",
                     fmt::format("{} bytes are no multiple of the {} of an event", file.bytes.size(), kEventBytes));
  }
  Recording recording{kSide, kSide, {}};
  Reader reader(file.bytes, file.origin);
  std::int64_t overflow = 0;
  OutsideEvents outside;
  while (reader.left() > 0) {
    const auto number = reader.at() / kEventBytes;
    const auto column = static_cast<std::uint16_t>(reader.big_endian(1, "column"));
    const auto row = static_cast<std::uint16_t>(reader.big_endian(1, "row"));
    const auto word = reader.big_endian(3, "time");
    if (row == kOverflowRow) {
      overflow += kOverflow;
      ++recording.others;
      continue;
    }
    if (row >= kSide || column >= kSide) {
      outside.add(file.origin, fmt::format("event {}: {}", number, column >= kSide ? "column" : "row"),
                  fmt::format("{}; 0 to {} are legal", column >= kSide ? column : row, kSide - 1));
      continue;
    }
    recording.events.push_back({static_cast<std::int64_t>(word & 0x7fffff) + overflow, column, row, (word >> 23) != 0});
  }
  recording.outside = outside.count(recording.events.size());
  return recording;
}

std::uint32_t downsampled(std::uint32_t pixels, std::uint32_t factor) { return (pixels + factor - 1) / factor; }

std::vector<std::uint32_t> bin_events(const Recording& recording, const Binning& binning, const std::string& origin) {
  const auto rows = downsampled(recording.rows, binning.downsample),
             columns = downsampled(recording.columns, binning.downsample);
  if (std::uint64_t{2} * rows * columns > kMostInputs) {
    throw InputError(origin, "size",
                     fmt::format("2 x {} x {} inputs are too many, {} are possible; a larger \"downsample\" is needed", rows,
                                 columns, kMostInputs));
  }
  std::vector<std::uint32_t> words;
  if (recording.events.empty()) return words;
  const auto [first, last] = std::minmax_element(recording.events.begin(), recording.events.end(),
                                                 [](const auto& left, const auto& right) { return left.time < right.time; });
  // Unsigned, as damaged files may hold any times.
  const auto begin = static_cast<std::uint64_t>(first->time);
  constexpr auto kLongest = std::uint64_t{1} << 56;
  const auto length = static_cast<std::uint64_t>(last->time) - begin;
  if (length > kLongest) throw InputError(origin, "time", fmt::format("the events are {} microseconds apart", length));
  const auto window = binning.window > 0 ? static_cast<std::uint64_t>(binning.window) : length + 1;
  words.reserve(recording.events.size());
  for (const auto& event : recording.events) {
    const auto since = static_cast<std::uint64_t>(event.time) - begin;
    if (since >= window) continue;
    const auto step = static_cast<std::uint32_t>(since * binning.steps / window);
    const auto input = ((event.on ? rows : 0) + event.row / binning.downsample) * columns + event.column / binning.downsample;
    words.push_back((step << contract::kEntryStepBit) | input);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

}  // namespace phasic::runtime
