// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/hdf5_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "runtime/base/error.hpp"

namespace phasic::runtime::hdf5 {

void be_quiet() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

Handle opened(const std::filesystem::path& file, const std::string& name) {
  be_quiet();
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) throw InputError(name, "", "is not there");
  if (!std::filesystem::is_regular_file(file, failure)) throw InputError(name, "", "is no regular file");
  if (::access(file.c_str(), R_OK) != 0) throw InputError(name, "", fmt::format("cannot be opened: {}", std::strerror(errno)));
  const auto id = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (id < 0) throw InputError(name, "", "is no HDF5 file, or a damaged one");
  return {id, H5Fclose};
}

std::vector<std::size_t> shape_of(hid_t dataset, const std::string& file, const std::string& path) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const int dimensions = H5Sget_simple_extent_ndims(space.id());
  if (dimensions < 0) throw InputError(file, path, "has no shape");
  std::vector<hsize_t> extents(static_cast<std::size_t>(dimensions));
  H5Sget_simple_extent_dims(space.id(), extents.data(), nullptr);
  return {extents.begin(), extents.end()};
}

std::vector<std::string> read_texts(hid_t dataset, std::size_t count, std::size_t most, const std::string& file,
                                    const std::string& path) {
  const Handle type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose);
  std::vector<std::string> texts;
  if (count == 0) return texts;
  if (count > most) throw InputError(file, path, fmt::format("more than {} characters of text", most));
  texts.reserve(count);
  if (H5Tis_variable_str(type.id()) > 0) {
    std::vector<char*> pointers(count);
    if (H5Dread(dataset, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0)
      throw InputError(file, path, "cannot be read");
    std::size_t characters = 0;
    for (const auto* const text : pointers) {
      texts.emplace_back(text == nullptr ? "" : text);
      characters += texts.back().size();
    }
    H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, pointers.data());
    if (characters > most) throw InputError(file, path, fmt::format("more than {} characters of text", most));
    return texts;
  }
  const auto size = H5Tget_size(type.id());
  if (size == 0 || size > most / count) throw InputError(file, path, fmt::format("more than {} characters of text", most));
  std::vector<char> bytes(size * count);
  if (H5Dread(dataset, type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0)
    throw InputError(file, path, "cannot be read");
  for (std::size_t n = 0; n < count; ++n) {
    const std::string_view whole(bytes.data() + n * size, size);
    texts.emplace_back(whole.substr(0, std::min(whole.find('\0'), size)));
  }
  return texts;
}

}  // namespace phasic::runtime::hdf5
