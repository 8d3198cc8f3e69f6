// SPDX-License-Identifier: Apache-2.0
/// What all readers of HDF5 files share. Damaged files are refused as far as the HDF5 library finds the damage.
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace phasic::runtime::hdf5 {

/// A handle of the library that is closed on every path; negative: none.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t id() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// From then on the library prints nothing by itself; its callers tell what went wrong, with the file's name.
void be_quiet();

/// Opens a file for reading. `name` stands in messages. Throws InputError: not there, no regular file, not readable, no HDF5
/// file.
[[nodiscard]] Handle opened(const std::filesystem::path& file, const std::string& name);

/// Extents of a data set, empty for a single value or none. Throws InputError naming file and path if it has no shape.
[[nodiscard]] std::vector<std::size_t> shape_of(hid_t dataset, const std::string& file, const std::string& path);

/// A data set of `count` texts, of fixed or of variable length. Throws InputError naming file and path: not readable, more than
/// `most` characters.
[[nodiscard]] std::vector<std::string> read_texts(hid_t dataset, std::size_t count, std::size_t most, const std::string& file,
                                                  const std::string& path);

}  // namespace phasic::runtime::hdf5
