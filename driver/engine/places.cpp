// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/places.hpp"

#include <dlfcn.h>
#include <sys/auxv.h>

#include <algorithm>

namespace phasic::engine {

namespace fs = std::filesystem;

std::vector<fs::path> code_folders() {
  std::vector<fs::path> folders;
  const auto add = [&](const char* name) {
    // A name without a folder is one that was looked for in PATH.
    const fs::path path = name == nullptr ? "" : name;
    std::error_code failure;
    if (!path.has_parent_path()) return;
    const auto object = fs::canonical(path, failure);
    if (!failure && std::find(folders.begin(), folders.end(), object.parent_path()) == folders.end())
      folders.push_back(object.parent_path());
  };
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&code_folders), &info) != 0) add(info.dli_fname);
  add("/proc/self/exe");
  // Where /proc is not mounted.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives it as a number
  add(reinterpret_cast<const char*>(getauxval(AT_EXECFN)));
  return folders;
}

}  // namespace phasic::engine
