// SPDX-License-Identifier: Apache-2.0
/// Tiny HDF5 files of spikes, written with the library's own functions.
#pragma once

#include <hdf5.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/runtime/support.hpp"

namespace phasic::test {

struct MadeSpikes {
  std::vector<std::vector<double>> times;
  std::vector<std::vector<long long>> units;
  std::vector<long long> labels;
  std::vector<std::string> keys;  ///< empty: there are none
  bool half = true;               ///< times of 16 bits; else of 64
  bool packed = false;            ///< in compressed chunks
};

/// Writes what has elements of `stored`, given as `given` in memory.
inline void put_hdf5(hid_t file, const char* path, hid_t stored, hid_t given, std::size_t count, const void* values,
                     bool packed = false) {
  const hsize_t extent = count, chunk = std::min<hsize_t>(count, 2);
  const hid_t space = H5Screate_simple(1, &extent, nullptr), how = H5Pcreate(H5P_DATASET_CREATE);
  if (packed && (H5Pset_chunk(how, 1, &chunk) < 0 || H5Pset_deflate(how, 5) < 0)) throw std::runtime_error("HDF5");
  const hid_t set = H5Dcreate2(file, path, stored, space, H5P_DEFAULT, how, H5P_DEFAULT);
  if (set < 0 || H5Dwrite(set, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) throw std::runtime_error("HDF5");
  H5Dclose(set);
  H5Pclose(how);
  H5Sclose(space);
}

/// Lists of numbers.
template <class Value>
void put_lists(hid_t file, const char* path, hid_t stored, hid_t given, const std::vector<std::vector<Value>>& lists,
               bool packed) {
  std::vector<hvl_t> all;
  for (const auto& list : lists) all.push_back({list.size(), const_cast<Value*>(list.data())});
  const hid_t stored_list = H5Tvlen_create(stored), given_list = H5Tvlen_create(given);
  put_hdf5(file, path, stored_list, given_list, all.size(), all.data(), packed);
  H5Tclose(given_list);
  H5Tclose(stored_list);
}

/// Numbers of 16 bits: a sign, 5 bits of exponent, 10 of the fraction.
inline hid_t half_precision() {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  if (H5Tset_fields(type, 15, 10, 5, 0, 10) < 0 || H5Tset_size(type, 2) < 0 || H5Tset_ebias(type, 15) < 0)
    throw std::runtime_error("HDF5");
  return type;
}

inline void write_spikes(const std::filesystem::path& name, const MadeSpikes& made) {
  std::filesystem::create_directories(name.parent_path());
  const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  if (file < 0) throw std::runtime_error("HDF5");
  for (const auto* const group : {"spikes", "extra"}) H5Gclose(H5Gcreate2(file, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  const hid_t time = made.half ? half_precision() : H5Tcopy(H5T_IEEE_F64LE);
  put_lists(file, "spikes/times", time, H5T_NATIVE_DOUBLE, made.times, made.packed);
  H5Tclose(time);
  put_lists(file, "spikes/units", H5T_STD_I32LE, H5T_NATIVE_LLONG, made.units, made.packed);
  put_hdf5(file, "labels", H5T_STD_I16LE, H5T_NATIVE_LLONG, made.labels.size(), made.labels.data(), made.packed);
  if (!made.keys.empty()) {
    constexpr std::size_t kLength = 8;
    std::vector<char> letters(kLength * made.keys.size());
    for (std::size_t n = 0; n < made.keys.size(); ++n) made.keys[n].copy(&letters[n * kLength], kLength);
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, kLength);
    put_hdf5(file, "extra/keys", text, text, made.keys.size(), letters.data());
    H5Tclose(text);
  }
  H5Fclose(file);
}

/// Removes or replaces a data set of a file.
inline void remove_from(const std::filesystem::path& name, const char* path) {
  const hid_t file = H5Fopen(name.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  if (H5Ldelete(file, path, H5P_DEFAULT) < 0) throw std::runtime_error("HDF5");
  H5Fclose(file);
}
inline void replace_in(const std::filesystem::path& name, const char* path, const std::vector<double>& values) {
  remove_from(name, path);
  const hid_t file = H5Fopen(name.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  put_hdf5(file, path, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.size(), values.data());
  H5Fclose(file);
}

}  // namespace phasic::test
