// SPDX-License-Identifier: Apache-2.0
// Scores, prediction and winner of a contest, and scores of a discriminant, against the formulas of the reference.
#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>

#include "Vcontest_1x8.h"
#include "Vcontest_4x16.h"
#include "Vcontest_4x8.h"
#include "Vcontest_offsets_1x16.h"
#include "Vcontest_offsets_4x8.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::contest_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth, unsigned SumWidth, bool Offsets = false>
struct Shape {
  using model = Model;
  static constexpr bool offsets = Offsets;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth, sum_width = SumWidth;
};

struct Neuron {
  std::int64_t sum = 0;
  std::uint32_t squares = 0, wins = 0;
  bool positive = false;
};

struct Contest {
  std::vector<Neuron> neurons;
  unsigned input_shift = 0;
  std::uint32_t homeostasis = 0;
  bool silent = false, learn = false;
  bool offsets = false;  // a discriminant, with its offsets in the place of squares
  std::uint32_t state_address = 0;
};

struct Seen {
  unsigned fresh = 0, contested = 0, ties = 0, none = 0, limited = 0, discriminants = 0;
};

template <class T>
class RtlContest : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr std::size_t words = 4, planes = (contract::kSquaresWidth + contract::kWinsWidth) / T::weight_width,
                               addresses = 256;

  static Contest random_contest(std::mt19937_64& random) {
    Contest contest;
    contest.neurons.resize(1 + random() % (words * T::lanes));
    contest.input_shift = static_cast<unsigned>(random() % 7);
    contest.homeostasis = static_cast<std::uint32_t>(random() % 2 == 0 ? random() % 100 : random() % 65536);
    contest.silent = random() % 8 == 0;
    contest.learn = random() % 4 != 0;
    contest.offsets = T::offsets && random() % 8 == 0;
    contest.state_address = static_cast<std::uint32_t>(random() % (addresses - planes * words));
    const bool alike = random() % 3 == 0;  // equal matches
    const std::uint64_t fresh = random() % 2 == 0 ? 4 : 1000;
    const std::uint64_t positive = random() % 8 == 0 ? 1000 : 2;
    const bool large = random() % 2 == 0;
    for (Neuron& neuron : contest.neurons) {
      neuron.sum = large ? random_signed(random, T::sum_width) : static_cast<std::int64_t>(random() % 50);
      neuron.squares = static_cast<std::uint32_t>(large ? random() : random() % 50);
      if (alike) {
        neuron.sum = static_cast<std::int64_t>(random() % 2);
        neuron.squares = 7;
      }
      neuron.wins = random() % fresh == 0 ? 0 : static_cast<std::uint32_t>(alike ? 3 : 1 + random() % (large ? 65535 : 5));
      neuron.positive = random() % positive == 0;
    }
    return contest;
  }

  /// The part of a neuron's state that is in row `plane` of the state rows.
  static std::uint64_t part_of(const Neuron& neuron, std::size_t plane) {
    const std::uint64_t state = std::uint64_t{neuron.wins} << 32 | neuron.squares;
    return state >> (plane * T::weight_width) & ((std::uint64_t{1} << T::weight_width) - 1);
  }

  /// Puts what is in the synapse memory at `address` on its port; garbage beside the state.
  static void put_weights(Module& module, const Contest& contest, std::size_t row_words, std::optional<std::size_t> address,
                          std::mt19937_64& random) {
    for (std::size_t k = 0; k < T::lanes; ++k) {
      std::uint64_t value = random();
      if (address) {
        const std::size_t place = *address - contest.state_address;
        const std::size_t neuron = place % row_words * T::lanes + k;
        if (neuron < contest.neurons.size()) value = part_of(contest.neurons[neuron], place / row_words);
      }
      set_bits(module->weights_i, T::weight_width * k, T::weight_width, value);
    }
  }

  /// What the formulas say.
  struct Outcome {
    std::vector<std::uint32_t> scores;
    std::size_t prediction = 0;
    std::optional<std::size_t> winner;
  };
  static Outcome expect(const Contest& contest, Seen& seen) {
    Outcome outcome;
    std::vector<std::int64_t> contested;
    bool fresh = false;
    for (std::size_t j = 0; j < contest.neurons.size(); ++j) {
      const Neuron& neuron = contest.neurons[j];
      const std::int64_t sum = contest.silent ? 0 : neuron.sum;
      const std::int64_t match = contest.offsets ? sum + static_cast<std::int32_t>(neuron.squares)
                                                 : reference::match(sum, contest.input_shift, neuron.squares);
      outcome.scores.push_back(reference::competition_score(match));
      seen.limited += outcome.scores.back() == 0 || outcome.scores.back() == ~0U;
      if (outcome.scores[j] > outcome.scores[outcome.prediction]) outcome.prediction = j;
      contested.push_back(match - std::int64_t{contest.homeostasis} * neuron.wins);
      if (!contest.learn || contest.offsets || !neuron.positive || fresh) continue;
      fresh = neuron.wins == 0;
      if (outcome.winner && !fresh) seen.ties += contested[*outcome.winner] == contested[j];
      if (!outcome.winner || fresh || contested[j] > contested[*outcome.winner]) outcome.winner = j;
    }
    seen.discriminants += contest.offsets;
    ++(!outcome.winner ? seen.none : fresh ? seen.fresh : seen.contested);
    return outcome;
  }

  static void run(Module& module, const Contest& contest, std::mt19937_64& random, Seen& seen) {
    const Outcome expected = expect(contest, seen);
    const std::size_t row_words = (contest.neurons.size() + T::lanes - 1) / T::lanes;
    const unsigned ready_chance = 1 + static_cast<unsigned>(random() % 4);
    module->input_shift_i = static_cast<unsigned char>(contest.input_shift);
    module->homeostasis_i = static_cast<std::uint16_t>(contest.homeostasis);
    module->neurons_i = static_cast<std::uint16_t>(contest.neurons.size());
    module->row_words_i = static_cast<std::uint16_t>(row_words);
    module->state_address_i = static_cast<unsigned char>(contest.state_address);
    module->offsets_i = contest.offsets;
    // What follows the offsets is not the layer's.
    const std::size_t rows = contest.offsets ? contract::kSquaresWidth / T::weight_width : planes;
    module->start_i = 1;
    module->start_silent_i = contest.silent;
    module->start_learn_i = contest.learn;
    std::array<std::optional<std::size_t>, 3> reads{};  // of this cycle and the two before
    std::optional<std::size_t> word_read;               // of the cycle before
    std::size_t scores = 0;
    std::optional<std::uint32_t> waiting;  // a score that was not taken
    const std::size_t least = contest.neurons.size() + row_words * planes;
    for (unsigned cycle = 0; cycle < 20 * least + 50; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle) + ", score " + std::to_string(scores));
      module->score_ready_i = random() % ready_chance == 0;
      put_weights(module, contest, row_words, reads[1], random);
      module.settle();
      ASSERT_EQ(module->busy_o != 0, cycle != 0) << "busy from the cycle after the start on";
      if (module->score_valid_o != 0) {
        ASSERT_LT(scores, expected.scores.size());
        ASSERT_EQ(module->score_o, expected.scores[scores]);
        ASSERT_EQ(module->score_last_o != 0, scores + 1 == expected.scores.size());
        if (module->score_last_o != 0) {
          ASSERT_EQ(module->prediction_o, expected.prediction);
        }
        if (module->score_ready_i != 0) ++scores;
      } else {
        ASSERT_FALSE(waiting) << "a score went away";
      }
      waiting = module->score_valid_o != 0 && module->score_ready_i == 0 ? std::optional{module->score_o} : std::nullopt;
      reads = {std::nullopt, reads[0], reads[1]};
      if (module->read_o != 0) {
        ASSERT_GE(module->read_address_o, contest.state_address);
        ASSERT_LT(module->read_address_o, contest.state_address + rows * row_words);
        reads[0] = module->read_address_o;
      }
      word_read = module->word_read_o != 0 ? std::optional<std::size_t>{module->word_o} : std::nullopt;
      if (word_read) {
        ASSERT_GE(cycle, 3U) << "the last sum is still being written";
      }
      module.edge();
      module->start_i = 0;
      module->start_silent_i = static_cast<unsigned char>(random() % 2);
      module->start_learn_i = static_cast<unsigned char>(random() % 2);
      if (word_read) {
        for (std::size_t k = 0; k < T::lanes; ++k) {
          const std::size_t j = *word_read * T::lanes + k;
          const Neuron neuron = j < contest.neurons.size() ? contest.neurons[j] : Neuron{1000, 0, 0, true};
          set_bits(module->sums_i, T::sum_width * k, T::sum_width, neuron.sum);
          set_bits(module->positive_i, k, 1, unsigned{neuron.positive});
        }
      }
      module.settle();
      if (module->busy_o == 0) break;
    }
    ASSERT_EQ(module->busy_o, 0) << "the contest does not end";
    ASSERT_EQ(scores, expected.scores.size());
    ASSERT_EQ(module->winner_valid_o != 0, expected.winner.has_value());
    if (!expected.winner) return;
    ASSERT_EQ(module->winner_o, *expected.winner);
    ASSERT_EQ(module->squares_o, contest.neurons[*expected.winner].squares);
    ASSERT_EQ(module->wins_o, contest.neurons[*expected.winner].wins);
  }

  static void abandon(Module& module, bool reset) {
    module->start_i = 1;
    module->score_ready_i = 1;
    module.edge();
    module->start_i = 0;
    for (unsigned cycle = 0; cycle < 25; ++cycle) module.edge();
    module->clear_i = !reset;
    if (reset) module.reset();
    module.edge();
    module->clear_i = 0;
    module.settle();
    ASSERT_EQ(module->busy_o, 0);
    ASSERT_EQ(module->score_valid_o, 0);
    ASSERT_EQ(module->winner_valid_o, 0);
  }
};

using Shapes = ::testing::Types<Shape<Vcontest_1x8, 1, 8, 21>, Shape<Vcontest_4x8, 4, 8, 24>, Shape<Vcontest_4x16, 4, 16, 32>,
                                Shape<Vcontest_offsets_4x8, 4, 8, 26, true>, Shape<Vcontest_offsets_1x16, 1, 16, 34, true>>;
TYPED_TEST_SUITE(RtlContest, Shapes);

TYPED_TEST(RtlContest, GivesTheScoresAndChoosesTheWinner) {
  Seen seen;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    typename TestFixture::Module module{seed};
    module->clear_i = module->start_i = 0;
    module.reset();
    for (unsigned turn = 0; turn < 40; ++turn) {
      SCOPED_TRACE("turn " + std::to_string(turn));
      ASSERT_NO_FATAL_FAILURE(this->run(module, this->random_contest(random), random, seen));
      if (turn % 10 == 9) {
        ASSERT_NO_FATAL_FAILURE(this->abandon(module, turn % 20 == 19));
      }
    }
  }
  EXPECT_GT(seen.fresh, 50U);
  EXPECT_GT(seen.contested, 50U);
  EXPECT_GT(seen.ties, 20U);
  EXPECT_GT(seen.none, 50U);
  EXPECT_GT(seen.limited, 50U);
  EXPECT_EQ(seen.discriminants > 50, TypeParam::offsets);
}

}  // namespace
}  // namespace phasic::testing::contest_test
