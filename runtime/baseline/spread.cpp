// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spread.hpp"

#include <cmath>
#include <numeric>
#include <vector>

namespace phasic::baseline {
namespace {

constexpr float kPresynaptic = 1, kPostsynaptic = 0.5F, kBackward = 1;  ///< lambda of each direction

/// 1 + weight F v / sum of v; 1 where all of v is 0.
Vector factors(const Vector& sums, float weight, float fraction) {
  float total = 0;
  for (Index n = 0; n < sums.size(); ++n) total += sums(n);
  if (total == 0) return Vector::Ones(sums.size());
  return (sums.array() * (weight * fraction / total)) + 1;
}

}  // namespace

Spread add_spread(Matrix& weights, float rate, const PaddedColumns& change, std::span<const std::uint32_t> moved,
                  float fraction, const Spread* behind) {
  const SettlingKernels& kernels = settling_kernels();
  const Index rows = change.rows();
  Vector increases = Vector::Zero(change.columns()), decreases = Vector::Zero(change.columns());
  PaddedColumns of_rows(rows, 1);
  for (const std::uint32_t pre : moved) {
    const ColumnSums sums = kernels.sum_column(change.column(pre), change.blocks(), of_rows.column(0));
    increases(pre) = sums.increases;
    decreases(pre) = sums.decreases;
  }
  // The factors of a synapse are those of its two neurons, so vectors of factors are all that is needed.
  const Vector up_before = factors(increases, kPresynaptic, fraction);
  const Vector down_before = factors(decreases, kPresynaptic, fraction);
  PaddedColumns up_behind(rows, 1), down_behind(rows, 1);
  Eigen::Map<Vector> ups(up_behind.column(0), rows), downs(down_behind.column(0), rows);
  downs = factors(Eigen::Map<const Vector>(of_rows.column(0), rows), kPostsynaptic, fraction);
  float parts_up = 1, parts_down = 2;
  if (behind != nullptr) {
    ups = factors(behind->increases, kBackward, fraction);
    downs += factors(behind->decreases, kBackward, fraction);
    parts_up = 2;
    parts_down = 3;
  }
  double squares = 0, added = 0;
  for (const std::uint32_t pre : moved) {
    const SpreadSquares sums = kernels.spread_column({.rows = static_cast<std::size_t>(rows),
                                                      .change = change.column(pre),
                                                      .up = up_before(pre),
                                                      .down = down_before(pre),
                                                      .ups = up_behind.column(0),
                                                      .downs = down_behind.column(0),
                                                      .up_share = 1 / parts_up,
                                                      .down_share = 1 / parts_down,
                                                      .rate = rate,
                                                      .weights = weights.col(pre).data()});
    squares += double{sums.before};
    added += double{sums.added};
  }
  Spread spread{.increases = increases.cwiseProduct(up_before), .decreases = decreases.cwiseProduct(down_before), .share = {}};
  if (squares > 0) spread.share = std::sqrt(added / squares);
  return spread;
}

Spread spread_out(Matrix& change, float fraction, const Spread* behind) {
  const PaddedColumns before(change);
  std::vector<std::uint32_t> all(static_cast<std::size_t>(change.cols()));
  std::iota(all.begin(), all.end(), 0U);
  change.setZero();
  return add_spread(change, 1, before, all, fraction, behind);
}

}  // namespace phasic::baseline
