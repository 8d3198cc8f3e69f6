// SPDX-License-Identifier: Apache-2.0
// The queue against std::deque.
#include <deque>
#include <random>
#include <string>

#include "Vfifo_70x16.h"
#include "Vfifo_8x2.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::fifo_test {
namespace {

template <class Model, std::size_t Width, std::size_t Depth>
struct Shape {
  using model = Model;
  static constexpr std::size_t width = Width, depth = Depth;
};

template <class T>
class RtlFifo : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vfifo_8x2, 8, 2>, Shape<Vfifo_70x16, 70, 16>>;
TYPED_TEST_SUITE(RtlFifo, Shapes);

TYPED_TEST(RtlFifo, KeepsEveryWordInOrderUnderBackPressure) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->in_valid_i = module->out_ready_i = 0;
    module.reset();
    constexpr std::size_t low = TypeParam::width < 64 ? TypeParam::width : 64, high = TypeParam::width - low;
    std::deque<std::pair<std::uint64_t, std::uint64_t>> words;
    std::size_t in_chance = 4, out_chance = 4;
    bool filled = false;
    for (unsigned cycle = 0; cycle < 1000; ++cycle) {
      if (cycle % 50 == 0) {
        in_chance = random() % 9;
        out_chance = random() % 9;
      }
      const std::pair in{random() >> (64 - low), high == 0 ? 0 : random() >> (64 - (high == 0 ? 1 : high))};
      set_bits(module->in_data_i, 0, low, in.first);
      set_bits(module->in_data_i, low, high, in.second);
      module->in_valid_i = random() % 8 < in_chance;
      module->out_ready_i = random() % 8 < out_chance;
      module->clear_i = random() % 256 == 0;
      module.settle();
      filled = filled || words.size() == TypeParam::depth;
      ASSERT_EQ(module->in_ready_o != 0, words.size() < TypeParam::depth) << "cycle " << cycle;
      ASSERT_EQ(module->out_valid_o != 0, !words.empty()) << "cycle " << cycle;
      if (!words.empty()) {
        ASSERT_EQ(get_bits(module->out_data_o, 0, low), words.front().first) << "cycle " << cycle;
        ASSERT_EQ(get_bits(module->out_data_o, low, high), words.front().second) << "cycle " << cycle;
      }
      const bool take = module->in_valid_i != 0 && module->in_ready_o != 0;
      if (module->out_ready_i != 0 && !words.empty()) words.pop_front();
      if (take) words.push_back(in);
      if (module->clear_i != 0) words.clear();
      module.edge();
    }
    EXPECT_TRUE(filled) << "the queue was never full";
  }
}

}  // namespace
}  // namespace phasic::testing::fifo_test
