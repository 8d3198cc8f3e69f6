// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/stored.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/hdf5_file.hpp"

namespace phasic::runtime::nir {
namespace {

using hdf5::Handle;

constexpr std::size_t kMostValues = std::size_t{1} << 27;
constexpr std::size_t kMostGroups = 100'000;
constexpr int kDeepest = 16;

class Reading {
 public:
  explicit Reading(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] Group group(hid_t id, const std::string& path, int depth, bool metadata = false) {
    if (depth > kDeepest) refuse(path, fmt::format("groups lie in one another more than {} deep", kDeepest));
    if (++groups_ > kMostGroups) refuse(path, fmt::format("more than {} groups", kMostGroups));
    Group result;
    for (const auto& name : names_in(id, path)) {
      const auto inner = path.empty() ? name : fmt::format("{}/{}", path, name);
      H5L_info_t link;
      if (H5Lget_info(id, name.c_str(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
        refuse(inner, "is a link to elsewhere");
      const Handle object(H5Oopen(id, name.c_str(), H5P_DEFAULT), H5Oclose);
      if (!object.valid()) refuse(inner, "cannot be opened");
      switch (H5Iget_type(object.id())) {
        case H5I_GROUP:
          result.groups.emplace(name, group(object.id(), inner, depth + 1, metadata || name == "metadata"));
          break;
        case H5I_DATASET:
          dataset(object.id(), name, inner, metadata, result);
          break;
        default:
          refuse(inner, "is neither a group nor a data set");
      }
    }
    return result;
  }

  [[noreturn]] void refuse(const std::string& path, std::string_view problem) const { throw InputError(name_, path, problem); }

 private:
  [[nodiscard]] std::vector<std::string> names_in(hid_t id, const std::string& path) const {
    H5G_info_t info;
    if (H5Gget_info(id, &info) < 0) refuse(path, "its contents cannot be read");
    std::vector<std::string> names;
    for (hsize_t n = 0; n < info.nlinks; ++n) {
      const auto size = H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, n, nullptr, 0, H5P_DEFAULT);
      if (size < 0) refuse(path, "its contents cannot be read");
      std::string name(static_cast<std::size_t>(size), '\0');
      H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, n, name.data(), name.size() + 1, H5P_DEFAULT);
      names.push_back(std::move(name));
    }
    return names;
  }

  void dataset(hid_t id, const std::string& name, const std::string& path, bool metadata, Group& to) {
    const Handle space(H5Dget_space(id), H5Sclose), type(H5Dget_type(id), H5Tclose);
    auto shape = hdf5::shape_of(id, name_, path);
    const auto count = count_within(shape, path);
    if (count == 0 || H5Sget_simple_extent_type(space.id()) == H5S_NULL) return;
    const auto kind = H5Tget_class(type.id());
    if (metadata && (count != 1 || (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_STRING))) return;
    values_ += count;
    if (values_ > kMostValues) refuse(path, fmt::format("more than {} values", kMostValues));
    switch (kind) {
      case H5T_INTEGER:
      case H5T_FLOAT: {
        Array array{std::move(shape), std::vector<double>(count)};
        if (count != 0 && H5Dread(id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) < 0)
          refuse(path, "cannot be read");
        to.arrays.emplace(name, std::move(array));
        break;
      }
      case H5T_STRING:
        to.texts.emplace(name, texts(id, std::move(shape), count, path));
        break;
      default:
        refuse(path, "is neither of numbers nor of texts");
    }
  }

  /// Elements of a data set; no product overflows.
  [[nodiscard]] std::size_t count_within(const std::vector<std::size_t>& shape, const std::string& path) const {
    std::size_t count = 1;
    for (const auto extent : shape) {
      if (extent != 0 && count > kMostValues / extent) refuse(path, fmt::format("more than {} values", kMostValues));
      count *= extent;
    }
    return count;
  }

  [[nodiscard]] Texts texts(hid_t id, std::vector<std::size_t> shape, std::size_t count, const std::string& path) {
    Texts result{std::move(shape), hdf5::read_texts(id, count, kMostValues, name_, path)};
    for (const auto& text : result.values) characters_ += text.size();
    if (characters_ > kMostValues) refuse(path, fmt::format("more than {} characters of text", kMostValues));
    return result;
  }

  std::string name_;
  std::size_t values_ = 0, characters_ = 0, groups_ = 0;
};

class Writing {
 public:
  Writing(std::string name, const std::vector<std::string>& integers) : name_(std::move(name)), integers_(integers) {}

  void group(hid_t id, const Group& from) {
    for (const auto& [name, array] : from.arrays) {
      const bool whole =
          std::ranges::find(integers_, name) != integers_.end() && std::ranges::all_of(array.values, [](double value) {
            return value == static_cast<double>(static_cast<long long>(value));
          });
      put(id, name, whole ? H5T_STD_I64LE : H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, array.shape, array.values.data());
    }
    const Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
    check(H5Tset_size(text.id(), H5T_VARIABLE) >= 0 && H5Tset_cset(text.id(), H5T_CSET_UTF8) >= 0);
    for (const auto& [name, texts] : from.texts) {
      std::vector<const char*> pointers;
      for (const auto& value : texts.values) pointers.push_back(value.c_str());
      put(id, name, text.id(), text.id(), texts.shape, pointers.data());
    }
    for (const auto& [name, inner] : from.groups) {
      const Handle made(H5Gcreate2(id, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
      check(made.valid());
      group(made.id(), inner);
    }
  }

  void check(bool well) const {
    if (!well) throw InputError(name_, "", "cannot be written by the HDF5 library");
  }

 private:
  void put(hid_t id, const std::string& name, hid_t stored, hid_t given, const std::vector<std::size_t>& shape,
           const void* data) {
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    const Handle space(
        shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
        H5Sclose);
    const Handle set(H5Dcreate2(id, name.c_str(), stored, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    check(set.valid() && H5Dwrite(set.id(), given, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
  }

  std::string name_;
  const std::vector<std::string>& integers_;
};

}  // namespace

Group read_hdf5(const std::filesystem::path& file) {
  Reading reading(file.string());
  const auto opened = hdf5::opened(file, file.string());
  const Handle root(H5Gopen2(opened.id(), "/", H5P_DEFAULT), H5Gclose);
  return reading.group(root.id(), "", 0);
}

void write_hdf5(const std::filesystem::path& file, const Group& root, const std::vector<std::string>& integers) {
  hdf5::be_quiet();
  Writing writing(file.string(), integers);
  // In memory first, so that the file is written whole or not at all.
  const Handle memory(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  writing.check(H5Pset_fapl_core(memory.id(), std::size_t{1} << 20, false) >= 0);
  const Handle made(H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, memory.id()), H5Fclose);
  writing.check(made.valid());
  {
    const Handle top(H5Gopen2(made.id(), "/", H5P_DEFAULT), H5Gclose);
    writing.group(top.id(), root);
  }
  writing.check(H5Fflush(made.id(), H5F_SCOPE_LOCAL) >= 0);
  const auto size = H5Fget_file_image(made.id(), nullptr, 0);
  writing.check(size > 0);
  std::string image(static_cast<std::size_t>(size), '\0');
  writing.check(H5Fget_file_image(made.id(), image.data(), image.size()) == size);
  write_file(file, image);
}

}  // namespace phasic::runtime::nir
