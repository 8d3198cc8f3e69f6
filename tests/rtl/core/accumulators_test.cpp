// SPDX-License-Identifier: Apache-2.0
// The sums of weights against sums in wide integers.
#include <array>
#include <random>
#include <string>

#include "Vaccumulators_16.h"
#include "Vaccumulators_8.h"
#include "Vaccumulators_filled_8.h"
#include "Vaccumulators_graded_16.h"
#include "Vaccumulators_graded_8.h"
#include "Vaccumulators_one_port_8.h"
#include "Vaccumulators_one_port_graded_16.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::accumulators_test {
namespace {

template <class Model, std::size_t WeightWidth, std::size_t SumWidth, bool Graded, bool OnePort = false,
          std::size_t FillWidth = 0>
struct Shape {
  using model = Model;
  static constexpr std::size_t weight_width = WeightWidth, sum_width = SumWidth;
  static constexpr bool graded = Graded, one_port = OnePort, filled = FillWidth != 0;
  static constexpr std::size_t kept_width = filled ? FillWidth : SumWidth;
};

constexpr std::size_t kLanes = 4, kWords = 4;

template <class T>
class RtlAccumulators : public ::testing::Test {};
using Shapes = ::testing::Types<
    Shape<Vaccumulators_8, 8, 16, false>, Shape<Vaccumulators_16, 16, 24, false>, Shape<Vaccumulators_graded_8, 8, 24, true>,
    Shape<Vaccumulators_graded_16, 16, 32, true>, Shape<Vaccumulators_one_port_8, 8, 16, false, true>,
    Shape<Vaccumulators_one_port_graded_16, 16, 32, true, true>, Shape<Vaccumulators_filled_8, 8, 16, false, true, 21>>;
TYPED_TEST_SUITE(RtlAccumulators, Shapes);

TYPED_TEST(RtlAccumulators, AddTheWeightsOfEachWordInItsBankEvenIfAWordFollowsItself) {
  struct Issue {
    bool valid = false, first = false;
    std::size_t place = 0;  // bank and word
    std::int64_t value = 1;
    std::array<std::int64_t, kLanes> addends{};
  };
  // Products take a further stage.
  constexpr std::size_t last_stage = TypeParam::graded ? 3 : 2;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->issue_i = module->sweep_read_i = module->fill_i = 0;
    module.reset();
    std::array<std::array<std::int64_t, kLanes>, 2 * kWords> sums{};
    std::array<unsigned, 2 * kWords> rows{};  // issued since the first one
    std::array<bool, 2 * kWords> known{};     // at least one has been written
    std::array<Issue, 4> stages{};            // a0 to a3
    bool read_known = false;
    std::array<std::int64_t, kLanes> read{};
    for (unsigned cycle = 0; cycle < 3000; ++cycle) {
      Issue issue{random() % 4 != 0, random() % 16 == 0, random() % (2 * kWords), 1, {}};
      if (random() % 2 == 0) issue.place = stages[0].place;
      // More rows than a sum holds never come.
      issue.first = issue.first || rows[issue.place] == 0 || rows[issue.place] == 200;
      if (issue.valid) rows[issue.place] = issue.first ? 1 : rows[issue.place] + 1;
      module->issue_value_i = static_cast<unsigned char>(random() % 4 == 0 ? 255 * (random() % 2) : random());
      if (TypeParam::graded) issue.value = module->issue_value_i;
      stages = {issue, stages[0], stages[1], stages[2]};
      module->issue_i = issue.valid;
      module->issue_first_i = issue.first;
      module->issue_bank_i = issue.place / kWords != 0;
      module->issue_word_i = issue.place % kWords;
      const std::size_t swept = random() % (2 * kWords);
      // With one port the read of the row that was issued comes first, and takes the place of what was read.
      module->sweep_read_i = random() % 2 == 0 && !(TypeParam::one_port && stages[last_stage - 1].valid);
      module->sweep_bank_i = swept / kWords != 0;
      module->sweep_word_i = swept % kWords;
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::int64_t weight = random_signed(random, TypeParam::weight_width);
        set_bits(module->weights_i, TypeParam::weight_width * k, TypeParam::weight_width, weight);
        stages[2].addends[k] = weight * stages[2].value;
      }
      if (module->sweep_read_i != 0) {
        read = sums[swept];
        read_known = known[swept];
      } else if (TypeParam::one_port) {
        read_known = false;
      }
      if (const Issue& added = stages[last_stage]; added.valid) {
        for (std::size_t k = 0; k < kLanes; ++k) {
          sums[added.place][k] = (added.first ? 0 : sums[added.place][k]) + added.addends[k];
        }
        known[added.place] = true;
      }
      module.edge();
      for (std::size_t k = 0; read_known && k < kLanes; ++k) {
        ASSERT_EQ(get_signed(module->sums_o, TypeParam::kept_width * k, TypeParam::sum_width), read[k])
            << "cycle " << cycle << " lane " << k;
      }
    }
  }
}

TEST(RtlFilledAccumulators, HoldAValueThatIsFilledInUntilTheNextSumOfItsWord) {
  constexpr std::size_t kept = 21, sum_width = 16;
  struct Place {
    bool known = false, filled = false;
    std::int64_t value = 0;
  };
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vaccumulators_filled_8> module{seed};
    module->issue_i = module->sweep_read_i = module->fill_i = module->issue_bank_i = module->sweep_bank_i = 0;
    module.reset();
    std::array<std::array<Place, kLanes>, kWords> places{};
    for (unsigned act = 0; act < 400; ++act) {
      const std::size_t word = random() % kWords;
      if (random() % 2 == 0) {
        // A row that begins a sum; its weights come two cycles later.
        module->issue_i = module->issue_first_i = 1;
        module->issue_word_i = word;
        module.edge();
        module->issue_i = 0;
        module.edge();
        for (std::size_t k = 0; k < kLanes; ++k) {
          const std::int64_t weight = random_signed(random, 8);
          set_bits(module->weights_i, 8 * k, 8, weight);
          places[word][k] = {true, false, weight};
        }
        module.edge();
      } else {
        const std::size_t lane = random() % kLanes;
        const std::int64_t value = random_signed(random, kept);
        module->fill_i = 1;
        module->fill_word_i = word;
        module->fill_lane_i = lane;
        set_bits(module->fill_value_i, 0, kept, value);
        places[word][lane] = {true, true, value};
        module.edge();
        module->fill_i = 0;
      }
      const std::size_t read = random() % kWords;
      module->sweep_read_i = 1;
      module->sweep_word_i = read;
      module.edge();
      module->sweep_read_i = 0;
      for (std::size_t k = 0; k < kLanes; ++k) {
        const Place& place = places[read][k];
        if (!place.known) continue;
        ASSERT_EQ(get_signed(module->sums_o, kept * k, place.filled ? kept : sum_width), place.value)
            << "act " << act << " word " << read << " lane " << k;
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::accumulators_test
