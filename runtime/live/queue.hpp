// SPDX-License-Identifier: Apache-2.0
/// What lies between the thread that receives events and the one that decides: bounded, and it counts what it drops.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <vector>

#include "runtime/live/records.hpp"

namespace phasic::runtime {

/// What a queue does with events for which it has no room.
enum class WhenFull { kDrop, kWait };

class LiveQueue {
 public:
  /// `capacity` events, at least 1.
  LiveQueue(std::uint64_t capacity, WhenFull when_full) : capacity_(capacity), when_full_(when_full) {}

  /// Takes the records of a batch, in order. If it is full it drops the events that came last and counts them, or waits; labels
  /// and ends are never dropped. After `stop` it takes nothing.
  void push(std::vector<LiveRecord> batch);
  /// Nothing more comes; with what went wrong, if something did.
  void close(std::exception_ptr failure = nullptr);
  /// Nobody takes anything any more.
  void stop();

  /// Waits for records and gives all of a batch; false when no more come. Throws what went wrong, after all records before it.
  [[nodiscard]] bool pop(std::vector<LiveRecord>& batch);

  struct Counts {
    std::uint64_t received = 0;  ///< events that came
    std::uint64_t dropped = 0;   ///< of these, for want of room
    std::uint64_t held = 0;      ///< of these, not taken yet
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct Batch {
    std::vector<LiveRecord> records;
    std::uint64_t events;
  };

  const std::uint64_t capacity_;
  const WhenFull when_full_;
  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable changed_;
  std::deque<Batch> batches_;
  Counts counts_;
  bool closed_ = false, stopped_ = false;
  std::exception_ptr failure_;
};

}  // namespace phasic::runtime
