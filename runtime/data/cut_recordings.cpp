// SPDX-License-Identifier: Apache-2.0
/// DvsGesture: long recordings, of which a table beside each says which class is when.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "runtime/data/file_formats.hpp"
#include "runtime/data/recording_samples.hpp"
#include "runtime/data/text_lines.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

/// A row of a table: class, and when it begins and ends, in microseconds of the recording's clock.
struct Piece {
  std::uint64_t label = 0;  ///< from 1 on
  std::int64_t begin = 0, end = 0;
};

Piece piece_of(const std::string& line, std::size_t number, std::size_t classes, const std::string& origin) {
  std::uint64_t values[3] = {};
  const char* at = line.data();
  const char* const last = at + line.size();
  bool good = true;
  for (std::size_t n = 0; n < 3 && good; ++n) {
    const auto [end, failure] = std::from_chars(at, last, values[n]);
    good = failure == std::errc() && values[n] <= INT64_MAX && (n == 2 ? end == last : end != last && *end == ',');
    at = end + (n < 2 ? 1 : 0);
  }
  if (!good || values[0] == 0 || values[0] > classes || values[2] <= values[1]) {
    throw InputError(
        origin, fmt::format("line {}", number),
        fmt::format("\"{}\"; a class from 1 to {}, a time and a later one are needed", line.substr(0, 60), classes));
  }
  return {values[0], static_cast<std::int64_t>(values[1]), static_cast<std::int64_t>(values[2])};
}

std::vector<Piece> read_pieces(const StoredFile& file, std::size_t classes) {
  constexpr std::string_view kFirstLine = "class,startTime_usec,endTime_usec";
  const auto lines = lines_of(file);
  if (lines.empty() || lines[0] != kFirstLine)
    throw InputError(file.origin, "line 1",
                     fmt::format("\"{}\"; \"{}\" is needed", lines.empty() ? "" : lines[0].substr(0, 60), kFirstLine));
  std::vector<Piece> pieces;
  for (std::size_t n = 1; n < lines.size(); ++n) pieces.push_back(piece_of(lines[n], n + 1, classes, file.origin));
  return pieces;
}

/// The events from a piece's beginning on, up to its end.
Recording cut(const Recording& whole, const Piece& piece) {
  Recording part{whole.rows, whole.columns, {}};
  std::copy_if(whole.events.begin(), whole.events.end(), std::back_inserter(part.events),
               [&](const auto& event) { return event.time >= piece.begin && event.time < piece.end; });
  return part;
}

/// One recording and its table. The files are larger than all that is made of them, so they are read one by one.
void take_pieces(const SetSource& source, const std::string& name, Part part, RawSet& raw, RecordingSamples& samples) {
  const auto& classes = source.known.classes;
  try {
    const auto stem = name.substr(0, name.size() - std::string_view(".aedat").size());
    const auto pieces = read_pieces(read_stored_file(source.located.folder / (stem + "_labels.csv")), classes.size());
    const auto file = read_stored_file(source.located.folder / name);
    const auto whole = read_recording(file, source.how.camera);
    std::vector<RawSample> made;
    for (std::size_t n = 0; n < pieces.size(); ++n) {
      const auto origin = fmt::format("{}: piece {}", file.origin, n + 1);
      const auto recording = cut(whole, pieces[n]);
      if (recording.events.empty())
        throw InputError(origin, "time", fmt::format("there are no events from {} to {}", pieces[n].begin, pieces[n].end));
      made.push_back(sample_of(recording, {classes[pieces[n].label - 1], part}, origin, source.how));
    }
    samples.count(whole, name);
    std::move(made.begin(), made.end(), std::back_inserter(raw.samples));
  } catch (const InputError& error) {
    raw.damaged.emplace_back(error.what());
  }
}

RawSet read_cut(const SetSource& source) {
  const auto& folder = source.located.folder;
  RawSet raw;
  raw.recordings = !source.how.picture;
  raw.labels = source.known.classes;
  RecordingSamples samples;
  std::set<std::string> listed;
  for (const auto part : {Part::kTraining, Part::kTest}) {
    const auto list = read_stored_file(folder / (part == Part::kTraining ? "trials_to_train.txt" : "trials_to_test.txt"));
    const auto lines = lines_of(list);
    for (std::size_t n = 0; n < lines.size(); ++n) {
      const auto name = lines[n].substr(0, lines[n].find_last_not_of(" \t") + 1);
      if (name.find('/') != std::string::npos || !name.ends_with(".aedat"))
        throw InputError(list.origin, fmt::format("line {}", n + 1),
                         fmt::format("\"{}\"; the name of an .aedat file is needed", name.substr(0, 60)));
      if (!listed.insert(name).second)
        throw InputError(list.origin, fmt::format("line {}", n + 1), fmt::format("{} is there twice", name));
      if (source.wanted.has(part)) take_pieces(source, name, part, raw, samples);
    }
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const auto name = entry.path().filename().string();
    if (is_recording_name(name) && !listed.contains(name)) raw.left_out.add("in no list", name);
  }
  samples.note(raw);
  return raw;
}

}  // namespace

constinit const Form Form::kCutRecordings{.recordings = true, .files = true, .read = read_cut};

}  // namespace phasic::runtime
