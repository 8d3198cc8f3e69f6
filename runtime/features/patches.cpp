// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/patches.hpp"

#include <vector>

namespace phasic::runtime {
namespace {

/// Sums over the squares of the pool, channel after channel.
std::vector<float> pooled(const layout::Shape& shape, std::span<const std::uint8_t> values) {
  const auto [rows, columns, channels] = shape.sources;
  const std::uint32_t across = shape.pooled_columns();
  std::vector<float> sums(std::size_t{shape.pooled_rows()} * across * channels);
  std::size_t at = 0;
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    for (std::uint32_t y = 0; y < rows; ++y) {
      float* const row = &sums[(std::size_t{channel} * shape.pooled_rows() + (y >> shape.pool)) * across];
      for (std::uint32_t x = 0; x < columns; ++x) row[x >> shape.pool] += static_cast<float>(values[at++]);
    }
  }
  return sums;
}

}  // namespace

Eigen::MatrixXf patches_of(const layout::Shape& shape, std::span<const std::uint8_t> values) {
  const std::vector<float> sums = pooled(shape, values);
  const layout::Extent positions = shape.positions();
  const std::uint32_t channels = shape.sources.channels;
  Eigen::MatrixXf patches = Eigen::MatrixXf::Zero(shape.weight_rows(), Eigen::Index{positions.rows} * positions.columns);
  for (std::uint32_t v = 0; v < positions.rows; ++v) {
    for (std::uint32_t h = 0; h < positions.columns; ++h) {
      auto patch = patches.col(Eigen::Index{v} * positions.columns + h);
      for (std::uint32_t row = 0; row < patch.size(); ++row) {
        const std::uint32_t place = row / channels, channel = row % channels;
        const std::uint32_t y = v * shape.stride + place / shape.kernel_columns - shape.padding;
        const std::uint32_t x = h * shape.stride + place % shape.kernel_columns - shape.padding;
        // What lies left of or above the sources wraps around to far beyond them.
        if (y >= shape.pooled_rows() || x >= shape.pooled_columns()) continue;
        patch[row] = sums[(std::size_t{channel} * shape.pooled_rows() + y) * shape.pooled_columns() + x];
      }
    }
  }
  return patches;
}

}  // namespace phasic::runtime
