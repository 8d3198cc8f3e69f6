// SPDX-License-Identifier: Apache-2.0
/// Reading of numbers from bytes, with errors that say where.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

/// A place in the bytes of a file. `origin` names the file in messages.
class Reader {
 public:
  Reader(std::span<const std::uint8_t> bytes, std::string origin) : bytes_(bytes), origin_(std::move(origin)) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] const std::string& origin() const { return origin_; }

  /// The next `count` bytes; throws InputError naming the field if there are fewer.
  std::span<const std::uint8_t> take(std::size_t count, std::string_view field) {
    if (count > left()) {
      throw InputError(origin_, field, fmt::format("{} bytes are needed at byte {}, but only {} are left", count, at_, left()));
    }
    const auto part = bytes_.subspan(at_, count);
    at_ += count;
    return part;
  }
  /// A number of `count` bytes (1 to 8).
  std::uint64_t big_endian(std::size_t count, std::string_view field) {
    std::uint64_t value = 0;
    for (const auto byte : take(count, field)) value = (value << 8) | byte;
    return value;
  }
  std::uint64_t little_endian(std::size_t count, std::string_view field) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const auto byte : take(count, field)) {
      value |= std::uint64_t{byte} << shift;
      shift += 8;
    }
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::string origin_;
  std::size_t at_ = 0;
};

}  // namespace phasic::runtime
