// SPDX-License-Identifier: Apache-2.0
/// Runs of an experiment with a baseline.
#pragma once

#include "runtime/base/error.hpp"
#include "runtime/experiment/run.hpp"

namespace phasic::runtime {

/// Weights of a baseline have stopped being numbers: this run has no result, others of the experiment may have.
class DivergedError : public InputError {
 public:
  using InputError::InputError;
};

/// As run_experiment, for a plan that has a baseline in place of a network. Throws InputError.
[[nodiscard]] Row run_baseline(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress);

}  // namespace phasic::runtime
