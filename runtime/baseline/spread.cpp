// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spread.hpp"

namespace phasic::baseline {
namespace {

constexpr float kPresynaptic = 1, kPostsynaptic = 0.5F, kBackward = 1;  ///< lambda of each direction

/// 1 + weight F v / sum of v; 1 where all of v is 0.
Vector factors(const Vector& sums, float weight, float fraction) {
  const float total = sums.sum();
  if (total == 0) return Vector::Ones(sums.size());
  return 1 + weight * fraction * sums.array() / total;
}

}  // namespace

Spread spread_out(Matrix& change, float fraction, const Spread* behind) {
  const Vector increases = change.cwiseMax(0).colwise().sum(), decreases = change.cwiseMin(0).colwise().sum();
  const Vector of_neurons = change.cwiseMin(0).rowwise().sum();
  // The factors of a synapse are those of its two neurons, so vectors of factors are all that is needed.
  const Vector up_before = factors(increases, kPresynaptic, fraction);
  const Vector down_before = factors(decreases, kPresynaptic, fraction);
  Vector up_behind = Vector::Zero(change.rows());
  Vector down_behind = factors(of_neurons, kPostsynaptic, fraction);
  float ups = 1, downs = 2;
  if (behind != nullptr) {
    up_behind = factors(behind->increases, kBackward, fraction);
    down_behind += factors(behind->decreases, kBackward, fraction);
    ups = 2;
    downs = 3;
  }
  for (Index pre = 0; pre < change.cols(); ++pre) {
    auto column = change.col(pre).array();
    column = (column > 0)
                 .select(column * (up_before(pre) + up_behind.array()) / ups,
                         column * (down_before(pre) + down_behind.array()) / downs);
  }
  return {.increases = increases.cwiseProduct(up_before), .decreases = decreases.cwiseProduct(down_before)};
}

}  // namespace phasic::baseline
