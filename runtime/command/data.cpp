// SPDX-License-Identifier: Apache-2.0
/// phasic data list, check, show, make
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/command/options.hpp"
#include "runtime/data/cameras.hpp"
#include "runtime/data/file_formats.hpp"
#include "runtime/data/load.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/show.hpp"
#include "runtime/data/statistics.hpp"
#include "runtime/data/synthetic_gestures.hpp"

namespace phasic::command {
namespace {

using namespace phasic::runtime;

std::string shape_of(const Shape& shape) {
  return shape.channels > 1 ? fmt::format("{}x{}x{}", shape.channels, shape.rows, shape.columns)
                            : fmt::format("{}x{}", shape.rows, shape.columns);
}

bool has_recordings(const KnownSet& known) { return known.form->recordings; }

int list() {
  fmt::print("{:<15} {:>8} {:>7} {:>7}  {:<8} {:<11} {}\n", "name", "training", "test", "classes", "shape", "samples",
             "licence");
  for (const auto& known : catalogue()) {
    const auto located = locate(known);
    fmt::print("{:<15} {:>8} {:>7} {:>7}  {:<8} {:<11} {}\n", known.name, known.training, known.test, known.class_count,
               shape_of(known.shape), has_recordings(known) ? "events" : "intensities", known.licence);
    fmt::print("{:<15} {}; {}\n", "", known.title,
               located ? "found in " + located->folder.string() : "missing; it comes from " + known.source);
    if (!located) fmt::print("{:<15} a folder {} must hold: {}\n", "", known.folders.front(), needed_files(known));
  }
  fmt::print("$PHASIC_DATA is {}; docs/data.md says what each name stands for\n",
             std::getenv("PHASIC_DATA") != nullptr ? std::getenv("PHASIC_DATA") : "not set");
  return kSuccess;
}

int list_as_json() {
  auto sets = nlohmann::json::array();
  for (const auto& known : catalogue()) {
    const auto located = locate(known);
    sets.push_back({{"name", known.name},
                    {"title", known.title},
                    {"training", known.training},
                    {"test", known.test},
                    {"classes", known.class_count},
                    {"rows", known.shape.rows},
                    {"columns", known.shape.columns},
                    {"channels", known.shape.channels},
                    {"samples", has_recordings(known) ? "events" : "intensities"},
                    {"licence", known.licence},
                    {"source", known.source},
                    {"folder", located ? nlohmann::json(located->folder.string()) : nlohmann::json()}});
  }
  fmt::print("{}\n", sets.dump(2));
  return kSuccess;
}

void print_counts(const NamedData& data) {
  const auto training = class_counts(data.training, data.classes.size()), test = class_counts(data.test, data.classes.size());
  constexpr std::size_t kInALine = 6;
  for (std::size_t n = 0; n < data.classes.size(); ++n) {
    fmt::print("{}{} {}+{}", n % kInALine == 0 ? "  " : ", ", data.classes[n], training[n], test[n]);
    if (n % kInALine == kInALine - 1 || n + 1 == data.classes.size()) fmt::print("\n");
  }
}

/// "20 steps", or for recordings in chunks "chunks of 20 steps of 1.5 ms".
std::string steps_of(const Dataset& data) {
  if (!data.has_chunks()) return fmt::format("{} steps", data.steps);
  return fmt::format("chunks of {} steps of {:g} ms", data.steps, static_cast<double>(data.step_microseconds) / 1000);
}

/// Returns what is not as the catalogue says.
std::vector<std::string> check_one(const std::string& text) {
  const Stopwatch watch;
  const auto request = parse_data_text(text);
  const auto data = load_named(request);
  fmt::print("{}: {} + {} samples of {}, {} classes, {}, in {}, read in {:.1f} s\n", data.name, data.training.size(),
             data.test.size(), shape_of(data.shape), data.classes.size(),
             data.recordings ? fmt::format("events in {}", steps_of(data.training)) : "intensities", data.found,
             watch.seconds());
  for (const auto& note : data.notes) fmt::print("  {}\n", note);
  fmt::print("  samples of each class, training+test:\n");
  print_counts(data);
  const auto repeats = count_repeats(data.training, data.test);
  fmt::print(
      "  test samples that are in the training set, too: {}{}; repeated in the training set: {}\n", repeats.test_in_training,
      repeats.contradictory > 0 ? fmt::format(" ({} with another label)", repeats.contradictory) : "", repeats.within_training);
  if (data.recordings) {
    const auto samples = static_cast<double>(data.training.size() + data.test.size());
    const auto a_sample = [&](std::size_t training, std::size_t test) {
      return static_cast<double>(training + test) / samples;
    };
    fmt::print("  events a sample: {:.0f}\n", a_sample(data.training.events.size(), data.test.events.size()));
    if (data.training.has_chunks())
      fmt::print("  chunks a sample: {:.1f}\n", a_sample(data.training.chunk_words.size(), data.test.chunk_words.size()));
  }
  std::vector<std::string> faults;
  const auto* known = find_known(text);
  if (known == nullptr) return faults;
  const auto expect = [&](std::string_view what, std::size_t got, std::size_t wanted) {
    if (got != wanted) faults.push_back(fmt::format("{}: {}: {}; {} are known of it", text, what, got, wanted));
  };
  expect("training samples", data.training.size(), known->training);
  expect("test samples", data.test.size(), known->test);
  expect("classes", data.classes.size(), known->class_count);
  if (data.shape != known->shape)
    faults.push_back(fmt::format("{}: shape: {}; {} is known of it", text, shape_of(data.shape), shape_of(known->shape)));
  return faults;
}

int check(std::vector<std::string> names) {
  if (names.empty()) {
    for (const auto& known : catalogue()) {
      if (locate(known)) names.push_back(known.name);
    }
    if (names.empty())
      throw InputError("", "data check", "no data set was found; `phasic data list` says where they come from");
  }
  std::vector<std::string> faults;
  for (const auto& name : names) {
    try {
      const auto more = check_one(name);
      faults.insert(faults.end(), more.begin(), more.end());
    } catch (const InputError& error) {
      faults.emplace_back(error.what());
    }
  }
  for (const auto& fault : faults) fmt::print(stderr, "phasic: {}\n", fault);
  if (!faults.empty()) return kInputFailure;
  fmt::print("{} data set{} as {} should be\n", names.size(), names.size() == 1 ? "" : "s", names.size() == 1 ? "it" : "they");
  return kSuccess;
}

struct ShowOptions {
  std::string name, png;
  std::uint64_t index = 0;
  std::uint32_t scale = 8;
  bool test = false, plain = false;
  std::string camera;  ///< empty: as the file says
};

/// A recording by itself, as a data set of one sample.
NamedData one_recording(const std::string& file, const std::string& camera) {
  const auto stored = read_stored_file(file);
  const auto recording = read_recording(stored, camera);
  NamedData data;
  data.name = file;
  data.recordings = true;
  data.preprocessing = {};
  while (std::uint64_t{recording.polarities} * downsampled(recording.rows, data.preprocessing.downsample) *
             downsampled(recording.columns, data.preprocessing.downsample) >
         kMostInputs) {
    data.preprocessing.downsample *= 2;
  }
  const auto factor = data.preprocessing.downsample;
  data.steps = data.preprocessing.steps;
  data.classes = {"unknown"};
  auto& part = data.training;
  part.channels = recording.polarities;
  part.rows = downsampled(recording.rows, factor);
  part.columns = downsampled(recording.columns, factor);
  part.steps = data.steps;
  part.events = bin_events(recording, {data.steps, 0, factor}, file);
  part.event_starts = {0, part.events.size()};
  part.labels = {0};
  const auto [first, last] = std::minmax_element(recording.events.begin(), recording.events.end(),
                                                 [](const auto& left, const auto& right) { return left.time < right.time; });
  data.notes.push_back(fmt::format(
      "{} events of a camera of {} x {}{}, {} outside it left out, {} other records", recording.events.size(), recording.rows,
      recording.columns,
      recording.events.empty() ? "" : fmt::format(", {:.3f} s", static_cast<double>(last->time - first->time) / 1e6),
      recording.outside, recording.others));
  if (factor > 1) data.notes.push_back(fmt::format("{0} x {0} pixels become one, so that the inputs can be numbered", factor));
  return data;
}

/// Whether the channels of a sample are neither gray nor colours, so that each is shown by itself.
bool has_many_channels(const NamedData& named, const Dataset& data) {
  const bool colours = data.channels == 3 && !named.preprocessing.picture;
  return !data.has_events() && data.channels != 1 && !colours;
}

/// "channel 3, brighter, part 2 of 2"; of `channels`
std::string channel_name(const Preprocessing& how, std::uint32_t channel, std::uint32_t channels) {
  if (!how.picture) return fmt::format("channel {}", channel);
  const auto bins = how.picture->bins;
  const auto* const polarity = channels == bins ? "" : channel < bins ? " darker," : " brighter,";
  return fmt::format("channel {},{} part {} of {}", channel, polarity, channel % bins + 1, bins);
}

void print_channels(const NamedData& named, const Dataset& data, std::uint64_t index, bool blocks) {
  for (std::uint32_t channel = 0; channel < data.channels; ++channel) {
    fmt::print("  {}\n{}", channel_name(named.preprocessing, channel, data.channels),
               text_picture(channel_of(data, index, channel), blocks));
  }
}

/// What is written to a file.
Picture whole_picture(const NamedData& named, const Dataset& data, std::uint64_t index) {
  if (!has_many_channels(named, data)) return picture_of(data, index, true);
  return sheet_of(data, index, named.preprocessing.picture ? named.preprocessing.picture->bins : data.channels);
}

int show(const ShowOptions& options) {
  const bool one = std::filesystem::is_regular_file(options.name) && is_recording_name(options.name);
  const auto part = options.test ? Part::kTest : Part::kTraining;
  const auto load = [&] {
    auto request = parse_data_text(options.name);
    if (!options.camera.empty()) request.camera = options.camera;
    return load_named(request, {part == Part::kTraining, part == Part::kTest});
  };
  const auto named = one ? one_recording(options.name, options.camera) : load();
  const auto& data = named.part(part);
  if (options.index >= data.size())
    throw InputError("", "--index", fmt::format("{}, but {} has {} samples", options.index, data.name, data.size()));
  const auto label = data.labels[options.index];
  fmt::print("{}, sample {} of {}: label {}, {}\n", one ? named.name : data.name, options.index, data.size(), label,
             named.classes.at(label));
  for (const auto& note : named.notes) fmt::print("  {}\n", note);
  if (data.has_events()) {
    const auto events = data.events_of(options.index);
    fmt::print("  {} address events in {}{}\n{}", events.size(),
               data.has_chunks() ? fmt::format("{} ", data.kernel_samples(options.index)) : "", steps_of(data),
               data.has_chunks() ? histogram("chunk", data.chunks_of(options.index)) : step_histogram(events, data.steps));
  }
  if (has_many_channels(named, data)) {
    print_channels(named, data, options.index, !options.plain);
  } else {
    fmt::print("{}", text_picture(picture_of(data, options.index, false), !options.plain));
  }
  if (!options.png.empty()) {
    const auto picture = whole_picture(named, data, options.index);
    if (options.scale == 0 || std::uint64_t{options.scale} * std::max(picture.rows, picture.columns) > 16384)
      throw InputError("", "--scale",
                       fmt::format("{}; 1 to {} are possible", options.scale, 16384 / std::max(picture.rows, picture.columns)));
    write_png(options.png, enlarged(picture, options.scale));
    fmt::print("  picture: {}\n", options.png);
  }
  return kSuccess;
}

struct MakeOptions {
  std::string name, output;
  std::uint64_t seed = 1;
  std::uint32_t samples = kSyntheticGestureSamples;
};

int make(const MakeOptions& options) {
  make_synthetic_gestures(options.output, options.seed, options.samples);
  const auto tests = synthetic_test_gestures(options.samples);
  fmt::print("{}: {} synthetic recordings of each of {} classes in {}, {} of them for testing, seed {}\n", options.name,
             options.samples, kSyntheticGestures.size(), options.output, tests, options.seed);
  return kSuccess;
}

void add_make(CLI::App& command, Action& chosen) {
  auto* make_command = command.add_subcommand("make", "make a synthetic data set");
  const auto options = std::make_shared<MakeOptions>();
  make_command->add_option("name", options->name, "synthetic-gestures: moving patterns as an event camera sees them")
      ->required()
      ->check(CLI::IsMember({"synthetic-gestures"}));
  make_command->add_option("--output", options->output, "a new folder for it")->required();
  make_command->add_option("--seed", options->seed, "of all that is drawn")->capture_default_str();
  make_command->add_option("--samples", options->samples, "recordings of each class, a fifth of them for testing")
      ->capture_default_str();
  make_command->callback([options, &chosen] { chosen = [options] { return make(*options); }; });
}

}  // namespace

void add_data(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("data", "list, check, show and make data sets");
  command->require_subcommand(1);
  auto* list_command = command->add_subcommand("list", "the data sets known by name, and where they were found");
  const auto as_json = std::make_shared<bool>(false);
  list_command->add_flag("--json", *as_json, "as JSON");
  list_command->callback([as_json, &chosen] { chosen = [as_json] { return *as_json ? list_as_json() : list(); }; });

  auto* check_command = command->add_subcommand("check", "read data sets, count their samples and repeats");
  const auto names = std::make_shared<std::vector<std::string>>();
  check_command->add_option("names", *names, "names, folders or JSON; default: all that are found");
  check_command->callback([names, &chosen] { chosen = [names] { return check(*names); }; });

  auto* show_command = command->add_subcommand("show", "show a sample");
  const auto options = std::make_shared<ShowOptions>();
  show_command->add_option("name", options->name, "name, folder, JSON, or one event recording")->required();
  show_command->add_option("--index", options->index, "number of the sample")->capture_default_str();
  show_command->add_flag("--test", options->test, "of the test set");
  show_command->add_flag("--ascii", options->plain, "letters instead of blocks");
  show_command->add_option("--png", options->png, "write the picture to this file");
  show_command->add_option("--scale", options->scale, "pixels in the file for a pixel of the sample")->capture_default_str();
  show_command->add_option("--camera", options->camera, "of event recordings that do not say which it was")
      ->check([](const std::string& text) {
        return is_camera(text) ? ""
                               : fmt::format("\"{}\"; {}, or rows x columns such as 480x640 is needed", text, known_cameras());
      });
  show_command->callback([options, &chosen] { chosen = [options] { return show(*options); }; });
  add_make(*command, chosen);
}

}  // namespace phasic::command
