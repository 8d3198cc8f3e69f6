// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/data/outside.hpp"
#include "runtime/data/reader.hpp"

namespace phasic::runtime {
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

Duration duration_of(const Recording& recording, const std::string& origin) {
  if (recording.events.empty()) return {};
  const auto [first, last] = std::minmax_element(recording.events.begin(), recording.events.end(),
                                                 [](const auto& left, const auto& right) { return left.time < right.time; });
  const auto begin = static_cast<std::uint64_t>(first->time);
  constexpr auto kLongest = std::uint64_t{1} << 56;
  const auto length = static_cast<std::uint64_t>(last->time) - begin;
  if (length > kLongest) throw InputError(origin, "time", fmt::format("the events are {} microseconds apart", length));
  return {begin, length};
}

std::uint32_t downsampled(std::uint32_t pixels, std::uint32_t factor) { return (pixels + factor - 1) / factor; }

namespace {

/// Numbers the pixels of a camera after down-sampling.
class Inputs {
 public:
  Inputs(const Recording& recording, std::uint32_t factor, const std::string& origin)
      : rows_(downsampled(recording.rows, factor)), columns_(downsampled(recording.columns, factor)), factor_(factor) {
    if (std::uint64_t{recording.polarities} * rows_ * columns_ <= kMostInputs) return;
    throw InputError(origin, "size",
                     fmt::format("{} x {} x {} inputs are too many, {} are possible; a larger \"downsample\" is needed",
                                 recording.polarities, rows_, columns_, kMostInputs));
  }
  [[nodiscard]] std::uint32_t of(const CameraEvent& event) const {
    return ((event.on ? rows_ : 0) + event.row / factor_) * columns_ + event.column / factor_;
  }

 private:
  std::uint32_t rows_, columns_, factor_;
};

std::uint64_t rounded_up(std::uint64_t whole, std::uint64_t part) { return whole / part + (whole % part != 0 ? 1 : 0); }

template <class Word>
void sort_once_each(std::vector<Word>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

std::vector<std::uint32_t> bin_events(const Recording& recording, const Binning& binning, const std::string& origin) {
  const Inputs inputs(recording, binning.downsample, origin);
  const auto duration = duration_of(recording, origin);
  const auto window = duration.shown(binning.window);
  std::vector<std::uint32_t> words;
  words.reserve(recording.events.size());
  for (const auto& event : recording.events) {
    const auto since = duration.since(event);
    if (since >= window) continue;
    const auto step = static_cast<std::uint32_t>(since * binning.steps / window);
    words.push_back((step << contract::kEntryStepBit) | inputs.of(event));
  }
  sort_once_each(words);
  return words;
}

Chunks chunk_events(const Recording& recording, const Binning& binning, const std::string& origin) {
  const Inputs inputs(recording, binning.downsample, origin);
  const auto duration = duration_of(recording, origin);
  const auto window = duration.shown(binning.window), step = static_cast<std::uint64_t>(binning.step);
  const auto count = rounded_up(rounded_up(window, step), binning.steps);
  if (count > kMostChunks) {
    throw InputError(origin, "step_ms",
                     fmt::format("{:g} makes {} chunks of {} steps of {} microseconds; at most {} are possible",
                                 static_cast<double>(step) / 1000, count, binning.steps, window, kMostChunks));
  }
  std::vector<std::uint64_t> numbered;  // as a word, but with the number of a step in the whole recording
  numbered.reserve(recording.events.size());
  for (const auto& event : recording.events) {
    const auto since = duration.since(event);
    if (since < window) numbered.push_back((since / step << contract::kEntryStepBit) | inputs.of(event));
  }
  sort_once_each(numbered);
  Chunks chunks{{}, std::vector<std::uint32_t>(count)};
  chunks.words.reserve(numbered.size());
  for (const auto one : numbered) {
    const auto number = one >> contract::kEntryStepBit;
    ++chunks.counts[number / binning.steps];
    chunks.words.push_back(
        static_cast<std::uint32_t>((number % binning.steps << contract::kEntryStepBit) | (one & contract::kEntryInput)));
  }
  return chunks;
}

}  // namespace phasic::runtime
