// SPDX-License-Identifier: Apache-2.0
/// The data sets that Phasic knows by name: one table with where each is found, what becomes of its samples, how many there
/// are, where it comes from and under which licence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/data/event_picture.hpp"
#include "runtime/data/part_lists.hpp"
#include "runtime/data/places.hpp"
#include "runtime/data/set_form.hpp"

namespace phasic::runtime {

/// How samples are made unless the user wants otherwise.
struct Preprocessing {
  std::uint32_t rows = 0, columns = 0;  ///< size of images; 0: as they are
  bool gray = false;
  bool invert = false;
  bool unique = false;                   ///< of samples that are the same in every byte one is kept, one of the test part first
  bool mixed = false;                    ///< the training set comes in an order drawn from the seed, not in the files' order
  double test_share = 0.2;               ///< where the files have no test part
  std::uint64_t seed = 1;                ///< of the mixed order and the test part
  std::string labels = "phoneme";        ///< NETtalk: or "stress"
  double range_decibels = 50;            ///< of spectra
  std::uint32_t steps = 20;              ///< of event recordings
  std::uint32_t downsample = 1;          ///< of event recordings
  std::int64_t window_microseconds = 0;  ///< of event recordings; 0: the whole recording
  std::int64_t step_microseconds = 0;   ///< of event recordings: they become chunks of steps of this length; 0: one sample each
  std::optional<EventPicture> picture;  ///< of event recordings: they become pictures; none: address events
  std::string camera;                   ///< of event recordings that do not say it; empty: unknown
  std::string validation;               ///< what folders val, valid and validation are; empty: refused (see request.hpp)
  bool leave_out_damaged = false;       ///< files that cannot be read are left out and counted
};

/// The parts that somebody wants; others need not be decoded.
struct Wanted {
  bool training = true, test = true;
  [[nodiscard]] bool has(Part part) const { return part == Part::kTraining ? training : test; }
};

struct Shape {
  std::uint32_t channels = 1, rows = 0, columns = 0;
  bool operator==(const Shape&) const = default;
};

struct KnownSet {
  std::string name;
  std::string title;
  const Form* form = nullptr;
  std::vector<std::string> folders;  ///< names of its folder, the usual one first
  /// Alternatives of what the folder holds: files and folders that must all be there. For IDX the stems of the training and the
  /// test files, such as "train" and "t10k".
  std::vector<std::vector<std::string>> files;
  PlaceRule place = nullptr;
  Preprocessing usual;
  Shape shape;                         ///< after the usual preprocessing
  std::size_t training = 0, test = 0;  ///< samples after the usual preprocessing
  std::vector<std::string> classes;    ///< names by label; empty: the sorted names that occur
  std::size_t class_count = 0;
  std::string licence;
  std::string source;  ///< where to get it
};

/// In the order of the documentation.
[[nodiscard]] const std::vector<KnownSet>& catalogue();

/// None if the name is unknown.
[[nodiscard]] const KnownSet* find_known(std::string_view name);

[[nodiscard]] std::vector<std::string> names_of_sets();

/// All names, with commas.
[[nodiscard]] std::string known_names();

/// What is wrong with a name that none of the sets has, and which may have been meant.
[[nodiscard]] std::string unknown_set(std::string_view name);

/// What the folder of a set holds, for people: files with commas, alternatives with "; or ".
[[nodiscard]] std::string needed_files(const KnownSet& known);

/// Where a set lies: its folder and one of the alternatives, as paths.
struct Located {
  std::filesystem::path folder;
  /// For IDX training images, training labels, test images, test labels; a part that is not wanted may be missing: empty paths.
  std::vector<std::filesystem::path> files;
  PartLists lists = {};  ///< of a folder of the user's that has some
};
[[nodiscard]] std::optional<Located> locate(const KnownSet& known, Wanted wanted = {});

/// The four files of IDX in a folder, by the stems of training and test files.
[[nodiscard]] std::optional<Located> locate_idx(const std::filesystem::path& folder, const std::vector<std::string>& stems,
                                                Wanted wanted);

/// The sets by what their samples are, in the order of the documentation.
[[nodiscard]] std::vector<KnownSet> sets_of_characters();
[[nodiscard]] std::vector<KnownSet> sets_of_pictures();
[[nodiscard]] std::vector<KnownSet> sets_of_letters();
[[nodiscard]] std::vector<KnownSet> sets_of_signals();

/// Names of classes: "0" to "9".
[[nodiscard]] std::vector<std::string> digits();

/// Folders that `locate` looks into.
[[nodiscard]] std::vector<std::filesystem::path> places_of(const KnownSet& known);

}  // namespace phasic::runtime
