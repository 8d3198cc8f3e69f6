// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/locations.hpp"

#include <dlfcn.h>

#include <vector>

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

/// Folders of the object that holds this code, a program or a shared library, and of the program.
std::vector<fs::path> starting_points() {
  std::vector<fs::path> points;
  std::error_code failure;
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&home_folder), &info) != 0 && info.dli_fname != nullptr) {
    const auto object = fs::canonical(info.dli_fname, failure);
    if (!failure) points.push_back(object.parent_path());
  }
  const auto program = fs::read_symlink("/proc/self/exe", failure);
  if (!failure) points.push_back(program.parent_path());
  return points;
}

}  // namespace

fs::path home_folder() {
  const auto points = starting_points();
  for (const auto& point : points) {
    // Programs may lie deep in a build tree (tests do): its root is the first folder above with a CMake cache.
    for (auto folder = point; folder != folder.root_path(); folder = folder.parent_path()) {
      std::error_code failure;
      if (fs::exists(folder / "CMakeCache.txt", failure)) return folder;
      if (fs::is_directory(folder / PHASIC_INSTALLED_HOME, failure)) return folder / PHASIC_INSTALLED_HOME;
    }
  }
  return points.empty() ? fs::current_path() : points.back().parent_path();
}

fs::path examples_folder() {
  std::error_code failure;
  const auto installed = home_folder() / "examples";
  return fs::is_directory(installed, failure) ? installed : fs::path(PHASIC_SOURCE_DIR) / "examples";
}

}  // namespace phasic::runtime
