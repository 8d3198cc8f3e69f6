// SPDX-License-Identifier: Apache-2.0
/// How a layer is reached from the one before it, as far as a kernel's memories depend on it. The host has its own
/// (driver/layout/connection.hpp), so that a mistake in one shows.
#pragma once

#include <cstdint>

#include "driver/shell/program.hpp"

namespace phasic::shell {

struct Connection {
  std::uint32_t sources;      ///< what events name: inputs or neurons before, and the bias
  std::uint32_t weight_rows;  ///< rows of weights; the state of a competition comes after them
  std::uint32_t row_width;    ///< weights of a row, one for each neuron that it is added to

  /// Words of `lanes` weights that a row takes.
  [[nodiscard]] constexpr std::uint64_t row_words(std::uint32_t lanes) const {
    return (std::uint64_t{row_width} + lanes - 1) / lanes;
  }
};

/// Of a dense layer: every source has a row of its own, which is added to all neurons.
[[nodiscard]] constexpr Connection connection_of(const LayerProgram& layer) {
  return {.sources = layer.rows, .weight_rows = layer.rows, .row_width = layer.neurons};
}

}  // namespace phasic::shell
