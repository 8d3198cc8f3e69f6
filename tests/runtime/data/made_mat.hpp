// SPDX-License-Identifier: Apache-2.0
/// Tiny MATLAB files of version 5.
#pragma once

#include <bit>

#include "tests/runtime/data/made_files.hpp"

namespace phasic::test {

/// Elements and files of MATLAB, in little or big endian.
class MadeMat {
 public:
  explicit MadeMat(bool big = false) : big_(big) {}

  [[nodiscard]] Bytes word(std::uint64_t value, unsigned count) const {
    return big_ ? big_endian(value, count) : little_endian(value, count);
  }
  /// Type, size and bytes, filled up to a multiple of 8.
  [[nodiscard]] Bytes element(std::uint32_t type, const Bytes& bytes) const {
    auto all = word(type, 4);
    append(all, word(bytes.size(), 4));
    append(all, bytes);
    while (all.size() % 8 != 0) all.push_back(0);
    return all;
  }
  /// At most 4 bytes, in place of the size.
  [[nodiscard]] Bytes small_element(std::uint32_t type, Bytes bytes) const {
    auto all = word(bytes.size() << 16 | type, 4);
    bytes.resize(4);
    append(all, bytes);
    return all;
  }
  /// A variable of a class whose numbers are stored as an element of some type.
  [[nodiscard]] Bytes variable(const std::string& name, const std::vector<std::uint32_t>& sides, const Bytes& numbers,
                               std::uint32_t kind = kDoubles) const {
    auto flags = word(kind, 4), dimensions = Bytes{};
    append(flags, word(0, 4));
    for (const auto side : sides) append(dimensions, word(side, 4));
    Bytes parts;
    append(parts, element(6, flags));
    append(parts, element(5, dimensions));
    append(parts, name.size() <= 4 ? small_element(1, bytes_of(name)) : element(1, bytes_of(name)));
    append(parts, numbers);
    return element(14, parts);
  }
  /// The same, compressed.
  [[nodiscard]] Bytes compressed(const Bytes& variable) const {
    const auto packed = deflated(variable);
    auto all = word(15, 4);
    append(all, word(packed.size(), 4));
    append(all, packed);
    return all;
  }
  [[nodiscard]] Bytes file(const std::vector<Bytes>& elements, std::uint32_t version = 0x0100) const {
    auto all = bytes_of("MATLAB 5.0 MAT-file, made by a test");
    all.resize(124, ' ');
    append(all, word(version, 2));
    append(all, bytes_of(big_ ? "MI" : "IM"));
    for (const auto& element : elements) append(all, element);
    return all;
  }
  /// Numbers of 64 bits.
  [[nodiscard]] Bytes doubles(const std::vector<double>& values) const {
    Bytes bytes;
    for (const auto value : values) append(bytes, word(std::bit_cast<std::uint64_t>(value), 8));
    return element(9, bytes);
  }
  static constexpr std::uint32_t kDoubles = 6;

 private:
  bool big_;
};

/// Of the matrix `spiketrain`: the time of a column and the taxels that are not 0.
struct MadeTouch {
  double seconds;
  std::vector<std::pair<std::size_t, int>> taxels;
};

/// Column after column, as MATLAB stores them.
inline std::vector<double> touches(const std::vector<MadeTouch>& columns, std::size_t taxels = 100) {
  std::vector<double> values((taxels + 1) * columns.size());
  for (std::size_t n = 0; n < columns.size(); ++n) {
    for (const auto& [taxel, value] : columns[n].taxels) values[n * (taxels + 1) + taxel] = value;
    values[n * (taxels + 1) + taxels] = columns[n].seconds;
  }
  return values;
}

/// A file of ST-MNIST.
inline Bytes st_mnist(const std::vector<MadeTouch>& columns, bool packed = true) {
  const MadeMat made;
  const auto variable =
      made.variable("spiketrain", {101, static_cast<std::uint32_t>(columns.size())}, made.doubles(touches(columns)));
  return made.file({packed ? made.compressed(variable) : variable});
}

}  // namespace phasic::test
