// SPDX-License-Identifier: Apache-2.0
// The retrograde signals of a layer over samples whose words come with gaps, against sums of magnitudes.
#include <algorithm>
#include <bit>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "Vretrograde_sums_16x29.h"
#include "Vretrograde_sums_1x27.h"
#include "Vretrograde_sums_4x30.h"
#include "Vretrograde_sums_5x30.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::retrograde_sums_test {
namespace {

template <class Model, std::size_t Lanes, std::size_t ChangeWidth>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes, change_width = ChangeWidth;
};

struct Message {
  std::uint64_t cycle = 0;
  unsigned index = 0, share = 0;
  bool end = false;
};

struct Word {
  unsigned row = 0;
  bool last = false, bias = false;
  std::vector<std::int64_t> changes;
};

template <class T>
class RtlRetrogradeSums : public ::testing::Test {
 protected:
  static constexpr std::size_t kLanes = T::lanes, kWidth = T::change_width;
  static constexpr std::uint64_t kLatency = std::bit_width(kLanes - 1) + 7;
  using Random = std::mt19937_64;

  void run(unsigned seed) {
    Random random{seed};
    module_.emplace(seed);
    cycle_ = 0;
    expected_.clear();
    on_the_way_.assign(5, {});
    Clocked<Model>& module = *module_;
    module->clear_i = module->valid_i = module->end_i = 0;
    module.reset();
    for (unsigned sample = 0; sample < 12; ++sample) {
      SCOPED_TRACE("sample " + std::to_string(sample));
      module->sends_i = sends_ = random() % 6 != 0;
      module->shift_i =
          static_cast<unsigned char>(shift_ = static_cast<unsigned>(random() % (random() % 4 == 0 ? 44 : kWidth + 4)));
      ASSERT_NO_FATAL_FAILURE(show(random));
      const bool clear = random() % 5 == 0;
      // Sometimes with messages on their way.
      for (std::uint64_t wait = clear ? random() % kLatency : kLatency + 1 + random() % 4; wait > 0; --wait)
        ASSERT_NO_FATAL_FAILURE(step(random, nullptr, false));
      if (!clear) {
        ASSERT_TRUE(expected_.empty()) << "a message does not come";
        continue;
      }
      module->clear_i = 1;
      ASSERT_NO_FATAL_FAILURE(step(random, nullptr, false));
      module->clear_i = 0;
      expected_.clear();
      for (std::uint64_t wait = kLatency; wait > 0; --wait) ASSERT_NO_FATAL_FAILURE(step(random, nullptr, false));
    }
  }

  std::uint64_t told_ = 0, most_ = 0;  ///< messages, and those with the largest share

 private:
  using Model = typename T::model;

  /// The rows of a sample, and their end.
  void show(Random& random) {
    const std::uint64_t rows = random() % 8 == 0 ? 0 : random() % 6 + 1, words = random() % 4 + 1;
    const bool large = random() % 2 == 0, gaps = random() % 2 == 0;
    for (std::uint64_t row = 0; row < rows; ++row) {
      Word word{static_cast<unsigned>(random() % 128), false, random() % 6 == 0, {}};
      std::uint64_t signal = 0;
      for (std::uint64_t w = 0; w < words; ++w) {
        word.last = w + 1 == words;
        word.changes.clear();
        for (std::size_t k = 0; k < kLanes; ++k) {
          word.changes.push_back(random_signed(random, large ? kWidth : 6));
          signal += static_cast<std::uint64_t>(std::abs(word.changes.back()));
        }
        while (gaps && random() % 3 == 0) ASSERT_NO_FATAL_FAILURE(step(random, nullptr, false));
        if (word.last && sends_ && !word.bias) {
          const std::uint64_t share = std::min<std::uint64_t>(signal >> shift_, contract::kLayerRetrogradeLimitMaximum);
          expected_.push_back({cycle_ + kLatency, word.row, static_cast<unsigned>(share), false});
          ++told_;
          most_ += share == contract::kLayerRetrogradeLimitMaximum;
        }
        // The end can come with the last word or later.
        const bool over = row + 1 == rows && word.last && random() % 2 == 0;
        if (over && sends_) expected_.push_back({cycle_ + kLatency + 1, 0, 0, true});
        ASSERT_NO_FATAL_FAILURE(step(random, &word, over));
        if (over) return;
      }
    }
    while (random() % 3 == 0) ASSERT_NO_FATAL_FAILURE(step(random, nullptr, false));
    if (sends_) expected_.push_back({cycle_ + kLatency + 1, 0, 0, true});
    ASSERT_NO_FATAL_FAILURE(step(random, nullptr, true));
  }

  /// A cycle with a word or without.
  void step(Random& random, const Word* word, bool end) {
    Clocked<Model>& module = *module_;
    module->valid_i = word != nullptr;
    module->end_i = end;
    module->last_i = word != nullptr ? word->last : random() % 2;
    module->bias_i = word != nullptr ? word->bias : random() % 2;
    module->row_i = static_cast<unsigned char>(word != nullptr ? word->row : random() % 128);
    on_the_way_.push_front(word != nullptr ? word->changes : std::vector<std::int64_t>{});
    on_the_way_.pop_back();
    for (std::size_t k = 0; k < kLanes; ++k)
      set_bits(module->changes_i, kWidth * k, kWidth,
               on_the_way_[4].empty() ? random_signed(random, kWidth) : on_the_way_[4][k]);
    module.settle();
    const bool due = !expected_.empty() && expected_.front().cycle == cycle_;
    ASSERT_EQ(module->message_valid_o != 0, due) << "cycle " << cycle_;
    if (due) {
      const Message& message = expected_.front();
      ASSERT_EQ(get_bits(module->message_o, contract::kRetrogradeMessageIndexBit, 16), message.index);
      ASSERT_EQ(get_bits(module->message_o, contract::kRetrogradeMessageShareBit, 8), message.share);
      ASSERT_EQ(get_bits(module->message_o, contract::kRetrogradeMessageEndBit, 1) != 0, message.end);
      expected_.pop_front();
    }
    module.edge();
    ++cycle_;
  }

  std::optional<Clocked<Model>> module_;
  std::deque<Message> expected_;
  std::deque<std::vector<std::int64_t>> on_the_way_;  ///< changes of the words of the last cycles, the newest first
  std::uint64_t cycle_ = 0;
  unsigned shift_ = 0;
  bool sends_ = false;
};
using Shapes = ::testing::Types<Shape<Vretrograde_sums_1x27, 1, 27>, Shape<Vretrograde_sums_4x30, 4, 30>,
                                Shape<Vretrograde_sums_16x29, 16, 29>, Shape<Vretrograde_sums_5x30, 5, 30>>;
TYPED_TEST_SUITE(RtlRetrogradeSums, Shapes);

TYPED_TEST(RtlRetrogradeSums, AreToldOfEveryRowButTheBiasThenTheEnd) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(this->run(seed));
  }
  EXPECT_GT(this->most_, 100U);
  EXPECT_GT(this->told_, 2 * this->most_);
}

}  // namespace
}  // namespace phasic::testing::retrograde_sums_test
