// SPDX-License-Identifier: Apache-2.0
/// Where the events of a live stream come from.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/cameras.hpp"
#include "runtime/live/queue.hpp"

namespace phasic::runtime {

class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  /// The camera's.
  [[nodiscard]] virtual SensorSize size() const = 0;
  /// Pushes all records until the stream ends or `stop` becomes true, which it sees within a tenth of a second. Throws
  /// InputError.
  virtual void run(LiveQueue& queue, const std::atomic<bool>& stop) = 0;
  /// Datagrams that the system lost before they could be received.
  [[nodiscard]] virtual std::uint64_t lost() const { return 0; }
  /// What was left out, for people.
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }
};

/// What is known of a source from outside.
struct SourceOptions {
  std::string camera;                  ///< one that `is_camera`, for what does not say it; empty: unknown
  std::uint32_t classes = 0;           ///< of the network
  std::optional<std::uint16_t> label;  ///< of a recording: the class of all of it
  bool paced = true;                   ///< of a file: events come as fast as they were recorded; else as fast as they are taken
};

/// A recording of any form that is read, or a file of records (ending .events). Events are sorted by time. Throws InputError.
[[nodiscard]] std::unique_ptr<EventSource> open_file(const std::string& file, const SourceOptions& options);

/// Records from a file descriptor, up to its end. It stays open. Throws InputError: no camera.
[[nodiscard]] std::unique_ptr<EventSource> open_pipe(int descriptor, const std::string& name, const SourceOptions& options);

/// Datagrams of whole records at a port of this machine's own address, 127.0.0.1, until one has the record that ends the
/// stream. Port 0: one that is free. Tells `port`. Throws InputError: no camera, a port that cannot be had.
struct PortSource {
  std::unique_ptr<EventSource> source;
  std::uint16_t port = 0;
};
[[nodiscard]] PortSource open_port(std::uint16_t port, const SourceOptions& options);

}  // namespace phasic::runtime
