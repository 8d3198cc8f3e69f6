// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "runtime/base/error.hpp"
#include "runtime/data/nettalk.hpp"
#include "runtime/data/raw_set.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/sound.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

RawSample recorded(const StoredFile& file, const Placed& placed, const Preprocessing& how) {
  const auto recording = read_recording(file);
  const Binning binning{how.steps, how.window_microseconds, how.downsample};
  RawSample sample{placed.label, placed.part, file.origin, {}, bin_events(recording, binning, file.origin)};
  sample.picture.channels = 2;
  sample.picture.rows = downsampled(recording.rows, how.downsample);
  sample.picture.columns = downsampled(recording.columns, how.downsample);
  return sample;
}

}  // namespace

RawSet read_spoken_digits(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  RawSet raw;
  raw.labels = sorted_names(known.classes);
  const auto files = read_located(located, [&](std::string_view path) {
    const auto place = known.place(path);
    return place && wanted.has(*place->part);
  });
  FilterBank bank;
  bank.range = how.range_decibels;
  for (const auto& file : files) {
    const auto place = known.place(file.path);
    Picture picture{1, bank.bands, bank.frames, spectrum_picture(decode_wav(file), bank)};
    raw.samples.push_back({place->label, *place->part, file.origin, std::move(picture), {}});
  }
  return raw;
}

RawSet read_nettalk_windows(const Located& located, const Preprocessing& how, Wanted wanted) {
  const auto list = read_nettalk(read_stored_file(located.files.front()));
  RawSet raw;
  if (!list.damaged.empty()) {
    raw.notes.push_back(fmt::format("{} damaged line{} skipped; {}{}", list.damaged.size(), list.damaged.size() == 1 ? "" : "s",
                                    list.damaged.front(), list.damaged.size() == 1 ? "" : "; ..."));
  }
  if (list.repeated > 0) raw.notes.push_back(fmt::format("{} further pronunciations of words skipped", list.repeated));
  const auto drawn = drawn_for_test(list.words.size(), how.test_share, how.seed);
  std::set<std::string> names;
  std::size_t test_words = 0;
  for (std::size_t n = 0; n < list.words.size(); ++n) {
    const auto& word = list.words[n];
    const auto& labels = how.labels == "stress" ? word.stresses : word.phonemes;
    const auto part = drawn[n] ? Part::kTest : Part::kTraining;
    test_words += drawn[n] ? 1 : 0;
    for (std::size_t at = 0; at < word.letters.size(); ++at) {
      const std::string label(1, labels[at]);
      names.insert(label);
      if (!wanted.has(part)) continue;
      Picture picture{1, kNettalkLetters, kNettalkSymbols, letter_window(word.letters, at)};
      raw.samples.push_back({label, part, fmt::format("{}, letter {}", word.letters, at), std::move(picture), {}});
    }
  }
  raw.notes.push_back(fmt::format("{} words for training, {} for testing", list.words.size() - test_words, test_words));
  raw.labels.assign(names.begin(), names.end());
  return raw;
}

RawSet read_recordings(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted) {
  RawSet raw;
  raw.recordings = true;
  auto [files, places, labels] = read_placed(known, located, how, wanted, is_recording_name);
  raw.labels = std::move(labels);
  for (std::size_t n = 0; n < files.size(); ++n) {
    if (wanted.has(places[n].part)) raw.samples.push_back(recorded(files[n], places[n], how));
  }
  return raw;
}

RawSet read_listed_recordings(const Located& located, const Preprocessing& how, Wanted wanted) {
  RawSet raw;
  raw.recordings = true;
  const Accept accept = [](std::string_view path) {
    return is_recording_name(path) || path.ends_with("train1K.txt") || path.ends_with("test100.txt");
  };
  // Unpacked, the recordings stand beside the lists.
  const auto files = located.files.size() == 1 ? read_located(located, accept) : read_stored_files(located.folder, accept);
  std::map<std::string, const StoredFile*> by_name;
  for (const auto& file : files) by_name[file.path.substr(file.path.rfind('/') + 1)] = &file;
  std::set<std::string> names;
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
      if (!wanted.has(part)) continue;
      const auto found = by_name.find(fmt::format("{}.bs2", number));
      if (found == by_name.end())
        throw InputError(list->second->origin, fmt::format("line {}", n), fmt::format("there is no recording {}.bs2", number));
      raw.samples.push_back(recorded(*found->second, {digit, part}, how));
    }
  }
  raw.labels.assign(names.begin(), names.end());
  return raw;
}

}  // namespace phasic::runtime
