// SPDX-License-Identifier: Apache-2.0
/// Runs of an experiment.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "runtime/data/dataset.hpp"
#include "runtime/experiment/experiment.hpp"
#include "runtime/experiment/row.hpp"

namespace phasic::runtime {

/// The parts of a data set as a run uses them.
struct ExperimentData {
  Dataset training, validation, test;
};

/// Loads, smooths and splits the data of a run. Throws InputError.
[[nodiscard]] ExperimentData load_experiment_data(const RunPlan& plan);

/// What a row says of the run itself, before anything has come out.
[[nodiscard]] Row begun_row(const RunPlan& plan, const ExperimentData& data, std::string_view method);

/// Told of samples learned so far and in all.
using RunProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Learns and evaluates; gives the row of results (docs/experiments.md). Throws InputError and DeviceError.
[[nodiscard]] Row run_experiment(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress);

}  // namespace phasic::runtime
