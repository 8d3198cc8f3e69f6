// SPDX-License-Identifier: Apache-2.0
/// phasic learn
#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/progress.hpp"
#include "runtime/command/options.hpp"
#include "runtime/command/state_keeper.hpp"
#include "runtime/data/split.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/resume.hpp"
#include "runtime/run/sinks.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct LearnOptions {
  RunOptions run;
  std::string network, checkpoint, resume_from, trace, results, output, order = "file", checkpoint_every = "1000";
  std::uint64_t samples = 0, validation = 0;
  std::optional<std::uint64_t> validation_seed;
  double passes = 1;
  bool resume = false, overwrite = false;
};

std::atomic<bool> interrupted{false};
extern "C" void note_interrupt(int) { interrupted = true; }

/// The run ends after the launch that it is at; a second signal of the kind ends it at once.
void end_by_signals() {
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // Who started it with nohup wants it to go on.
    if (signal == SIGHUP && ::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    (void)::sigaction(signal, &action, nullptr);
  }
}

Order order_of(const LearnOptions& options) {
  if (options.order == "file") return Order::kFile;
  if (options.order == "shuffled") return Order::kShuffled;
  throw InputError("", "--order", fmt::format("\"{}\" is unknown; \"file\" and \"shuffled\" are known", options.order));
}

struct LearnData {
  Dataset training;
  std::optional<Dataset> validation;
};

LearnData load(const LearnOptions& options, const Network& network) {
  LearnData data{load_data(data_for(options.run, network), Part::kTraining), std::nullopt};
  auto& training = data.training;
  tell_left_out(training);
  check_fits(training, network);
  if (options.validation >= training.size()) {
    throw InputError("", "--validation",
                     fmt::format("{}, but {} has {} samples", options.validation, training.name, training.size()));
  }
  if (options.validation > 0 && options.validation_seed) {
    auto [kept, drawn] = split_validation(training, options.validation, *options.validation_seed);
    training = std::move(kept);
    data.validation = std::move(drawn);
  } else if (options.validation > 0) {
    const auto kept = training.size() - options.validation;
    data.validation =
        slice(training, kept, options.validation, fmt::format("{}, last {} samples", training.name, options.validation));
    training = slice(training, 0, kept, training.name);
  }
  return data;
}

/// The file that the run keeps its state in; empty: none.
std::filesystem::path kept_in(const LearnOptions& options) {
  const auto& named = options.checkpoint.empty() ? options.resume_from : options.checkpoint;
  return named.empty() ? std::filesystem::path() : checkpoint_file(named, options.network);
}

/// Takes the checkpoint's lock. Throws InputError if it would be overwritten unasked.
std::unique_ptr<StateKeeper> hold_checkpoint(const LearnOptions& options) {
  const auto file = kept_in(options);
  if (options.resume && file.empty()) throw InputError("", "--resume", "needs a file or folder, or --checkpoint");
  if (file.empty()) return nullptr;
  auto keeper = std::make_unique<StateKeeper>(file);
  if (options.resume || options.overwrite) return keeper;
  for (const auto& one : {file, before_of(file)}) {
    if (!std::filesystem::exists(one)) continue;
    throw InputError(one.string(), "--checkpoint",
                     "the file is there already; --resume goes on from it, --overwrite starts anew");
  }
  return keeper;
}

/// A network, prepared if it asks for it, and how far it has learned.
struct Begun {
  Network network;
  LearnState state;
  bool resumed = false;
};

/// The good checkpoint that has learned most, with the network in which it did; tells of those that are damaged.
std::optional<FoundCheckpoint> find_state(const LearnOptions& options, const Network& described, const Dataset& data,
                                          Order order) {
  std::vector<std::filesystem::path> places{kept_in(options)};
  if (!options.resume_from.empty() && options.resume_from != places.front()) places.emplace_back(options.resume_from);
  auto found = find_checkpoint(places, [&](const std::filesystem::path& file, const Checkpoint& checkpoint) {
    check_same_network(file, checkpoint, prepared_like(described, checkpoint.network));
    check_same_data(file, checkpoint, data, order);
  });
  for (const auto& damaged : found.damaged) log_as(LogLevel::kWarning, "{}; it is passed over", damaged);
  return std::move(found.good);
}

Begun begin(const LearnOptions& options, const Network& described, const Dataset& data, Order order, SampleStream& stream,
            Units& units) {
  LearnState state;
  auto found = options.resume ? find_state(options, described, data, order) : std::nullopt;
  if (!found) {
    const SampleSource source = [&stream](std::uint64_t position, std::vector<Sample>& to) { stream.append(position, to); };
    auto [network, weights] =
        begun(described, source, data.size(), [&units](const Fixed& fixed) { return units.launcher(fixed); });
    state.weights = std::move(weights);
    return {std::move(network), std::move(state)};
  }
  auto& checkpoint = found->checkpoint;
  state.position = checkpoint.position;
  state.number = stream.kernel_samples_before(state.position);
  state.curve = std::move(checkpoint.curve);
  state.weights = std::move(checkpoint.weights);
  if (!options.run.quiet) log_as(LogLevel::kInfo, "going on from {} at sample {}", found->file.string(), state.position);
  return {prepared_like(described, checkpoint.network), std::move(state), true};
}

/// Where the samples of all sessions end. Throws InputError if the state is beyond.
std::uint64_t end_of(const LearnOptions& options, const LearnState& state, const Dataset& data) {
  const auto end =
      options.samples > 0 ? options.samples : static_cast<std::uint64_t>(options.passes * static_cast<double>(data.size()));
  if (state.position > end) {
    throw InputError(kept_in(options).string(), "position",
                     fmt::format("{} samples are learned already; {} were asked for", state.position, end));
  }
  return end;
}

/// Opens what samples are written to; a run that goes on keeps what it wrote before.
void open_sinks(Sinks& sinks, const LearnOptions& options, const Begun& begun) {
  SinkStart start{.position = begun.state.position, .number = begun.state.number};
  if (options.resume) start.old_rows = begun.resumed ? OldRows::kGoneOn : OldRows::kRefused;
  sinks.open(options.results, options.trace, begun.network, start);
}

runtime::Phase validate(const LearnOptions& options, const Fixed& fixed, const Dataset& data,
                        std::span<const std::byte> weights, Units& units) {
  const Stopwatch testing;
  const auto tested =
      test(fixed, data,
           {.samples = data.size(),
            .launch_samples = std::min<std::uint64_t>(options.run.launch_samples, largest_launch(fixed.network, false)),
            .first_sample = kFirstValidationSample},
           weights, units.launchers(fixed), {});
  return {data.name, tested.samples, tested.correct, tested.counters, testing.seconds()};
}

/// Learns until the end; in between and at the end the state is kept, also that before a launch that could not be done.
void learn_and_keep(const LearnOptions& options, const Fixed& fixed, const LearnData& data, Order order, SampleStream& stream,
                    Units& units, StateKeeper* keeper, Begun& begun, std::uint64_t end) {
  auto& state = begun.state;
  Sinks sinks;
  open_sinks(sinks, options, begun);
  const auto& training = data.training;
  const auto checkpoint_of = [&](const LearnState& now) {
    sinks.flush();  // so that the checkpoint is never ahead of them
    return Checkpoint{fixed.network, training.name, training.size(), training.checksum,
                      order,         now.position,  now.curve,       now.weights};
  };
  // A checkpoint that cannot be written is told before hours of learning, not after them. Nothing is lost by it: until here no
  // file was changed.
  if (keeper != nullptr) keeper->begin(checkpoint_of(state), !begun.resumed);
  sinks.begin();
  const auto every = checkpoint_every(options.checkpoint_every);
  Progress progress("learn", state.position, end, options.run.quiet);
  const auto keep = [&](const LearnState& now) {
    if (keeper != nullptr) keeper->keep(checkpoint_of(now));
  };
  try {
    learn(fixed, stream,
          {.end = end,
           .launch_samples = options.run.launch_samples,
           .checkpoint_every = keeper != nullptr ? every.samples : 0,
           .checkpoint_after = every.time,
           .trace = sinks.trace.has_value(),
           .stop = &interrupted},
          units.launcher(fixed), state, keep, [&](const Launched& launch) {
            sinks.write(launch);
            progress.update(state.position,
                            fmt::format("{} right before learning", percent(state.curve.total(), state.curve.samples)));
          });
  } catch (const DeviceError&) {
    // In the middle of a recording there is no state to go on from.
    if (keeper != nullptr && stream.kernel_samples_before(state.position) == state.number) keep(state);
    throw;
  }
  sinks.flush();
  progress.finish();
  if (keeper != nullptr && !keeper->has(state.position)) keeper->end(checkpoint_of(state));
}

int run(const LearnOptions& options) {
  const Stopwatch whole;
  const auto described = load_network(options.network);
  const auto order = order_of(options);
  if (!(options.passes > 0) || options.passes > 1e6)
    throw InputError("", "--passes", fmt::format("{}; a positive number is needed", options.passes));
  (void)checkpoint_every(options.checkpoint_every);  // so that a wrong one is told first
  end_by_signals();
  const auto keeper = hold_checkpoint(options);
  const auto data = load(options, described);
  const auto units = open_units(options.run, described);
  SampleStream stream(data.training, order, described.seed);
  Begun begun_run = begin(options, described, data.training, order, stream, *units);
  const Network& network = begun_run.network;
  const LearnState& state = begun_run.state;
  const auto fixed = fixed_for(options.run, network);
  const auto end = end_of(options, state, data.training);
  if (interrupted) {
    log_as(LogLevel::kWarning, "ended by a signal before the first sample");
    return kInterrupted;
  }
  make_output_folder(options.output);
  const auto start = state.position;
  const auto correct_before = state.curve.total();
  const auto& last = network.layers.back();
  if (!options.run.quiet && last.rule == Rule::kDiscriminant && last.solve_every == 0)
    log_as(LogLevel::kInfo,
           "weights of a discriminant are solved for when it is tested: answers right before learning tell nothing");
  const Stopwatch learning;
  learn_and_keep(options, fixed, data, order, stream, *units, keeper.get(), begun_run, end);

  auto report = start_report(options.run, network, units->first());
  report.learned = runtime::Phase{data.training.name, state.position - start, state.curve.total() - correct_before,
                                  state.counters, learning.seconds()};
  if (data.validation && !interrupted) report.tested = validate(options, fixed, *data.validation, state.weights, *units);
  report.connection_sparsity = runtime::connection_sparsity(network, state.weights);
  report.wall_seconds = whole.seconds();
  finish_report(report, options.output, &state.curve);
  if (interrupted) {
    log_as(LogLevel::kWarning, "ended by a signal after sample {}{}", state.position,
           keeper ? "; --resume goes on from " + kept_in(options).string() : "");
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
  command->add_option("--checkpoint", options->checkpoint, "file to keep the state of learning in, or a folder for it");
  command
      ->add_option(
          "--checkpoint-every", options->checkpoint_every,
          "from one checkpoint to the next: samples (1000), a time (30s, 10min, 2h) or both (1000,10min); 0: only at the "
          "end")
      ->capture_default_str();
  auto* resume =
      command
          ->add_option("--resume", options->resume_from,
                       "go on from the last good checkpoint, if there is one: of --checkpoint, and of this file or folder")
          ->expected(0, 1);
  command->add_flag("--overwrite", options->overwrite, "replace a checkpoint that is there")->excludes("--resume");
  command->add_option("--results", options->results, "CSV file with the result of every sample");
  command->add_option("--trace", options->trace, "CSV file with every membrane potential");
  command->add_option("--output", options->output, "folder for summary.json and the learning curve");
  add_device_options(*command, options->run);
  add_run_options(*command, options->run);
  add_tries_option(*command, options->run);
  command->callback([options, resume, &chosen] {
    options->resume = resume->count() > 0;
    chosen = [options] { return run(*options); };
  });
}

}  // namespace phasic::command
