// SPDX-License-Identifier: Apache-2.0
/// Where the program, or the library, finds what was built or installed with it.
#pragma once

#include <filesystem>

namespace phasic::runtime {

/// The folder with engines/, card/ and share/: the build tree, or of what is installed <prefix>/lib/phasic.
[[nodiscard]] std::filesystem::path home_folder();

/// Networks and experiments that come with the project.
[[nodiscard]] std::filesystem::path examples_folder();

}  // namespace phasic::runtime
