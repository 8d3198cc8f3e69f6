// SPDX-License-Identifier: Apache-2.0
/// Matrices in MATLAB's files of version 5, which MATLAB saves as -v6 and, with each variable compressed by zlib, as -v7 (The
/// MathWorks, "MAT-File Format"). Little or big endian.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

struct MatMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;  ///< column after column

  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return values[column * rows + row]; }
};

/// The variable of this name. Throws InputError naming the file, what of the variable is wrong, and the value: no file of this
/// version, no such variable, one that is no full matrix of real numbers, more than 2^26 of them, damaged or truncated data, a
/// variable that unpacks to more than 2^29 bytes.
[[nodiscard]] MatMatrix read_mat_matrix(const StoredFile& file, std::string_view name);

}  // namespace phasic::runtime
