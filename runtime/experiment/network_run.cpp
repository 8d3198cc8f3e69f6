// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/network_run.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <utility>

#include "runtime/base/log.hpp"
#include "runtime/experiment/cost.hpp"
#include "runtime/experiment/filter_pictures.hpp"
#include "runtime/experiment/measures.hpp"
#include "runtime/experiment/order.hpp"
#include "runtime/experiment/raster.hpp"
#include "runtime/experiment/weight_changes.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/readout.hpp"
#include "runtime/run/session.hpp"
#include "runtime/run/units.hpp"

namespace phasic::runtime {
namespace {

Counted counted(const Network& network, const Counters& counters) {
  Counted sums{.samples = counters.samples,
               .input_events = counters.header.input_events,
               .run_cycles = counters.header.run_cycles,
               .layers = {}};
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = counters.layers[n];
    sums.layers.push_back({.events = layer.events,
                           .synaptic_operations = layer.synaptic_operations,
                           .spikes = layer.spikes,
                           .update_operations = layer.update_operations,
                           .update_rows = layer.update_rows,
                           .potential_saturations = layer.potential_saturations,
                           .weight_saturations = layer.weight_saturations,
                           .feedback_operations = {}});
  }
  return sums;
}

/// One unit, and what takes its place if it fails.
Units open_engine(const std::string& engine, const Network& network, const RunPlace& place = {}) {
  constexpr unsigned kTries = 3;
  DeviceOptions options;
  options.engine = engine;
  options.weight_width = network.weight_width;
  if (place.on_card) {
    options.transport = "xrt";
    options.devices = {place.card};
    options.xclbin = place.xclbin;
  }
  auto devices = open_devices(options);
  check_limits(network, devices[0]->limits(), engine);
  return {options, std::move(devices), kTries, [](const std::string& text) { log_as(LogLevel::kWarning, "{}", text); }};
}

/// Gives samples in the order of presentation, which must outlive it as must the data.
SampleSource source_of(const Dataset& training, const PresentationOrder& order) {
  return [&](std::uint64_t position, std::vector<Sample>& to) { append_samples(training, order.indices[position], to); };
}

/// A network that learns, its looks at validation samples, and the last judgement.
class NetworkLearner {
 public:
  NetworkLearner(const RunPlan& plan, const ExperimentData& data, const PresentationOrder& order, const Fixed& fixed,
                 std::vector<std::byte> weights, Launcher launcher, const RunProgress& progress)
      : plan_(plan), data_(data), order_(order), fixed_(fixed), launcher_(std::move(launcher)), progress_(progress) {
    state_.weights = std::move(weights);
  }

  /// Gives the share of right answers, before each was learned.
  double learn(const Stretch& stretch) {
    const std::uint64_t first = state_.position;
    std::uint64_t right = 0;
    const auto note = [&](const Launched& launch) {
      right += launch.answers.correct();
      if (progress_) progress_(state_.position, order_.indices.size());
      if (launch.answers.size() > 0 && is_look_due())
        looks_.emplace_back(state_.position, judge(data_.validation, kFirstValidationSample).share());
    };
    runtime::learn(fixed_, source_of(data_.training, order_),
                   {.end = stretch.end,
                    .launch_samples = plan_.experiment.launch_samples,
                    .evaluate_every = plan_.experiment.evaluate_every},
                   launcher_, state_, {}, note);
    return static_cast<double>(right) / static_cast<double>(state_.position - first);
  }

  /// `first_sample` is the number of the first sample in the stream of random numbers.
  Tally judge(const Dataset& data, std::uint32_t first_sample) {
    const Network& network = fixed_.network;
    Tally tally(network.classes);
    const std::vector<Launcher> launchers{launcher_};
    const TestPlan plan{
        .samples = data.size(),
        .launch_samples = std::min<std::uint64_t>(plan_.experiment.launch_samples, largest_launch(network, false)),
        .first_sample = first_sample};
    const auto note = [&](const Launched& launch) { tally.add(launch.answers); };
    judged_ = test(fixed_, data, plan, state_.weights, launchers, note).counters;
    return tally;
  }

  [[nodiscard]] const LearnState& state() const { return state_; }
  [[nodiscard]] const std::vector<Look>& looks() const { return looks_; }
  /// Counters of the last judgement.
  [[nodiscard]] const Counters& judged() const { return judged_; }

 private:
  [[nodiscard]] bool is_look_due() const {
    const std::uint64_t every = plan_.experiment.evaluate_every;
    return every > 0 && (state_.position % every == 0 || state_.position == order_.indices.size());
  }

  const RunPlan& plan_;
  const ExperimentData& data_;
  const PresentationOrder& order_;
  const Fixed& fixed_;
  Launcher launcher_;
  const RunProgress& progress_;
  LearnState state_;
  std::vector<Look> looks_;
  Counters judged_;
};

/// The first samples of the order on another engine: how many results and weights differ.
Repeated repeat(const RunPlan& plan, const Fixed& fixed, std::vector<std::byte> weights, const Dataset& training,
                const PresentationOrder& order, const Launcher& launcher) {
  const Repetition& repetition = *plan.experiment.repetition;
  auto units = open_engine(repetition.engine, fixed.network);
  const Launcher other = units.launcher(fixed);
  Repeated repeated{.engine = repetition.engine, .samples = std::min<std::uint64_t>(repetition.samples, order.indices.size())};
  LearnState state;
  state.weights = std::move(weights);
  std::vector<std::byte> other_weights = state.weights;
  const auto both = [&](std::span<const std::byte> weights, std::span<const Sample> samples, const LaunchOptions& options) {
    LaunchResult a = launcher(weights, samples, options);
    make_readout_where_due(fixed, options.stream_sample, other_weights);
    LaunchResult b = other(other_weights, samples, options);
    for (std::size_t k = 0; k < a.scores.size(); ++k) repeated.differences += a.scores[k] != b.scores[k] ? 1 : 0;
    for (std::size_t k = 0; k < a.weights.size(); ++k) repeated.differences += a.weights[k] != b.weights[k] ? 1 : 0;
    repeated.run_cycles += b.counters.header.run_cycles;
    other_weights = std::move(b.weights);
    return a;
  };
  constexpr std::uint64_t kSamplesAtOnce = 100;
  learn(fixed, source_of(training, order), {.end = repeated.samples, .launch_samples = kSamplesAtOnce}, both, state, {}, {});
  return repeated;
}

std::string checksum_of(std::span<const std::byte> weights) {
  return fmt::format("{:08x}", ::crc32(0, reinterpret_cast<const Bytef*>(weights.data()), static_cast<uInt>(weights.size())));
}

}  // namespace

std::string method_of(const Network& described) {
  if (!described.preparation) return std::string(name(described.layers.front().rule));
  const Preparation& preparation = *described.preparation;
  const std::string filters =
      preparation.filters == Preparation::Filters::kLearned ? std::string(name(Rule::kFeatures)) : "random filters";
  std::string method = filters;
  for (std::size_t n = 1; n < described.layers.size(); ++n)
    method += fmt::format(" + {}", n < preparation.layers ? std::string_view(filters) : name(described.layers[n].rule));
  return method;
}

Row run_network(const RunPlan& plan, const ExperimentData& data, const RunProgress& progress, const RunPlace& place) {
  const Experiment& experiment = plan.experiment;
  const Network described = parse_network(experiment.network, experiment.file);
  for (const Dataset* const part : {&data.training, &data.validation, &data.test}) {
    if (part->size() != 0) check_fits(*part, described);
  }
  auto units = open_engine(experiment.engine, described, place);
  const bool continual = experiment.task == Task::kClassContinual;
  const PresentationOrder order = continual
                                      ? class_continual_order(data.training, described.classes, experiment.passes, plan.seed)
                                      : classification_order(data.training, experiment.passes, plan.seed);
  const auto [network, weights_before] = begun(described, source_of(data.training, order), order.indices.size(),
                                               [&units](const Fixed& one) { return units.launcher(one); });
  const Fixed fixed = make_fixed(network);
  const Launcher launcher = units.launcher(fixed);
  const Dataset& judged = experiment.tests ? data.test : data.validation;
  const std::uint32_t judged_numbers = experiment.tests ? kFirstTestSample : kFirstValidationSample;
  NetworkLearner learner(plan, data, order, fixed, weights_before, launcher, progress);

  Row row = begun_row(plan, data, method_of(described));
  TaskAccuracies tasks;
  Tally last(network.classes);
  for (const Stretch& stretch : order.stretches) {
    row.before_learning.push_back(learner.learn(stretch));
    if (!continual) continue;
    last = learner.judge(judged, judged_numbers);
    tasks.add(stretch.class_shown, last);
  }
  if (!continual) last = learner.judge(judged, judged_numbers);

  const std::vector<std::byte>& weights = learner.state().weights;
  row.samples_learned = learner.state().position;
  put_accuracy(row, last);
  if (continual) put_tasks(row, tasks);
  row.formula_operations = formula_operations(network);
  if (experiment.evaluate_every > 0) put_looks(row, learner.looks(), experiment.levels);
  row.learned = counted(network, learner.state().counters);
  row.judged = counted(network, learner.judged());
  row.epochs = std::uint64_t{experiment.passes};
  row.formula_cost = row.formula_operations * experiment.passes;
  row.weights_crc32 = checksum_of(weights);
  row.weight_changes = ChartData{weight_changes(network, fixed.layout, weights_before, answering_weights(fixed, weights))};
  row.raster = ChartData{raster_of(fixed, sample_of(judged, 0), judged_numbers, weights, launcher)};
  if (auto pictures = filter_pictures(network, fixed.layout, answering_weights(fixed, weights)))
    row.filters = ChartData{*std::move(pictures)};
  row.network = canonical(network);
  row.engine = experiment.engine;
  if (experiment.repetition) row.repeat = repeat(plan, fixed, weights_before, data.training, order, launcher);
  return row;
}

}  // namespace phasic::runtime
