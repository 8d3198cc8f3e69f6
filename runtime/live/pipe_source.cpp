// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/base/error.hpp"
#include "runtime/live/source.hpp"

namespace phasic::runtime {
namespace {

class PipeSource : public EventSource {
 public:
  PipeSource(int descriptor, const std::string& name, const SourceOptions& options)
      : descriptor_(descriptor),
        name_(name),
        size_(settled_size(std::nullopt, options.camera, name, "camera")),
        reader_(size_, options.classes, name) {}

  [[nodiscard]] SensorSize size() const override { return size_; }

  void run(LiveQueue& queue, const std::atomic<bool>& stop) override {
    std::array<std::uint8_t, 1 << 16> bytes{};
    std::size_t held = 0;  // of a record whose end has not come
    while (!stop && !reader_.ended()) {
      pollfd wanted{descriptor_, POLLIN, 0};
      constexpr int kMilliseconds = 50;
      if (::poll(&wanted, 1, kMilliseconds) <= 0) continue;
      const auto got = ::read(descriptor_, bytes.data() + held, bytes.size() - held);
      if (got < 0) {
        if (errno == EINTR || errno == EAGAIN) continue;
        throw InputError(name_, "read", std::strerror(errno));
      }
      const auto have = held + static_cast<std::size_t>(got);
      const bool end = got == 0;
      const auto whole = end ? have : have / RecordReader::kBytes * RecordReader::kBytes;
      push(std::span(bytes).first(whole), queue);
      held = have - whole;
      std::memmove(bytes.data(), bytes.data() + whole, held);
      if (end) return;
    }
  }

 private:
  /// Records before one that is refused count as received.
  void push(std::span<const std::uint8_t> bytes, LiveQueue& queue) {
    std::vector<LiveRecord> records;
    records.reserve(bytes.size() / RecordReader::kBytes);
    try {
      reader_.read(bytes, records);
    } catch (const InputError&) {
      queue.push(std::move(records));
      throw;
    }
    queue.push(std::move(records));
  }

  int descriptor_;
  std::string name_;
  SensorSize size_;
  RecordReader reader_;
};

}  // namespace

std::unique_ptr<EventSource> open_pipe(int descriptor, const std::string& name, const SourceOptions& options) {
  return std::make_unique<PipeSource>(descriptor, name, options);
}

}  // namespace phasic::runtime
