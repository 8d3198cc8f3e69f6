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

BothSides::BothSides(const SideBySide& options, const Network& network)
    : fixed(fixed_for(options.run, network)), devices(open_for(options.run, network)) {
  expect_prepared(network);
  // A twin for each device, so that launches on several devices stay independent of each other.
  DeviceOptions twin_options;
  twin_options.engine = options.against;
  twin_options.engine_options = options.against_options;
  twin_options.compute_units = static_cast<unsigned>(devices.size());
  twin_options.weight_width = network.weight_width;
  twins = open_devices(twin_options);
  for (const auto& twin : twins) check_limits(network, twin->limits(), twin->describe());
  const auto name =
      options.run.device.transport == "xrt" ? fmt::format("{} over xrt", options.run.device.engine) : options.run.device.engine;
  const auto other = options.against == name ? options.against + ", second" : options.against;
  for (std::size_t n = 0; n < devices.size(); ++n)
    launchers.push_back(launch_on_both({devices[n].get(), name}, {twins[n].get(), other}, fixed));
}

SideBySideResult run_side_by_side(const SideBySide& options, const Network& network) {
  const Stopwatch whole;
  std::optional<Dataset> training, testing;
  auto parts = load_parts(data_for(options.run, network), {options.learn_samples > 0, options.test_samples > 0});
  tell_left_out(options.learn_samples > 0 ? parts.training : parts.test);
  const auto checked = [&](Dataset data, std::uint64_t samples, std::string_view option, bool repeats) {
    check_fits(data, network);
    if (!repeats && samples > data.size())
      throw InputError("", option, fmt::format("{}, but {} has {}", samples, data.name, data.size()));
    return data;
  };
  if (options.learn_samples > 0) training = checked(std::move(parts.training), options.learn_samples, "--samples", true);
  if (options.test_samples > 0) testing = checked(std::move(parts.test), options.test_samples, "--test-samples", false);

  const BothSides sides(options, network);
  const auto& [fixed, devices, twins, launchers] = sides;

  SideBySideResult result;
  result.report = start_report(options.run, network, *devices[0]);
  result.report.mismatches = 0;
  result.report.compared_with = options.against;
  LearnState state;
  state.weights = initial_weights(network, fixed.layout);
  try {
    if (training) {
      SampleStream stream(*training, Order::kFile, network.seed);
      const Stopwatch watch;
      Progress progress("learn", 0, options.learn_samples, options.run.quiet);
      learn(fixed, stream,
            {.end = options.learn_samples, .launch_samples = options.run.launch_samples, .trace = options.potentials},
            launchers[0], state, {}, [&](const Launched&) {
              progress.update(state.position, fmt::format("{} right before learning, no difference",
                                                          percent(state.curve.total(), state.curve.samples)));
            });
      progress.finish();
      result.report.learned =
          runtime::Phase{training->name, state.position, state.curve.total(), state.counters, watch.seconds()};
    }
    if (testing) {
      const Stopwatch watch;
      Progress progress("test ", 0, options.test_samples, options.run.quiet);
      std::uint64_t done = 0, correct = 0;
      const auto tested = test(
          fixed, *testing,
          {.samples = options.test_samples,
           .launch_samples = std::min<std::uint64_t>(options.run.launch_samples, largest_launch(network, options.potentials)),
           .trace = options.potentials},
          state.weights, launchers, [&](const Launched& launch) {
            correct += launch.answers.correct();
            done += launch.answers.size();
            progress.update(done, fmt::format("{} right, no difference", percent(correct, done)));
          });
      progress.finish();
      result.report.tested = runtime::Phase{testing->name, tested.samples, tested.correct, tested.counters, watch.seconds()};
    }
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
