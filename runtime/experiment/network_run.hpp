// SPDX-License-Identifier: Apache-2.0
/// Runs of an experiment with a network of the kernel.
#pragma once

#include <string>

#include "runtime/experiment/run.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// What a row calls a network as it is described: the rule of its first layer, which is that of its hidden neurons. A layer
/// that is prepared is frozen by then, which says little; there it is what its filters come from, and the rules of the layers
/// behind it, such as "features + discriminant" or "random filters + discriminant".
[[nodiscard]] std::string method_of(const Network& described);

/// As run_experiment, for a plan that has a network. Throws InputError and DeviceError.
[[nodiscard]] Row run_network(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress,
                              const RunPlace& place = {});

}  // namespace phasic::runtime
