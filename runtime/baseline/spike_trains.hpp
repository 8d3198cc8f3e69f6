// SPDX-License-Identifier: Apache-2.0
/// Input spikes as lists, so that products with them cost additions of spikes alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/baseline/draw.hpp"
#include "runtime/baseline/matrix.hpp"

namespace phasic::baseline {

/// Column t * B + b has the inputs that spike at step t of sample b, ascending.
class SpikeTrains {
 public:
  SpikeTrains(Index inputs, Index columns) : inputs_(inputs), starts_{0} {
    starts_.reserve(static_cast<std::size_t>(columns) + 1);
  }
  void spike(Index input) { spikes_.push_back(static_cast<std::uint32_t>(input)); }
  void end_column() { starts_.push_back(spikes_.size()); }

  [[nodiscard]] Index inputs() const { return inputs_; }
  [[nodiscard]] Index columns() const { return static_cast<Index>(starts_.size()) - 1; }
  [[nodiscard]] std::size_t size() const { return spikes_.size(); }
  [[nodiscard]] std::span<const std::uint32_t> column(Index column) const {
    const auto n = static_cast<std::size_t>(column);
    return std::span(spikes_).subspan(starts_[n], starts_[n + 1] - starts_[n]);
  }

 private:
  Index inputs_;
  std::vector<std::uint32_t> spikes_;
  std::vector<std::size_t> starts_;
};

/// Rate coding, fresh at every step: input i of sample b spikes at step t if p > noise * u with u uniform in (0, 1), where p is
/// the intensity scaled from [lowest, highest] to [0, 1]. `intensities` is m x B.
[[nodiscard]] SpikeTrains rate_coded(const Matrix& intensities, Index steps, float lowest, float highest, float noise,
                                     Generator& generator);

/// weights (n x m) times the trains (m x columns).
[[nodiscard]] Matrix product(const Matrix& weights, const SpikeTrains& trains);

/// Adds signals (n x columns) times the transposed trains to `sum` (n x m). Gives the number of additions of a signal that is
/// not 0. Columns whose signals are all below 1e-7 of the largest one are left out.
std::uint64_t add_outer_product(const Matrix& signals, const SpikeTrains& trains, Matrix& sum);

}  // namespace phasic::baseline
