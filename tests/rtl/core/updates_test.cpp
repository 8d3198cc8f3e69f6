// SPDX-License-Identifier: Apache-2.0
// Weight updates against the formulas and the random numbers of the reference.
#include <array>
#include <random>
#include <string>

#include "Vupdates_1x16.h"
#include "Vupdates_1x8.h"
#include "Vupdates_4x16.h"
#include "Vupdates_4x8.h"
#include "Vupdates_5x16.h"
#include "Vupdates_graded_1x16.h"
#include "Vupdates_graded_4x8.h"
#include "Vupdates_relaxed_1x8.h"
#include "Vupdates_relaxed_3x8.h"
#include "Vupdates_relaxed_4x16.h"
#include "Vupdates_trace_1x16.h"
#include "Vupdates_trace_4x8.h"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::updates_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth, bool Traces = false, bool Graded = false, bool Relaxed = false>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth;
  static constexpr bool traces = Traces, graded = Graded;
  static constexpr std::size_t late = Relaxed ? 1 : 0;  // stages more before weights are asked for
};

constexpr std::size_t kFactorWidth = contract::kFactorWidth + 1;

template <class T>
class RtlUpdates : public ::testing::Test {
 protected:
  struct Lane {
    std::int32_t weight = 0, factor = 0;
    std::uint32_t plus = 0, minus = 0;
  };
  struct Word {
    bool valid = false;
    std::uint32_t word = 0, address = 0, history = 0;
    reference::WordPair row;
    std::array<Lane, T::lanes> lanes;
  };

  static Word random_word(std::mt19937_64& random) {
    Word word{random() % 4 != 0,
              static_cast<std::uint32_t>(random() % 64),
              static_cast<std::uint32_t>(random() % (1 << 14)),
              static_cast<std::uint32_t>(random() % 4 == 0 ? ~std::uint64_t{0} : random() & random()),
              {static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())},
              {}};
    for (Lane& lane : word.lanes) {
      lane.weight = static_cast<std::int32_t>(random_signed(random, T::weight_width));
      // A factor times a trit reaches the positive limit of 20 bits and one more.
      lane.factor = static_cast<std::int32_t>(random() % 2 == 0 ? random_signed(random, 20) : random_signed(random, 12));
      if (random() % 16 == 0) lane.factor = 1 << 19;
      const auto bits = static_cast<std::uint32_t>(random() % 8 == 0 ? ~std::uint64_t{0} : random());
      lane.plus = static_cast<std::uint32_t>(random() % 4 == 0 ? ~std::uint64_t{0} : random()) & bits;
      lane.minus = static_cast<std::uint32_t>(random() % 4 == 0 ? ~std::uint64_t{0} : random()) & ~lane.plus;
    }
    return word;
  }

  /// Seeds and spans; with traces every shift as well.
  static void run_all(bool nearest) {
    for (unsigned seed = 1; seed <= 10; ++seed) {
      for (const bool all_steps : {false, true}) {
        for (unsigned trace_shift = 0; trace_shift < (T::traces && all_steps ? 4U : 1U); ++trace_shift) {
          SCOPED_TRACE("seed " + std::to_string(seed) + (all_steps ? " all steps" : " last step") + " trace shift " +
                       std::to_string(trace_shift));
          ASSERT_NO_FATAL_FAILURE(run(seed, all_steps, nearest, trace_shift));
        }
      }
      if (!T::graded) continue;
      SCOPED_TRACE("seed " + std::to_string(seed) + " graded");
      ASSERT_NO_FATAL_FAILURE(run(seed, false, nearest, 0, true));
    }
  }

  static void run(unsigned seed, bool all_steps, bool nearest, unsigned trace_shift, bool graded = false) {
    std::mt19937_64 random{seed};
    Clocked<typename T::model> module{seed};
    module->valid_i = 0;
    module.reset();
    module->all_steps_i = all_steps;
    module->graded_i = graded;
    module->nearest_i = nearest;
    module->trace_shift_i = static_cast<unsigned char>(trace_shift);
    std::array<Word, 6 + T::late> stages{};  // u0 to u5, or u6
    for (unsigned cycle = 0; cycle < 300; ++cycle) {
      for (std::size_t s = stages.size() - 1; s > 0; --s) stages[s] = stages[s - 1];
      stages[0] = random_word(random);
      module->valid_i = stages[0].valid;
      module->word_i = static_cast<unsigned char>(stages[0].word);
      module->address_i = static_cast<std::uint16_t>(stages[0].address);
      module->row_x_i = stages[0].row.x;
      module->row_y_i = stages[0].row.y;
      module->history_i = stages[0].history;
      for (std::size_t k = 0; k < T::lanes; ++k) {
        set_bits(module->trits_i, 64 * k + 32, 32, stages[1].lanes[k].plus);
        set_bits(module->trits_i, 64 * k, 32, stages[1].lanes[k].minus);
        set_bits(module->factors_i, kFactorWidth * k, kFactorWidth, stages[3].lanes[k].factor);
        set_bits(module->weights_i, T::weight_width * k, T::weight_width, stages[4 + T::late].lanes[k].weight);
      }
      module.settle();
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_EQ(module->trit_read_o != 0, stages[0].valid && all_steps);
      if (stages[0].valid) {
        ASSERT_EQ(module->trit_word_o, stages[0].word);
      }
      ASSERT_EQ(module->factor_read_o != 0, stages[2].valid);
      if (stages[2].valid) {
        ASSERT_EQ(module->word2_o, stages[2].word);
      }
      const Word& asked = stages[2 + T::late];
      ASSERT_EQ(module->read_o != 0, asked.valid);
      if (asked.valid) {
        ASSERT_EQ(module->read_address_o, asked.address);
      }
      for (std::size_t k = 0; stages[4].valid && k < T::lanes; ++k) {
        const std::int32_t change =
            coincidences_of(stages[4], stages[4].lanes[k], all_steps, trace_shift, graded) * stages[4].lanes[k].factor;
        ASSERT_EQ(get_signed(module->changes_o, kChangeWidth * k, kChangeWidth), change) << "lane " << k;
      }
      ASSERT_EQ(module->write_o != 0, stages.back().valid);
      if (stages.back().valid) {
        ASSERT_NO_FATAL_FAILURE(check(module, stages.back(), all_steps, nearest, trace_shift, graded));
      }
      module.edge();
    }
  }

 private:
  static constexpr std::size_t kChangeWidth = contract::kFactorWidth + (T::traces ? 10 : T::graded ? 9 : 7);

  static std::int32_t coincidences_of(const Word& word, const Lane& lane, bool all_steps, unsigned trace_shift, bool graded) {
    std::int32_t coincidences = all_steps ? 0 : graded ? static_cast<std::int32_t>(word.history & 0xff) : 1;
    for (unsigned step = 0; all_steps && step < 32; ++step) {
      const bool spiked_before = step != 0 && (word.history >> (step - 1) & 1) != 0;
      coincidences += reference::presynaptic((word.history >> step & 1) != 0, spiked_before, trace_shift) *
                      (static_cast<std::int32_t>(lane.plus >> step & 1) - static_cast<std::int32_t>(lane.minus >> step & 1));
    }
    return coincidences;
  }

  static void check(Clocked<typename T::model>& module, const Word& word, bool all_steps, bool nearest, unsigned trace_shift,
                    bool graded) {
    constexpr unsigned fraction = reference::fraction_bits(T::weight_width);
    ASSERT_EQ(module->write_address_o, word.address);
    for (std::size_t k = 0; k < T::lanes; ++k) {
      const Lane& lane = word.lanes[k];
      const auto neuron = static_cast<unsigned>(word.word * T::lanes + k);
      const std::int32_t coincidences = coincidences_of(word, lane, all_steps, trace_shift, graded);
      const std::int32_t rounding = nearest
                                        ? reference::nearest_rounding(fraction)
                                        : reference::stochastic_rounding(reference::rounding_word(word.row, neuron), fraction);
      const std::int32_t moved = reference::unlimited_weight(lane.weight, coincidences * lane.factor, rounding, fraction);
      const std::int64_t limited = reference::saturate(moved, T::weight_width);
      ASSERT_EQ(get_signed(module->weights_o, T::weight_width * k, T::weight_width), limited) << "neuron " << neuron;
      ASSERT_EQ(get_bits(module->limited_o, k, 1), moved != limited) << "neuron " << neuron;
    }
  }
};

using Shapes =
    ::testing::Types<Shape<Vupdates_1x8, 1, 8>, Shape<Vupdates_1x16, 1, 16>, Shape<Vupdates_4x8, 4, 8>,
                     Shape<Vupdates_4x16, 4, 16>, Shape<Vupdates_trace_1x16, 1, 16, true>,
                     Shape<Vupdates_trace_4x8, 4, 8, true>, Shape<Vupdates_graded_1x16, 1, 16, true, true>,
                     Shape<Vupdates_graded_4x8, 4, 8, false, true>, Shape<Vupdates_relaxed_1x8, 1, 8, false, false, true>,
                     Shape<Vupdates_relaxed_4x16, 4, 16, false, false, true>, Shape<Vupdates_5x16, 5, 16>,
                     Shape<Vupdates_relaxed_3x8, 3, 8, false, false, true>>;
TYPED_TEST_SUITE(RtlUpdates, Shapes);

TYPED_TEST(RtlUpdates, RoundStochasticallyByRowAndNeuron) { this->run_all(false); }
TYPED_TEST(RtlUpdates, RoundToNearest) { this->run_all(true); }

}  // namespace
}  // namespace phasic::testing::updates_test
