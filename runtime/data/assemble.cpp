// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/assemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

std::string part_name(Part part) { return part == Part::kTraining ? "training" : "test"; }

/// Why a part is empty, and what to do.
std::string no_samples(const RawSet& raw, Part part, const NamedData& about) {
  const bool test = part == Part::kTest;
  const auto begin = fmt::format("there are no {} samples: ", part_name(part));
  if (raw.drawn_from > 0) {
    return begin + fmt::format(
                       "\"test_share\" {} of {} file{} is {}; a {} \"test_share\", more files, or folders train and test "
                       "above those of the classes give both parts some",
                       about.preprocessing.test_share, raw.drawn_from, raw.drawn_from == 1 ? "" : "s", test ? "none" : "all",
                       test ? "larger" : "smaller");
  }
  return begin + fmt::format("its files are all in the {} part; a folder {} with those of the classes is needed",
                             part_name(test ? Part::kTraining : Part::kTest), test ? "test" : "train");
}

}  // namespace

void refuse_files_of(const NamedData& about, const std::string& problem) {
  const std::filesystem::path found = about.found;
  const auto last = found.filename().empty() ? found.parent_path().filename() : found.filename();
  throw InputError(about.found, last == about.name ? "" : about.name, problem);
}

Shape common_shape(std::vector<RawSample>& samples) {
  const auto& first = samples.front();
  Shape shape{first.picture.channels, first.picture.rows, first.picture.columns};
  for (const auto& sample : samples) {
    if (sample.picture.rows != shape.rows || sample.picture.columns != shape.columns) {
      throw SizesDiffer(sample.origin, "size",
                        fmt::format("{} x {}, but {} has {} x {}; \"size\" in the JSON of --data brings them to one size",
                                    sample.picture.rows, sample.picture.columns, first.origin, shape.rows, shape.columns));
    }
    shape.channels = std::max(shape.channels, sample.picture.channels);
  }
  if (shape.channels == 3) {
    for (auto& sample : samples) sample.picture = to_colour(sample.picture);
  }
  return shape;
}

std::size_t drop_repeats(std::vector<RawSample>& samples) {
  // Equal words stand for the same only in equal chunks.
  const auto bytes_of = [](const RawSample& sample) {
    const auto bytes = [](const auto& values) {
      return std::string_view(reinterpret_cast<const char*>(values.data()), sizeof values[0] * values.size());
    };
    return std::pair(sample.events.empty() ? bytes(sample.picture.pixels) : bytes(sample.events), bytes(sample.chunks));
  };
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::vector<bool> keep(samples.size(), true);
  for (const auto part : {Part::kTest, Part::kTraining}) {
    for (std::size_t n = 0; n < samples.size(); ++n) {
      if (samples[n].part == part) keep[n] = seen.insert(bytes_of(samples[n])).second;
    }
  }
  std::vector<RawSample> kept;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    if (keep[n]) kept.push_back(std::move(samples[n]));
  }
  const auto gone = samples.size() - kept.size();
  samples = std::move(kept);
  return gone;
}

Dataset assemble(RawSet& raw, Part part, const NamedData& about) {
  Dataset data;
  data.name = fmt::format("{}, {}", about.name, part_name(part));
  data.images_file = data.labels_file = about.found;
  data.channels = about.shape.channels;
  data.rows = about.shape.rows;
  data.columns = about.shape.columns;
  data.steps = about.steps;
  if (raw.recordings) data.event_starts.push_back(0);
  const bool chunked = raw.recordings && about.preprocessing.step_microseconds > 0;
  if (chunked) {
    data.step_microseconds = about.preprocessing.step_microseconds;
    data.chunk_starts.push_back(0);
  }
  std::map<std::string, std::uint8_t> label_of;
  for (std::size_t n = 0; n < about.classes.size(); ++n) label_of[about.classes[n]] = static_cast<std::uint8_t>(n);
  for (auto& sample : raw.samples) {
    if (sample.part != part) continue;
    const auto label = label_of.find(sample.label);
    if (label == label_of.end())
      throw InputError(sample.origin, "class", fmt::format("\"{}\" is no class of {}", sample.label, about.name));
    data.labels.push_back(label->second);
    if (raw.recordings) {
      data.events.insert(data.events.end(), sample.events.begin(), sample.events.end());
      data.event_starts.push_back(data.events.size());
      sample.events = {};
      data.chunk_words.insert(data.chunk_words.end(), sample.chunks.begin(), sample.chunks.end());
      if (chunked) data.chunk_starts.push_back(data.chunk_words.size());
    } else {
      data.pixels.insert(data.pixels.end(), sample.picture.pixels.begin(), sample.picture.pixels.end());
      sample.picture.pixels = {};
    }
  }
  if (data.labels.empty()) refuse_files_of(about, no_samples(raw, part, about));
  data.checksum = checksum_of(data);
  return data;
}

}  // namespace phasic::runtime
