// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "driver/shell/connection.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"

namespace phasic::reference {

/// Rows of a layer that spike, step after step; in a convolution its sources. The rows of a step may be told by how they differ
/// from the usual rows (IntegrateJob).
struct SpikeLists {
  SpikeLists(const Program& program, const LayerProgram& shape)
      : bias_row(static_cast<std::uint16_t>(shell::connection_of(shape).sources - 1)),
        rows(std::size_t{program.steps} * (bias_row + 1U) + kListRoom),
        begin(program.steps + 1),
        extra_begin(program.steps + 1),
        silent(rows.size()),
        silent_begin(program.steps + 1) {}

  /// Ends the list of `step`, of which `end` is the place after the last row, with the layer's bias row if it has one.
  void end_step(const LayerProgram& shape, std::uint32_t step, std::uint32_t& end) {
    if (shape.bias) rows[end++] = bias_row;
    begin[step + 1] = end;
    extra_begin[step + 1] = end;
  }
  /// Of all steps.
  [[nodiscard]] std::uint32_t count() const { return begin.back(); }

  std::uint16_t bias_row;            ///< the last one, if there is a bias
  std::vector<std::uint16_t> rows;   ///< room for every row at every step, and kListRoom more
  std::vector<std::uint32_t> begin;  ///< of each step, and the end
  std::vector<std::uint32_t> extra_begin;
  std::vector<std::uint16_t> silent;  ///< as long as `rows`
  std::vector<std::uint32_t> silent_begin;
  std::span<const std::uint16_t> usual;
};

}  // namespace phasic::reference
