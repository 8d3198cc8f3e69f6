// SPDX-License-Identifier: Apache-2.0
/// The engines that this build can load.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace phasic::runtime {

/// Folder with the engine libraries: PHASIC_ENGINE_PATH, or `engines` in the build tree.
[[nodiscard]] std::filesystem::path engine_folder();

/// Names, sorted.
[[nodiscard]] std::vector<std::string> available_engines();

}  // namespace phasic::runtime
