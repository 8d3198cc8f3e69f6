// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/run.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/data/load.hpp"
#include "runtime/data/split.hpp"
#include "runtime/experiment/baseline_run.hpp"
#include "runtime/experiment/cost.hpp"
#include "runtime/experiment/measures.hpp"
#include "runtime/experiment/order.hpp"
#include "runtime/experiment/raster.hpp"
#include "runtime/experiment/weight_changes.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/session.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

Tally evaluate(const Fixed& fixed, const Dataset& data, std::uint64_t launch_samples, std::uint32_t first_sample,
               std::span<const std::byte> weights, const Launcher& launcher, Counters& counters) {
  Tally tally(fixed.network.classes);
  const std::vector<Launcher> launchers{launcher};
  const auto result = test(data, {.samples = data.size(), .launch_samples = launch_samples, .first_sample = first_sample},
                           weights, launchers, [&](std::uint64_t, std::span<const Sample> samples, const LaunchResult& launch) {
                             for (std::size_t n = 0; n < samples.size(); ++n) {
                               ++tally.shown[samples[n].label];
                               tally.right[samples[n].label] += launch.right(n) ? 1 : 0;
                             }
                           });
  counters = result.counters;
  return tally;
}

/// The state of learning, and where it looks next.
struct Learner {
  const Fixed& fixed;
  const Dataset& training;
  const PresentationOrder& order;
  std::uint64_t launch_samples;
  Launcher launcher;
  std::vector<std::byte> weights;
  Counters counters;
  std::uint64_t position = 0;
  std::uint64_t right = 0;  ///< predictions before learning since this was last set to 0
};

void learn_until(Learner& learner, std::uint64_t end, const RunProgress& progress) {
  std::vector<Sample> samples;
  while (learner.position < end) {
    const std::uint64_t stop =
        std::min({learner.position + learner.launch_samples, end, next_rate_change(learner.fixed.network, learner.position)});
    samples.clear();
    for (std::uint64_t n = learner.position; n < stop; ++n)
      samples.push_back(sample_of(learner.training, learner.order.indices[n]));
    LaunchResult result = learner.launcher(learner.weights, samples,
                                           {.learn = true,
                                            .trace = false,
                                            .stream_sample = learner.position,
                                            .first_sample = static_cast<std::uint32_t>(learner.position)});
    learner.weights = std::move(result.weights);
    learner.counters.add(result.counters);
    learner.right += result.correct();
    learner.position = stop;
    if (progress) progress(learner.position, learner.order.indices.size());
  }
}

json counted(const Network& network, const Counters& counters) {
  json layers = json::array();
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = counters.layers[n];
    layers.push_back({{"events", layer.events},
                      {"synaptic_operations", layer.synaptic_operations},
                      {"spikes", layer.spikes},
                      {"update_rows", layer.update_rows},
                      {"update_operations", layer.update_operations},
                      {"potential_saturations", layer.potential_saturations},
                      {"weight_saturations", layer.weight_saturations}});
  }
  return {{"samples", counters.samples},
          {"input_events", counters.header.input_events},
          {"run_cycles", counters.header.run_cycles},
          {"layers", std::move(layers)}};
}

std::vector<std::unique_ptr<driver::Device>> open_engine(const std::string& engine, const Network& network) {
  DeviceOptions options;
  options.engine = engine;
  auto devices = open_devices(options);
  check_limits(network, devices[0]->limits(), engine);
  return devices;
}

/// The first samples of the order on another engine: how many results and weights differ.
json repeat(const RunPlan& plan, const Fixed& fixed, const Dataset& training, const PresentationOrder& order,
            const Launcher& launcher) {
  const Repetition& repetition = *plan.experiment.repetition;
  const auto devices = open_engine(repetition.engine, fixed.network);
  const Launcher other = launch_on(*devices[0], fixed);
  const std::uint64_t end = std::min<std::uint64_t>(repetition.samples, order.indices.size());
  const std::vector<std::byte> start = initial_weights(fixed.network, fixed.layout);
  std::vector<std::byte> weights[2] = {start, start};
  std::uint64_t differences = 0;
  std::uint64_t cycles = 0;
  constexpr std::uint64_t kSamplesAtOnce = 100;
  for (std::uint64_t first = 0; first < end;) {
    const std::uint64_t stop = std::min({first + kSamplesAtOnce, end, next_rate_change(fixed.network, first)});
    std::vector<Sample> samples;
    for (std::uint64_t n = first; n < stop; ++n) samples.push_back(sample_of(training, order.indices[n]));
    const LaunchOptions options{
        .learn = true, .trace = false, .stream_sample = first, .first_sample = static_cast<std::uint32_t>(first)};
    LaunchResult a = launcher(weights[0], samples, options);
    LaunchResult b = other(weights[1], samples, options);
    for (std::size_t k = 0; k < a.scores.size(); ++k) differences += a.scores[k] != b.scores[k] ? 1 : 0;
    for (std::size_t k = 0; k < a.weights.size(); ++k) differences += a.weights[k] != b.weights[k] ? 1 : 0;
    cycles += b.counters.header.run_cycles;
    weights[0] = std::move(a.weights);
    weights[1] = std::move(b.weights);
    first = stop;
  }
  return {{"engine", repetition.engine}, {"samples", end}, {"differences", differences}, {"run_cycles", cycles}};
}

}  // namespace

ExperimentData load_experiment_data(const RunPlan& plan) {
  const Experiment& experiment = plan.experiment;
  DataOptions options;
  options.data = experiment.data.is_string() ? experiment.data.get<std::string>() : experiment.data.dump();
  if (!experiment.has_baseline()) options.steps = parse_network(experiment.network, experiment.file).steps;
  DataParts parts = load_parts(options, {.training = true, .test = experiment.tests});
  ExperimentData data;
  data.training = std::move(parts.training);
  data.test = std::move(parts.test);
  for (Dataset* const part : {&data.training, &data.test}) {
    if (part->size() == 0) continue;
    smooth(*part, experiment.smoothing);
    if (experiment.edges) find_edges(*part, *experiment.edges);
  }
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
  return data;
}

json begun_row(const RunPlan& plan, const ExperimentData& data, std::string_view method) {
  const Experiment& experiment = plan.experiment;
  const Dataset& judged = experiment.tests ? data.test : data.validation;
  json row;
  row["phasic_row"] = 1;
  row["experiment"] = experiment.name;
  row["run"] = plan.key;
  row["seed"] = plan.seed;
  row["variation"] = plan.variation;
  row["task"] = experiment.task == Task::kClassContinual ? "class_continual" : "classification";
  row["protocol"] = name(experiment.protocol);
  row["method"] = method;
  row["data"] = data.training.name;
  if (experiment.smoothing != Smoothing{}) row["smoothing"] = as_json(experiment.smoothing);
  if (experiment.edges) row["edges"] = as_json(*experiment.edges);
  row["training_samples"] = data.training.size();
  row["judged_on"] = experiment.tests ? "test" : "validation";
  row["judged_samples"] = judged.size();
  return row;
}

json run_experiment(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress) {
  const auto begin = std::chrono::steady_clock::now();
  const Experiment& experiment = plan.experiment;
  if (experiment.has_baseline()) return run_baseline(plan, data, progress);
  const Network network = parse_network(experiment.network, experiment.file);
  for (const Dataset* const part : {&data.training, &data.validation, &data.test}) {
    if (part->size() != 0) check_fits(*part, network);
  }
  const Fixed fixed = make_fixed(network);
  const auto devices = open_engine(experiment.engine, network);
  const Launcher launcher = launch_on(*devices[0], fixed);
  const bool continual = experiment.task == Task::kClassContinual;
  const PresentationOrder order = continual
                                      ? class_continual_order(data.training, network.classes, experiment.passes, plan.seed)
                                      : classification_order(data.training, experiment.passes, plan.seed);
  const std::uint64_t launch_samples = std::min<std::uint64_t>(experiment.launch_samples, largest_launch(network, false));
  Learner learner{.fixed = fixed,
                  .training = data.training,
                  .order = order,
                  .launch_samples = launch_samples,
                  .launcher = launcher,
                  .weights = initial_weights(network, fixed.layout),
                  .counters = {}};
  Counters tested;
  const auto look = [&](const Dataset& at, std::uint32_t first_sample) {
    return evaluate(fixed, at, launch_samples, first_sample, learner.weights, launcher, tested);
  };
  const Dataset& judged = experiment.tests ? data.test : data.validation;
  const std::uint32_t judged_numbers = experiment.tests ? kFirstTestSample : kFirstValidationSample;

  json row = begun_row(plan, data, name(network.layers.front().rule));
  json before_learning = json::array();  // accuracy of predictions made before each stretch's samples were learned
  std::vector<Look> looks;
  std::vector<std::vector<double>> matrix;
  std::vector<std::uint32_t> shown;
  Tally last(network.classes);
  for (const Stretch& stretch : order.stretches) {
    const std::uint64_t first = learner.position;
    learner.right = 0;
    while (learner.position < stretch.end) {
      const std::uint64_t every = experiment.evaluate_every;
      const std::uint64_t next =
          every == 0 ? stretch.end : std::min<std::uint64_t>(stretch.end, (learner.position / every + 1) * every);
      learn_until(learner, next, progress);
      if (every > 0 && (learner.position % every == 0 || learner.position == order.indices.size()))
        looks.emplace_back(learner.position, look(data.validation, kFirstValidationSample).share());
    }
    before_learning.push_back(static_cast<double>(learner.right) / static_cast<double>(learner.position - first));
    if (continual) {
      last = look(judged, judged_numbers);
      shown.push_back(stretch.class_shown);
      matrix.emplace_back();
      for (const std::uint32_t one : shown) matrix.back().push_back(last.share_of(one));
    }
  }
  if (!continual) last = look(judged, judged_numbers);

  row["samples_learned"] = learner.position;
  put_accuracy(row, last);
  if (continual) {
    row["order"] = shown;
    row["matrix"] = matrix;
    row["forgetting"] = forgetting(matrix);
  }
  const std::uint64_t operations = formula_operations(network);
  if (experiment.evaluate_every > 0) {
    row["validation"] = looks;
    row["samples_to_reach"] = samples_to_reach(looks, experiment.levels, operations, data.training.size());
  }
  row["before_learning"] = std::move(before_learning);
  row["learned"] = counted(network, learner.counters);
  row["judged"] = counted(network, tested);
  row["formula_operations"] = operations;
  row["epochs"] = experiment.passes;
  row["formula_cost"] = operations * experiment.passes;
  row["weights_crc32"] = fmt::format(
      "{:08x}", ::crc32(0, reinterpret_cast<const Bytef*>(learner.weights.data()), static_cast<uInt>(learner.weights.size())));
  row["weight_changes"] = weight_changes(network, fixed.layout, initial_weights(network, fixed.layout), learner.weights);
  row["raster"] = raster_of(fixed, sample_of(judged, 0), judged_numbers, learner.weights, launcher);
  row["network"] = canonical(network);
  row["engine"] = experiment.engine;
  if (experiment.repetition) row["repeat"] = repeat(plan, fixed, data.training, order, launcher);
  row["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return row;
}

}  // namespace phasic::runtime
