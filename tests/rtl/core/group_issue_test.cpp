// SPDX-License-Identifier: Apache-2.0
// Which events of several streams are integrated, against the streams themselves.
#include <random>
#include <string>

#include "Vgroup_issue.h"
#include "tests/rtl/core/group_twin.hpp"

namespace phasic::testing::group_issue_test {
namespace {

constexpr unsigned kGroups = 4;

/// A run that is cleared while an event waits and rows are issued leaves nothing behind.
void begin_and_clear(Clocked<Vgroup_issue>& module) {
  for (unsigned g = 0; g < kGroups; ++g) set_bits(module->group_kind_i, 2 * g, 2, kSpike);
  module->grouped_i = 0;
  module->group_valid_i = 15;
  module->issue_i = 1;
  module.edge();
  module->issue_i = module->group_valid_i = 0;
  module->clear_i = 1;
  module.edge();
  module->clear_i = 0;
}

TEST(RtlGroupIssue, TakesEveryEventOnceAndAMarkWhenItIsOnEveryStream) {
  unsigned together = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vgroup_issue> module{seed};
    module->clear_i = module->head_ready_i = module->issue_i = module->step_done_i = 0;
    module->group_valid_i = 0;
    module.reset();
    begin_and_clear(module);
    GroupTwin<Vgroup_issue, kGroups> twin{module, random};
    twin.fill(30, true);
    unsigned valid = 0;
    bool waits = false;  // a head that was not taken
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
      const auto with = [&](unsigned kind) {
        unsigned streams = 0;
        for (unsigned g = 0; g < kGroups; ++g) {
          if ((valid >> g & 1) != 0 && twin.streams[g].front().kind == kind) streams |= 1U << g;
        }
        return streams;
      };
      const unsigned opens = with(kOpen), spikes = with(kSpike);
      ASSERT_NO_FATAL_FAILURE(twin.cycle());
      ASSERT_EQ(module->group_ready_o, twin.popped);
      ASSERT_EQ(module->head_valid_o != 0, (opens | spikes) != 0 || valid == 15);
      if (opens != 0 && !waits) {
        ASSERT_EQ(module->head_kind_o, kOpen) << "a spike before the neurons of the gate";
      }
      if (module->head_valid_o != 0 && module->head_kind_o == kSpike && module->grouped_i != 0) {
        ASSERT_EQ(module->row_o, spikes) << "a spike that waits though its group is free";
      }
      waits = module->head_valid_o != 0 && module->head_ready_i == 0;
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
