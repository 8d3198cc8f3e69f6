// SPDX-License-Identifier: Apache-2.0
// The filter that wins a patch against the formulas of the specification.
#include <algorithm>
#include <random>
#include <string>

#include "Vfilter_contest_1x8.h"
#include "Vfilter_contest_4x16.h"
#include "Vfilter_contest_4x8.h"
#include "tests/rtl/core/filters_twin.hpp"

namespace phasic::testing::filter_contest_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth, unsigned SumWidth>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth, sum_width = SumWidth;
};

struct Seen {
  unsigned fresh = 0, contested = 0, ties = 0, blank = 0;
};

template <class T>
class RtlFilterContest : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr std::size_t sum_words = 32, depth = 256, planes = contract::kWinsWidth / T::weight_width;

  static void run(Module& module, std::mt19937_64& random, Seen& seen) {
    const std::size_t filters = 1 + random() % (4 * T::lanes), row_words = (filters + T::lanes - 1) / T::lanes;
    const std::size_t address = random() % (depth - planes * row_words), word = random() % (sum_words - row_words + 1);
    const std::uint32_t homeostasis = static_cast<std::uint32_t>(random() % 2 == 0 ? random() % 100 : random() % 65536);
    const bool blank = random() % 8 == 0, alike = random() % 3 == 0;
    std::vector<std::int64_t> sums(sum_words * T::lanes);
    for (std::int64_t& sum : sums) sum = alike ? static_cast<std::int64_t>(random() % 3) : random_signed(random, T::sum_width);
    const std::vector<std::uint32_t> wins = random_wins(random, filters);
    SynapseTwin<T::lanes, T::weight_width> memory{depth};
    memory.fill(random);
    for (std::size_t k = 0; k < filters; ++k) memory.set_wins(address, row_words, k, wins[k]);
    std::vector<std::int64_t> compared(filters);
    for (std::size_t k = 0; k < filters && !blank; ++k) compared[k] = sums[word * T::lanes + k];
    const std::size_t winner = winner_of(compared, wins, homeostasis);
    const bool fresh = wins[winner] == 0;
    const auto value = [&](std::size_t k) { return compared[k] - std::int64_t{homeostasis} * wins[k]; };
    for (std::size_t k = winner + 1; k < filters && !fresh; ++k) seen.ties += value(k) == value(winner);
    seen.fresh += fresh;
    seen.contested += !fresh && filters > 1;
    seen.blank += blank;

    module->homeostasis_i = static_cast<std::uint16_t>(homeostasis);
    module->filters_i = static_cast<std::uint16_t>(filters);
    module->row_words_i = static_cast<std::uint16_t>(row_words);
    module->state_address_i = static_cast<std::uint16_t>(address);
    module->word_i = static_cast<unsigned char>(word);
    module->blank_i = blank;
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    unsigned cycle = 0;
    for (;; ++cycle) {
      ASSERT_LT(cycle, 1000U) << "the contest does not end";
      memory.cycle(module, random);
      if (module->busy_o == 0) break;
      const bool read = module->sums_read_o != 0;
      const std::size_t at = module->sums_word_o;
      module.edge();
      for (std::size_t k = 0; k < T::lanes; ++k) {
        set_bits(module->sums_i, T::sum_width * k, T::sum_width,
                 read ? sums.at(at * T::lanes + k) : static_cast<std::int64_t>(random()));
      }
    }
    ASSERT_EQ(cycle, filters + row_words * (planes + 2) + 3);
    for (unsigned k = 0; k < 3; ++k, module.edge()) {
      ASSERT_EQ(module->winner_o, winner);
      ASSERT_EQ(module->wins_o, wins[winner]);
    }
  }
};
using Shapes = ::testing::Types<Shape<Vfilter_contest_1x8, 1, 8, 23>, Shape<Vfilter_contest_4x8, 4, 8, 27>,
                                Shape<Vfilter_contest_4x16, 4, 16, 35>>;
TYPED_TEST_SUITE(RtlFilterContest, Shapes);

TYPED_TEST(RtlFilterContest, TakesTheLowestWithoutWinsOrTheBest) {
  std::mt19937_64 random{7};
  Clocked<typename TypeParam::model> module{7};
  module->clear_i = module->start_i = 0;
  module.reset();
  Seen seen;
  for (unsigned turn = 0; turn < 2000; ++turn) {
    SCOPED_TRACE("turn " + std::to_string(turn));
    ASSERT_NO_FATAL_FAILURE(this->run(module, random, seen));
    if (turn % 10 != 0) continue;
    // A contest that is abandoned.
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    for (unsigned cycle = 0; cycle < random() % 8; ++cycle) module.edge();
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    module.settle();
    ASSERT_EQ(module->busy_o, 0);
  }
  EXPECT_GT(seen.fresh, 100U);
  EXPECT_GT(seen.contested, 100U);
  EXPECT_GT(seen.ties, 50U);
  EXPECT_GT(seen.blank, 50U);
}

}  // namespace
}  // namespace phasic::testing::filter_contest_test
