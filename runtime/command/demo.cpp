// SPDX-License-Identifier: Apache-2.0
/// phasic demo
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "runtime/base/error.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/command/class_stream.hpp"
#include "runtime/command/demo_report.hpp"
#include "runtime/command/side_by_side.hpp"

namespace phasic::command {
namespace {

struct DemoOptions {
  SideBySide sides;
  std::string network, stream, output = "build/run";
  std::uint64_t stream_samples = 0, stream_test_samples = 500;
};

/// The class-continual run beside another one, in a thread of its own, or, if not `together`, when its result is asked for.
class StreamBeside {
 public:
  StreamBeside(SideBySide sides, const runtime::Experiment& stream, bool together) : sides_(std::move(sides)) {
    sides_.hidden = &hidden_;
    sides_.stop = &stop_;
    result_ = std::async(together ? std::launch::async : std::launch::deferred,
                         [this, &stream] { return run_class_stream(sides_, stream); });
  }
  StreamBeside(const StreamBeside&) = delete;
  StreamBeside& operator=(const StreamBeside&) = delete;
  ~StreamBeside() { stop_ = true; }

  [[nodiscard]] ClassStreamResult result() {
    hidden_ = false;
    return result_.get();
  }

 private:
  SideBySide sides_;
  std::atomic<bool> hidden_{true}, stop_{false};
  std::future<ClassStreamResult> result_;  // the last member: waits for the thread while the others are still there
};

void make_folder(const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw runtime::InputError(folder, "--output", fmt::format("the folder cannot be made: {}", failure.message()));
}

int run(const DemoOptions& options) {
  const auto network = runtime::load_network(options.network);
  auto stream = runtime::load_experiment(options.stream);
  check_class_stream(stream);
  const auto competing = runtime::parse_network(stream.network, stream.file);
  if (options.stream_samples > 0) stream.samples = options.stream_samples;
  if (options.stream_test_samples == 0) throw runtime::InputError("", "--stream-test-samples", "0; at least one is needed");
  make_folder(options.output);

  auto& mixed_sides = options.sides;
  prepare_card(mixed_sides.run);
  auto stream_sides = mixed_sides;
  stream_sides.test_samples = options.stream_test_samples;
  // Each on compute units of its own where the card has them for both, or else one after the other.
  const bool together = runtime::units_left(mixed_sides.run.device) >= mixed_sides.run.device.compute_units;
  if (together) stream_sides.run.device.first_unit = mixed_sides.run.device.compute_units;
  fmt::print(
      "Two spiking networks learn on {} over {}{}; {} repeats every launch, and all bits are compared.\n\n"
      "All classes mixed:\n{}",
      mixed_sides.run.device.engine, mixed_sides.run.device.transport, together ? ", at the same time" : "",
      mixed_sides.against, runtime::describe(network));
  std::fflush(stdout);
  StreamBeside beside(stream_sides, stream, together);
  const auto mixed = run_side_by_side(mixed_sides, network);

  fmt::print("\nOne class after the other, each once:\n{}", runtime::describe(competing));
  std::fflush(stdout);
  const auto continual = beside.result();

  fmt::print("\n{}", demo_table(mixed, continual));
  fmt::print("{}", write_demo(options.output, mixed, continual));
  int code = runtime::kSuccess;
  for (const auto* report : {&mixed.report, &continual.report}) {
    if (report->mismatches == 0u) continue;
    fmt::print(stderr, "DIFFERENT: {}\n", report->first_difference);
    code = runtime::kMismatch;
  }
  return code;
}

}  // namespace

void add_demo(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("demo",
                                     "learn and test Fashion-MNIST on the simulated card, all classes mixed and one after the "
                                     "other, compared with the reference in every bit");
  const auto options = std::make_shared<DemoOptions>();
  const auto examples = runtime::examples_folder();
  options->network = (examples / "fashion_mnist_256.json").string();
  options->stream = (examples / "experiments" / "demo_continual_fashion.json").string();
  auto& sides = options->sides;
  sides.run.device.engine = "rtl64";
  sides.run.device.transport = "xrt";
  sides.run.launch_samples = 250;
  sides.learn_samples = 2000;
  sides.test_samples = 1000;
  command->add_option("--network", options->network, "network file (JSON) that learns all classes mixed")
      ->capture_default_str();
  command
      ->add_option("--stream", options->stream, "class-continual experiment (JSON) whose first run is learned class by class")
      ->capture_default_str();
  command->add_option("--output", options->output, "folder for summary.json, the curves, the accuracies and the picture")
      ->capture_default_str();
  add_data_options(*command, sides.run);
  command->add_option("--samples", sides.learn_samples, "samples to learn, mixed")->capture_default_str();
  command->add_option("--test-samples", sides.test_samples, "samples to test afterwards")->capture_default_str();
  command->add_option("--stream-samples", options->stream_samples, "samples to learn class by class; 0: as the experiment says")
      ->capture_default_str();
  command
      ->add_option("--stream-test-samples", options->stream_test_samples,
                   "test samples, of which those of the classes learned so far are tested after each class")
      ->capture_default_str();
  command->add_option("--against", sides.against, "the engine to compare with, in this process")->capture_default_str();
  command->add_option("--against-options", sides.against_options, "JSON object for that engine")->capture_default_str();
  add_device_options(*command, sides.run);
  add_run_options(*command, sides.run);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::command
