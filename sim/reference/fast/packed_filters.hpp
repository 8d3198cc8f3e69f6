// SPDX-License-Identifier: Apache-2.0
/// The weights of a convolution as PatchJob wants them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/weight_rows.hpp"

namespace phasic::reference {

class PackedFilters {
 public:
  /// For rows of weights from `first` on, `rows` of them; `as_bytes` if they come in fours.
  PackedFilters(const LayerContext& context, std::size_t first, std::size_t rows, bool as_bytes);

  void pack(WeightRows& weights);
  [[nodiscard]] std::size_t first() const { return first_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// A job without patches and sums.
  [[nodiscard]] PatchJob job() const;

 private:
  std::size_t first_, rows_, filters_;
  unsigned weight_width_;
  std::size_t at_once_;  ///< rows of a group
  std::size_t groups_, blocks_;
  std::vector<std::uint32_t> words_;
};

}  // namespace phasic::reference
