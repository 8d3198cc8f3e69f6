// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/reference/cores.hpp"
#include "sim/reference/fast/aligned_bytes.hpp"

namespace phasic::reference {

/// The weights of a layer, row after row.
class WeightRows {
 public:
  /// `biased`: weights at even places are kept with kEvenBias or kEvenBias16.
  WeightRows(const Program& program, const LayerProgram& shape, bool biased);

  /// From and to the layout of the weights buffer: `shape.rows` rows.
  void set(std::span<const std::byte> rows);
  void get(std::span<std::byte> rows) const;

  [[nodiscard]] std::byte* data() { return bytes_.data(); }
  [[nodiscard]] std::byte* row(std::size_t row) { return bytes_.data() + row * stride_; }
  [[nodiscard]] std::size_t row_bytes() const { return row_bytes_; }  ///< as in the buffer
  [[nodiscard]] std::size_t stride() const { return stride_; }        ///< bytes from one row to the next

 private:
  unsigned weight_width_;
  std::size_t rows_;
  std::size_t used_;  ///< bytes of a row that hold weights
  std::size_t row_bytes_;
  std::size_t stride_;
  bool biased_;
  AlignedBytes bytes_;
};

}  // namespace phasic::reference
