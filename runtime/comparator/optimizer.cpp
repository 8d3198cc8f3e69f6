// SPDX-License-Identifier: Apache-2.0
#include "runtime/comparator/optimizer.hpp"

#include <cmath>

namespace phasic::comparator {

void Optimizer::step(Parameters& parameters, const Parameters& gradients) {
  if (algorithm_ == Algorithm::kSgd) {
    for_each_part([&](auto weights, const auto& gradient) { weights -= rate_ * gradient; }, parameters, gradients);
    return;
  }
  constexpr float kFirst = 0.9F, kSecond = 0.999F, kEpsilon = 1e-8F;
  if (!first_) first_ = second_ = gradients.zeros();
  ++steps_;
  const auto steps = static_cast<double>(steps_);
  const auto first_scale = static_cast<float>(1 / (1 - std::pow(double{kFirst}, steps)));
  const auto second_scale = static_cast<float>(1 / (1 - std::pow(double{kSecond}, steps)));
  for_each_part(
      [&](auto weights, const auto& gradient, auto first, auto second) {
        first = kFirst * first + (1 - kFirst) * gradient;
        second = kSecond * second + (1 - kSecond) * gradient.cwiseAbs2();
        weights.array() -= rate_ * first_scale * first.array() / ((second_scale * second.array()).sqrt() + kEpsilon);
      },
      parameters, gradients, *first_, *second_);
}

}  // namespace phasic::comparator
