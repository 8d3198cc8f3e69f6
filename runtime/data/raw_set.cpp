// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/raw_set.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

bool is_archive_name(const std::string& name) {
  return name.ends_with(".zip") || name.ends_with(".tar") || name.ends_with(".tgz") || name.find(".tar.") != std::string::npos;
}

}  // namespace

std::vector<StoredFile> read_located(const Located& located, const Accept& accept) {
  std::vector<StoredFile> all;
  std::error_code ignored;
  for (const auto& file : located.files) {
    const bool folder = fs::is_directory(file, ignored);
    const auto name = file.filename().string();
    if (folder || is_archive_name(name)) {
      // The folder of a set that was given as a whole has no name that says anything.
      const auto front = folder && file != located.folder ? name + "/" : std::string();
      auto some = read_stored_files(file, [&](std::string_view path) { return accept(front + std::string(path)); });
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

Picture prepared(Picture picture, const Preprocessing& how) {
  if (how.gray) picture = to_gray(picture);
  if (how.rows > 0) picture = resized(picture, how.rows, how.columns);
  if (how.invert) picture = inverted(picture);
  return picture;
}

bool is_picture_name(std::string_view path) {
  std::string end(path.substr(path.size() - std::min<std::size_t>(path.size(), 5)));
  for (auto& letter : end) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter);
  return end.ends_with(".png") || end.ends_with(".jpg") || end.ends_with(".jpeg");
}

std::vector<Placed> place_all(const std::vector<StoredFile>& files, PlaceRule rule, const Preprocessing& how) {
  std::vector<Placed> placed;
  std::vector<std::size_t> open;
  for (const auto& file : files) {
    const auto place = rule(file.path);
    if (!place) throw InputError(file.origin, "path", "says no class");
    if (!place->part) open.push_back(placed.size());
    placed.push_back({place->label, place->part.value_or(Part::kTraining)});
  }
  const auto drawn = drawn_for_test(open.size(), how.test_share, how.seed);
  for (std::size_t n = 0; n < open.size(); ++n) {
    if (drawn[n]) placed[open[n]].part = Part::kTest;
  }
  return placed;
}

PlacedFiles read_placed(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted,
                        bool (*is_sample_name)(std::string_view path)) {
  PlacedFiles placed;
  std::vector<std::string> names;
  placed.files = read_located(located, [&](std::string_view path) {
    if (!is_sample_name(path)) return false;
    const auto place = known.place(path);
    if (!place) return false;
    names.push_back(place->label);
    return !place->part || wanted.has(*place->part);
  });
  placed.labels = sorted_names(std::move(names));
  placed.places = place_all(placed.files, known.place, how);
  return placed;
}

std::vector<std::string> sorted_names(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace phasic::runtime
