// SPDX-License-Identifier: Apache-2.0
/// Stand-in for the vendor's ap_int.h, for C simulation without Vitis HLS: ap_int<W> and ap_uint<W> of 1 to 512 bits, with as
/// much as the kernel uses. Values wrap at W bits; a signed source is sign-extended. Never mixed with the vendor's header.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace phasic_stand_in {

template <int Width, bool Signed>
class Bits {
  static_assert(Width >= 1 && Width <= 512, "1 to 512 bits");

 public:
  static constexpr int width = Width;
  static constexpr int kWords = (Width + 63) / 64;
  using Native = std::conditional_t<Signed, std::int64_t, std::uint64_t>;

  /// A part [low, high] of a value that can be read and assigned; at most 64 bits when it is read as a native integer.
  class Range {
   public:
    Range(Bits& value, int high, int low) : value_(value), high_(high), low_(low) {}
    Range& operator=(std::uint64_t from) {
      for (int bit = low_; bit <= high_; ++bit) value_.set(bit, bit - low_ < 64 && ((from >> (bit - low_)) & 1) != 0);
      return *this;
    }
    template <int Other, bool OtherSigned>
    Range& operator=(const Bits<Other, OtherSigned>& from) {
      for (int bit = low_; bit <= high_; ++bit) value_.set(bit, from.extended_bit(bit - low_));
      return *this;
    }
    Range& operator=(const Range& from) {
      if (this != &from) *this = from.value();
      return *this;
    }
    [[nodiscard]] Bits<Width, false> value() const { return value_.part(high_, low_); }
    template <int Other, bool OtherSigned>
    operator Bits<Other, OtherSigned>() const {
      return Bits<Other, OtherSigned>(value());
    }
    [[nodiscard]] std::uint64_t to_uint64() const { return value().word(0); }
    operator std::uint64_t() const { return to_uint64(); }

   private:
    Bits& value_;
    int high_, low_;
  };

  class Bit {
   public:
    Bit(Bits& value, int at) : value_(value), at_(at) {}
    Bit& operator=(bool from) {
      value_.set(at_, from);
      return *this;
    }
    Bit& operator=(const Bit& from) {
      if (this != &from) *this = static_cast<bool>(from);
      return *this;
    }
    operator bool() const { return value_.bit(at_); }

   private:
    Bits& value_;
    int at_;
  };

  Bits() = default;
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
  Bits(Integer from) {
    words_[0] = static_cast<std::uint64_t>(from);
    const bool negative = std::is_signed_v<Integer> && from < Integer(0);
    for (int n = 1; n < kWords; ++n) words_[n] = negative ? ~std::uint64_t{0} : 0;
    trim();
  }
  template <int Other, bool OtherSigned>
  Bits(const Bits<Other, OtherSigned>& from) {
    for (int n = 0; n < kWords; ++n) words_[n] = from.extended_word(n);
    trim();
  }

  [[nodiscard]] bool bit(int at) const { return ((words_[at / 64] >> (at % 64)) & 1) != 0; }
  void set(int at, bool to) {
    const std::uint64_t mask = std::uint64_t{1} << (at % 64);
    words_[at / 64] = to ? words_[at / 64] | mask : words_[at / 64] & ~mask;
  }
  Range range(int high, int low) { return Range(*this, high, low); }
  [[nodiscard]] Bits<Width, false> range(int high, int low) const { return part(high, low); }
  Bit operator[](int at) { return Bit(*this, at); }
  bool operator[](int at) const { return bit(at); }

  [[nodiscard]] std::uint64_t to_uint64() const { return extended_word(0); }
  [[nodiscard]] std::int64_t to_int64() const { return static_cast<std::int64_t>(extended_word(0)); }
  [[nodiscard]] unsigned to_uint() const { return static_cast<unsigned>(to_uint64()); }
  [[nodiscard]] int to_int() const { return static_cast<int>(to_uint64()); }
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer> && (Width <= 64), int> = 0>
  operator Integer() const {
    return static_cast<Integer>(extended_word(0));
  }

  Bits operator<<(int by) const {
    Bits result;
    for (int at = by; at < Width; ++at) result.set(at, bit(at - by));
    return result;
  }
  Bits operator>>(int by) const {
    Bits result;
    for (int at = 0; at < Width; ++at) result.set(at, extended_bit(at + by));
    return result;
  }

  /// Bit `at` of the value extended without limit.
  [[nodiscard]] bool extended_bit(int at) const { return at < Width ? bit(at) : Signed && bit(Width - 1); }
  /// Word `n` of the value extended without limit.
  [[nodiscard]] std::uint64_t extended_word(int n) const {
    const std::uint64_t above = Signed && bit(Width - 1) ? ~std::uint64_t{0} : 0;
    if (n >= kWords) return above;
    constexpr int kRest = Width % 64;
    return n == kWords - 1 && kRest != 0 ? words_[n] | (above << kRest) : words_[n];
  }
  [[nodiscard]] std::uint64_t word(int n) const { return words_[n]; }

 private:
  template <int, bool>
  friend class Bits;
  [[nodiscard]] Bits<Width, false> part(int high, int low) const {
    Bits<Width, false> result;
    const int first = low / 64, shift = low % 64, length = high - low + 1;
    for (int n = 0; n * 64 < length; ++n) {
      std::uint64_t value = words_[first + n] >> shift;
      if (shift != 0 && first + n + 1 < kWords) value |= words_[first + n + 1] << (64 - shift);
      if (length - n * 64 < 64) value &= (std::uint64_t{1} << (length - n * 64)) - 1;
      result.words_[n] = value;
    }
    return result;
  }
  void trim() {
    if constexpr (Width % 64 != 0) words_[kWords - 1] &= (std::uint64_t{1} << (Width % 64)) - 1;
  }
  std::uint64_t words_[kWords] = {};
};

/// Values are compared, not bits: a negative number is less than any unsigned one.
template <int A, bool SignedA, int B, bool SignedB>
int compare(const Bits<A, SignedA>& a, const Bits<B, SignedB>& b) {
  const bool negative_a = SignedA && a.bit(A - 1), negative_b = SignedB && b.bit(B - 1);
  if (negative_a != negative_b) return negative_a ? -1 : 1;
  for (int n = std::max(A, B) / 64; n >= 0; --n) {
    if (a.extended_word(n) != b.extended_word(n)) return a.extended_word(n) < b.extended_word(n) ? -1 : 1;
  }
  return 0;
}
template <int A, bool SA, int B, bool SB>
bool operator==(const Bits<A, SA>& a, const Bits<B, SB>& b) {
  return compare(a, b) == 0;
}
template <int A, bool SA, int B, bool SB>
bool operator!=(const Bits<A, SA>& a, const Bits<B, SB>& b) {
  return compare(a, b) != 0;
}
template <int A, bool SA, int B, bool SB>
bool operator<(const Bits<A, SA>& a, const Bits<B, SB>& b) {
  return compare(a, b) < 0;
}
template <int A, bool SA, int B, bool SB>
bool operator>(const Bits<A, SA>& a, const Bits<B, SB>& b) {
  return compare(a, b) > 0;
}
template <int A, bool SA, class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
bool operator==(const Bits<A, SA>& a, Integer b) {
  return compare(a, Bits<64, std::is_signed_v<Integer>>(b)) == 0;
}
template <int A, bool SA, class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
bool operator!=(const Bits<A, SA>& a, Integer b) {
  return compare(a, Bits<64, std::is_signed_v<Integer>>(b)) != 0;
}
template <int A, bool SA, class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
bool operator<(const Bits<A, SA>& a, Integer b) {
  return compare(a, Bits<64, std::is_signed_v<Integer>>(b)) < 0;
}
template <int A, bool SA, class Integer, std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
bool operator>(const Bits<A, SA>& a, Integer b) {
  return compare(a, Bits<64, std::is_signed_v<Integer>>(b)) > 0;
}

}  // namespace phasic_stand_in

template <int Width>
using ap_int = phasic_stand_in::Bits<Width, true>;
template <int Width>
using ap_uint = phasic_stand_in::Bits<Width, false>;
