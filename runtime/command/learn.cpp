// SPDX-License-Identifier: Apache-2.0
/// phasic learn
#include <fmt/format.h>

#include <csignal>
#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/command/options.hpp"
#include "runtime/data/split.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/sinks.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct LearnOptions {
  RunOptions run;
  std::string network, checkpoint, trace, results, output, order = "file";
  std::uint64_t samples = 0, checkpoint_every = 1000, validation = 0;
  std::optional<std::uint64_t> validation_seed;
  double passes = 1;
  bool resume = false, overwrite = false;
};

std::atomic<bool> interrupted{false};
extern "C" void note_interrupt(int) { interrupted = true; }

LearnState start_state(const LearnOptions& options, const Fixed& fixed, const Dataset& data, Order order) {
  LearnState state;
  const bool there = !options.checkpoint.empty() && std::filesystem::exists(options.checkpoint);
  if (options.resume && options.checkpoint.empty()) throw InputError("", "--resume", "needs --checkpoint");
  if (there && !options.resume && !options.overwrite) {
    throw InputError(options.checkpoint, "--checkpoint",
                     "the file is there already; --resume goes on from it, --overwrite starts anew");
  }
  if (there && options.resume) {
    auto checkpoint = read_checkpoint(options.checkpoint);
    check_same_network(options.checkpoint, checkpoint, fixed.network);
    check_same_data(options.checkpoint, checkpoint, data, order);
    state.position = checkpoint.position;
    state.curve = std::move(checkpoint.curve);
    state.weights = std::move(checkpoint.weights);
    if (!options.run.quiet) fmt::print(stderr, "going on from {} at sample {}\n", options.checkpoint, state.position);
    return state;
  }
  state.weights = initial_weights(fixed.network, fixed.layout);
  return state;
}

/// What is learned from, and what was kept apart of it.
struct LearnData {
  Dataset training;
  std::optional<Dataset> validation;
};

LearnData load_learn_data(const LearnOptions& options, const Network& network) {
  LearnData sets{load_data(data_for(options.run, network), Part::kTraining), std::nullopt};
  auto& data = sets.training;
  check_fits(data, network);
  if (options.validation >= data.size()) {
    throw InputError("", "--validation", fmt::format("{}, but {} has {} samples", options.validation, data.name, data.size()));
  }
  if (options.validation > 0 && options.validation_seed) {
    auto [kept, drawn] = split_validation(data, options.validation, *options.validation_seed);
    sets = {std::move(kept), std::move(drawn)};
  } else if (options.validation > 0) {
    const auto kept = data.size() - options.validation;
    sets.validation = slice(data, kept, options.validation, fmt::format("{}, last {} samples", data.name, options.validation));
    data = slice(data, 0, kept, data.name);
  }
  return sets;
}

int run(const LearnOptions& options) {
  const Stopwatch whole;
  const auto network = load_network(options.network);
  if (options.order != "file" && options.order != "shuffled") {
    throw InputError("", "--order", fmt::format("\"{}\" is unknown; \"file\" and \"shuffled\" are known", options.order));
  }
  const auto order = options.order == "file" ? Order::kFile : Order::kShuffled;
  const auto sets = load_learn_data(options, network);
  const auto& data = sets.training;
  if (!(options.passes > 0) || options.passes > 1e6)
    throw InputError("", "--passes", fmt::format("{}; a positive number is needed", options.passes));

  const auto fixed = fixed_for(options.run, network);
  const auto devices = open_for(options.run, network);
  auto state = start_state(options, fixed, data, order);
  const auto end =
      options.samples > 0 ? options.samples : static_cast<std::uint64_t>(options.passes * static_cast<double>(data.size()));
  if (state.position > end) {
    throw InputError(options.checkpoint, "position",
                     fmt::format("{} samples are learned already; {} were asked for", state.position, end));
  }

  std::optional<ResultsFile> results;
  std::optional<TraceFile> trace;
  if (!options.results.empty()) results.emplace(options.results, network);
  if (!options.trace.empty()) trace.emplace(options.trace, network);
  const auto save = [&](const LearnState& now) {
    if (options.checkpoint.empty()) return;
    write_checkpoint(options.checkpoint,
                     {network, data.name, data.size(), data.checksum, order, now.position, now.curve, now.weights});
  };
  // A checkpoint that cannot be written is told before hours of learning, not after them.
  save(state);

  (void)std::signal(SIGINT, note_interrupt);
  SampleStream stream(data, order, network.seed);
  const auto start = state.position;
  const auto correct_before = state.curve.total();
  const Stopwatch learning;
  Progress progress("learn", start, end, options.run.quiet);
  learn(fixed, stream,
        {.end = end,
         .launch_samples = options.run.launch_samples,
         .checkpoint_every = options.checkpoint.empty() ? 0 : options.checkpoint_every,
         .trace = trace.has_value(),
         .stop = &interrupted},
        launch_on(*devices[0], fixed), state, save,
        [&](std::uint64_t first, std::span<const Sample>, const LaunchResult& result) {
          if (results) results->write(first, result);
          if (trace) trace->write(first, result);
          progress.update(state.position,
                          fmt::format("{} right before learning", percent(state.curve.total(), state.curve.samples)));
        });
  progress.finish();

  auto report = start_report(options.run, network, *devices[0]);
  report.learned = runtime::Phase{data.name, state.position - start, state.curve.total() - correct_before, state.counters,
                                  learning.seconds()};
  if (sets.validation && !interrupted) {
    std::vector<Launcher> launchers;
    for (const auto& device : devices) launchers.push_back(launch_on(*device, fixed));
    const Stopwatch testing;
    const auto tested =
        test(*sets.validation,
             {.samples = sets.validation->size(),
              .launch_samples = std::min<std::uint64_t>(options.run.launch_samples, largest_launch(network, false)),
              .first_sample = kFirstValidationSample},
             state.weights, launchers, {});
    report.tested = runtime::Phase{sets.validation->name, tested.samples, tested.correct, tested.counters, testing.seconds()};
  }
  report.wall_seconds = whole.seconds();
  finish_report(report, options.output, &state.curve);
  if (interrupted) {
    fmt::print(stderr, "ended by a signal after sample {}{}\n", state.position,
               options.checkpoint.empty() ? "" : "; --resume goes on from " + options.checkpoint);
    return kInterrupted;
  }
  return kSuccess;
}

}  // namespace

void add_learn(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("learn", "learn from a training set");
  const auto options = std::make_shared<LearnOptions>();
  command->add_option("network", options->network, "network file (JSON)")->required();
  add_data_options(*command, options->run);
  command->add_option("--samples", options->samples, "samples to learn in all, over sessions; 0: see --passes")
      ->capture_default_str();
  command->add_option("--passes", options->passes, "passes over the training set")->capture_default_str();
  command->add_option("--order", options->order, "order of samples: file or shuffled")->capture_default_str();
  command->add_option("--validation", options->validation,
                      "keep the last N training samples apart and test on them at the end");
  command->add_option("--validation-seed", options->validation_seed, "draw these samples with this seed instead")
      ->needs("--validation");
  command->add_option("--checkpoint", options->checkpoint, "file to keep the state of learning in");
  command
      ->add_option("--checkpoint-every", options->checkpoint_every,
                   "samples from one checkpoint to the next; 0: only at the end")
      ->capture_default_str();
  command->add_flag("--resume", options->resume, "go on from the checkpoint, if it is there");
  command->add_flag("--overwrite", options->overwrite, "replace a checkpoint that is there")->excludes("--resume");
  command->add_option("--results", options->results, "CSV file with the result of every sample");
  command->add_option("--trace", options->trace, "CSV file with every membrane potential");
  command->add_option("--output", options->output, "folder for summary.json and the learning curve");
  add_device_options(*command, options->run);
  add_run_options(*command, options->run);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::command
