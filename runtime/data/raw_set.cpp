// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/raw_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/data/file_formats.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

bool is_archive_name(const std::string& name) {
  return name.ends_with(".zip") || name.ends_with(".tar") || name.ends_with(".tgz") || name.find(".tar.") != std::string::npos;
}

}  // namespace

std::vector<StoredFile> read_located(const Located& located, const Accept& accept, PassedOver* passed) {
  std::vector<StoredFile> all;
  std::error_code ignored;
  for (const auto& file : located.files) {
    const bool folder = fs::is_directory(file, ignored);
    const auto name = file.filename().string();
    // What was given as a whole has no name that says anything.
    const bool whole = file == located.folder;
    if (folder || whole || is_archive_name(name)) {
      const auto front = folder && !whole ? name + "/" : std::string();
      auto some = read_stored_files(
          file, [&](std::string_view path) { return accept(front + std::string(path)); }, passed);
      for (auto& one : some) {
        one.path = front + one.path;
        all.push_back(std::move(one));
      }
    } else if (accept(name)) {
      all.push_back(read_stored_file(file));
    }
  }
  return all;
}

void settle_damaged(RawSet& raw, const std::string& set, const Preprocessing& how) {
  if (raw.damaged.empty()) return;
  constexpr std::size_t kMostNamed = 20;
  std::string text;
  for (std::size_t n = 0; n < std::min(raw.damaged.size(), kMostNamed); ++n) text += "\n    " + raw.damaged[n];
  if (raw.damaged.size() > kMostNamed) text += fmt::format("\n    and {} more", raw.damaged.size() - kMostNamed);
  if (!how.leave_out_damaged)
    throw InputError(
        set, "files",
        fmt::format("{} cannot be read; \"leave_out_damaged\": true leaves them out:{}", raw.damaged.size(), text));
  raw.notes.push_back(fmt::format("{} left out, damaged:{}", raw.damaged.size(), text));
}

Picture prepared(Picture picture, const Preprocessing& how) {
  if (how.gray) picture = to_gray(picture);
  if (how.rows > 0) picture = resized(picture, how.rows, how.columns);
  if (how.invert) picture = inverted(picture);
  return picture;
}

namespace {

/// Speech Commands keeps long recordings of noise beside the folders of its words.
constexpr std::string_view kBackgroundNoise = "_background_noise_";

/// The part of a file whose path puts it into one for validation; none: it is left out.
std::optional<Part> part_of_validation(const SetSource& source, std::string_view path) {
  const auto& asked = source.how.validation;
  if (asked.empty()) {
    throw InputError(source.located.folder.string(), "validation",
                     fmt::format("{} is in a part for validation; \"validation\" says what that is: \"test\", \"training\" or "
                                 "\"leave_out\"",
                                 path));
  }
  if (asked == "leave_out") return std::nullopt;
  return asked == "test" ? Part::kTest : Part::kTraining;
}

/// Where a file belongs; none if it is left out.
std::optional<Place> place_of(const SetSource& source, bool (*is_sample_name)(std::string_view path), std::string_view path,
                              LeftOut& left_out) {
  const std::string name(path);
  const auto& lists = source.located.lists;
  if (!lists.empty() && PartLists::is_list(path)) return std::nullopt;
  if (!is_sample_name(path)) {
    left_out.add(kind_of(path) ? "of another kind" : "of a form that is not read", name);
    return std::nullopt;
  }
  auto place = source.known.place(path);
  if (!place) {
    left_out.add(source.known.place == place_by_folder ? "not in the folder of a class" : "no samples of " + source.known.name,
                 name);
    return std::nullopt;
  }
  if (!lists.empty() && place->label == kBackgroundNoise) {
    left_out.add("noise without a class", name);
    return std::nullopt;
  }
  lists.settle(path, *place);
  if (place->validation) {
    place->part = part_of_validation(source, path);
    if (!place->part) {
      left_out.add("a part for validation", name);
      return std::nullopt;
    }
  }
  return place;
}

}  // namespace

PlacedFiles read_placed(const SetSource& source, bool (*is_sample_name)(std::string_view path), RawSet& raw) {
  PlacedFiles placed;
  std::map<std::string, Place, std::less<>> places;
  PassedOver passed;
  std::set<std::string> seen;
  placed.files = read_located(
      source.located,
      [&](std::string_view path) {
        if (!source.located.lists.empty()) seen.emplace(path);
        const auto place = place_of(source, is_sample_name, path, raw.left_out);
        if (!place) return false;
        raw.labels.push_back(place->label);
        if (place->part && !source.wanted.has(*place->part)) return false;
        places.emplace(path, *place);
        return true;
      },
      &passed);
  source.located.lists.note_missing(seen, raw.left_out);
  raw.labels = sorted_names(std::move(raw.labels));
  raw.left_out.add(passed.left_out);
  raw.damaged.insert(raw.damaged.end(), passed.unreadable.begin(), passed.unreadable.end());
  std::vector<std::size_t> open;
  for (const auto& file : placed.files) {
    const auto& place = places.at(file.path);
    if (!place.part) open.push_back(placed.places.size());
    placed.places.push_back({place.label, place.part.value_or(Part::kTraining)});
  }
  raw.drawn_from = open.size();
  const auto drawn = drawn_for_test(open.size(), source.how.test_share, source.how.seed);
  for (std::size_t n = 0; n < open.size(); ++n) {
    if (drawn[n]) placed.places[open[n]].part = Part::kTest;
  }
  return placed;
}

std::vector<std::string> sorted_names(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace phasic::runtime
