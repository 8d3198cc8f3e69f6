// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/optimizer.hpp"

#include <algorithm>
#include <cmath>

namespace phasic::baseline {
namespace {

constexpr Index kPiece = 4096;  ///< numbers that are handled at once: pieces of all four arrays fit a cache

}  // namespace

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
      [&](auto all_weights, const auto& all_gradients, auto all_first, auto all_second) {
        for (Index start = 0; start < all_weights.size(); start += kPiece) {
          const Index size = std::min(kPiece, all_weights.size() - start);
          const auto gradient = all_gradients.segment(start, size);
          auto first = all_first.segment(start, size), second = all_second.segment(start, size);
          first = kFirst * first + (1 - kFirst) * gradient;
          second = kSecond * second + (1 - kSecond) * gradient.cwiseAbs2();
          all_weights.segment(start, size).array() -=
              rate_ * first_scale * first.array() / ((second_scale * second.array()).sqrt() + kEpsilon);
        }
      },
      parameters, gradients, *first_, *second_);
}

}  // namespace phasic::baseline
