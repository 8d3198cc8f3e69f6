// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/weight_rows.hpp"

#include <cstring>

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {
namespace {

/// An odd number of cache lines, so that the same part of many rows does not fall on few sets of a cache.
std::size_t spread_stride(std::size_t row_bytes) { return row_bytes / 64 % 2 == 0 ? row_bytes + 64 : row_bytes; }

/// Turns the highest bit of weights at even places.
void flip_even_weights(std::span<std::byte> weights, unsigned weight_width) {
  const std::size_t bytes = weight_width / 8;
  for (std::size_t k = bytes - 1; k < weights.size(); k += 2 * bytes) weights[k] ^= std::byte{kEvenBias};
}

}  // namespace

// Products read whole blocks of neurons, past the end of the last row.
WeightRows::WeightRows(const Program& program, const LayerProgram& shape, bool biased)
    : weight_width_(program.weight_width),
      rows_(shape.rows),
      used_(row_width(shape) * program.weight_width / 8),
      row_bytes_(weight_row_bytes(program, shape)),
      stride_(spread_stride(row_bytes_)),
      biased_(biased),
      bytes_(rows_ * stride_ + padded(row_width(shape)) * program.weight_width / 8) {
  if (biased_) flip_even_weights(bytes_.bytes(), weight_width_);
}

void WeightRows::set(std::span<const std::byte> rows) {
  std::memset(bytes_.data(), 0, bytes_.size());
  for (std::size_t k = 0; k < rows_; ++k) std::memcpy(row(k), rows.data() + k * row_bytes_, used_);
  if (biased_) flip_even_weights(bytes_.bytes(), weight_width_);
}

void WeightRows::get(std::span<std::byte> rows) const {
  for (std::size_t k = 0; k < rows_; ++k) {
    std::memcpy(rows.data() + k * row_bytes_, bytes_.data() + k * stride_, row_bytes_);
  }
  if (biased_) flip_even_weights(rows.first(rows_ * row_bytes_), weight_width_);
}

}  // namespace phasic::reference
