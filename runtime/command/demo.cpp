// SPDX-License-Identifier: Apache-2.0
/// phasic demo
#include <fmt/format.h>

#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/command/side_by_side.hpp"

namespace phasic::command {
namespace {

struct DemoOptions {
  SideBySide sides;
  std::string network, output = "build/run";
};

int run(const DemoOptions& options) {
  const auto network = runtime::load_network(options.network);
  fmt::print("A spiking network learns on {} over {}; {} repeats every launch, and all bits are compared.\n{}",
             options.sides.run.device.engine, options.sides.run.device.transport, options.sides.against,
             runtime::describe(network));
  std::fflush(stdout);
  const auto result = run_side_by_side(options.sides, network);
  fmt::print("\n");
  finish_report(result.report, options.output, &result.curve);
  if (result.report.mismatches == 0u) return runtime::kSuccess;
  fmt::print(stderr, "DIFFERENT: {}\n", result.report.first_difference);
  return runtime::kMismatch;
}

}  // namespace

void add_demo(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "demo", "learn and test Fashion-MNIST on the simulated card, compared with the reference in every bit");
  const auto options = std::make_shared<DemoOptions>();
  options->network = (std::filesystem::path(PHASIC_SOURCE_DIR) / "examples" / "fashion_mnist_256.json").string();
  auto& sides = options->sides;
  sides.run.device.engine = "rtl64";
  sides.run.device.transport = "xrt";
  sides.run.launch_samples = 250;
  sides.learn_samples = 2000;
  sides.test_samples = 1000;
  command->add_option("--network", options->network, "network file (JSON)")->capture_default_str();
  command->add_option("--output", options->output, "folder for summary.json and the learning curve")->capture_default_str();
  add_data_options(*command, sides.run);
  command->add_option("--samples", sides.learn_samples, "samples to learn")->capture_default_str();
  command->add_option("--test-samples", sides.test_samples, "samples to test afterwards")->capture_default_str();
  command->add_option("--against", sides.against, "the engine to compare with, in this process")->capture_default_str();
  command->add_option("--against-options", sides.against_options, "JSON object for that engine")->capture_default_str();
  add_device_options(*command, sides.run);
  add_run_options(*command, sides.run);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::command
