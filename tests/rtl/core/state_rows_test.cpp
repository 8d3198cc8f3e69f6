// SPDX-License-Identifier: Apache-2.0
// Rows of state among the words of a layer: addresses on both sides of every row's first word.
#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>

#include "Vstate_rows_16.h"
#include "Vstate_rows_8.h"
#include "Vstate_rows_currents_16.h"
#include "Vstate_rows_currents_8.h"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::state_rows_test {
namespace {

template <class Model, unsigned WeightWidth, unsigned WordBits, unsigned AddressBits, bool Currents = false>
struct Shape {
  using model = Model;
  static constexpr bool currents = Currents;
  static constexpr unsigned neuron_rows = 16 / WeightWidth + 1;
  static constexpr unsigned state_rows = 16 / WeightWidth + 1 + (Currents ? 32 / WeightWidth : 0), word_bits = WordBits,
                            depth = 1U << AddressBits;
};

struct Place {
  unsigned row = 0, word = 0;
};

template <class T>
class RtlStateRows : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vstate_rows_8, 8, 4, 14>, Shape<Vstate_rows_16, 16, 2, 6>,
                                Shape<Vstate_rows_currents_8, 8, 4, 14, true>, Shape<Vstate_rows_currents_16, 16, 2, 6, true>>;
TYPED_TEST_SUITE(RtlStateRows, Shapes);

TYPED_TEST(RtlStateRows, FollowTheRowsOfWeights) {
  constexpr unsigned kSeed = 4;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random{kSeed};
  Clocked<typename TypeParam::model> module{kSeed};
  module->load_i = module->store_i = 0;
  unsigned found = 0;
  for (unsigned run = 0; run < 300; ++run) {
    const unsigned words = 1 + random() % (1U << TypeParam::word_bits);
    // A layer without rows of currents may fill the memory all the same.
    const bool lasts = TypeParam::currents && random() % 2 == 0;
    const unsigned state_rows = lasts ? TypeParam::state_rows : TypeParam::neuron_rows;
    const unsigned most = TypeParam::depth / words - state_rows;
    const unsigned rows = random() % 3 == 0 ? most : 1 + random() % most;
    const bool keep = random() % 4 != 0;
    module->keep_i = keep;
    module->lasts_i = lasts || (!TypeParam::currents && random() % 2 == 0);
    module->rows_i = static_cast<std::uint16_t>(rows);
    module->row_words_i = module->neuron_words_i = static_cast<std::uint16_t>(words);
    module->load_i = module->store_i = 0;
    module.edge();
    module.edge();
    const unsigned stored = rows + state_rows;
    const auto place = [&](unsigned address) -> std::optional<Place> {
      if (!keep || address / words < rows) return {};
      return Place{address / words - rows, address % words};
    };
    const auto address = [&] {
      const unsigned near = words * (rows + random() % state_rows) + random() % 3;
      return random() % 4 == 0 ? random() % (words * stored) : std::min(near - 1, words * stored - 1);
    };
    std::array<bool, 3> told{};  // what was asked for now, one and two cycles ago was state
    for (unsigned cycle = 0; cycle < 60; ++cycle) {
      const unsigned load = address(), store = address();
      module->load_address_i = static_cast<std::uint16_t>(load);
      module->store_address_i = static_cast<std::uint16_t>(store);
      module->load_i = random() % 2;
      module->store_i = random() % 2;
      module.settle();
      const std::optional<Place> loaded = place(load), asked = place(store);
      told = {module->store_i != 0 && asked, told[0], told[1]};
      ASSERT_EQ(module->load_o != 0, module->load_i != 0 && loaded) << load;
      ASSERT_EQ(module->store_o != 0, told[0]) << store;
      ASSERT_EQ(module->stored_o != 0, told[2]);
      if (module->load_o != 0) {
        ASSERT_EQ(module->load_row_o, loaded->row) << load;
        ASSERT_EQ(module->load_word_o, loaded->word) << load;
        ++found;
      }
      if (module->store_o != 0) {
        ASSERT_EQ(module->store_row_o, asked->row) << store;
        ASSERT_EQ(module->store_word_o, asked->word) << store;
      }
      module.edge();
    }
    module->load_i = module->store_i = 0;
    for (unsigned cycle = 0; cycle < 3; ++cycle) module.edge();
  }
  EXPECT_GT(found, 1000U);
}

}  // namespace
}  // namespace phasic::testing::state_rows_test
