// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/reference/fast/layer.hpp"
#include "sim/reference/fast/weight_rows.hpp"

namespace phasic::reference {

/// What the rows of a layer sent during a sample: spikes of each, or its graded value.
class RowCounts {
 public:
  explicit RowCounts(const LayerContext& context);
  void take(const LayerInput& input);

  [[nodiscard]] const std::vector<std::uint16_t>& all() const { return all_; }  ///< one a row
  /// Rows whose count is not 0, padded, and how many of them.
  [[nodiscard]] const std::vector<std::uint16_t>& rows() const { return rows_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  /// Of each of those rows.
  [[nodiscard]] const std::uint16_t* counts() const { return counts_.data(); }

  /// Sums over the rows of counts times `weights`, padded.
  void multiply(WeightRows& weights, std::vector<std::int64_t>& products) const;

 private:
  const LayerContext& context_;
  std::vector<std::uint16_t> all_;
  std::vector<std::uint16_t> rows_;
  std::vector<std::uint16_t> counts_;
  std::size_t count_ = 0;
};

}  // namespace phasic::reference
