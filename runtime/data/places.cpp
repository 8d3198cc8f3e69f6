// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/places.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "runtime/data/file_formats.hpp"

namespace phasic::runtime {
namespace {

std::vector<std::string_view> parts_of(std::string_view path, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = path.find(separator);
    parts.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return parts;
    path.remove_prefix(end + 1);
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& letter : result) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter);
  return result;
}

void note_part(std::string_view folder, Place& place) {
  const auto name = lower(folder);
  const bool training = name == "train" || name == "training", test = name == "test";
  const bool validation = name == "val" || name == "valid" || name == "validation";
  if (!training && !test && !validation) return;
  place.validation = validation;
  place.part = training ? std::optional(Part::kTraining) : test ? std::optional(Part::kTest) : std::nullopt;
}

std::optional<unsigned> number_of(std::string_view text) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Place> place_in_alphabet(std::string_view path, std::string_view alphabet) {
  constexpr unsigned kFirstTestDrawer = 17;
  const auto parts = parts_of(path, '/');
  if (parts.size() < 3 || !has_ending(path, ".png") || parts[parts.size() - 3] != alphabet) return std::nullopt;
  const auto stem = parts.back().substr(0, parts.back().size() - 4);
  const auto drawer = number_of(stem.substr(stem.find('_') + 1));
  if (!drawer) return std::nullopt;
  return Place{std::string(parts[parts.size() - 2]), *drawer < kFirstTestDrawer ? Part::kTraining : Part::kTest, false};
}

}  // namespace

std::optional<Place> place_by_folder(std::string_view path) {
  const auto parts = parts_of(path, '/');
  if (parts.size() < 2) return std::nullopt;
  Place place{std::string(parts[parts.size() - 2]), std::nullopt, false};
  for (std::size_t n = 0; n + 2 < parts.size(); ++n) {
    note_part(parts[n], place);
  }
  return place;
}

std::optional<Place> place_by_hand_letter(std::string_view path) {
  constexpr std::string_view kBroken = "SMALL_i_83.png";
  const auto name = parts_of(path, '/').back();
  const auto words = parts_of(name, '_');
  if (words.size() != 3 || words[1].size() != 1 || name == kBroken) return std::nullopt;
  if (words[0] != "CAP" && words[0] != "SMALL") return std::nullopt;
  return Place{lower(words[1]), std::nullopt, false};
}

std::optional<Place> place_in_latin(std::string_view path) { return place_in_alphabet(path, "Latin"); }
std::optional<Place> place_in_greek(std::string_view path) { return place_in_alphabet(path, "Greek"); }

std::optional<Place> place_of_spoken_digit(std::string_view path) {
  constexpr unsigned kTestIndices = 5;
  const auto name = parts_of(path, '/').back();
  if (!has_ending(name, ".wav")) return std::nullopt;
  const auto words = parts_of(name.substr(0, name.size() - 4), '_');
  if (words.size() != 3 || words[0].size() != 1 || words[0][0] < '0' || words[0][0] > '9') return std::nullopt;
  const auto index = number_of(words[2]);
  if (!index) return std::nullopt;
  return Place{std::string(words[0]), *index < kTestIndices ? Part::kTest : Part::kTraining, false};
}

std::optional<Place> place_of_tactile_digit(std::string_view path) {
  const auto parts = parts_of(path, '/');
  if (parts.size() < 2 || !has_ending(path, ".mat") || parts.back().find("LUT") != std::string_view::npos) return std::nullopt;
  const auto digit = parts[parts.size() - 2];
  if (digit.size() != 1 || digit[0] < '0' || digit[0] > '9') return std::nullopt;
  return Place{std::string(digit), std::nullopt, false};
}

std::optional<Place> place_in_ncars(std::string_view path) {
  const auto parts = parts_of(path, '/');
  auto place = place_by_folder(path);
  if (!place || !has_ending(path, ".dat")) return std::nullopt;
  for (const auto folder : parts) {
    if (folder == "n-cars_train") place->part = Part::kTraining;
    if (folder == "n-cars_test") place->part = Part::kTest;
  }
  return place;
}

}  // namespace phasic::runtime
