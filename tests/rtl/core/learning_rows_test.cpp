// SPDX-License-Identifier: Apache-2.0
// The rows of learned samples, from the sample's key to the words of the walk, against lists, histories and the random words of
// the reference.
#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <string>

#include "Vlearning_rows_10x14x4_1024.h"
#include "Vlearning_rows_4x7x2_13.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::learning_rows_test {
namespace {

template <class Model, unsigned Layer, unsigned AddressBits, unsigned WordBits, unsigned MaxRows>
struct Shape {
  using model = Model;
  static constexpr unsigned layer = Layer, address_bits = AddressBits, word_bits = WordBits, max_rows = MaxRows;
};

struct Seen {
  unsigned empty = 0, unlearned = 0, contests = 0, again = 0;
};

template <class T>
class RtlLearningRows : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr unsigned addresses = 1U << T::address_bits;

  /// What a sample leaves: rows in the order of their first event, and the steps or the value of each.
  struct Sample {
    std::uint64_t seed = 0;
    std::uint32_t number = 0;
    bool learned = false, competes = false, keeps_steps = false;
    unsigned rows = 1, words = 1;
    std::vector<unsigned> list;
    std::map<unsigned, std::uint32_t> history;
  };

  static void clear(Module& module) {
    module->clearing_i = 1;
    for (unsigned row = 0; row < T::max_rows; ++row) {
      module->clear_row_i = static_cast<std::uint16_t>(row);
      module.edge();
    }
    module->clearing_i = 0;
  }

  static Sample begin(Module& module, std::mt19937_64& random) {
    Sample sample;
    sample.seed = random();
    sample.number = static_cast<std::uint32_t>(random());
    sample.learned = random() % 8 != 0;
    sample.competes = random() % 3 == 0;
    sample.keeps_steps = sample.competes || random() % 2 == 0;
    sample.rows = 1 + static_cast<unsigned>(random() % (sample.competes ? std::min(T::max_rows, 40U) : T::max_rows));
    sample.words = 1 + static_cast<unsigned>(random() % (1U << T::word_bits));
    module->seed_i = sample.seed;
    module->number_i = sample.number;
    module->compete_i = sample.competes;
    module->keep_steps_i = sample.keeps_steps;
    module->shaped_i = module->features_i = 0;
    module->rows_i = static_cast<std::uint16_t>(sample.rows);
    module->row_words_i = static_cast<std::uint16_t>(sample.words);
    module->last_word_i = static_cast<unsigned char>(sample.words - 1);
    module->learn_i = sample.learned;
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    module->learn_i = random() % 2;
    module->number_i = static_cast<std::uint32_t>(random());
    return sample;
  }

  static void log(Module& module, std::mt19937_64& random, Sample& sample, Seen& seen) {
    const unsigned steps = sample.keeps_steps ? 1 + static_cast<unsigned>(random() % 5) : 1;
    for (unsigned step = 0; step < steps; ++step) {
      std::vector<unsigned> rows(sample.rows);
      std::iota(rows.begin(), rows.end(), 0U);
      std::shuffle(rows.begin(), rows.end(), random);
      rows.resize(random() % 4 == 0 ? 0 : std::min<std::size_t>(rows.size(), random() % 12));
      for (const unsigned row : rows) {
        while (random() % 4 == 0) module.edge();
        if (sample.history.count(row) == 0) {
          sample.list.push_back(row);
        } else {
          ++seen.again;
        }
        sample.history[row] |= 1U << step;
        module->log_i = 1;
        module->log_row_i = static_cast<std::uint16_t>(row);
        module->log_step_i = 1U << step;
        module.edge();
        module->log_i = 0;
      }
      module.edge();
    }
    for (unsigned k = 0; k < 2; ++k) module.edge();
  }

  static void walk(Module& module, const Sample& sample) {
    unsigned waited = 0;
    for (; module->key_busy_o != 0; ++waited) {
      ASSERT_LT(waited, 40U) << "the key does not come";
      module.edge();
    }
    std::vector<unsigned> rows = sample.list;
    if (sample.competes) {
      rows.resize(sample.rows);
      std::iota(rows.begin(), rows.end(), 0U);
    }
    const auto key =
        reference::sample_key(reference::purpose_key(sample.seed, contract::Purpose::kRounding, T::layer), sample.number);
    const unsigned words = sample.competes ? 1 : sample.words;
    module->enable_i = 1;
    std::size_t entry = 0;
    unsigned word = 0;
    for (unsigned cycle = 0; entry < rows.size(); ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle) + ", entry " + std::to_string(entry) + ", word " + std::to_string(word));
      module.settle();
      if (module->word_valid_o == 0) {
        ASSERT_TRUE(entry == 0 && word == 0 && cycle < 12) << "a cycle without a word";
        ASSERT_EQ(module->done_o, 0);
        module.edge();
        continue;
      }
      const unsigned row = rows[entry];
      const reference::WordPair expected = reference::row_words(key, row);
      ASSERT_EQ(module->word_o, word);
      ASSERT_EQ(module->row_o, row);
      ASSERT_EQ(module->word_address_o, (row * sample.words + word) % addresses);
      ASSERT_EQ(module->random_x_o, expected.x);
      ASSERT_EQ(module->random_y_o, expected.y);
      if (sample.keeps_steps) {
        const auto found = sample.history.find(row);
        ASSERT_EQ(module->history_o, found == sample.history.end() ? 0U : found->second) << "row " << row;
      }
      const bool last = ++word == words;
      ASSERT_EQ(module->row_done_o != 0, last);
      ASSERT_EQ(module->done_o != 0, last && entry + 1 == rows.size());
      if (last) {
        word = 0;
        ++entry;
      }
      module.edge();
    }
    module->enable_i = 0;
    module.edge();
  }
};
using Shapes =
    ::testing::Types<Shape<Vlearning_rows_10x14x4_1024, 3, 14, 4, 1024>, Shape<Vlearning_rows_4x7x2_13, 0, 7, 2, 13>>;
TYPED_TEST_SUITE(RtlLearningRows, Shapes);

TYPED_TEST(RtlLearningRows, WalksOverTheRowsOfASampleWithItsRandomWordsOrInAContestOverAll) {
  Seen seen;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->start_i = module->log_i = module->enable_i = 0;
    module->clearing_i = module->compete_i = module->keep_steps_i = 0;
    module.reset();
    this->clear(module);
    for (unsigned n = 0; n < 12; ++n) {
      SCOPED_TRACE("sample " + std::to_string(n));
      auto sample = this->begin(module, random);
      ASSERT_EQ(module->key_busy_o != 0, sample.learned);
      if (!sample.learned) {
        // Nothing is kept of it.
        for (unsigned cycle = 0; cycle < 5; ++cycle) module.edge();
        ASSERT_EQ(module->empty_o, 1);
        ++seen.unlearned;
        continue;
      }
      this->log(module, random, sample, seen);
      ASSERT_EQ(module->empty_o != 0, sample.list.empty());
      seen.empty += sample.list.empty();
      seen.contests += sample.competes;
      if (!sample.list.empty() || sample.competes) {
        ASSERT_NO_FATAL_FAILURE(this->walk(module, sample));
      } else {
        for (unsigned cycle = 0; cycle < 40; ++cycle) module.edge();
      }
    }
    // A run that is cleared in the middle of a sample leaves nothing behind.
    auto sample = this->begin(module, random);
    this->log(module, random, sample, seen);
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    ASSERT_EQ(module->key_busy_o, 0);
    ASSERT_EQ(module->empty_o, 1);
  }
  EXPECT_GT(seen.empty, 5U);
  EXPECT_GT(seen.unlearned, 5U);
  EXPECT_GT(seen.contests, 20U);
  EXPECT_GT(seen.again, 20U);
}

}  // namespace
}  // namespace phasic::testing::learning_rows_test
