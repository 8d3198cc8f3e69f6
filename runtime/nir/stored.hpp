// SPDX-License-Identifier: Apache-2.0
/// HDF5 files as values: groups of arrays and texts. Files of this size are read and written whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace phasic::runtime::nir {

/// Numbers of any type of the file; whole ones are exact up to 2^53.
struct Array {
  std::vector<std::size_t> shape;  ///< empty for a single number
  std::vector<double> values;      ///< the last index runs fastest
  bool operator==(const Array&) const = default;
};

struct Texts {
  std::vector<std::size_t> shape;  ///< empty for a single text
  std::vector<std::string> values;
  bool operator==(const Texts&) const = default;
};

struct Group {
  std::map<std::string, Array> arrays;
  std::map<std::string, Texts> texts;
  std::map<std::string, Group> groups;
  bool operator==(const Group&) const = default;
};

/// Reads all data sets, but in groups called `metadata` only single numbers and texts; what is empty counts as missing. Throws
/// InputError naming the file and the data set: one that is neither numbers nor texts, links to elsewhere, more than 2^27
/// values or characters, more than 100,000 groups, and groups within groups more than 16 deep.
[[nodiscard]] Group read_hdf5(const std::filesystem::path& file);

/// Writes beside the file and renames. Arrays are stored as 64-bit floating-point numbers, or as 64-bit integers where all
/// their values are whole and `integers` has their name. Throws InputError naming the file.
void write_hdf5(const std::filesystem::path& file, const Group& root, const std::vector<std::string>& integers);

}  // namespace phasic::runtime::nir
