// SPDX-License-Identifier: Apache-2.0
#include "runtime/command/side_by_side.hpp"

#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/data/load.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/run/compare.hpp"

namespace phasic::command {

using namespace phasic::runtime;

BothSides::BothSides(const SideBySide& options, const Network& network) : devices(open_for(options.run, network)) {
  // A twin for each device, so that launches on several devices stay independent of each other.
  DeviceOptions twin_options;
  twin_options.engine = options.against;
  twin_options.engine_options = options.against_options;
  twin_options.compute_units = static_cast<unsigned>(devices.size());
  twin_options.weight_width = network.weight_width;
  twins = open_devices(twin_options);
  for (const auto& twin : twins) check_limits(network, twin->limits(), twin->describe());
  name_ =
      options.run.device.transport == "xrt" ? fmt::format("{} over xrt", options.run.device.engine) : options.run.device.engine;
  other_ = options.against == name_ ? options.against + ", second" : options.against;
}

Launcher BothSides::launcher(std::size_t device, const Fixed& fixed) const {
  return launch_on_both({devices[device].get(), name_}, {twins[device].get(), other_}, fixed);
}

std::vector<Launcher> BothSides::launchers(const Fixed& fixed) const {
  std::vector<Launcher> all;
  for (std::size_t n = 0; n < devices.size(); ++n) all.push_back(launcher(n, fixed));
  return all;
}

Prepared BothSides::begun(const Network& network, const Dataset& training) const {
  const SampleSource source = [&](std::uint64_t position, std::vector<Sample>& to) { append_samples(training, position, to); };
  return runtime::begun(network, source, training.size(), [&](const Fixed& fixed) { return launcher(0, fixed); });
}

namespace {

runtime::Phase learn_on_both(const SideBySide& options, const Fixed& fixed, const Dataset& training, const Launcher& launcher,
                             LearnState& state) {
  SampleStream stream(training, Order::kFile, fixed.network.seed);
  const Stopwatch watch;
  Progress progress("learn", 0, options.learn_samples, options.run.quiet);
  learn(fixed, stream,
        {.end = options.learn_samples, .launch_samples = options.run.launch_samples, .trace = options.potentials}, launcher,
        state, {}, [&](const Launched&) {
          progress.update(state.position, fmt::format("{} right before learning, no difference",
                                                      percent(state.curve.total(), state.curve.samples)));
        });
  progress.finish();
  return {training.name, state.position, state.curve.total(), state.counters, watch.seconds()};
}

runtime::Phase test_on_both(const SideBySide& options, const Fixed& fixed, const Dataset& testing,
                            std::span<const Launcher> launchers, std::span<const std::byte> weights) {
  const Stopwatch watch;
  Progress progress("test ", 0, options.test_samples, options.run.quiet);
  std::uint64_t done = 0, correct = 0;
  const auto tested = test(
      fixed, testing,
      {.samples = options.test_samples,
       .launch_samples = std::min<std::uint64_t>(options.run.launch_samples, largest_launch(fixed.network, options.potentials)),
       .trace = options.potentials},
      weights, launchers, [&](const Launched& launch) {
        correct += launch.answers.correct();
        done += launch.answers.size();
        progress.update(done, fmt::format("{} right, no difference", percent(correct, done)));
      });
  progress.finish();
  return {testing.name, tested.samples, tested.correct, tested.counters, watch.seconds()};
}

}  // namespace

SideBySideResult run_side_by_side(const SideBySide& options, const Network& network) {
  const Stopwatch whole;
  std::optional<Dataset> training, testing;
  const bool needs_training = options.learn_samples > 0 || network.preparation;
  auto parts = load_parts(data_for(options.run, network), {needs_training, options.test_samples > 0});
  tell_left_out(needs_training ? parts.training : parts.test);
  const auto checked = [&](Dataset data, std::uint64_t samples, std::string_view option, bool repeats) {
    check_fits(data, network);
    if (!repeats && samples > data.size())
      throw InputError("", option, fmt::format("{}, but {} has {}", samples, data.name, data.size()));
    return data;
  };
  if (needs_training) training = checked(std::move(parts.training), options.learn_samples, "--samples", true);
  if (options.test_samples > 0) testing = checked(std::move(parts.test), options.test_samples, "--test-samples", false);

  const BothSides sides(options, network);
  SideBySideResult result;
  result.report = start_report(options.run, network, *sides.devices[0]);
  result.report.mismatches = 0;
  result.report.compared_with = options.against;
  LearnState state;
  try {
    auto begun = training ? sides.begun(network, *training) : Prepared{network, initial_weights(network, layout_of(network))};
    result.report.network = begun.network;
    state.weights = std::move(begun.weights);
    const auto fixed = fixed_for(options.run, begun.network);
    const auto launchers = sides.launchers(fixed);
    if (options.learn_samples > 0) result.report.learned = learn_on_both(options, fixed, *training, launchers[0], state);
    if (testing) result.report.tested = test_on_both(options, fixed, *testing, launchers, state.weights);
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
