// SPDX-License-Identifier: Apache-2.0
/// Samples as a reader of one form makes them, before they become training and test sets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/data/catalogue.hpp"
#include "runtime/data/left_out.hpp"
#include "runtime/data/picture.hpp"
#include "runtime/data/stored_files.hpp"

namespace phasic::runtime {

/// Where a reader finds a set, and what is asked of it.
struct SetSource {
  const KnownSet& known;
  const Located& located;
  const Preprocessing& how;
  Wanted wanted;
};

struct RawSample {
  std::string label;
  Part part = Part::kTraining;
  std::string origin;
  Picture picture;                         ///< its pixels are empty if the sample is events
  std::vector<std::uint32_t> events;       ///< words of the kernel
  std::vector<std::uint32_t> chunks = {};  ///< words of each chunk of a recording; empty if it is no chunks
};

struct RawSet {
  std::vector<RawSample> samples;    ///< of the wanted parts, in the order of the files
  std::vector<std::string> labels;   ///< all names of classes in all parts, sorted
  std::vector<std::string> notes;    ///< for people: what was skipped inside files
  LeftOut left_out;                  ///< files that were skipped
  std::vector<std::string> damaged;  ///< a message for each file of a sample that could not be read
  std::size_t drawn_from = 0;        ///< files whose part a seed draws
  bool recordings = false;           ///< samples are address events
};

/// The files of a set: of its archives, its folders (with the folder's name in front of paths) or as they stand.
[[nodiscard]] std::vector<StoredFile> read_located(const Located& located, const Accept& accept, PassedOver* passed = nullptr);

/// Adds the sample that `make` makes of a file, or the reason why it does not.
template <class Make>
void take_sample(RawSet& raw, const Make& make) {
  try {
    raw.samples.push_back(make());
  } catch (const InputError& error) {
    raw.damaged.emplace_back(error.what());
  }
}

/// Refuses a set with damaged files, up to 20 of them by name; or, if they are to be left out, adds a note with their number.
void settle_damaged(RawSet& raw, const std::string& set, const Preprocessing& how);

/// A picture after the set's steps: gray, then resized, then inverted.
[[nodiscard]] Picture prepared(Picture picture, const Preprocessing& how);

/// The files of a set whose paths say class and part, and their places.
struct Placed {
  std::string label;
  Part part;
};
struct PlacedFiles {
  std::vector<StoredFile> files;  ///< of the wanted parts, or of either where a seed draws the part
  std::vector<Placed> places;     ///< one a file
};
/// Reads the files whose names are those of samples, and fills in the classes of all parts and what was left out. Throws
/// InputError.
[[nodiscard]] PlacedFiles read_placed(const SetSource& source, bool (*is_sample_name)(std::string_view path), RawSet& raw);

/// Each name once, sorted.
[[nodiscard]] std::vector<std::string> sorted_names(std::vector<std::string> names);

}  // namespace phasic::runtime
