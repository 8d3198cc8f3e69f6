// SPDX-License-Identifier: Apache-2.0
/// Arrays in the form that numpy saves them (.npy).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

/// A number in each element.
struct NumpyField {
  std::string name;       ///< empty if an element is one number
  char kind = 'i';        ///< b truth values, i whole numbers with sign, u without
  std::size_t bytes = 1;  ///< 1, 2, 4 or 8
  std::size_t at = 0;     ///< in the element
};

/// One dimension of elements. Views the bytes of the file, which must live as long.
struct NumpyArray {
  std::vector<NumpyField> fields;  ///< at least one
  std::size_t count = 0, element_bytes = 0;
  std::span<const std::uint8_t> data;

  [[nodiscard]] const NumpyField* find(std::string_view name) const;
  /// The number of a field in element n.
  [[nodiscard]] std::int64_t value(const NumpyField& field, std::size_t n) const;
};

/// Throws InputError naming file, field and value: another version or kind of numbers (floating point, big endian, text,
/// arrays in arrays), several dimensions, bytes that do not agree with the shape.
[[nodiscard]] NumpyArray read_numpy_array(const StoredFile& file);

}  // namespace phasic::runtime
