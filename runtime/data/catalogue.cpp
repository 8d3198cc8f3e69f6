// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/base/nearest.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<KnownSet> make_catalogue() {
  std::vector<KnownSet> sets;
  for (auto* const some : {sets_of_characters, sets_of_pictures, sets_of_letters, sets_of_signals}) {
    for (auto& known : some()) sets.push_back(std::move(known));
  }
  for (auto& known : sets) {
    if (known.class_count == 0) known.class_count = known.classes.size();
  }
  return sets;
}

std::optional<Located> locate_in(const KnownSet& known, const fs::path& folder, Wanted wanted) {
  std::error_code ignored;
  for (const auto& alternative : known.files) {
    if (known.form == &Form::kIdx) {
      if (auto located = locate_idx(folder, alternative, wanted)) return located;
      continue;
    }
    Located located{folder, {}};
    for (const auto& file : alternative) {
      if (fs::exists(folder / file, ignored)) located.files.push_back(folder / file);
    }
    if (located.files.size() == alternative.size()) return located;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> digits() {
  std::vector<std::string> names;
  for (char digit = '0'; digit <= '9'; ++digit) names.emplace_back(1, digit);
  return names;
}

const std::vector<KnownSet>& catalogue() {
  static const auto sets = make_catalogue();
  return sets;
}

const KnownSet* find_known(std::string_view name) {
  for (const auto& known : catalogue()) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::vector<std::string> names_of_sets() {
  std::vector<std::string> names;
  for (const auto& known : catalogue()) names.push_back(known.name);
  return names;
}

std::string known_names() { return fmt::format("{}", fmt::join(names_of_sets(), ", ")); }

std::string unknown_set(std::string_view name) {
  return fmt::format("no known data set{}; known: {}", did_you_mean(name, names_of_sets()), known_names());
}

std::string needed_files(const KnownSet& known) {
  std::string files;
  for (const auto& alternative : known.files) {
    files += files.empty() ? "" : "; or ";
    for (std::size_t n = 0; n < alternative.size(); ++n)
      files += fmt::format("{}{}{}", n > 0 ? ", " : "", alternative[n],
                           known.form == &Form::kIdx ? "-images-idx3-ubyte and -labels-idx1-ubyte" : "");
  }
  return files;
}

std::vector<fs::path> places_of(const KnownSet& known) {
  // Every root with every name, roots first: what the user gave goes before what the system has.
  std::vector<std::vector<fs::path>> by_name;
  for (const auto& folder : known.folders) by_name.push_back(data_roots_of(folder));
  std::vector<fs::path> places;
  for (std::size_t root = 0; root < by_name.front().size(); ++root) {
    for (const auto& folders : by_name) places.push_back(folders[root]);
  }
  return places;
}

std::optional<Located> locate(const KnownSet& known, Wanted wanted) {
  for (const auto& folder : places_of(known)) {
    if (auto located = locate_in(known, folder, wanted)) return located;
  }
  return std::nullopt;
}

std::optional<Located> locate_idx(const fs::path& folder, const std::vector<std::string>& stems, Wanted wanted) {
  Located located{folder, {}};
  for (const auto part : {Part::kTraining, Part::kTest}) {
    const auto files = find_idx_files(folder, stems.at(part == Part::kTraining ? 0 : 1));
    if (!files && wanted.has(part)) return std::nullopt;
    located.files.push_back(files ? files->images : fs::path());
    located.files.push_back(files ? files->labels : fs::path());
  }
  return located;
}

}  // namespace phasic::runtime
