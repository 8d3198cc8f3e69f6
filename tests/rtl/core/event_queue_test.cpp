// SPDX-License-Identifier: Apache-2.0
// The queue of events behind the fan-out against a stage and a std::deque of 16.
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "Vevent_queue_10x14.h"
#include "Vevent_queue_4x7.h"
#include "Vevent_queue_graded.h"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::event_queue_test {
namespace {

constexpr std::size_t kDepth = 16;

template <class Model, unsigned RowBits, unsigned AddressBits, bool Graded = false>
struct Shape {
  using model = Model;
  static constexpr bool graded = Graded;
  static constexpr unsigned row_bits = RowBits, address_bits = AddressBits;
};

struct Event {
  unsigned kind = kSpike, index = 0, value = 0;
};

/// A row or a neuron of a gate rather than a mark.
bool carries_index(const Event& event) { return event.kind == kSpike || event.kind == kOpen; }

template <class T>
class RtlEventQueue : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vevent_queue_10x14, 10, 14>, Shape<Vevent_queue_4x7, 4, 7>,
                                Shape<Vevent_queue_graded, 10, 14, true>>;
TYPED_TEST_SUITE(RtlEventQueue, Shapes);

TYPED_TEST(RtlEventQueue, KeepsEventsInOrderAndTurnsRowsIntoAddressesTwoCyclesLater) {
  constexpr unsigned rows = 1U << TypeParam::row_bits, addresses = 1U << TypeParam::address_bits;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->event_valid_i = module->head_ready_i = 0;
    module.reset();
    std::deque<Event> queue;
    std::optional<Event> stage;  // taken in the cycle before, on its way into the queue
    unsigned row_words = 1, in_chance = 8, out_chance = 0;
    bool filled = false;
    Event offered;
    const auto restart = [&] {
      queue.clear();
      stage.reset();
      module->event_valid_i = 0;
      row_words = random() % 2 == 0 ? 1 + static_cast<unsigned>(random() % (addresses / rows))
                                    : 1 + static_cast<unsigned>(random() % addresses);
      module->row_words_i = static_cast<std::uint16_t>(row_words);
      module->shaped_i = 0;
    };
    restart();
    for (unsigned cycle = 0; cycle < 2000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (cycle % 50 == 49) {
        in_chance = static_cast<unsigned>(random() % 9);
        out_chance = static_cast<unsigned>(random() % 9);
      }
      if (random() % 500 == 0) {
        module->clear_i = module->event_valid_i = module->head_ready_i = 0;
        module.reset();
        restart();
      }
      // An event that was not taken stays.
      if (module->event_valid_i == 0) {
        offered.kind = static_cast<unsigned>(random() % contract::kAllEventKind.size());
        offered.value = static_cast<unsigned>(random() % 256);
        offered.index = carries_index(offered) ? static_cast<unsigned>(random() % 4 == 0 ? rows - 1 : random() % rows) : 0;
        module->event_valid_i = random() % 8 < in_chance;
        module->event_kind_i = static_cast<unsigned char>(offered.kind);
        module->event_source_i = static_cast<std::uint16_t>(offered.index);
        module->event_value_i = static_cast<unsigned char>(offered.value);
      }
      module->head_ready_i = random() % 8 < out_chance;
      module->clear_i = random() % 300 == 0;
      module.settle();
      const bool room = queue.size() < kDepth;
      ASSERT_EQ(module->event_ready_o != 0, !stage || room);
      ASSERT_EQ(module->head_valid_o != 0, !queue.empty());
      if (!queue.empty()) {
        const Event& head = queue.front();
        ASSERT_EQ(module->head_kind_o, head.kind);
        if (carries_index(head)) {
          ASSERT_EQ(module->head_source_o, head.index);
          ASSERT_EQ(module->head_value_o, TypeParam::graded ? head.value : 1);
          ASSERT_EQ(module->head_weight_address_o, head.index * row_words % addresses);
          ASSERT_EQ(module->head_target_word_o, 0) << "a dense row begins at the first neuron";
        }
      }
      filled = filled || (!room && stage);
      const bool taken = module->event_valid_i != 0 && module->event_ready_o != 0;
      if (module->head_ready_i != 0 && !queue.empty()) queue.pop_front();
      if (stage && room) {
        queue.push_back(*stage);
        stage.reset();
      }
      if (taken) stage = offered;
      const bool clear = module->clear_i != 0;
      module.edge();
      if (clear) restart();
      if (taken) module->event_valid_i = 0;
    }
    EXPECT_TRUE(filled) << "the queue was never full";
  }
}

}  // namespace
}  // namespace phasic::testing::event_queue_test
