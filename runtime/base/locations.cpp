// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/locations.hpp"

#include "driver/engine/places.hpp"

namespace phasic::runtime {

namespace fs = std::filesystem;

fs::path home_folder() {
  const auto points = engine::code_folders();
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
