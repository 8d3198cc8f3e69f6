// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/class_stream.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/experiment/measures.hpp"
#include "runtime/experiment/order.hpp"
#include "runtime/experiment/run.hpp"
#include "runtime/run/compare.hpp"

namespace phasic::command {

using namespace phasic::runtime;

namespace {

/// Samples of `data` whose class is among the shown ones.
Dataset of_classes(const Dataset& data, const std::vector<std::uint32_t>& shown) {
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t n = 0; n < data.size(); ++n) {
    if (std::find(shown.begin(), shown.end(), data.labels[n]) != shown.end()) chosen.push_back(n);
  }
  return pick(data, chosen, data.name);
}

Tally test_classes(const SideBySide& options, const Fixed& fixed, std::span<const Launcher> launchers, const Dataset& data,
                   const LearnState& state, Report& report, double& seconds) {
  Tally tally(fixed.network.classes);
  const Stopwatch watch;
  const auto tested =
      test(fixed, data,
           {.samples = data.size(),
            .launch_samples = std::min<std::uint64_t>(options.run.launch_samples, largest_launch(fixed.network, false))},
           state.weights, launchers, [&](const Launched& launch) { tally.add(launch.answers); });
  seconds += watch.seconds();
  report.tested = runtime::Phase{data.name, tested.samples, tested.correct, tested.counters, watch.seconds()};
  return tally;
}

}  // namespace

void check_class_stream(const Experiment& experiment) {
  if (experiment.task != Task::kClassContinual)
    throw InputError(experiment.file, "task", R"(is "classification"; here only "class_continual" can be learned)");
  if (experiment.has_baseline()) throw InputError(experiment.file, "network", "is missing; a baseline runs on no device");
}

ClassStreamResult run_class_stream(const SideBySide& options, const Experiment& experiment) {
  check_class_stream(experiment);
  const Stopwatch whole;
  const auto plan = plan_runs(experiment).front();
  const auto network = parse_network(plan.experiment.network, experiment.file);
  const auto data = load_experiment_data(plan);
  const auto& judged_set = experiment.tests ? data.test : data.validation;
  check_fits(data.training, network);
  check_fits(judged_set, network);
  const auto order = class_continual_order(data.training, network.classes, experiment.passes, plan.seed);
  const auto training = pick(data.training, order.indices, data.training.name);
  const auto judged = slice(judged_set, 0, std::min<std::size_t>(judged_set.size(), options.test_samples), judged_set.name);

  const BothSides sides(options, network);
  ClassStreamResult result;
  result.report = start_report(options.run, network, *sides.devices[0]);
  result.report.mismatches = 0;
  result.report.compared_with = options.against;
  LearnState state;
  double testing = 0;
  const auto note = [&] {
    return fmt::format("{} of {} classes, {} right before learning, no difference", result.order.size(), order.stretches.size(),
                       percent(state.curve.total(), state.curve.samples));
  };
  try {
    auto begun = sides.begun(network, training);
    result.report.network = begun.network;
    state.weights = std::move(begun.weights);
    const auto fixed = fixed_for(options.run, begun.network);
    const auto launchers = sides.launchers(fixed);
    SampleStream stream(training, Order::kFile, network.seed);
    const Stopwatch watch;
    Progress progress("learn", 0, training.size(), options.run.quiet);
    for (const auto& stretch : order.stretches) {
      result.order.push_back(stretch.class_shown);
      learn(fixed, stream, {.end = stretch.end, .launch_samples = options.run.launch_samples, .stop = options.stop},
            launchers[0], state, {}, [&](const Launched&) {
              if (options.hidden == nullptr || !*options.hidden) progress.update(state.position, note());
            });
      if (options.stop != nullptr && *options.stop) break;
      const auto tally =
          test_classes(options, fixed, launchers, of_classes(judged, result.order), state, result.report, testing);
      result.matrix.emplace_back();
      for (const auto one : result.order) result.matrix.back().push_back(tally.share_of(one));
    }
    progress.finish();
    result.report.learned =
        runtime::Phase{training.name, state.position, state.curve.total(), state.counters, watch.seconds() - testing};
    result.forgetting = forgetting(result.matrix);
  } catch (const Mismatch& mismatch) {
    if (!options.run.quiet) fmt::print(stderr, "\n");
    result.report.mismatches = 1;
    result.report.first_difference = mismatch.what();
  }
  result.report.wall_seconds = whole.seconds();
  result.curve = std::move(state.curve);
  return result;
}

}  // namespace phasic::command
