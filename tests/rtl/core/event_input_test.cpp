// SPDX-License-Identifier: Apache-2.0
// The streams into a layer engine, through their queues to what is integrated, against the streams themselves.
#include <array>
#include <deque>
#include <random>
#include <string>

#include "Vevent_input_1.h"
#include "Vevent_input_4.h"
#include "tests/rtl/core/group_twin.hpp"

namespace phasic::testing::event_input_test {
namespace {

template <class Model, unsigned Groups, bool Graded>
struct Shape {
  using model = Model;
  static constexpr unsigned groups = Groups;
  static constexpr bool graded = Graded;
};

template <class T>
class RtlEventInput : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vevent_input_1, 1, false>, Shape<Vevent_input_4, 4, true>>;
TYPED_TEST_SUITE(RtlEventInput, Shapes);

TYPED_TEST(RtlEventInput, GivesEveryEventOfEveryStreamOnceWithItsRow) {
  constexpr unsigned groups = TypeParam::groups;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->head_ready_i = module->issue_i = module->step_done_i = 0;
    module->event_valid_i = 0;
    module.reset();
    GroupTwin<typename TypeParam::model, groups> twin{module, random};
    module->row_words_i = static_cast<std::uint16_t>(twin.words());
    twin.fill(30, TypeParam::graded);
    auto coming = twin.streams;  // what has not been sent
    std::array<unsigned, groups> chance{};
    unsigned valid = 0;
    for (unsigned cycle = 0; !twin.done(); ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_LT(cycle, 20'000U) << "the events do not come to an end";
      if (cycle % 50 == 0) {
        for (unsigned& of_stream : chance) of_stream = 1 + static_cast<unsigned>(random() % 8);
      }
      for (unsigned g = 0; g < groups; ++g) {
        if (!coming[g].empty() && random() % 8 < chance[g]) valid |= 1U << g;
        const GroupEvent event = (valid >> g & 1) != 0 ? coming[g].front() : GroupEvent{};
        set_bits(module->event_kind_i, 2 * g, 2, event.kind);
        set_bits(module->event_source_i, 16 * g, 16, event.source);
        set_bits(module->event_value_i, 8 * g, 8, event.value);
      }
      module->event_valid_i = static_cast<unsigned char>(valid);
      ASSERT_NO_FATAL_FAILURE(twin.cycle());
      const unsigned sent = valid & module->event_ready_o;
      module.edge();
      ASSERT_NO_FATAL_FAILURE(twin.settled());
      for (unsigned g = 0; g < groups; ++g) {
        if ((sent >> g & 1) != 0) coming[g].pop_front();
      }
      valid &= ~sent;
    }
    EXPECT_TRUE(groups == 1 || twin.together > 0 || twin.words() > 1 || module->grouped_i == 0);
  }
}

}  // namespace
}  // namespace phasic::testing::event_input_test
