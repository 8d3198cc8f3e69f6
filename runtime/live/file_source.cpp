// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "runtime/base/error.hpp"
#include "runtime/data/file_formats.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/live/source.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kLargestBatch = 8192;

class FileSource : public EventSource {
 public:
  FileSource(const std::string& file, const SourceOptions& options) : paced_(options.paced) {
    const auto stored = read_stored_file(file);
    if (has_ending(file, ".events")) {
      size_ = settled_size(std::nullopt, options.camera, file, "camera");
      if (options.label) throw InputError(file, "label", "files of records have labels of their own");
      RecordReader(size_, options.classes, file).read(stored.bytes, records_);
    } else {
      take(read_recording(stored, options.camera), options.label);
    }
    std::stable_sort(records_.begin(), records_.end(),
                     [](const LiveRecord& left, const LiveRecord& right) { return left.time < right.time; });
  }

  [[nodiscard]] SensorSize size() const override { return size_; }
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

  void run(LiveQueue& queue, const std::atomic<bool>& stop) override {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < records_.size() && !stop;) {
      const auto since = records_[at].time - records_.front().time;
      if (paced_ && !wait_until(begin + std::chrono::microseconds(since), stop)) return;
      constexpr std::int64_t kTogether = 1000;  // microseconds
      auto end = at;
      while (end < records_.size() && end - at < kLargestBatch &&
             (!paced_ || records_[end].time - records_[at].time < kTogether))
        ++end;
      queue.push({records_.begin() + static_cast<std::ptrdiff_t>(at), records_.begin() + static_cast<std::ptrdiff_t>(end)});
      at = end;
    }
  }

 private:
  void take(const Recording& recording, std::optional<std::uint16_t> label) {
    size_ = {recording.rows, recording.columns};
    (void)duration_of(recording, "recording");
    if (recording.others > 0)
      notes_.push_back(fmt::format("{} records that are no events of pixels left out", recording.others));
    if (recording.outside > 0) notes_.push_back(fmt::format("{} events outside the camera left out", recording.outside));
    records_.reserve(recording.events.size() + 1);
    for (const auto& event : recording.events)
      records_.push_back({.time = event.time, .on = event.on, .column = event.column, .row = event.row});
    if (!label || records_.empty()) return;
    const auto first = std::min_element(records_.begin(), records_.end(), [](const auto& left, const auto& right) {
                         return left.time < right.time;
                       })->time;
    records_.insert(records_.begin(), {.time = first, .kind = RecordKind::kLabel, .label = *label});
  }

  /// False if it was stopped.
  static bool wait_until(std::chrono::steady_clock::time_point due, const std::atomic<bool>& stop) {
    constexpr auto kSlice = std::chrono::milliseconds(50);
    for (auto now = std::chrono::steady_clock::now(); now < due; now = std::chrono::steady_clock::now()) {
      if (stop) return false;
      std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(due - now, kSlice));
    }
    return true;
  }

  bool paced_;
  SensorSize size_;
  std::vector<LiveRecord> records_;
  std::vector<std::string> notes_;
};

}  // namespace

std::unique_ptr<EventSource> open_file(const std::string& file, const SourceOptions& options) {
  return std::make_unique<FileSource>(file, options);
}

}  // namespace phasic::runtime
