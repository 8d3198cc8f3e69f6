// SPDX-License-Identifier: Apache-2.0
/// Sets of an event recording a sample.
#include <fmt/format.h>

#include <map>
#include <set>
#include <sstream>

#include "runtime/data/file_formats.hpp"
#include "runtime/data/recording_samples.hpp"

namespace phasic::runtime {
namespace {

RawSet read_recordings_by_folder(const SetSource& source) {
  RawSet raw;
  raw.recordings = !source.how.picture;
  const auto placed = read_placed(source, is_recording_name, raw);
  const auto& files = placed.files;
  const auto& places = placed.places;
  RecordingSamples samples;
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (source.wanted.has(places[n].part)) samples.take(raw, files[n], places[n], source.how);
  }
  samples.note(raw);
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
  RecordingSamples samples;
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
      samples.take(raw, *found->second, {digit, part}, how);
    }
  }
  raw.labels.assign(names.begin(), names.end());
  for (const auto& [name, file] : by_name) {
    if (is_recording_name(name) && !listed.contains(name)) raw.left_out.add("in no list", file->path);
  }
  samples.note(raw);
  return raw;
}

}  // namespace

constinit const Form Form::kRecordings{.recordings = true, .files = true, .read = read_recordings_by_folder};
constinit const Form Form::kListedRecordings{.recordings = true, .files = true, .read = read_listed};

}  // namespace phasic::runtime
