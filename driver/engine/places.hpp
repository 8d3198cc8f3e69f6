// SPDX-License-Identifier: Apache-2.0
/// Where the running code lies, from which what was built or installed with it is found.
#pragma once

#include <filesystem>
#include <vector>

namespace phasic::engine {

/// Folders of the object that holds this code, a program or a shared library, and of the program. Links are followed.
[[nodiscard]] std::vector<std::filesystem::path> code_folders();

}  // namespace phasic::engine
