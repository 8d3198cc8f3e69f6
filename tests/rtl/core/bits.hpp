// SPDX-License-Identifier: Apache-2.0
/// Fields of ports of any width.
#pragma once

#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing {

/// `width` bits (up to 64) from bit `bit` on.
template <class Port>
std::uint64_t get_bits(Port& port, std::size_t bit, std::size_t width) {
  const auto bytes = port_bytes(port);
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < width; ++k) {
    value |= std::uint64_t{std::to_integer<unsigned>(bytes[(bit + k) / 8]) >> ((bit + k) % 8) & 1} << k;
  }
  return value;
}

/// The same as a two's complement number.
template <class Port>
std::int64_t get_signed(Port& port, std::size_t bit, std::size_t width) {
  return static_cast<std::int64_t>(get_bits(port, bit, width) << (64 - width)) >> (64 - width);
}

/// A random number of `width` bits in two's complement: the limits and numbers near zero come often.
template <class Random>
std::int64_t random_signed(Random& random, std::size_t width) {
  const std::int64_t limit = std::int64_t{1} << (width - 1);
  switch (random() % 8) {
    case 0:
      return limit - 1;
    case 1:
      return -limit;
    case 2:
      return static_cast<std::int64_t>(random() % 3) - 1;
    default:
      return static_cast<std::int64_t>(random() % (2 * static_cast<std::uint64_t>(limit))) - limit;
  }
}

}  // namespace phasic::testing
