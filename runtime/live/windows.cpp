// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/windows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {

Windows::Windows(const WindowOptions& options)
    : options_(options),
      rows_(downsampled(options.size.rows, options.downsample)),
      columns_(downsampled(options.size.columns, options.downsample)),
      length_(options.step * options.steps) {}

void Windows::take_label(std::uint16_t label, std::int64_t since) {
  held_label_ = label;
  if (since == begin_ && !mixed_) {
    window_label_ = label;
  } else if (label != window_label_) {
    mixed_ = true;
  }
}

void Windows::add(std::span<const LiveRecord> records, const std::string& origin, const Told& told) {
  for (const auto& record : records) {
    if (!begun_) {
      begun_ = true;
      origin_time_ = record.time;
    }
    const auto since = record.time - origin_time_;
    if (since - begin_ >= length_) {
      if ((since - begin_) / length_ > static_cast<std::int64_t>(kMostChunks))
        throw InputError(origin, "time",
                         fmt::format("{} microseconds after the first record; from {} on these are more than {} windows", since,
                                     begin_, kMostChunks));
      while (since - begin_ >= length_) tell(told);
    }
    if (record.kind == RecordKind::kLabel) take_label(record.label, std::max(since, begin_ + (since < begin_ ? 1 : 0)));
    if (record.kind != RecordKind::kEvent) continue;
    if (since < begin_) {
      ++late_;
      continue;
    }
    const auto step = static_cast<std::uint32_t>((since - begin_) / options_.step);
    const auto input =
        ((record.on ? rows_ : 0) + record.row / options_.downsample) * columns_ + record.column / options_.downsample;
    events_.push_back(step << contract::kEntryStepBit | input);
  }
}

void Windows::tell(const Told& told) {
  std::sort(events_.begin(), events_.end());
  window_.words.clear();
  window_.events = 0;
  for (const auto word : events_) {
    if (window_.words.empty() || window_.words.back() != word) {
      if (window_.words.size() == options_.most_words) break;
      window_.words.push_back(word);
    }
    ++window_.events;
  }
  too_many_ += events_.size() - window_.events;
  events_.clear();
  window_.number = number_++;
  window_.begin = begin_;
  window_.label = mixed_ ? kNoLabel : window_label_;
  begin_ += length_;
  window_label_ = held_label_;
  mixed_ = false;
  told(window_);
}

void Windows::finish(const Told& told) {
  if (begun_) tell(told);
}

}  // namespace phasic::runtime
