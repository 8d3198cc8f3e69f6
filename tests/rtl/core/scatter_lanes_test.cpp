// SPDX-License-Identifier: Apache-2.0
// What is added to a word of a discriminant's memory, against the formulas of the reference.
#include <array>
#include <optional>
#include <random>
#include <string>

#include "Vscatter_lanes_1.h"
#include "Vscatter_lanes_4.h"
#include "phasic/contract.hpp"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::scatter_lanes_test {
namespace {

template <class Model, std::size_t Lanes>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
};

template <class T>
class RtlScatterLanes : public ::testing::Test {
 protected:
  struct Word {
    bool sums = false;
    std::array<std::int32_t, T::lanes> memory{}, changed{};
    unsigned limited = 0;
  };
};

using Shapes = ::testing::Types<Shape<Vscatter_lanes_1, 1>, Shape<Vscatter_lanes_4, 4>>;
TYPED_TEST_SUITE(RtlScatterLanes, Shapes);

TYPED_TEST(RtlScatterLanes, AddValuesOrProductsAndCountWhatIsLimited) {
  using Word = typename TestFixture::Word;
  constexpr std::size_t lanes = TypeParam::lanes;
  constexpr unsigned width = contract::kDifferenceWidth;
  unsigned limited = 0, sums = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->valid_i = 0;
    module.reset();
    std::array<std::optional<Word>, 4> words{};  // of this cycle and the three before
    for (unsigned cycle = 0; cycle < 500; ++cycle) {
      words = {std::nullopt, words[0], words[1], words[2]};
      const bool valid = random() % 4 != 0;
      module->valid_i = valid;
      if (valid) {
        Word word;
        word.sums = random() % 4 == 0;
        const auto own = static_cast<std::int32_t>(random_signed(random, width));
        module->sums_i = word.sums;
        set_bits(module->own_i, 0, width, own);
        for (std::size_t k = 0; k < lanes; ++k) {
          const auto value = static_cast<std::uint32_t>(random() % 256);
          const auto other = static_cast<std::int32_t>(random_signed(random, width));
          const bool changes = random() % 8 != 0;
          set_bits(module->lanes_i, k, 1, unsigned{changes});
          set_bits(module->values_i, 8 * k, 8, value);
          set_bits(module->differences_i, width * k, width, other);
          const std::int64_t near_limit =
              (random() % 2 == 0 ? 1 : -1) * ((std::int64_t{1} << 31) - static_cast<std::int64_t>(random() % 70000));
          word.memory[k] =
              static_cast<std::int32_t>(random() % 2 == 0 ? reference::saturate(near_limit, 32) : random_signed(random, 32));
          const std::int64_t sum = std::int64_t{word.memory[k]} + (!changes    ? 0
                                                                   : word.sums ? std::int64_t{value}
                                                                               : std::int64_t{own} * other);
          word.changed[k] = static_cast<std::int32_t>(word.sums ? sum : reference::saturate(sum, contract::kMemoryWidth));
          if (!word.sums && word.changed[k] != sum) ++word.limited;
        }
        sums += word.sums;
        limited += word.limited;
        words[0] = word;
      }
      for (std::size_t k = 0; k < lanes; ++k)
        set_bits(module->word_i, 32 * k, 32,
                 words[1] ? static_cast<std::uint32_t>(words[1]->memory[k]) : static_cast<std::uint32_t>(random()));
      module.settle();
      ASSERT_EQ(module->valid_o != 0, words[2].has_value());
      for (std::size_t k = 0; words[2] && k < lanes; ++k)
        ASSERT_EQ(get_signed(module->word_o, 32 * k, 32), words[2]->changed[k]);
      ASSERT_EQ(module->limited_o, words[3] ? words[3]->limited : 0);
      module.edge();
    }
  }
  EXPECT_GT(limited, 500U);
  EXPECT_GT(sums, 500U);
}

}  // namespace
}  // namespace phasic::testing::scatter_lanes_test
