// SPDX-License-Identifier: Apache-2.0
/// Runs of experiments for tests.
#pragma once

#include <nlohmann/json.hpp>

#include "runtime/experiment/experiment.hpp"
#include "runtime/experiment/row_fields.hpp"
#include "runtime/experiment/run.hpp"

namespace phasic::test {

/// The row of the first run of an experiment.
inline nlohmann::json run_document(const nlohmann::json& description) {
  const auto plans = runtime::plan_runs(runtime::parse_experiment(description, "e.json"));
  return runtime::write_row(runtime::run_experiment(plans.at(0), runtime::load_experiment_data(plans.at(0)), {}));
}

inline nlohmann::json without_time(nlohmann::json row) {
  row.erase("seconds");
  return row;
}

}  // namespace phasic::test
