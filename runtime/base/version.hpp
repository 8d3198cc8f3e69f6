// SPDX-License-Identifier: Apache-2.0
/// What this program was built from.
#pragma once

#include <string>

namespace phasic::runtime {

/// Such as "phasic 0.1.0", or "phasic 0.1.0, commit 1dcb08b" where it was built in a git tree; "-dirty" after the commit says
/// that files were changed since.
[[nodiscard]] std::string version();

}  // namespace phasic::runtime
