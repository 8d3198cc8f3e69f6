// SPDX-License-Identifier: Apache-2.0
// Learning of a contest's winner against the formulas and the random numbers of the reference.
#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <random>
#include <string>

#include "Vpull_1x16.h"
#include "Vpull_1x8.h"
#include "Vpull_4x16.h"
#include "Vpull_4x8.h"
#include "Vpull_5x16.h"
#include "Vpull_filters_1x8.h"
#include "Vpull_filters_4x16.h"
#include "Vpull_graded_1x16.h"
#include "Vpull_graded_4x8.h"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::pull_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth, bool Graded = false, bool Filters = false>
struct Shape {
  using model = Model;
  static constexpr bool graded = Graded, filters = Filters;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth;
};

constexpr std::uint32_t kMostWins = 65535;

template <class T>
class RtlPull : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  /// A filter has wins alone.
  static constexpr unsigned squares_width = T::filters ? 0 : contract::kSquaresWidth;
  static constexpr std::size_t planes = (squares_width + contract::kWinsWidth) / T::weight_width, depth = 256;
  using Memory = std::array<std::array<std::int64_t, T::lanes>, depth>;

  struct Row {
    std::uint32_t history = 0;
    reference::WordPair random;
  };
  struct Sample {
    Memory memory;
    std::vector<Row> rows;
    std::size_t row_words = 1;
    unsigned input_shift = 0, shift = 0;
    bool nearest = false, graded = false;
    bool has_winner = true;
    std::size_t winner = 0;
    std::uint32_t squares = 0, wins = 0;
  };
  struct Seen {
    unsigned limited = 0, kept = 0, oldest = 0;
  };

  static Sample random_sample(std::mt19937_64& random) {
    Sample sample;
    sample.row_words = 1 + random() % 4;
    sample.rows.resize(1 + random() % 40);
    const bool sparse = random() % 2 == 0;
    for (Row& row : sample.rows) {
      row.history = static_cast<std::uint32_t>(random() % 4 == 0 ? 0 : random() % 4 == 0 ? ~std::uint64_t{0} : random());
      if constexpr (T::filters) row.history = static_cast<std::uint16_t>(random_signed(random, T::weight_width));
      if (sparse && !T::filters) row.history &= static_cast<std::uint32_t>(random() & random() & random());
      row.random = {static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())};
    }
    for (auto& word : sample.memory)
      for (std::int64_t& weight : word) weight = random_signed(random, T::weight_width);
    sample.input_shift = static_cast<unsigned>(random() % 7);
    sample.shift = static_cast<unsigned>(random() % 9);
    sample.nearest = random() % 2 == 0;
    sample.graded = T::graded && random() % 4 != 0;
    sample.has_winner = random() % 8 != 0;
    sample.winner = random() % (sample.row_words * T::lanes);
    sample.squares = static_cast<std::uint32_t>(random());
    const std::array<std::uint32_t, 8> wins{0, 1, 2, 3, 254, 255, kMostWins - 1, kMostWins};
    sample.wins = random() % 2 == 0 ? wins[random() % wins.size()] : static_cast<std::uint32_t>(random() % 65536);
    return sample;
  }

  static std::size_t state_address(const Sample& sample) { return sample.rows.size() * sample.row_words; }

  struct Expected {
    Memory memory;
    unsigned limited = 0;
  };
  static Expected expect(const Sample& sample, Seen& seen) {
    Expected expected{sample.memory, 0};
    if (!sample.has_winner) return expected;
    constexpr unsigned fraction = reference::fraction_bits(T::weight_width);
    const std::size_t word = sample.winner / T::lanes, lane = sample.winner % T::lanes;
    const unsigned slowness = reference::competition_shift(sample.wins, sample.shift);
    std::uint32_t squares = sample.squares;
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      const Row& row = sample.rows[i];
      std::int64_t& weight = expected.memory[i * sample.row_words + word][lane];
      const auto old = static_cast<std::int32_t>(weight);
      const std::uint32_t count = sample.graded ? row.history & 0xff : static_cast<std::uint32_t>(std::popcount(row.history));
      const std::int32_t target = T::filters ? std::int32_t{static_cast<std::int16_t>(row.history)}
                                             : reference::competition_target(count, sample.input_shift);
      const std::int32_t rounding =
          sample.nearest ? reference::nearest_rounding(fraction)
                         : reference::stochastic_rounding(
                               reference::rounding_word(row.random, static_cast<unsigned>(sample.winner)), fraction);
      const std::int32_t moved =
          reference::unlimited_weight(old, (target - old) * (1 << (fraction - slowness)), rounding, fraction);
      weight = reference::saturate(moved, T::weight_width);
      expected.limited += weight != moved;
      seen.kept += weight == old;
      squares += static_cast<std::uint32_t>(weight * weight) - static_cast<std::uint32_t>(old * old);
    }
    seen.limited += expected.limited;
    seen.oldest += sample.wins == kMostWins;
    const std::uint64_t wins = std::min(sample.wins + 1, kMostWins);
    const std::uint64_t state = T::filters ? wins : wins << 32 | squares;
    for (std::size_t p = 0; p < planes; ++p) {
      const auto part = static_cast<std::uint16_t>(state >> (p * T::weight_width));
      expected.memory[state_address(sample) + p * sample.row_words + word][lane] =
          T::weight_width == 8 ? static_cast<std::int8_t>(part) : static_cast<std::int16_t>(part);
    }
    return expected;
  }

  static void run(Module& module, Sample& sample, std::mt19937_64& random, Seen& seen) {
    const Expected expected = expect(sample, seen);
    module->input_shift_i = static_cast<unsigned char>(sample.input_shift);
    module->shift_i = static_cast<unsigned char>(sample.shift);
    module->nearest_i = sample.nearest;
    module->graded_i = sample.graded;
    module->row_words_i = static_cast<std::uint16_t>(sample.row_words);
    module->state_address_i = static_cast<std::uint16_t>(state_address(sample));
    module->winner_valid_i = sample.has_winner;
    module->winner_i = static_cast<std::uint16_t>(sample.winner);
    module->squares_i = sample.squares;
    module->wins_i = static_cast<std::uint16_t>(sample.wins);
    module->enable_i = module->valid_i = 0;
    for (unsigned cycle = 0; cycle < 3; ++cycle) module.edge();
    std::array<std::optional<std::size_t>, 2> reads{};  // of the two cycles before
    std::size_t row = 0, limited = 0, learned = 0;
    unsigned wait = 10;  // cycles before the first row
    for (unsigned cycle = 0; cycle < 200; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle) + ", row " + std::to_string(row));
      const bool enable = row < sample.rows.size();
      const bool valid = enable && wait == 0 && random() % 16 != 0;
      if (wait > 0) --wait;
      module->enable_i = enable;
      module->valid_i = valid;
      const Row garbage{static_cast<std::uint32_t>(random()), {static_cast<std::uint16_t>(random()), 0}};
      const Row& now = valid ? sample.rows[row] : garbage;
      module->address_i = static_cast<std::uint16_t>(row * sample.row_words);
      module->row_x_i = now.random.x;
      module->row_y_i = now.random.y;
      module->history_i = now.history;
      for (std::size_t k = 0; k < T::lanes; ++k) {
        set_bits(module->weights_i, T::weight_width * k, T::weight_width,
                 reads[1] ? sample.memory[*reads[1]][k] : static_cast<std::int64_t>(random()));
      }
      module.settle();
      ASSERT_TRUE(module->busy_o != 0 || cycle == 0 || !enable);
      reads = {std::nullopt, reads[0]};
      if (module->read_o != 0) {
        ASSERT_LT(module->read_address_o, depth);
        reads[0] = module->read_address_o;
      }
      if (module->write_o != 0) {
        ASSERT_LT(module->write_address_o, depth);
        for (std::size_t k = 0; k < T::lanes; ++k) {
          sample.memory[module->write_address_o][k] = get_signed(module->weights_o, T::weight_width * k, T::weight_width);
        }
      }
      if (module->learned_o != 0) {
        ASSERT_EQ(module->write_o, 1);
        ++learned;
        limited += module->limited_o;
      }
      const bool ends = cycle > 0 && !enable && module->busy_o == 0;
      module.edge();
      row += valid;
      if (ends) break;
    }
    module.settle();
    ASSERT_EQ(module->busy_o, 0);
    ASSERT_EQ(learned, sample.has_winner ? sample.rows.size() : 0);
    ASSERT_EQ(limited, expected.limited);
    for (std::size_t address = 0; address < depth; ++address) {
      ASSERT_EQ(sample.memory[address], expected.memory[address])
          << "address " << address << ", winner " << sample.winner << ", " << sample.rows.size() << " rows of "
          << sample.row_words << " words";
    }
  }
};

using Shapes = ::testing::Types<Shape<Vpull_1x8, 1, 8>, Shape<Vpull_1x16, 1, 16>, Shape<Vpull_4x8, 4, 8>,
                                Shape<Vpull_4x16, 4, 16>, Shape<Vpull_graded_1x16, 1, 16, true>,
                                Shape<Vpull_graded_4x8, 4, 8, true>, Shape<Vpull_filters_1x8, 1, 8, true, true>,
                                Shape<Vpull_filters_4x16, 4, 16, true, true>, Shape<Vpull_5x16, 5, 16>>;
TYPED_TEST_SUITE(RtlPull, Shapes);

TYPED_TEST(RtlPull, MovesTheWinnersWeightsAndKeepsItsState) {
  typename TestFixture::Seen seen;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    typename TestFixture::Module module{seed};
    module->clear_i = module->enable_i = module->valid_i = 0;
    module.reset();
    for (unsigned turn = 0; turn < 30; ++turn) {
      SCOPED_TRACE("turn " + std::to_string(turn));
      typename TestFixture::Sample sample = this->random_sample(random);
      ASSERT_NO_FATAL_FAILURE(this->run(module, sample, random, seen));
      if (turn % 10 != 9) continue;
      // A walk that is abandoned.
      module->winner_valid_i = module->enable_i = module->valid_i = 1;
      for (unsigned cycle = 0; cycle < 6; ++cycle) module.edge();
      module->enable_i = module->valid_i = 0;
      module->clear_i = 1;
      module.edge();
      module->clear_i = 0;
      module.settle();
      ASSERT_EQ(module->busy_o, 0);
      ASSERT_EQ(module->read_o, 0);
      ASSERT_EQ(module->write_o, 0);
    }
  }
  EXPECT_GT(seen.oldest, 10U);
  EXPECT_GT(seen.kept, 100U);
  // A target is at most 2^10, or 2^13 with graded values: only 8 bits do not hold it. That of a filter is like a weight.
  if (TypeParam::weight_width == 8 && !TypeParam::filters) {
    EXPECT_GT(seen.limited, 100U);
  }
}

}  // namespace
}  // namespace phasic::testing::pull_test
