// SPDX-License-Identifier: Apache-2.0
/// Loading of data sets by name, or from a folder of files by class.
#pragma once

#include <string>
#include <vector>

#include "runtime/data/raw_set.hpp"
#include "runtime/data/request.hpp"

namespace phasic::runtime {

/// A data set: what it is learned from and tested on, and what is known of it.
struct NamedData {
  std::string name;
  Dataset training, test;  ///< a part that was not wanted is empty
  Shape shape;
  std::vector<std::string> classes;  ///< name of each label
  bool recordings = false;           ///< samples are address events; otherwise intensities
  std::uint32_t steps = 0;           ///< time steps of recordings
  Preprocessing preprocessing;
  std::string found;  ///< folder
  std::string licence, source;
  std::vector<std::string> notes;

  [[nodiscard]] const Dataset& part(Part part) const { return part == Part::kTraining ? training : test; }
};

/// Reads a set of the catalogue, a folder with IDX files, or a folder (or an archive) of pictures, recordings or sounds by
/// class. What is left out is counted and named in `notes`. Throws InputError: a set that is not there (with the folders tried
/// and where to get it), bad files (up to 20 of them by name), pictures that differ in size, more than 256 classes, a part
/// without samples.
[[nodiscard]] NamedData load_named(const DataRequest& request, Wanted wanted = {});

/// The parts of what the user said, found and read once; one that is not wanted is empty. Throws InputError.
struct DataParts {
  Dataset training, test;
};
[[nodiscard]] DataParts load_parts(const DataOptions& options, Wanted wanted = {});

}  // namespace phasic::runtime
