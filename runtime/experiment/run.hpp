// SPDX-License-Identifier: Apache-2.0
/// Runs of an experiment.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
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

/// Where a network's runs go: to the experiment's engine in this process, or to a card of XRT.
struct RunPlace {
  bool on_card = false;
  unsigned card = 0;
  std::string xclbin = {};  ///< empty: the one that the build made for the experiment's engine
};

/// Told of samples learned so far and in all.
using RunProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Learns and evaluates; gives the row of results (docs/experiments.md), which is the same wherever it runs. A baseline runs on
/// the host. Throws InputError and DeviceError.
[[nodiscard]] Row run_experiment(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress,
                                 const RunPlace& place = {});

}  // namespace phasic::runtime
