// SPDX-License-Identifier: Apache-2.0
/// Filters of a convolution that compete over a patch of a sample (docs/specification.md, section 2, features).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "sim/reference/cores.hpp"

namespace phasic::reference {

/// p_r: for each row of weights the sum of the sources that reach a position through it.
using Patch = std::vector<std::int64_t>;

class Filters {
 public:
  /// What a layer whose factor moves filters keeps beside its weights; `number` is the layer's.
  Filters(const Program& program, const LayerProgram& layer, unsigned number);

  /// n, in the rows that follow those of weights.
  void set_wins(std::span<const std::byte> rows);
  void get_wins(std::span<std::byte> rows) const;
  /// Z and o, memory_bytes long.
  void set_memory(std::span<const std::byte> bytes);
  void get_memory(std::span<std::byte> bytes) const;

  /// The patch that sample `number` is learned from: the first of those drawn that has enough contrast. `patch_at` gives that
  /// of position (v, h).
  [[nodiscard]] std::optional<Patch> draw(std::uint32_t number,
                                          const std::function<Patch(std::size_t v, std::size_t h)>& patch_at) const;
  /// The filter that wins a patch; `sums` are A_pk of all filters.
  [[nodiscard]] std::size_t winner(std::span<const std::int64_t> sums) const;
  /// Moves the weights of filter `winner`, one a row, towards the target that sample `number`'s patch gives, and counts the
  /// win.
  void move(std::size_t winner, const Patch& patch, std::uint32_t number, std::span<std::int32_t> weights, LayerCounts& counts);

 private:
  [[nodiscard]] std::int32_t target(const Patch& patch, std::size_t row) const;

  std::uint64_t seed_;
  unsigned weight_width_;
  unsigned number_;
  LayerProgram layer_;
  std::size_t row_bytes_;              ///< of a row of wins
  std::vector<std::uint32_t> wins_;    ///< n
  std::vector<std::int8_t> table_;     ///< Z: [row][row]
  std::vector<std::int32_t> offsets_;  ///< o
};

}  // namespace phasic::reference
