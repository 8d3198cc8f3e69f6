// SPDX-License-Identifier: Apache-2.0
// A layer that competes, from the sums of a sample to what its winner has learned, against the formulas of the reference. The
// test has the synapse memory, the sums and the walk.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <random>
#include <string>

#include "Vcompetition_4x8.h"
#include "Vcompetition_graded_2x16.h"
#include "tests/rtl/core/competition_twin.hpp"

namespace phasic::testing::competition_test {
namespace {

template <class Model, std::size_t Lanes, unsigned WeightWidth, unsigned SumWidth, bool Graded>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
  static constexpr unsigned weight_width = WeightWidth, sum_width = SumWidth;
  static constexpr bool graded = Graded;
};

constexpr std::size_t kDepth = 256;

template <class T>
class RtlCompetition : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  using Twin = CompetitionTwin<T::lanes, T::weight_width, T::sum_width, kDepth>;
  using Sample = typename Twin::Sample;
  using Memory = typename Twin::Memory;
  using Neuron = typename Twin::Neuron;

  struct Seen {
    unsigned learned = 0, nobody = 0, limited = 0;
  };

  /// A cycle with the memory, which answers two cycles after a read, and the sums, one cycle after theirs.
  struct Bench {
    Module& module;
    std::mt19937_64& random;
    const Sample& sample;
    Memory& memory;
    std::array<std::optional<std::size_t>, 2> reads{};
    std::size_t learned = 0, limited = 0;

    void cycle() {
      for (std::size_t k = 0; k < T::lanes; ++k) {
        set_bits(module->weights_i, T::weight_width * k, T::weight_width,
                 reads[1] ? memory[*reads[1]][k] : static_cast<std::int64_t>(random()));
      }
      module.settle();
      reads = {std::nullopt, reads[0]};
      if (module->read_o != 0) reads[0] = module->read_address_o;
      if (module->write_o != 0) {
        for (std::size_t k = 0; k < T::lanes; ++k)
          memory[module->write_address_o][k] = get_signed(module->weights_o, T::weight_width * k, T::weight_width);
      }
      learned += module->learned_o;
      limited += module->learned_o != 0 && module->limited_o != 0 ? 1 : 0;
      const auto word = module->word_read_o != 0 ? std::optional<std::size_t>{module->word_o} : std::nullopt;
      module.edge();
      for (std::size_t k = 0; word && k < T::lanes; ++k) {
        const std::size_t j = *word * T::lanes + k;
        const Neuron neuron = j < sample.neurons.size() ? sample.neurons[j] : Neuron{1000, true};
        set_bits(module->sums_i, T::sum_width * k, T::sum_width, neuron.sum);
        set_bits(module->positive_i, k, 1, unsigned{neuron.positive});
      }
    }
  };

  static void run(Module& module, std::mt19937_64& random, Seen& seen) {
    const Sample sample = Twin::random_sample(random, T::graded);
    Memory memory = Twin::random_memory(sample, random);
    Memory expected_memory = memory;
    const auto expected = Twin::expect(sample, expected_memory);

    std::memcpy(port_bytes(module->descriptor_i).data(), &sample.layer,
                std::min(sizeof module->descriptor_i, sizeof sample.layer));
    module->graded_i = sample.graded;
    module->rows_i = static_cast<std::uint16_t>(sample.rows.size());
    module->row_words_i = static_cast<std::uint16_t>(sample.words);
    for (unsigned cycle = 0; cycle < 3; ++cycle) module.edge();
    Bench bench{module, random, sample, memory};
    module->start_i = 1;
    module->start_silent_i = sample.silent;
    module->start_learn_i = sample.learn;
    std::size_t scores = 0;
    for (unsigned cycle = 0; cycle < 2000 && (cycle < 2 || module->busy_o != 0); ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      module->score_ready_i = random() % 3 != 0;
      module.settle();
      if (module->score_valid_o != 0) {
        ASSERT_LT(scores, expected.scores.size());
        ASSERT_EQ(module->score_o, expected.scores[scores]);
        ASSERT_EQ(module->score_last_o != 0, scores + 1 == expected.scores.size());
        if (module->score_last_o != 0) {
          ASSERT_EQ(module->prediction_o, expected.prediction);
        }
        scores += module->score_ready_i;
      }
      bench.cycle();
      module->start_i = 0;
    }
    ASSERT_EQ(module->busy_o, 0) << "the contest does not end";
    ASSERT_EQ(scores, expected.scores.size());
    ASSERT_EQ(module->winner_valid_o != 0, expected.winner.has_value());
    (expected.winner ? seen.learned : seen.nobody) += 1;
    seen.limited += static_cast<unsigned>(expected.limited);
    if (sample.learn) {
      ASSERT_NO_FATAL_FAILURE(walk(module, bench));
      ASSERT_EQ(bench.learned, expected.winner ? sample.rows.size() : 0);
      ASSERT_EQ(bench.limited, expected.limited);
    }
    ASSERT_TRUE(memory == expected_memory) << "winner " << (expected.winner ? static_cast<int>(*expected.winner) : -1);
  }

  static void walk(Module& module, Bench& bench) {
    module->learn_i = 1;
    for (unsigned cycle = 0; cycle < 10; ++cycle) bench.cycle();
    for (std::size_t row = 0; row < bench.sample.rows.size(); ++row) {
      module->row_valid_i = 1;
      module->row_address_i = static_cast<unsigned char>(row * bench.sample.words);
      module->row_x_i = bench.sample.rows[row].random.x;
      module->row_y_i = bench.sample.rows[row].random.y;
      module->history_i = bench.sample.rows[row].history;
      bench.cycle();
      module->row_valid_i = 0;
      while (bench.random() % 8 == 0) bench.cycle();
    }
    module->learn_i = 0;
    unsigned cycles = 0;
    do {
      bench.cycle();
      module.settle();
      ASSERT_LT(++cycles, 100U) << "learning does not end";
    } while (module->busy_o != 0);
  }
};
using Shapes = ::testing::Types<Shape<Vcompetition_4x8, 4, 8, 24, false>, Shape<Vcompetition_graded_2x16, 2, 16, 32, true>>;
TYPED_TEST_SUITE(RtlCompetition, Shapes);

TYPED_TEST(RtlCompetition, ScoresASampleAndLetsItsWinnerLearn) {
  typename TestFixture::Seen seen;
  for (unsigned seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    typename TestFixture::Module module{seed};
    module->clear_i = module->start_i = module->learn_i = module->row_valid_i = 0;
    module.reset();
    for (unsigned turn = 0; turn < 20; ++turn) {
      SCOPED_TRACE("turn " + std::to_string(turn));
      ASSERT_NO_FATAL_FAILURE(this->run(module, random, seen));
      if (turn % 10 != 9) continue;
      // A contest that is abandoned.
      module->start_i = 1;
      module.edge();
      module->start_i = 0;
      for (unsigned cycle = 0; cycle < 9; ++cycle) module.edge();
      module->clear_i = 1;
      module.edge();
      module->clear_i = 0;
      module.settle();
      ASSERT_EQ(module->busy_o, 0);
      ASSERT_EQ(module->winner_valid_o, 0);
    }
  }
  EXPECT_GT(seen.learned, 50U);
  EXPECT_GT(seen.nobody, 50U);
  if (TypeParam::weight_width == 8) {
    EXPECT_GT(seen.limited, 50U);
  }
}

}  // namespace
}  // namespace phasic::testing::competition_test
