// SPDX-License-Identifier: Apache-2.0
/// Stand-in for the vendor's hls_stream.h, for C simulation without Vitis HLS. As there, a stream of C simulation has no
/// limit of depth, so full() is always false. A read while it is empty, which would wait for ever in the synthesized
/// kernel, throws here. Beyond what the vendor's does, values carry the time of the estimate in phasic_timing.h.
#pragma once

#include <phasic_timing.h>

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>

namespace hls {

template <class Value, int Depth = 0>
class stream {
 public:
  stream() = default;
  explicit stream(const char* name) : name_(name) {}
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  void write(const Value& value) { values_.push_back({value, phasic::hls::timing::now()}); }
  /// Throws std::runtime_error with the stream's name if it is empty.
  Value read() {
    if (values_.empty()) throw std::runtime_error("stream '" + name_ + "' is read while it is empty");
    Stamped front = std::move(values_.front());
    values_.pop_front();
    phasic::hls::timing::wait_for(front.written);
    return std::move(front.value);
  }
  void read(Value& value) { value = read(); }
  /// False, and `value` unchanged, if the stream is empty.
  bool read_nb(Value& value) {
    if (values_.empty()) return false;
    value = read();
    return true;
  }
  bool write_nb(const Value& value) {
    write(value);
    return true;
  }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] bool full() const { return false; }

 private:
  struct Stamped {
    Value value;
    std::uint64_t written;
  };
  std::string name_ = "unnamed";
  std::deque<Stamped> values_;
};

}  // namespace hls
