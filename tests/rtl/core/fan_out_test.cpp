// SPDX-License-Identifier: Apache-2.0
// The fan-out of a dense connection against a stage of one event and the product of source and words of a row.
#include <optional>
#include <random>
#include <string>

#include "Vfan_out_10x14x4.h"
#include "Vfan_out_4x7x2.h"
#include "Vfan_out_graded.h"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::fan_out_test {
namespace {

template <class Model, unsigned RowBits, unsigned AddressBits, bool Graded = false>
struct Shape {
  using model = Model;
  static constexpr bool graded = Graded;
  static constexpr unsigned row_bits = RowBits, address_bits = AddressBits;
};

struct Event {
  unsigned kind = kSpike, source = 0, value = 0;
};

template <class T>
class RtlFanOut : public ::testing::Test {};
using Shapes =
    ::testing::Types<Shape<Vfan_out_10x14x4, 10, 14>, Shape<Vfan_out_4x7x2, 4, 7>, Shape<Vfan_out_graded, 10, 14, true>>;
TYPED_TEST_SUITE(RtlFanOut, Shapes);

TYPED_TEST(RtlFanOut, GivesEachSourceItsOwnWeightRowForAllNeuronsOneCycleLater) {
  constexpr unsigned rows = 1U << TypeParam::row_bits, addresses = 1U << TypeParam::address_bits;
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->event_valid_i = module->target_ready_i = 0;
    module.reset();
    std::optional<Event> stage;
    unsigned row_words = 1, passed = 0;
    Event offered;
    for (unsigned cycle = 0; cycle < 2000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (cycle % 500 == 0) {
        // The words of a row are those of the run.
        row_words = 1 + static_cast<unsigned>(random() % (random() % 2 == 0 ? 4 : addresses));
        module->clear_i = 1;
        module->event_valid_i = 0;
        module->row_words_i = static_cast<std::uint16_t>(row_words);
        module.edge();
        stage.reset();
      }
      // An event that was not taken stays.
      if (module->event_valid_i == 0) {
        offered = {static_cast<unsigned>(random() % contract::kAllEventKind.size()),
                   static_cast<unsigned>(random() % 4 == 0 ? rows - 1 : random() % rows),
                   static_cast<unsigned>(random() % 256)};
        module->event_valid_i = random() % 4 != 0;
        module->event_kind_i = static_cast<unsigned char>(offered.kind);
        module->event_source_i = static_cast<std::uint16_t>(offered.source);
        module->event_value_i = static_cast<unsigned char>(offered.value);
      }
      module->target_ready_i = random() % 4 != 0;
      module->clear_i = random() % 100 == 0;
      module.settle();
      ASSERT_EQ(module->event_ready_o != 0, !stage || module->target_ready_i != 0);
      ASSERT_EQ(module->target_valid_o != 0, stage.has_value());
      if (stage) {
        ASSERT_EQ(module->target_kind_o, stage->kind);
        ASSERT_EQ(module->weight_row_o, stage->source);
        ASSERT_EQ(module->weight_address_o, stage->source * row_words % addresses);
        ASSERT_EQ(module->target_word_o, 0) << "the row begins at the first neuron";
        ASSERT_EQ(module->target_value_o, TypeParam::graded ? stage->value : 1);
      }
      if (stage && module->target_ready_i != 0) {
        stage.reset();
        ++passed;
      }
      const bool taken = module->event_valid_i != 0 && module->event_ready_o != 0;
      if (taken) stage = offered;
      const bool clear = module->clear_i != 0;
      module.edge();
      if (clear) stage.reset();
      if (taken || clear) module->event_valid_i = 0;
    }
    EXPECT_GT(passed, 500U);
    module->rst_ni = 0;
    module.settle();
    EXPECT_EQ(module->target_valid_o, 0) << "after a reset";
  }
}

}  // namespace
}  // namespace phasic::testing::fan_out_test
