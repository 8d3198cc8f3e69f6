// SPDX-License-Identifier: Apache-2.0
/// phasic stream
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/command/options.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/live/source.hpp"
#include "runtime/live/view.hpp"
#include "runtime/run/checkpoint.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

struct StreamOptions {
  RunOptions run;
  std::string network, input, checkpoint, save, camera, pace = "own", when_full;
  double step_milliseconds = 1;
  std::uint32_t downsample = 1;
  std::uint64_t queue = 1'000'000;
  std::optional<std::uint16_t> label;
  bool json = false, overwrite = false;
};

std::atomic<bool> stream_ended{false};
extern "C" void note_end_of_stream(int) { stream_ended = true; }

/// The stream ends at the first signal; a second one of the kind ends the program at once.
void end_stream_by_signals() {
  struct sigaction action {};
  action.sa_handler = note_end_of_stream;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) (void)::sigaction(signal, &action, nullptr);
}

/// The port of "udp:PORT"; none if the input is something else.
std::optional<std::uint16_t> port_of(const std::string& input) {
  constexpr std::string_view kBegin = "udp:";
  if (!input.starts_with(kBegin)) return std::nullopt;
  const auto digits = std::string_view(input).substr(kBegin.size());
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failure != std::errc() || end != digits.data() + digits.size())
    throw InputError("", "INPUT", fmt::format("\"{}\"; udp: and a port from 0 to 65535 are needed", input));
  return port;
}

/// A source, and whether it waits for those who take its events unless the user says otherwise.
struct OpenedSource {
  std::unique_ptr<EventSource> source;
  bool waits = false;
  std::string name;
};

OpenedSource open_source(const StreamOptions& options, const Network& network) {
  const bool paced = options.pace == "own";
  const SourceOptions how{.camera = options.camera, .classes = network.classes, .label = options.label, .paced = paced};
  if (options.label && *options.label >= network.classes)
    throw InputError("", "--label", fmt::format("{}, but the network has {} classes", *options.label, network.classes));
  const auto port = port_of(options.input);
  const bool pipe = options.input == "-" || std::filesystem::is_fifo(options.input);
  if (options.label && (port || pipe)) throw InputError("", "--label", "is for recordings; streams have labels of their own");
  if (port) {
    auto [source, bound] = open_port(*port, how);
    if (!options.run.quiet) log_as(LogLevel::kInfo, "listening at 127.0.0.1:{}", bound);
    return {std::move(source), false, options.input};
  }
  if (!pipe) return {open_file(options.input, how), !paced, options.input};
  if (options.input == "-") return {open_pipe(STDIN_FILENO, "standard input", how), true, "standard input"};
  if (std::freopen(options.input.c_str(), "rb", stdin) == nullptr)
    throw InputError(options.input, "open", std::strerror(errno));
  return {open_pipe(STDIN_FILENO, options.input, how), true, options.input};
}

/// Where the stream finds the network.
Checkpoint begin_stream(const StreamOptions& options) {
  Checkpoint begun;
  begun.network = load_network(options.network);
  if (begun.network.sample_kind != contract::SampleKind::kEvent)
    throw InputError(begun.network.file, "samples", "a stream needs a network with \"samples\": \"event\"");
  if (!options.checkpoint.empty()) {
    auto checkpoint = read_checkpoint(options.checkpoint);
    begun.network = prepared_like(begun.network, checkpoint.network);
    check_same_network(options.checkpoint, checkpoint, begun.network);
    checkpoint.network = begun.network;
    return checkpoint;
  }
  expect_prepared(begun.network);
  if (!options.run.quiet) log_as(LogLevel::kInfo, "no checkpoint: beginning with the initial weights");
  begun.weights = initial_weights(begun.network, layout_of(begun.network));
  return begun;
}

WindowOptions windows_for(const StreamOptions& options, const Network& network, SensorSize size, std::uint64_t most_words) {
  const auto rows = downsampled(size.rows, options.downsample), columns = downsampled(size.columns, options.downsample);
  if (network.inputs != std::uint64_t{2} * rows * columns)
    throw InputError(network.file, "inputs",
                     fmt::format("{}, but the camera has 2 x {} x {} with a downsample of {}", network.inputs, rows, columns,
                                 options.downsample));
  return {.size = size,
          .downsample = options.downsample,
          .steps = network.steps,
          .step = std::llround(options.step_milliseconds * 1000),
          .most_words = most_words};
}

/// A stream from its beginning to its end.
class LiveRun {
 public:
  LiveRun(EventSource& source, LiveQueue& queue, Windows windows, Decider& decider, LiveView& view)
      : source_(source), queue_(queue), windows_(std::move(windows)), decider_(decider), view_(view) {}

  /// Throws what ended it before its time; `totals` holds then, too.
  void work(const std::string& name) {
    std::thread receiving([this] { receive(); });
    const auto told = [this](const LiveWindow& window) { decide(window); };
    std::exception_ptr failure;
    try {
      std::vector<LiveRecord> batch;
      while (!stream_ended && queue_.pop(batch)) windows_.add(batch, name, told);
      if (!stream_ended) windows_.finish(told);
    } catch (...) {
      failure = std::current_exception();
    }
    stream_ended = true;
    queue_.stop();
    receiving.join();
    if (failure) std::rethrow_exception(failure);
  }

  [[nodiscard]] LiveTotals totals() const {
    return {.windows = decided_, .learned = learned_, .right = right_, .events = counts(), .seconds = watch_.seconds()};
  }

 private:
  void receive() {
    try {
      source_.run(queue_, stream_ended);
      queue_.close();
    } catch (...) {
      queue_.close(std::current_exception());
    }
  }

  void decide(const LiveWindow& window) {
    const auto decision = decider_.decide(window);
    used_ += window.events;
    ++decided_;
    if (decision.learned) {
      ++learned_;
      right_ += decision.given == window.label ? 1 : 0;
    }
    view_.window(window, decision, counts());
  }

  [[nodiscard]] LiveCounts counts() const {
    const auto queued = queue_.counts();
    return {.received = queued.received,
            .used = used_,
            .dropped = queued.dropped + windows_.late() + windows_.too_many(),
            .left = queued.held + windows_.open_events(),
            .lost = source_.lost()};
  }

  EventSource& source_;
  LiveQueue& queue_;
  Windows windows_;
  Decider& decider_;
  LiveView& view_;
  Stopwatch watch_;
  std::uint64_t used_ = 0, decided_ = 0, learned_ = 0, right_ = 0;
};

int run(const StreamOptions& options) {
  if (!(options.step_milliseconds >= 0.001) || options.step_milliseconds > 1e6)
    throw InputError("", "--step-ms", fmt::format("{}; 0.001 to 1000000 are possible", options.step_milliseconds));
  if (options.queue == 0) throw InputError("", "--queue", "0; at least 1 is needed");
  if (options.downsample == 0) throw InputError("", "--downsample", "0; at least 1 is needed");
  auto begun = begin_stream(options);
  const auto [source, waits, name] = open_source(options, begun.network);
  std::optional<CheckpointFile> save;
  if (!options.save.empty()) {
    const bool there = std::filesystem::exists(options.save);
    save.emplace(options.save);
    if (there && !options.overwrite)
      throw InputError(options.save, "--save", "the file is there already; --overwrite replaces it");
  }
  const auto devices = open_for(options.run, begun.network);
  const auto fixed = fixed_for(options.run, begun.network);
  Windows windows(windows_for(options, begun.network, source->size(), devices[0]->limits().max_events));
  for (const auto& note : source->notes()) log_as(LogLevel::kWarning, "{}: {}", name, note);
  Decider decider(fixed, launch_on(*devices[0], fixed), begun.weights, begun.position, begun.curve);
  const bool wait = options.when_full.empty() ? waits : options.when_full == "wait";
  LiveQueue queue(options.queue, wait ? WhenFull::kWait : WhenFull::kDrop);
  LiveView view(options.json, options.run.quiet);
  end_stream_by_signals();
  LiveRun live(*source, queue, std::move(windows), decider, view);
  std::exception_ptr failure;
  try {
    live.work(name);
  } catch (...) {
    failure = std::current_exception();
  }
  const auto totals = live.totals();
  view.end(totals);
  if (save) {
    begun.weights = decider.weights();
    begun.position = decider.learned();
    begun.curve = decider.curve();
    if (options.checkpoint.empty()) {
      begun.data_name = options.input;
      begun.data_samples = std::max<std::uint64_t>(begun.position, 1);
    }
    save->write(begun);
  }
  if (failure) std::rethrow_exception(failure);
  const auto& events = totals.events;
  if (events.received != events.used + events.dropped + events.left)
    throw std::logic_error(fmt::format("events were miscounted: {} received, {} used, {} dropped, {} left", events.received,
                                       events.used, events.dropped, events.left));
  return kSuccess;
}

}  // namespace

void add_stream(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("stream", "decide, and learn, while events come");
  const auto options = std::make_shared<StreamOptions>();
  command->add_option("network", options->network, "network file (JSON)")->required();
  command->add_option("input", options->input, "a recording, a file of records (.events), - for standard input, or udp:PORT")
      ->required();
  command->add_option("--checkpoint", options->checkpoint, "weights to begin with; default: the initial ones");
  command->add_option("--save", options->save, "checkpoint to write at the end");
  command->add_flag("--overwrite", options->overwrite, "replace a checkpoint that is there");
  command->add_option("--step-ms", options->step_milliseconds, "milliseconds of a time step; a window has the network's steps")
      ->capture_default_str();
  command->add_option("--downsample", options->downsample, "so many columns and rows of pixels become one")
      ->capture_default_str();
  command->add_option("--camera", options->camera, "of what does not say it: a name, or rows x columns such as 34x34")
      ->check([](const std::string& text) {
        return is_camera(text) ? ""
                               : fmt::format("\"{}\"; {}, or rows x columns such as 34x34 is needed", text, known_cameras());
      });
  command->add_option("--label", options->label, "class of a recording, which is learned then");
  command->add_option("--pace", options->pace, "of a file: own, as fast as it was recorded, or off")
      ->check(CLI::IsMember({"own", "off"}))
      ->capture_default_str();
  command->add_option("--queue", options->queue, "events that may wait")->capture_default_str();
  command
      ->add_option("--when-full", options->when_full,
                   "drop events, or let the source wait; default: wait for pipes and files without pace, drop else")
      ->check(CLI::IsMember({"drop", "wait"}));
  command->add_flag("--json", options->json, "a line of JSON for each window");
  add_device_options(*command, options->run);
  command->add_option("--timeout", options->run.timeout_seconds, "seconds that a window may take")->capture_default_str();
  command->add_flag("--quiet", options->run.quiet, "no live view");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace phasic::command
