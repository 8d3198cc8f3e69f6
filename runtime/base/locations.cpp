// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/locations.hpp"

namespace phasic::runtime {

std::filesystem::path build_folder() {
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) return std::filesystem::current_path();
  // Programs may lie deeper in the tree (tests do): the tree's root is the first folder above with a CMake cache.
  for (auto folder = program.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "CMakeCache.txt", failure)) return folder;
  }
  return program.parent_path().parent_path();
}

}  // namespace phasic::runtime
