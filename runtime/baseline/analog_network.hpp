// SPDX-License-Identifier: Apache-2.0
/// An analog network of one hidden layer: forward, and the gradients by which each method changes it. docs/baselines.md has
/// the equations.
#pragma once

#include "runtime/baseline/parameters.hpp"
#include "runtime/baseline/settings.hpp"
#include "runtime/baseline/teaching.hpp"

namespace phasic::baseline {

struct AnalogPass {
  Matrix active;   ///< of the hidden neurons before the gate: n x B
  Matrix hidden;   ///< after it
  Matrix outputs;  ///< k x B
};

/// `inputs` is m x B. `gates` is n x B, or empty when all neurons are open.
[[nodiscard]] AnalogPass show(const Parameters& parameters, const Matrix& inputs, const Matrix& gates, const Settings& settings,
                              Work& work);

/// The gradients of the method, of the same shapes as the parameters.
[[nodiscard]] Parameters gradients_of(const Parameters& parameters, const Matrix& inputs, const AnalogPass& pass,
                                      const Matrix& gates, const Labels& labels, const Teaching& teaching,
                                      const Settings& settings, Work& work);

/// Columns of probabilities from columns of any numbers.
[[nodiscard]] Matrix softmax(const Matrix& numbers);

}  // namespace phasic::baseline
