// SPDX-License-Identifier: Apache-2.0
// A learned patch as a whole, from its sums and values to the weights and wins in the synapse memory, against the formulas of
// the specification.
#include <random>
#include <string>

#include "Vfeatures_1x16.h"
#include "Vfeatures_4x8.h"
#include "Vfeatures_5x8.h"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/filters_twin.hpp"

namespace phasic::testing::features_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth;
};

struct Seen {
  unsigned limited = 0, changed = 0, oldest = 0;
};

template <class T>
class RtlFeatures : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  using Memory = SynapseTwin<T::lanes, T::weight_width>;
  static constexpr unsigned sum_width = 30;
  static constexpr std::size_t max_rows = 16, sum_words = 32, planes = contract::kWinsWidth / T::weight_width;

  struct Sample {
    contract::Layer layer{};
    std::size_t rows = 1, row_words = 1, words = 1;
    std::vector<std::uint32_t> patch, wins;
    std::vector<std::int8_t> table;
    std::vector<std::int32_t> offsets;
    std::vector<std::int64_t> sums;
    std::vector<reference::WordPair> random;  // of rows
    std::size_t first = 0;                    // word of sums
    bool blank = false;
  };

  static Sample random_sample(std::mt19937_64& random) {
    Sample sample;
    sample.rows = 1 + random() % max_rows;
    sample.layer.channels = static_cast<std::uint32_t>(1 + random() % (3 * T::lanes));
    sample.layer.homeostasis = static_cast<std::uint32_t>(random() % 65536);
    sample.layer.factor_shift = static_cast<std::uint32_t>(random() % 9);
    sample.layer.target_shift = static_cast<std::uint32_t>(random() % 3 == 0 ? random() % 32 : 6 + random() % 8);
    sample.layer.rounding = static_cast<std::uint32_t>(random() % 2);
    sample.row_words = (sample.layer.channels + T::lanes - 1) / T::lanes;
    sample.words = (sample.rows + T::lanes - 1) / T::lanes;
    sample.wins = random_wins(random, sample.layer.channels);
    sample.blank = random() % 8 == 0;
    for (std::size_t row = 0; row < sample.rows; ++row) {
      sample.patch.push_back(sample.blank ? 0 : static_cast<std::uint32_t>(random() % 256));
      sample.random.push_back({static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())});
    }
    for (std::size_t k = 0; k < sample.rows * sample.rows; ++k)
      sample.table.push_back(static_cast<std::int8_t>(random_signed(random, 8)));
    for (std::size_t k = 0; k < sample.words * T::lanes; ++k)
      sample.offsets.push_back(static_cast<std::int32_t>(random_signed(random, random() % 8 == 0 ? 32 : 14)));
    sample.first = random() % (sum_words - sample.row_words);
    for (std::size_t k = 0; k < sum_words * T::lanes; ++k) sample.sums.push_back(random_signed(random, sum_width));
    return sample;
  }

  /// Rows of weights, of wins, and of the table.
  static Memory memory_of(const Sample& sample, std::mt19937_64& random) {
    Memory memory{512};
    memory.fill(random);
    const std::size_t state = sample.rows * sample.row_words, table = state + planes * sample.row_words;
    for (std::size_t k = 0; k < sample.wins.size(); ++k) memory.set_wins(state, sample.row_words, k, sample.wins[k]);
    for (std::size_t row = 0; row < sample.rows; ++row) {
      for (std::size_t k = 0; k < sample.rows; ++k)
        memory.set_byte(table + row * sample.words + k / T::lanes, k % T::lanes, sample.table[row * sample.rows + k]);
    }
    return memory;
  }

  static unsigned learn(const Sample& sample, Memory& memory, Seen& seen) {
    std::vector<std::int64_t> sums(sample.wins.size());
    for (std::size_t k = 0; k < sums.size() && !sample.blank; ++k) sums[k] = sample.sums[sample.first * T::lanes + k];
    const std::size_t winner = winner_of(sums, sample.wins, sample.layer.homeostasis);
    const std::uint32_t wins = sample.wins[winner];
    constexpr unsigned fraction = reference::fraction_bits(T::weight_width);
    const unsigned slowness = reference::competition_shift(wins, sample.layer.factor_shift);
    unsigned limited = 0;
    for (std::size_t row = 0; row < sample.rows; ++row) {
      std::int64_t product = 0;
      for (std::size_t from = 0; from < sample.rows; ++from)
        product += std::int64_t{sample.patch[from]} * sample.table[from * sample.rows + row];
      const std::int64_t target =
          reference::feature_target(product, sample.offsets[row], sample.layer.target_shift, T::weight_width);
      std::int64_t& weight = memory[row * sample.row_words + winner / T::lanes][winner % T::lanes];
      const auto old = static_cast<std::int32_t>(weight);
      const std::int32_t rounding =
          sample.layer.rounding == static_cast<std::uint32_t>(contract::Rounding::kNearest)
              ? reference::nearest_rounding(fraction)
              : reference::stochastic_rounding(reference::rounding_word(sample.random[row], static_cast<unsigned>(winner)),
                                               fraction);
      const std::int64_t moved =
          reference::unlimited_weight(old, (target - old) * (std::int64_t{1} << (fraction - slowness)), rounding, fraction);
      weight = reference::saturate(moved, T::weight_width);
      limited += weight != moved;
      seen.changed += weight != old;
    }
    memory.set_wins(sample.rows * sample.row_words, sample.row_words, winner, std::min<std::uint32_t>(wins + 1, 65535));
    seen.oldest += wins == 65535;
    seen.limited += limited;
    return limited;
  }

  static void load(Module& module, const Sample& sample, std::mt19937_64& random) {
    std::memcpy(port_bytes(module->descriptor_i).data(), &sample.layer, sizeof sample.layer);
    module->rows_i = static_cast<std::uint16_t>(sample.rows);
    module->row_width_i = static_cast<std::uint16_t>(sample.layer.channels);
    module->row_words_i = static_cast<std::uint16_t>(sample.row_words);
    for (std::size_t word = 0; word < sample.words; ++word) {
      module->load_i = 1;
      module->load_address_i = static_cast<std::uint32_t>(word);
      for (std::size_t k = 0; k < T::lanes; ++k)
        set_bits(module->load_data_i, 32 * k, 32, std::int64_t{sample.offsets[word * T::lanes + k]});
      module.edge();
    }
    module->load_i = 0;
    module->patch_blank_i = sample.blank;
    module->patch_word_i = static_cast<unsigned char>(sample.first);
    module->row_valid_i = 0;
    for (unsigned k = 0; k < 2 + random() % 3; ++k) module.edge();
  }

  static void run(Module& module, std::mt19937_64& random, Seen& seen) {
    const Sample sample = random_sample(random);
    Memory memory = memory_of(sample, random), expected = memory;
    const unsigned limits = learn(sample, expected, seen);
    load(module, sample, random);
    module->patch_i = 1;
    std::size_t row = 0, learned = 0, limited = 0;
    unsigned wait = 10;  // cycles before the first row
    bool ended = false;
    for (unsigned cycle = 0; !ended; ++cycle) {
      ASSERT_LT(cycle, 5000U) << "the patch is not learned";
      const bool rows_left = row < sample.rows;
      const bool valid = module->ready_o != 0 && rows_left && wait == 0 && random() % 8 != 0;
      if (module->ready_o != 0 && wait > 0) --wait;
      module->patch_i = rows_left;
      module->row_valid_i = valid;
      const reference::WordPair words =
          valid ? sample.random[row]
                : reference::WordPair{static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())};
      module->row_address_i = static_cast<std::uint16_t>(row * sample.row_words);
      module->row_x_i = words.x;
      module->row_y_i = words.y;
      memory.cycle(module, random);
      if (module->learned_o != 0) {
        ++learned;
        limited += module->limited_o;
      }
      ended = !rows_left && module->busy_o == 0;
      ASSERT_TRUE(module->busy_o != 0 || ended || cycle == 0);
      const bool sums_read = module->sums_read_o != 0, value_read = module->value_read_o != 0;
      const std::size_t word = module->sums_word_o, value_row = module->value_row_o;
      module.edge();
      row += valid;
      if (value_read) module->value_i = static_cast<std::uint16_t>(sample.patch.at(value_row));
      for (std::size_t k = 0; k < T::lanes; ++k) {
        set_bits(module->sums_i, sum_width * k, sum_width,
                 sums_read ? sample.sums.at(word * T::lanes + k) : static_cast<std::int64_t>(random()));
      }
    }
    ASSERT_EQ(learned, sample.rows);
    ASSERT_EQ(limited, limits);
    for (std::size_t address = 0; address < memory.depth(); ++address) {
      ASSERT_EQ(memory[address], expected[address])
          << "address " << address << ", " << sample.rows << " rows of " << sample.row_words << " words";
    }
  }
};
using Shapes = ::testing::Types<Shape<Vfeatures_4x8, 4, 8>, Shape<Vfeatures_1x16, 1, 16>, Shape<Vfeatures_5x8, 5, 8>>;
TYPED_TEST_SUITE(RtlFeatures, Shapes);

TYPED_TEST(RtlFeatures, MoveTheWinnerOfAPatchTowardsItsTargets) {
  std::mt19937_64 random{11};
  Clocked<typename TypeParam::model> module{11};
  module->clear_i = module->patch_i = module->row_valid_i = module->load_i = 0;
  module.reset();
  Seen seen;
  for (unsigned turn = 0; turn < 1800; ++turn) {
    SCOPED_TRACE("turn " + std::to_string(turn));
    ASSERT_NO_FATAL_FAILURE(this->run(module, random, seen));
    if (turn % 10 != 0) continue;
    // A patch that is abandoned.
    module->patch_i = 1;
    for (unsigned cycle = 0; cycle < random() % 60; ++cycle) module.edge();
    module->clear_i = 1;
    module.edge();
    module->patch_i = module->clear_i = 0;
    module.settle();
    ASSERT_EQ(module->busy_o, 0);
    ASSERT_EQ(module->write_o, 0);
  }
  EXPECT_GT(seen.changed, 500U);
  EXPECT_GT(seen.oldest, 3U);
}

}  // namespace
}  // namespace phasic::testing::features_test
