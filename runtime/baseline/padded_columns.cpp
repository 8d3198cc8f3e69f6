// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/padded_columns.hpp"

namespace phasic::baseline {

void SparseColumns::reserve(std::size_t size) {
  if (rows.size() >= size) return;
  rows.resize(size);
  values.resize(size);
}

void take_sparse(const Matrix& matrix, SparseColumns& columns) {
  columns.reserve(static_cast<std::size_t>(matrix.size()));
  columns.begins.assign(1, 0);
  std::uint32_t* const rows = columns.rows.data();
  float* const numbers = columns.values.data();
  std::size_t count = 0;
  for (Index column = 0; column < matrix.cols(); ++column) {
    const float* const values = matrix.col(column).data();
    // Written always and kept if not 0: which values are 0 cannot be foreseen.
    for (Index row = 0; row < matrix.rows(); ++row) {
      rows[count] = static_cast<std::uint32_t>(row);
      numbers[count] = values[row];
      count += values[row] != 0 ? 1 : 0;
    }
    columns.begins.push_back(static_cast<std::uint32_t>(count));
  }
}

void transpose(const SparseColumns& matrix, Index rows, SparseColumns& columns) {
  const std::size_t size = matrix.count();
  columns.reserve(size);
  columns.begins.assign(static_cast<std::size_t>(rows) + 2, 0);
  // begins[n + 1] goes from the begin of column n to its end while it is filled.
  for (std::size_t n = 0; n < size; ++n) ++columns.begins[matrix.rows[n] + 2];
  for (std::size_t n = 1; n < columns.begins.size(); ++n) columns.begins[n] += columns.begins[n - 1];
  for (std::size_t column = 0; column + 1 < matrix.begins.size(); ++column) {
    for (std::size_t n = matrix.begins[column]; n < matrix.begins[column + 1]; ++n) {
      const std::uint32_t at = columns.begins[matrix.rows[n] + 1]++;
      columns.rows[at] = static_cast<std::uint32_t>(column);
      columns.values[at] = matrix.values[n];
    }
  }
  columns.begins.pop_back();
}

}  // namespace phasic::baseline
