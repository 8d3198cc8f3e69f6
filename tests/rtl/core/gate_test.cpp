// SPDX-License-Identifier: Apache-2.0
// The gate against sets of open neurons, over samples whose sweeps read while the next one already begins.
#include <optional>
#include <random>
#include <set>
#include <string>

#include "Vgate_1.h"
#include "Vgate_4.h"
#include "Vgate_5.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::gate_test {
namespace {

template <class Model, unsigned Lanes, unsigned Words>
struct Shape {
  using model = Model;
  static constexpr unsigned lanes = Lanes, words = Words;
};

struct Sample {
  bool gated = false;
  std::set<unsigned> open;
};

struct Seen {
  unsigned read_before = 0, reopened = 0, shut = 0, all_open = 0, clears = 0;
};

template <class T>
class RtlGate : public ::testing::Test {
 protected:
  void run(unsigned seed) {
    std::mt19937_64 random{seed};
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    Clocked<typename T::model> module{seed};
    module->clear_i = module->start_i = module->gated_i = module->open_i = module->sweep_i = 0;
    module.reset();
    unsigned words = T::words, busy = 0, density = 1;
    std::optional<Sample> running, swept;  // the sample whose events come, and the one that the sweep reads
    bool handed_over = true;               // at least one step of the running sample
    const auto restart = [&] {
      words = 1 + below(T::words);
      module->last_word_i = static_cast<unsigned char>(words - 1);
      running.reset();
      swept.reset();
      busy = 0;
      handed_over = true;
    };
    restart();
    for (unsigned cycle = 0; cycle < 3000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      const unsigned neuron = below(words * T::lanes), word = below(words);
      module->start_i = handed_over && busy == 0 && below(6) == 0;
      module->gated_i = below(4) != 0;
      module->open_i = running && running->gated && !handed_over && busy == 0 && below(density) == 0;
      module->neuron_i = static_cast<std::uint16_t>(neuron);
      module->sweep_i = running && module->open_i == 0 && module->start_i == 0 && busy == 0 && below(8) == 0;
      module->word_i = static_cast<unsigned char>(word);
      module->clear_i = below(400) == 0;
      module.settle();
      ASSERT_EQ(module->busy_o != 0, busy != 0);
      std::uint64_t expected = 0;
      for (unsigned k = 0; swept && k < T::lanes; ++k) {
        const bool is_open = !swept->gated || swept->open.contains(word * T::lanes + k);
        expected |= std::uint64_t{is_open} << k;
        seen.shut += !is_open;
        seen.all_open += !swept->gated;
      }
      const bool known = swept.has_value();
      seen.read_before += known && !handed_over;
      if (busy > 0) --busy;
      if (module->sweep_i != 0) {
        swept = running;
        handed_over = true;
      }
      if (module->open_i != 0) seen.reopened += !running->open.insert(neuron).second;
      if (module->start_i != 0) {
        running = Sample{module->gated_i != 0, {}};
        busy = running->gated ? words : 0;
        handed_over = false;
        density = 1 + below(8);
      }
      const bool clear = module->clear_i != 0;
      module.edge();
      if (clear) {
        ++seen.clears;
        restart();
      } else if (known) {
        ASSERT_EQ(get_bits(module->open_o, 0, T::lanes), expected) << "word " << word;
      }
    }
  }

  Seen seen;
};

using Shapes = ::testing::Types<Shape<Vgate_1, 1, 5>, Shape<Vgate_4, 4, 3>, Shape<Vgate_5, 5, 4>>;
TYPED_TEST_SUITE(RtlGate, Shapes);

TYPED_TEST(RtlGate, OpensTheNeuronsOfItsSampleForTheSweepOfThatSample) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(this->run(seed));
  }
  EXPECT_GT(this->seen.read_before, 1000U);
  EXPECT_GT(this->seen.reopened, 100U);
  EXPECT_GT(this->seen.shut, 1000U);
  EXPECT_GT(this->seen.all_open, 1000U);
  EXPECT_GT(this->seen.clears, 50U);
}

TYPED_TEST(RtlGate, IsOpenForEveryNeuronWithoutAGateAfterAReset) {
  Clocked<typename TypeParam::model> module{3};
  module->clear_i = module->start_i = module->gated_i = module->open_i = module->sweep_i = 0;
  module->last_word_i = TypeParam::words - 1;
  module.reset();
  for (unsigned word = 0; word < TypeParam::words; ++word) {
    module->word_i = static_cast<unsigned char>(word);
    module.edge();
    EXPECT_EQ(module->open_o, (1U << TypeParam::lanes) - 1) << "word " << word;
  }
}

}  // namespace
}  // namespace phasic::testing::gate_test
