// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/reach.hpp"

#include <cstdint>

#include "driver/shell/connection.hpp"

namespace phasic::reference {

std::size_t positions_of(const LayerProgram& layer) { return shell::connection_of(layer).positions; }

namespace {

/// Section 1, convolutions: what source (y, x, channel) reaches.
std::vector<Reached> reached_by(const Shape& shape, std::int64_t y, std::int64_t x, std::int64_t channel) {
  const auto positions = [&](std::int64_t places, std::int64_t kernel) {
    const std::int64_t pooled = (places + (1 << shape.pool) - 1) >> shape.pool;
    return (pooled + 2 * std::int64_t{shape.padding} - kernel) / shape.stride + 1;
  };
  const std::int64_t rows = positions(shape.source_rows, shape.kernel_rows);
  const std::int64_t columns = positions(shape.source_columns, shape.kernel_columns);
  std::vector<Reached> reached;
  for (std::int64_t v = 0; v < rows; ++v) {
    for (std::int64_t h = 0; h < columns; ++h) {
      const std::int64_t ky = (y >> shape.pool) + shape.padding - v * shape.stride;
      const std::int64_t kx = (x >> shape.pool) + shape.padding - h * shape.stride;
      if (ky < 0 || ky >= shape.kernel_rows || kx < 0 || kx >= shape.kernel_columns) continue;
      reached.push_back({static_cast<std::size_t>((ky * shape.kernel_columns + kx) * shape.source_channels + channel),
                         static_cast<std::size_t>((v * columns + h) * shape.channels)});
    }
  }
  return reached;
}

}  // namespace

std::vector<std::vector<Reached>> all_reached(const LayerProgram& layer) {
  std::vector<std::vector<Reached>> all;
  if (!has_shape(layer)) {
    for (std::size_t row = 0; row < layer.rows; ++row) all.push_back({{row, 0}});
    return all;
  }
  const Shape& shape = layer.shape;
  const std::uint32_t rows = shape.source_rows, columns = shape.source_columns, channels = shape.source_channels;
  for (std::uint32_t source = 0; source < rows * columns * channels; ++source) {
    all.push_back(layer.first ? reached_by(shape, source / columns % rows, source % columns, source / columns / rows)
                              : reached_by(shape, source / channels / columns, source / channels % columns, source % channels));
  }
  if (!layer.bias) return all;
  all.emplace_back();
  for (std::size_t position = 0; position < positions_of(layer); ++position)
    all.back().push_back({layer.rows - 1U, position * shape.channels});
  return all;
}

}  // namespace phasic::reference
