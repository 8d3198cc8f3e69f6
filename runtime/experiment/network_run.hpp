// SPDX-License-Identifier: Apache-2.0
/// Runs of an experiment with a network of the kernel.
#pragma once

#include "runtime/experiment/run.hpp"

namespace phasic::runtime {

/// As run_experiment, for a plan that has a network. Throws InputError and DeviceError.
[[nodiscard]] Row run_network(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress);

}  // namespace phasic::runtime
