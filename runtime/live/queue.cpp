// SPDX-License-Identifier: Apache-2.0
#include "runtime/live/queue.hpp"

#include <algorithm>

namespace phasic::runtime {

void LiveQueue::push(std::vector<LiveRecord> batch) {
  const auto is_event = [](const LiveRecord& record) { return record.kind == RecordKind::kEvent; };
  auto events = static_cast<std::uint64_t>(std::count_if(batch.begin(), batch.end(), is_event));
  std::unique_lock lock(mutex_);
  if (when_full_ == WhenFull::kWait)
    changed_.wait(lock, [&] { return stopped_ || counts_.held == 0 || counts_.held + events <= capacity_; });
  if (stopped_) return;
  counts_.received += events;
  if (when_full_ == WhenFull::kDrop && counts_.held + events > capacity_) {
    const auto room = capacity_ - counts_.held;
    std::uint64_t taken = 0;
    std::erase_if(batch, [&](const LiveRecord& record) { return is_event(record) && taken++ >= room; });
    counts_.dropped += events - room;
    events = room;
  }
  if (batch.empty()) return;
  counts_.held += events;
  batches_.push_back({std::move(batch), events});
  changed_.notify_all();
}

void LiveQueue::close(std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  failure_ = std::move(failure);
  changed_.notify_all();
}

void LiveQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool LiveQueue::pop(std::vector<LiveRecord>& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || closed_ || !batches_.empty(); });
  if (stopped_) return false;
  if (batches_.empty()) {
    if (failure_) std::rethrow_exception(failure_);
    return false;
  }
  batch = std::move(batches_.front().records);
  counts_.held -= batches_.front().events;
  batches_.pop_front();
  changed_.notify_all();
  return true;
}

LiveQueue::Counts LiveQueue::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace phasic::runtime
