// SPDX-License-Identifier: Apache-2.0
// The sender of events against a list of the spikes of its words.
#include <array>
#include <deque>
#include <random>
#include <string>

#include "Vsender_1.h"
#include "Vsender_40.h"
#include "Vsender_5.h"
#include "Vsender_64.h"
#include "Vsender_8.h"
#include "Vsender_graded_1.h"
#include "Vsender_graded_40.h"
#include "Vsender_graded_5.h"
#include "Vsender_graded_64.h"
#include "Vsender_graded_8.h"
#include "Vsender_group_2.h"
#include "Vsender_group_3.h"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::event_sender_test {
namespace {

template <class Model, unsigned Lanes, bool Graded, unsigned Groups = 1, unsigned Group = 0>
struct Shape {
  using model = Model;
  static constexpr unsigned lanes = Lanes, groups = Groups, group = Group;
  static constexpr bool graded = Graded;
};

struct Word {
  bool mark = false, final = false;
  std::uint16_t index = 0;
  std::uint64_t spikes = 0;
  std::array<std::uint8_t, 64> values{};
};
struct Event {
  unsigned kind = kSpike, index = 0, value = 1;
  bool operator==(const Event&) const = default;
};

template <class T>
class RtlEventSender : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vsender_1, 1, false>, Shape<Vsender_8, 8, false>, Shape<Vsender_64, 64, false>,
                                Shape<Vsender_5, 5, false>, Shape<Vsender_40, 40, false>, Shape<Vsender_graded_5, 5, true>,
                                Shape<Vsender_graded_40, 40, true>, Shape<Vsender_graded_1, 1, true>,
                                Shape<Vsender_graded_8, 8, true>, Shape<Vsender_graded_64, 64, true>,
                                Shape<Vsender_group_2, 8, false, 4, 2>, Shape<Vsender_group_3, 64, true, 4, 3>>;
TYPED_TEST_SUITE(RtlEventSender, Shapes);

TYPED_TEST(RtlEventSender, SendsTheSpikesOfEachWordInOrderAndOneEventForAMark) {
  constexpr unsigned lanes = TypeParam::lanes, groups = TypeParam::groups;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    std::deque<Word> words;
    std::deque<Event> expected;
    for (unsigned n = 0; n < 60; ++n) {
      Word word{
          random() % 4 == 0, random() % 2 == 0, static_cast<std::uint16_t>(random() % (32768 / lanes / groups)), random(), {}};
      if (random() % 2 == 0) word.spikes &= random() & random();
      if (random() % 5 == 0) word.spikes = random() % 2 == 0 ? 0 : ~std::uint64_t{0};
      word.spikes &= ~std::uint64_t{0} >> (64 - lanes);
      for (std::uint8_t& value : word.values) value = static_cast<std::uint8_t>(random());
      words.push_back(word);
      if (word.mark) expected.push_back({word.final ? kSampleEnd : kStepEnd, 0});
      for (unsigned k = 0; !word.mark && k < lanes; ++k) {
        if ((word.spikes >> k & 1) != 0)
          expected.push_back({kSpike, (word.index * lanes + k) * groups + TypeParam::group, word.values[k]});
      }
    }
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->word_valid_i = module->event_ready_i = 0;
    module.reset();
    const unsigned in_chance = 1 + random() % 8, out_chance = 1 + random() % 8;
    for (unsigned cycle = 0; !words.empty() || module->busy_o != 0; ++cycle) {
      ASSERT_LT(cycle, 100'000U) << "the words do not come to an end";
      if (module->word_valid_i == 0 && !words.empty() && random() % 8 < in_chance) module->word_valid_i = 1;
      if (module->word_valid_i != 0) {
        const Word& word = words.front();
        module->word_mark_i = word.mark;
        module->word_final_i = word.final;
        module->word_index_i = word.index;
        set_bits(module->word_spikes_i, 0, lanes, word.spikes);
        for (unsigned k = 0; TypeParam::graded && k < lanes; ++k) set_bits(module->word_values_i, 8 * k, 8, word.values[k]);
      }
      module->event_ready_i = random() % 8 < out_chance;
      module.settle();
      if (module->event_valid_o != 0) {
        ASSERT_FALSE(expected.empty()) << "an event too many in cycle " << cycle;
        ASSERT_EQ(module->event_kind_o, expected.front().kind) << "cycle " << cycle;
        ASSERT_EQ(module->event_index_o, expected.front().index) << "cycle " << cycle;
        if (expected.front().kind == kSpike) {
          ASSERT_EQ(module->event_value_o, TypeParam::graded ? expected.front().value : 1) << "cycle " << cycle;
        }
        if (module->event_ready_i != 0) expected.pop_front();
      }
      const bool taken = module->word_valid_i != 0 && module->word_ready_o != 0;
      module.edge();
      if (taken) {
        words.pop_front();
        module->word_valid_i = 0;
        module.settle();
      }
    }
    EXPECT_TRUE(expected.empty()) << expected.size() << " events are missing";
  }
}

}  // namespace
}  // namespace phasic::testing::event_sender_test
