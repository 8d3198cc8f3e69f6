// SPDX-License-Identifier: Apache-2.0
/// How a layer is reached from the one before it, as far as a kernel's memories depend on it. The host has its own
/// (driver/layout/connection.hpp), so that a mistake in one shows.
#pragma once

#include <cstdint>

#include "driver/shell/program.hpp"

namespace phasic::shell {

struct Connection {
  std::uint32_t sources;      ///< what events name: inputs or neurons before, and the bias
  std::uint32_t weight_rows;  ///< rows of weights; state comes after them
  std::uint32_t row_width;    ///< weights of a row, one for each neuron that it is added to at a time
  std::uint32_t positions;    ///< groups of `row_width` neurons

  /// Words of `lanes` weights that a row takes.
  [[nodiscard]] constexpr std::uint64_t row_words(std::uint32_t lanes) const {
    return (std::uint64_t{row_width} + lanes - 1) / lanes;
  }
};

/// Places of sources after pooling, along one side.
[[nodiscard]] constexpr std::uint32_t pooled_places(std::uint32_t places, std::uint32_t pool) {
  return (places + (1U << pool) - 1) >> pool;
}

/// Positions of the kernel along one side; 0 if it does not fit.
[[nodiscard]] constexpr std::uint32_t positions_along(std::uint32_t places, std::uint32_t kernel, const Shape& shape) {
  const std::uint32_t room = pooled_places(places, shape.pool) + 2 * shape.padding;
  return kernel == 0 || shape.stride == 0 || kernel > room ? 0 : (room - kernel) / shape.stride + 1;
}
[[nodiscard]] constexpr std::uint32_t position_rows(const Shape& shape) {
  return positions_along(shape.source_rows, shape.kernel_rows, shape);
}
[[nodiscard]] constexpr std::uint32_t position_columns(const Shape& shape) {
  return positions_along(shape.source_columns, shape.kernel_columns, shape);
}

[[nodiscard]] constexpr Connection connection_of(const LayerProgram& layer) {
  const std::uint32_t bias = layer.bias ? 1 : 0;
  if (!has_shape(layer)) {
    return {.sources = layer.rows, .weight_rows = layer.rows, .row_width = layer.neurons, .positions = 1};
  }
  const Shape& shape = layer.shape;
  return {.sources = shape.source_rows * shape.source_columns * shape.source_channels + bias,
          .weight_rows = shape.kernel_rows * shape.kernel_columns * shape.source_channels + bias,
          .row_width = shape.channels,
          .positions = position_rows(shape) * position_columns(shape)};
}

}  // namespace phasic::shell
