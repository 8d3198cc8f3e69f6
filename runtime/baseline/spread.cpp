// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spread.hpp"

#include <cmath>

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
  const auto stays = [&](Index pre) { return increases(pre) == 0 && decreases(pre) == 0; };
  Vector of_neurons = Vector::Zero(change.rows());
  for (Index pre = 0; pre < change.cols(); ++pre)
    if (!stays(pre)) of_neurons += change.col(pre).cwiseMin(0);
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
  Vector before(change.rows());
  double squares = 0, added = 0;
  for (Index pre = 0; pre < change.cols(); ++pre) {
    if (stays(pre)) continue;
    before = change.col(pre);
    float* const column = change.col(pre).data();
    const float up = up_before(pre), down = down_before(pre);
    for (Index post = 0; post < change.rows(); ++post) {
      const float value = before(post);
      const float more = value * (up + up_behind(post)) / ups, less = value * (down + down_behind(post)) / downs;
      column[post] = value > 0 ? more : less;
    }
    squares += before.squaredNorm();
    added += (change.col(pre) - before).squaredNorm();
  }
  Spread spread{.increases = increases.cwiseProduct(up_before), .decreases = decreases.cwiseProduct(down_before), .share = {}};
  if (squares > 0) spread.share = std::sqrt(added / squares);
  return spread;
}

}  // namespace phasic::baseline
