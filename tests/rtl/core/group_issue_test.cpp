// SPDX-License-Identifier: Apache-2.0
// Which events of several streams are integrated, against the streams themselves.
#include <random>
#include <string>

#include "Vgroup_issue.h"
#include "tests/rtl/core/group_twin.hpp"

namespace phasic::testing::group_issue_test {
namespace {

constexpr unsigned kGroups = 4;

TEST(RtlGroupIssue, TakesEveryEventOnceAndAMarkWhenItIsOnEveryStream) {
  unsigned together = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vgroup_issue> module{seed};
    module->clear_i = module->head_ready_i = module->issue_i = module->step_done_i = 0;
    module->group_valid_i = 0;
    module.reset();
    GroupTwin<Vgroup_issue, kGroups> twin{module, random};
    twin.fill(30, true);
    unsigned valid = 0;
    for (unsigned cycle = 0; !twin.done(); ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_LT(cycle, 20'000U) << "the events do not come to an end";
      for (unsigned g = 0; g < kGroups; ++g) {
        // What is valid stays so until it is taken.
        if (!twin.streams[g].empty() && random() % 3 == 0) valid |= 1U << g;
        const GroupEvent event =
            (valid >> g & 1) != 0 ? twin.streams[g].front() : GroupEvent{static_cast<unsigned>(random() % 4), 0, 0};
        set_bits(module->group_kind_i, 2 * g, 2, event.kind);
        set_bits(module->group_source_i, twin.row_bits * g, twin.row_bits, event.source);
        set_bits(module->group_address_i, twin.address_bits * g, twin.address_bits, event.source * twin.words());
        set_bits(module->group_value_i, 8 * g, 8, event.value);
      }
      module->group_valid_i = static_cast<unsigned char>(valid);
      ASSERT_NO_FATAL_FAILURE(twin.cycle());
      ASSERT_EQ(module->group_ready_o, twin.popped);
      valid &= ~twin.popped;
      module.edge();
      ASSERT_NO_FATAL_FAILURE(twin.settled());
    }
    together += twin.together;
  }
  EXPECT_GT(together, 500U);
}

}  // namespace
}  // namespace phasic::testing::group_issue_test
