// SPDX-License-Identifier: Apache-2.0
// The scan over the spikes of a step against a list of its rows.
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vspike_scan_10.h"
#include "Vspike_scan_4.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::spike_scan_test {
namespace {

template <class Model, unsigned RowBits>
struct Shape {
  using model = Model;
  static constexpr unsigned row_bits = RowBits;
};

template <class T>
class RtlSpikeScan : public ::testing::Test {
 protected:
  static void scan(Clocked<typename T::model>& module, std::mt19937_64& random, bool cleared) {
    const bool bias = random() % 2 == 0;
    const auto rows = static_cast<unsigned>(random() % 8 == 0 ? (1U << T::row_bits) - 1 - random() % 4
                                                              : 1 + random() % ((1U << T::row_bits) - 1));
    const unsigned chance = random() % 5;
    std::vector<std::uint8_t> words((rows + 7) / 8);
    std::deque<unsigned> expected;
    for (unsigned row = 0; row < rows; ++row) {
      if (chance != 4 && random() % 4 >= chance) continue;
      words[row / 8] = static_cast<std::uint8_t>(words[row / 8] | 1U << row % 8);
      expected.push_back(row);
    }
    if (bias) expected.push_back(rows);
    ASSERT_EQ(module->done_o, 1);
    module->start_i = 1;
    module->bias_i = bias;
    module->last_row_i = static_cast<std::uint16_t>(bias ? rows : rows - 1);
    module.edge();
    module->start_i = 0;
    const unsigned ready_chance = 1 + random() % 8;
    const unsigned word_chance = 1 + random() % 8;
    const auto clear_at = static_cast<unsigned>(random() % 40);
    bool holds = false;
    unsigned held = 0;
    for (unsigned cycle = 0; module->done_o == 0; ++cycle) {
      ASSERT_LT(cycle, 100'000U) << "the scan does not come to an end";
      module->row_ready_i = random() % 8 < ready_chance;
      module->clear_i = cleared && cycle == clear_at;
      module->ready_i = random() % 8 < word_chance;
      module.settle();
      std::optional<std::uint8_t> word;
      if (module->read_o != 0) {
        ASSERT_EQ(module->ready_i, 1) << "a word that is not there is asked for in cycle " << cycle;
        ASSERT_LT(module->word_o, words.size()) << "cycle " << cycle;
        word = words[module->word_o];
      }
      if (holds) {
        ASSERT_TRUE(module->row_valid_o != 0 && module->row_o == held) << "the row on offer changes in cycle " << cycle;
      }
      holds = false;
      if (module->row_valid_o != 0) {
        ASSERT_FALSE(expected.empty()) << "a row too many in cycle " << cycle;
        ASSERT_EQ(module->row_o, expected.front()) << "cycle " << cycle;
        if (module->row_ready_i != 0) {
          expected.pop_front();
        } else {
          holds = true;
          held = module->row_o;
        }
      }
      module.edge();
      module->spikes_i = word ? *word : static_cast<unsigned char>(random());
      module.settle();
      if (module->clear_i == 0) continue;
      module->clear_i = 0;
      module.settle();
      ASSERT_EQ(module->done_o, 1);
      expected.clear();
    }
    ASSERT_TRUE(expected.empty()) << expected.size() << " rows are missing";
    for (unsigned wait = random() % 3; wait > 0; --wait) {
      ASSERT_EQ(module->row_valid_o, 0);
      ASSERT_EQ(module->read_o, 0);
      ASSERT_EQ(module->done_o, 1);
      module.edge();
    }
  }
};
using Shapes = ::testing::Types<Shape<Vspike_scan_4, 4>, Shape<Vspike_scan_10, 10>>;
TYPED_TEST_SUITE(RtlSpikeScan, Shapes);

TYPED_TEST(RtlSpikeScan, GivesEachSpikingRowInOrderAndThenTheBias) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->start_i = module->row_ready_i = 0;
    module.reset();
    for (unsigned n = 0; n < 20; ++n) {
      SCOPED_TRACE("scan " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(this->scan(module, random, random() % 4 == 0));
    }
  }
}

}  // namespace
}  // namespace phasic::testing::spike_scan_test
