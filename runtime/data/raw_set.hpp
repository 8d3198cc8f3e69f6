// SPDX-License-Identifier: Apache-2.0
/// Samples as a reader of one form makes them, before they become training and test sets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/data/catalogue.hpp"
#include "runtime/data/picture.hpp"
#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

/// The parts that somebody wants; others need not be decoded.
struct Wanted {
  bool training = true, test = true;
  [[nodiscard]] bool has(Part part) const { return part == Part::kTraining ? training : test; }
};

struct RawSample {
  std::string label;
  Part part = Part::kTraining;
  std::string origin;
  Picture picture;                    ///< its pixels are empty for a recording
  std::vector<std::uint32_t> events;  ///< words of the kernel
};

struct RawSet {
  std::vector<RawSample> samples;   ///< of the wanted parts, in the order of the files
  std::vector<std::string> labels;  ///< all names of classes in all parts, sorted
  std::vector<std::string> notes;   ///< for people: what was skipped
  bool recordings = false;
};

/// The files of a set: of its archives, its folders (with the folder's name in front of paths) or as they stand.
[[nodiscard]] std::vector<StoredFile> read_located(const Located& located, const Accept& accept);

/// Each reads the form of its name; throws InputError.
[[nodiscard]] RawSet read_pictures(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted);
[[nodiscard]] RawSet read_cifar_batches(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted);
[[nodiscard]] RawSet read_cifar_sheets(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted);
[[nodiscard]] RawSet read_numbered_pictures(const KnownSet& known, const Located& located, const Preprocessing& how,
                                            Wanted wanted);
[[nodiscard]] RawSet read_spoken_digits(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted);
[[nodiscard]] RawSet read_nettalk_windows(const Located& located, const Preprocessing& how, Wanted wanted);
[[nodiscard]] RawSet read_recordings(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted);
[[nodiscard]] RawSet read_listed_recordings(const Located& located, const Preprocessing& how, Wanted wanted);

/// A picture after the set's steps: gray, then resized, then inverted.
[[nodiscard]] Picture prepared(Picture picture, const Preprocessing& how);

/// Whether the name ends as pictures' do: .png, .jpg, .jpeg, in capitals or not.
[[nodiscard]] bool is_picture_name(std::string_view path);

/// Places of sorted files: those that the rule leaves open are drawn from the seed.
struct Placed {
  std::string label;
  Part part;
};
[[nodiscard]] std::vector<Placed> place_all(const std::vector<StoredFile>& files, PlaceRule rule, const Preprocessing& how);

/// The files of a set whose paths say class and part, and their places.
struct PlacedFiles {
  std::vector<StoredFile> files;    ///< of the wanted parts, or of either where a seed draws the part
  std::vector<Placed> places;       ///< one a file
  std::vector<std::string> labels;  ///< of all parts, each once, sorted
};
/// Reads the files whose names are those of samples. Throws InputError.
[[nodiscard]] PlacedFiles read_placed(const KnownSet& known, const Located& located, const Preprocessing& how, Wanted wanted,
                                      bool (*is_sample_name)(std::string_view path));

/// Each name once, sorted.
[[nodiscard]] std::vector<std::string> sorted_names(std::vector<std::string> names);

}  // namespace phasic::runtime
