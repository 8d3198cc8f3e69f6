// SPDX-License-Identifier: Apache-2.0
/// Stand-in for the vendor's hls_stream.h, for C simulation without Vitis HLS. As there, a stream of C simulation has no
/// limit of depth, so full() is always false. A read while it is empty, which would wait for ever in the synthesized
/// kernel, throws here.
#pragma once

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

  void write(const Value& value) { values_.push_back(value); }
  /// Throws std::runtime_error with the stream's name if it is empty.
  Value read() {
    if (values_.empty()) throw std::runtime_error("stream '" + name_ + "' is read while it is empty");
    Value value = std::move(values_.front());
    values_.pop_front();
    return value;
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
  std::string name_ = "unnamed";
  std::deque<Value> values_;
};

}  // namespace hls
