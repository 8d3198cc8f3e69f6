// SPDX-License-Identifier: Apache-2.0
/// phasic compare
#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "runtime/command/side_by_side.hpp"

namespace phasic::command {
namespace {

struct CompareOptions {
  SideBySide sides;
  std::string network, output;
};

int run(const CompareOptions& options) {
  const auto network = runtime::load_network(options.network);
  const auto result = run_side_by_side(options.sides, network);
  finish_report(result.report, options.output, &result.curve);
  if (result.report.mismatches == 0u) {
    fmt::print("equal: {} and {} agree in every result, exact counter{} and weight\n", result.report.engine,
               options.sides.against, options.sides.potentials ? ", potential" : "");
    return runtime::kSuccess;
  }
  fmt::print(stderr, "DIFFERENT: {}\n", result.report.first_difference);
  return runtime::kMismatch;
}

}  // namespace

void add_compare(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("compare", "run two engines side by side and find the first difference");
  const auto options = std::make_shared<CompareOptions>();
  command->add_option("network", options->network, "network file (JSON)")->required();
  add_data_options(*command, options->sides.run);
  options->sides.learn_samples = 100;
  options->sides.test_samples = 100;
  command->add_option("--samples", options->sides.learn_samples, "samples to learn")->capture_default_str();
  command->add_option("--test-samples", options->sides.test_samples, "samples to test afterwards")->capture_default_str();
  command->add_option("--against", options->sides.against, "the engine to compare with, in this process")
      ->capture_default_str();
  command->add_option("--against-options", options->sides.against_options, "JSON object for that engine")
      ->capture_default_str();
  command->add_flag("--potentials", options->sides.potentials, "compare every membrane potential, too");
  command->add_option("--output", options->output, "folder for summary.json and the learning curve");
  add_device_options(*command, options->sides.run);
  add_run_options(*command, options->sides.run);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::command
