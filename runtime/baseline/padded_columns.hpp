// SPDX-License-Identifier: Apache-2.0
/// Matrices whose columns are padded to whole blocks, as the kernels of networks that settle want them, and sparse ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runtime/baseline/matrix.hpp"
#include "runtime/baseline/settling_kernels.hpp"

namespace phasic::baseline {

/// What is in the padding is nobody's concern: it is 0 at first, and kernels may fill it.
class PaddedColumns {
 public:
  PaddedColumns() = default;
  PaddedColumns(Index rows, Index columns) { resize(rows, columns); }
  explicit PaddedColumns(const Matrix& values) : PaddedColumns(values.rows(), values.cols()) {
    for (Index n = 0; n < columns_; ++n) std::copy_n(values.col(n).data(), rows_, column(n));
  }

  /// New columns are 0; old ones stay if the number of rows does.
  void resize(Index rows, Index columns) {
    const std::size_t blocks = (static_cast<std::size_t>(rows) + kBlock - 1) / kBlock;
    if (rows != rows_) lines_.clear();
    rows_ = rows;
    columns_ = columns;
    blocks_ = blocks;
    lines_.resize(blocks * static_cast<std::size_t>(columns));
  }

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index columns() const { return columns_; }
  [[nodiscard]] std::size_t blocks() const { return blocks_; }
  [[nodiscard]] std::size_t stride() const { return blocks_ * kBlock; }
  [[nodiscard]] float* column(Index n) { return lines_.data()->values + static_cast<std::size_t>(n) * stride(); }
  [[nodiscard]] const float* column(Index n) const { return lines_.data()->values + static_cast<std::size_t>(n) * stride(); }

  [[nodiscard]] Matrix matrix() const {
    Matrix values(rows_, columns_);
    for (Index n = 0; n < columns_; ++n) std::copy_n(column(n), rows_, values.col(n).data());
    return values;
  }

 private:
  struct alignas(kBlock * sizeof(float)) Line {
    float values[kBlock] = {};
  };
  Index rows_ = 0, columns_ = 0;
  std::size_t blocks_ = 0;
  std::vector<Line> lines_;
};

/// The values of each column that are not 0. Memory is kept from one matrix to the next.
struct SparseColumns {
  std::vector<std::uint32_t> begins;  ///< of each column, and the end of all; what comes after it counts for nothing
  std::vector<std::uint32_t> rows;
  std::vector<float> values;

  [[nodiscard]] Index columns() const { return static_cast<Index>(begins.size()) - 1; }
  [[nodiscard]] std::size_t count() const { return begins.back(); }
  [[nodiscard]] std::size_t count(Index column) const {
    return begins[static_cast<std::size_t>(column) + 1] - begins[static_cast<std::size_t>(column)];
  }
  /// Makes room for this many values at least.
  void reserve(std::size_t size);
};

void take_sparse(const Matrix& matrix, SparseColumns& columns);
void transpose(const SparseColumns& matrix, Index rows, SparseColumns& columns);

}  // namespace phasic::baseline
