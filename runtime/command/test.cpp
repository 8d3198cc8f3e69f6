// SPDX-License-Identifier: Apache-2.0
/// phasic test
#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/command/options.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/sinks.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct TestOptions {
  RunOptions run;
  std::string network, checkpoint, trace, results, output;
  std::uint64_t samples = 0;
};

int run(const TestOptions& options) {
  const Stopwatch whole;
  if (options.network.empty() && options.checkpoint.empty()) {
    throw InputError("", "test", "a checkpoint (--checkpoint) or a network file is needed");
  }
  Network network;
  std::vector<std::byte> weights;
  if (!options.network.empty()) network = load_network(options.network);
  if (!options.checkpoint.empty()) {
    auto checkpoint = read_checkpoint(options.checkpoint);
    if (options.network.empty()) {
      network = checkpoint.network;
    } else {
      network = prepared_like(network, checkpoint.network);
      check_same_network(options.checkpoint, checkpoint, network);
    }
    weights = std::move(checkpoint.weights);
  }
  const auto data = test_data_for(options.run, network, options.samples);
  const auto fixed = fixed_for(options.run, network);
  if (options.checkpoint.empty()) {
    expect_prepared(network);
    weights = initial_weights(network, fixed.layout);
    if (!options.run.quiet) log_as(LogLevel::kInfo, "no checkpoint: testing the initial weights");
  }
  const auto units = open_units(options.run, network);

  make_output_folder(options.output);
  Sinks sinks;
  sinks.open(options.results, options.trace, network);
  sinks.begin();
  const auto count = options.samples > 0 ? options.samples : data.size();
  const Stopwatch testing;
  Progress progress("test", 0, count, options.run.quiet);
  std::uint64_t correct = 0, done = 0;
  const auto tested = test(
      fixed, data,
      {.samples = count,
       .launch_samples = std::min<std::uint64_t>(options.run.launch_samples, largest_launch(network, sinks.trace.has_value())),
       .trace = sinks.trace.has_value()},
      weights, units->launchers(fixed), [&](const Launched& launch) {
        sinks.write(launch);
        correct += launch.answers.correct();
        done += launch.answers.size();
        progress.update(done, percent(correct, done) + " right");
      });
  sinks.flush();
  progress.finish();
  auto report = start_report(options.run, network, units->first());
  report.tested = runtime::Phase{data.name, tested.samples, tested.correct, tested.counters, testing.seconds()};
  report.connection_sparsity = runtime::connection_sparsity(network, weights);
  report.wall_seconds = whole.seconds();
  finish_report(report, options.output, nullptr);
  return kSuccess;
}

}  // namespace

void add_test(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("test", "test on a test set");
  const auto options = std::make_shared<TestOptions>();
  command->add_option("network", options->network, "network file (JSON); default: the checkpoint's network");
  command->add_option("--checkpoint", options->checkpoint, "weights to test; default: the initial ones");
  add_data_options(*command, options->run);
  command->add_option("--samples", options->samples, "test only the first N samples");
  command->add_option("--results", options->results, "CSV file with the result of every sample");
  command->add_option("--trace", options->trace, "CSV file with every membrane potential");
  command->add_option("--output", options->output, "folder for summary.json");
  add_device_options(*command, options->run);
  add_run_options(*command, options->run);
  add_tries_option(*command, options->run);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::command
