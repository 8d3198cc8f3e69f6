// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/version.hpp"

#include "phasic/commit.hpp"

namespace phasic::runtime {

std::string version() {
  const std::string commit = kCommit;
  return commit.empty() ? PHASIC_VERSION : std::string(PHASIC_VERSION) + ", commit " + commit;
}

}  // namespace phasic::runtime
