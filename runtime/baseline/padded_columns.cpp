// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/padded_columns.hpp"

namespace phasic::baseline {

SparseColumns sparse(const Matrix& matrix) {
  SparseColumns columns;
  const auto size = static_cast<std::size_t>(matrix.size());
  columns.begins.reserve(static_cast<std::size_t>(matrix.cols()) + 1);
  columns.rows.resize(size);
  columns.values.resize(size);
  std::size_t count = 0;
  columns.begins.push_back(0);
  for (Index column = 0; column < matrix.cols(); ++column) {
    const float* const values = matrix.col(column).data();
    // Written always and kept if not 0: which values are 0 cannot be foreseen.
    for (Index row = 0; row < matrix.rows(); ++row) {
      columns.rows[count] = static_cast<std::uint32_t>(row);
      columns.values[count] = values[row];
      count += values[row] != 0 ? 1 : 0;
    }
    columns.begins.push_back(static_cast<std::uint32_t>(count));
  }
  columns.rows.resize(count);
  columns.values.resize(count);
  return columns;
}

SparseColumns transposed(const SparseColumns& matrix, Index rows) {
  SparseColumns columns{.begins = std::vector<std::uint32_t>(static_cast<std::size_t>(rows) + 2),
                        .rows = std::vector<std::uint32_t>(matrix.rows.size()),
                        .values = std::vector<float>(matrix.rows.size())};
  // begins[n + 1] goes from the begin of column n to its end while it is filled.
  for (const std::uint32_t row : matrix.rows) ++columns.begins[row + 2];
  for (std::size_t n = 1; n < columns.begins.size(); ++n) columns.begins[n] += columns.begins[n - 1];
  for (std::size_t column = 0; column + 1 < matrix.begins.size(); ++column) {
    for (std::size_t n = matrix.begins[column]; n < matrix.begins[column + 1]; ++n) {
      const std::uint32_t at = columns.begins[matrix.rows[n] + 1]++;
      columns.rows[at] = static_cast<std::uint32_t>(column);
      columns.values[at] = matrix.values[n];
    }
  }
  columns.begins.pop_back();
  return columns;
}

}  // namespace phasic::baseline
