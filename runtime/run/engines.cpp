// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/engines.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "runtime/base/locations.hpp"

namespace phasic::runtime {

std::filesystem::path engine_folder() {
  if (const char* path = std::getenv("PHASIC_ENGINE_PATH"); path != nullptr && *path != 0) return path;
  return home_folder() / "engines";
}

std::vector<std::string> available_engines() {
  constexpr std::string_view kPrefix = "libphasic_engine_", kSuffix = ".so";
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(engine_folder(), failure)) {
    const auto file = entry.path().filename().string();
    if (file.starts_with(kPrefix) && file.ends_with(kSuffix))
      names.push_back(file.substr(kPrefix.size(), file.size() - kPrefix.size() - kSuffix.size()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace phasic::runtime
