// SPDX-License-Identifier: Apache-2.0
/// Runs of an experiment with a comparator.
#pragma once

#include "runtime/experiment/run.hpp"

namespace phasic::runtime {

/// As run_experiment, for a plan that has a comparator in place of a network. Throws InputError.
[[nodiscard]] nlohmann::json run_comparator(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress);

}  // namespace phasic::runtime
