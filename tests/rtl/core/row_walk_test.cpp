// SPDX-License-Identifier: Apache-2.0
// The walk over logged rows against the list, the histories and the random words of the reference.
#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <string>

#include "Vrow_walk_10x14x4_1024.h"
#include "Vrow_walk_1x1x1_2.h"
#include "Vrow_walk_4x7x2_13.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::row_walk_test {
namespace {

template <class Model, unsigned RowBits, unsigned AddressBits, unsigned WordBits>
struct Shape {
  using model = Model;
  static constexpr unsigned row_bits = RowBits, address_bits = AddressBits, word_bits = WordBits;
};

template <class T>
class RtlRowWalk : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr unsigned rows = 1U << T::row_bits, addresses = 1U << T::address_bits;

  /// The memories of the row log: a read gives its word one cycle later and holds it.
  struct Log {
    std::vector<unsigned> list;
    std::vector<std::uint32_t> histories;
    std::uint32_t history = 0;
  };
  struct Walk {
    Log log;
    reference::Key key;
    bool all_steps;
    unsigned words;
  };

  static Walk random_walk(std::mt19937_64& random) {
    Walk walk;
    walk.key = reference::seed_key(random());
    walk.all_steps = random() % 2 == 0;
    walk.words = random() % 3 == 0 ? 1 : 1 + static_cast<unsigned>(random() % (1U << T::word_bits));
    walk.log.list.resize(rows);
    std::iota(walk.log.list.begin(), walk.log.list.end(), 0U);
    std::shuffle(walk.log.list.begin(), walk.log.list.end(), random);
    const std::size_t most = random() % 8 == 0 ? rows : std::min(rows, 30U);
    walk.log.list.resize(random() % 8 == 0 ? most : 1 + random() % most);
    walk.log.histories.resize(rows);
    for (std::uint32_t& history : walk.log.histories) history = static_cast<std::uint32_t>(random() | 1);
    return walk;
  }

  static void stop(Module& module) {
    module->enable_i = module->clear_i = 0;
    module.settle();
  }

  struct End {
    unsigned cycle = 0;
    bool reset = false;  // rather than a clear
  };

  /// Until the last word, or until the walk is abandoned at `end`.
  static void run(Module& module, const Walk& walk, std::optional<End> end) {
    Log log = walk.log;
    module->enable_i = 1;
    for (std::size_t k = 0; k < 4; ++k) set_bits(module->key_i, 16 * k, 16, walk.key[k]);
    module->all_steps_i = walk.all_steps;
    module->row_words_i = static_cast<std::uint16_t>(walk.words);
    module->last_word_i = static_cast<unsigned char>(walk.words - 1);
    module->rows_i = static_cast<std::uint16_t>(log.list.size());
    std::size_t entry = 0;
    unsigned word = 0, waited = 0;
    for (unsigned cycle = 0; entry < log.list.size(); ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle) + ", entry " + std::to_string(entry) + ", word " + std::to_string(word));
      const bool ends = end && end->cycle == cycle;
      module->clear_i = ends && !end->reset;
      module.settle();
      if (module->word_valid_o != 0) {
        ASSERT_NO_FATAL_FAILURE(check(module, walk, log, entry, word));
        if (++word == walk.words) {
          word = 0;
          ++entry;
        }
      } else {
        ASSERT_TRUE(entry == 0 && word == 0) << "a cycle without a word";
        ASSERT_LE(++waited, 11U) << "the first word does not come";
        ASSERT_NO_FATAL_FAILURE(check_silence(module));
      }
      ASSERT_NO_FATAL_FAILURE(clock(module, log, walk.all_steps));
      if (!ends) continue;
      stop(module);
      if (end->reset) module.reset();
      return;
    }
    stop(module);
    for (const unsigned row : walk.log.list) {
      ASSERT_EQ(log.histories[row], walk.all_steps ? 0 : walk.log.histories[row]) << "row " << row;
    }
  }

  static void check_silence(Module& module) {
    ASSERT_EQ(module->word_valid_o, 0);
    ASSERT_EQ(module->row_done_o, 0);
    ASSERT_EQ(module->done_o, 0);
    ASSERT_EQ(module->forget_o, 0);
  }

 private:
  static void check(Module& module, const Walk& walk, const Log& log, std::size_t entry, unsigned word) {
    const unsigned row = log.list[entry];
    const bool last = word + 1 == walk.words;
    const reference::WordPair random = reference::row_words(walk.key, row);
    ASSERT_EQ(module->word_o, word);
    ASSERT_EQ(module->word_address_o, (row * walk.words + word) % addresses);
    ASSERT_EQ(module->random_x_o, random.x);
    ASSERT_EQ(module->random_y_o, random.y);
    ASSERT_EQ(module->row_done_o != 0, last);
    ASSERT_EQ(module->done_o != 0, last && entry + 1 == log.list.size());
    ASSERT_EQ(module->forget_o != 0, last && walk.all_steps);
    if (!walk.all_steps) return;
    ASSERT_EQ(log.history, walk.log.histories[row]) << "another row's history is on the port";
    if (last) {
      ASSERT_EQ(module->forget_row_o, row);
    }
  }

  static void clock(Module& module, Log& log, bool all_steps) {
    std::optional<unsigned> listed;
    if (module->list_read_o != 0) {
      ASSERT_LT(module->list_index_o, log.list.size());
      listed = log.list[module->list_index_o];
    }
    if (module->history_read_o != 0) {
      ASSERT_TRUE(all_steps);
      log.history = log.histories[module->history_row_o];
    }
    if (module->forget_o != 0) log.histories[module->forget_row_o] = 0;
    module.edge();
    if (listed) set_bits(module->list_row_i, 0, T::row_bits, *listed);
    module.settle();
  }
};
using Shapes = ::testing::Types<Shape<Vrow_walk_10x14x4_1024, 10, 14, 4>, Shape<Vrow_walk_4x7x2_13, 4, 7, 2>,
                                Shape<Vrow_walk_1x1x1_2, 1, 1, 1>>;
TYPED_TEST_SUITE(RtlRowWalk, Shapes);

TYPED_TEST(RtlRowWalk, SendsTheWordsOfEachRowWithItsRandomWordsAndHistoryWithoutGaps) {
  for (unsigned seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    this->stop(module);
    module.reset();
    for (unsigned n = 0; n < 8; ++n) {
      SCOPED_TRACE("walk " + std::to_string(n));
      const auto walk = this->random_walk(random);
      std::optional<typename TestFixture::End> end;
      if (random() % 4 == 0) end = {static_cast<unsigned>(random() % 30), random() % 4 == 0};
      ASSERT_NO_FATAL_FAILURE(this->run(module, walk, end));
      for (unsigned k = 1 + static_cast<unsigned>(random() % 3 * 5); k > 0; --k) {
        ASSERT_NO_FATAL_FAILURE(this->check_silence(module));
        ASSERT_EQ(module->list_read_o, 0);
        ASSERT_EQ(module->history_read_o, 0);
        module.edge();
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::row_walk_test
