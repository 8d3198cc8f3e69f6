// SPDX-License-Identifier: Apache-2.0
/// Where the program finds what was built beside it.
#pragma once

#include <filesystem>

namespace phasic::runtime {

/// The build tree of the running program: the folder above the one that holds it.
[[nodiscard]] std::filesystem::path build_folder();

}  // namespace phasic::runtime
