// SPDX-License-Identifier: Apache-2.0
/// How gradients change parameters.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/baseline/parameters.hpp"

namespace phasic::baseline {

/// Gradient descent, w -= rate * g, or Adam (Kingma and Ba 2015, algorithm 1) with beta 0.9 and 0.999 and epsilon 1e-8.
class Optimizer {
 public:
  Optimizer(Algorithm algorithm, float rate) : algorithm_(algorithm), rate_(rate) {}
  void step(Parameters& parameters, const Parameters& gradients);
  void set_rate(float rate) { rate_ = rate; }

 private:
  Algorithm algorithm_;
  float rate_;
  std::uint64_t steps_ = 0;
  std::optional<Parameters> first_, second_;  ///< Adam's running means of gradients and of their squares
};

}  // namespace phasic::baseline
