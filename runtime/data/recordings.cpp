// SPDX-License-Identifier: Apache-2.0
/// Sets of an event recording a sample.
#include <fmt/format.h>

#include <map>
#include <set>
#include <sstream>

#include "runtime/data/file_formats.hpp"
#include "runtime/data/raw_set.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {
namespace {

/// Counts what is no event, over all recordings of a set.
class LeftOutTally {
 public:
  void take(RawSet& raw, const StoredFile& file, const Placed& placed, const Preprocessing& how) {
    take_sample(raw, [&] {
      const auto recording = read_recording(file, how.camera);
      const Binning binning{how.steps, how.window_microseconds, how.downsample, how.step_microseconds};
      RawSample sample{placed.label, placed.part, file.origin, {}, {}};
      if (how.picture) {
        sample.picture = event_picture(recording, *how.picture, how.window_microseconds, how.downsample, file.origin);
      } else if (how.step_microseconds > 0) {
        auto chunks = chunk_events(recording, binning, file.origin);
        sample.events = std::move(chunks.words);
        sample.chunks = std::move(chunks.counts);
      } else {
        sample.events = bin_events(recording, binning, file.origin);
      }
      if (!how.picture)
        sample.picture = {2, downsampled(recording.rows, how.downsample), downsampled(recording.columns, how.downsample), {}};
      others_ += recording.others;
      outside_ += recording.outside;
      if (recording.outside > 0) outside_in_.insert(file.path);
      return sample;
    });
  }

  void note(RawSet& raw) const {
    if (others_ > 0) raw.notes.push_back(fmt::format("{} records that are no events of pixels left out", others_));
    if (outside_ > 0)
      raw.notes.push_back(fmt::format("{} events outside the camera left out, in: {}", outside_, some_names(outside_in_)));
  }

 private:
  std::uint64_t others_ = 0, outside_ = 0;
  std::set<std::string> outside_in_;
};

RawSet read_recordings_by_folder(const SetSource& source) {
  RawSet raw;
  raw.recordings = !source.how.picture;
  const auto placed = read_placed(source, is_recording_name, raw);
  const auto& files = placed.files;
  const auto& places = placed.places;
  LeftOutTally tally;
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (source.wanted.has(places[n].part)) tally.take(raw, files[n], places[n], source.how);
  }
  tally.note(raw);
  return raw;
}

RawSet read_listed(const SetSource& source) {
  const auto& located = source.located;
  const auto& how = source.how;
  const auto& wanted = source.wanted;
  RawSet raw;
  raw.recordings = !how.picture;
  PassedOver passed;
  const Accept accept = [&](std::string_view path) {
    const bool known_form = is_recording_name(path) || path.ends_with("train1K.txt") || path.ends_with("test100.txt");
    if (!known_form) raw.left_out.add("of another form", std::string(path));
    return known_form;
  };
  // Unpacked, the recordings stand beside the lists.
  const auto files =
      located.files.size() == 1 ? read_located(located, accept, &passed) : read_stored_files(located.folder, accept, &passed);
  raw.left_out.add(passed.left_out);
  raw.damaged = passed.unreadable;
  std::map<std::string, const StoredFile*> by_name;
  for (const auto& file : files) by_name[file.path.substr(file.path.rfind('/') + 1)] = &file;
  std::set<std::string> names, listed;
  LeftOutTally tally;
  for (const auto part : {Part::kTraining, Part::kTest}) {
    const std::string list_name = part == Part::kTraining ? "train1K.txt" : "test100.txt";
    const auto list = by_name.find(list_name);
    if (list == by_name.end()) throw InputError(located.folder.string(), list_name, "is not there");
    std::istringstream lines(std::string(list->second->bytes.begin(), list->second->bytes.end()));
    std::string line;
    for (std::size_t n = 1; std::getline(lines, line); ++n) {
      if (line.empty() || line.front() == '#') continue;
      std::istringstream words(line);
      unsigned number = 0, label = 0;
      if (!(words >> number >> label) || label > 9)
        throw InputError(list->second->origin, fmt::format("line {}", n),
                         fmt::format("\"{}\"; a number and a digit are needed", line.substr(0, 40)));
      const auto digit = std::to_string(label);
      names.insert(digit);
      listed.insert(fmt::format("{}.bs2", number));
      if (!wanted.has(part)) continue;
      const auto found = by_name.find(fmt::format("{}.bs2", number));
      if (found == by_name.end())
        throw InputError(list->second->origin, fmt::format("line {}", n), fmt::format("there is no recording {}.bs2", number));
      tally.take(raw, *found->second, {digit, part}, how);
    }
  }
  raw.labels.assign(names.begin(), names.end());
  for (const auto& [name, file] : by_name) {
    if (is_recording_name(name) && !listed.contains(name)) raw.left_out.add("in no list", file->path);
  }
  tally.note(raw);
  return raw;
}

}  // namespace

constinit const Form Form::kRecordings{.recordings = true, .files = true, .read = read_recordings_by_folder};
constinit const Form Form::kListedRecordings{.recordings = true, .files = true, .read = read_listed};

}  // namespace phasic::runtime
