// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/run.hpp"

#include <fmt/format.h>

#include <chrono>

#include "runtime/base/error.hpp"
#include "runtime/data/load.hpp"
#include "runtime/data/split.hpp"
#include "runtime/experiment/baseline_run.hpp"
#include "runtime/experiment/network_run.hpp"
#include "runtime/experiment/order.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {
ExperimentData load_experiment_data(const RunPlan& plan) {
  const Experiment& experiment = plan.experiment;
  DataOptions options;
  options.data = experiment.data.is_string() ? experiment.data.get<std::string>() : experiment.data.dump();
  if (!experiment.has_baseline()) options.steps = parse_network(experiment.network, experiment.file).steps;
  DataParts parts = load_parts(options, {.training = true, .test = experiment.tests});
  ExperimentData data;
  data.training = std::move(parts.training);
  data.test = std::move(parts.test);
  if (experiment.validation >= data.training.size()) {
    throw InputError(experiment.file, "validation",
                     fmt::format("{}, but {} has {} samples", experiment.validation, data.training.name, data.training.size()));
  }
  if (experiment.validation > 0) {
    auto [kept, drawn] = split_validation(data.training, experiment.validation, plan.seed);
    data.training = std::move(kept);
    data.validation = std::move(drawn);
  }
  if (experiment.samples > data.training.size()) {
    throw InputError(experiment.file, "samples",
                     fmt::format("{}, but {} has {} samples{}", experiment.samples, data.training.name, data.training.size(),
                                 experiment.validation > 0 ? " beside those for validation" : ""));
  }
  if (experiment.samples > 0 && experiment.samples < data.training.size()) {
    auto chosen = mixed_order(data.training.size(), plan.seed, Mixing::kOrder);
    chosen.resize(experiment.samples);
    data.training = pick(data.training, chosen, data.training.name);
  }
  if (experiment.augmentation) data.training = augmented(data.training, *experiment.augmentation, plan.seed);
  for (Dataset* const part : {&data.training, &data.validation, &data.test}) {
    if (part->size() == 0) continue;
    smooth(*part, experiment.smoothing);
    if (experiment.edges) find_edges(*part, *experiment.edges);
  }
  return data;
}

Row begun_row(const RunPlan& plan, const ExperimentData& data, std::string_view method) {
  const Experiment& experiment = plan.experiment;
  const Dataset& judged = experiment.tests ? data.test : data.validation;
  Row row;
  row.experiment = experiment.name;
  row.run = plan.key;
  row.seed = plan.seed;
  row.variation = plan.variation;
  row.task = experiment.task == Task::kClassContinual ? "class_continual" : "classification";
  row.protocol = name(experiment.protocol);
  row.method = method;
  row.data = data.training.name;
  if (experiment.augmentation) row.augmentation = as_json(*experiment.augmentation);
  if (experiment.smoothing != Smoothing{}) row.smoothing = as_json(experiment.smoothing);
  if (experiment.edges) row.edges = as_json(*experiment.edges);
  row.training_samples = data.training.size();
  row.judged_on = experiment.tests ? "test" : "validation";
  row.judged_samples = judged.size();
  return row;
}

Row run_experiment(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress, const RunPlace& place) {
  const auto begin = std::chrono::steady_clock::now();
  Row row = plan.experiment.has_baseline() ? run_baseline(plan, data, progress) : run_network(plan, data, progress, place);
  row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return row;
}

}  // namespace phasic::runtime
