// SPDX-License-Identifier: Apache-2.0
// Keys of samples and the keyed permutation against the reference.
#include "sim/reference/random.hpp"

#include <deque>
#include <random>
#include <string>

#include "Vkey.h"
#include "Vpermute.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::random_test {
namespace {

constexpr unsigned kLayer = 3;

std::uint64_t packed(const reference::Key& key) {
  return key[0] | std::uint64_t{key[1]} << 16 | std::uint64_t{key[2]} << 32 | std::uint64_t{key[3]} << 48;
}

TEST(RtlKey, HasAllFourWordsOfTheSampleKeyAfter36CyclesAndHoldsThem) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vkey> module{seed};
    module->clear_i = module->start_i = 0;
    module.reset();
    for (unsigned sample = 0; sample < 3; ++sample) {
      const std::uint64_t run_seed = seed == 1 ? ~std::uint64_t{0} : random();
      const auto number = static_cast<std::uint32_t>(seed == 2 ? ~std::uint64_t{0} : random());
      const auto purpose = reference::purpose_key(run_seed, contract::Purpose::kRounding, kLayer);
      module->start_i = 1;
      module->seed_i = run_seed;
      module->number_i = number;
      ASSERT_EQ(module->busy_o, 0);
      module.edge();
      module->start_i = 0;
      // Both are taken at the start.
      module->seed_i = random();
      module->number_i = static_cast<std::uint32_t>(random());
      unsigned cycles = 0;
      while (module->busy_o != 0) {
        ASSERT_LT(++cycles, 100U);
        module.edge();
      }
      EXPECT_EQ(cycles, 36U);
      for (unsigned k = 0; k < 5; ++k) {
        ASSERT_EQ(module->key_o, packed(reference::sample_key(purpose, number))) << k << " cycles later";
        module.edge();
      }
    }
  }
}

TEST(RtlKey, IsAbandonedByClear) {
  Clocked<Vkey> module{1};
  module->clear_i = 0;
  module->start_i = 0;
  module.reset();
  module->start_i = 1;
  module.edge();
  module->start_i = 0;
  module.edge();
  ASSERT_EQ(module->busy_o, 1);
  module->clear_i = 1;
  module.edge();
  EXPECT_EQ(module->busy_o, 0);
}

TEST(RtlPermute, PermutesAWordAMoveAndStandsStillBetweenMoves) {
  struct Stage {
    bool valid = false;
    reference::WordPair words;
    std::uint32_t payload = 0;
  };
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vpermute> module{seed};
    module->clear_i = module->enable_i = module->valid_i = 0;
    module.reset();
    const reference::Key key = reference::seed_key(random());
    module->key_i = packed(key);
    std::deque<Stage> stages(contract::kPermuteRounds);  // the front leaves next
    const unsigned chance = 1 + random() % 8;
    for (unsigned cycle = 0; cycle < 500; ++cycle) {
      module->enable_i = random() % 8 < chance;
      module->clear_i = random() % 200 == 0;
      Stage in{random() % 4 != 0, {static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())}, 0};
      in.payload = static_cast<std::uint32_t>(random() % (1 << 20));
      module->valid_i = in.valid;
      module->x_i = in.words.x;
      module->y_i = in.words.y;
      module->payload_i = in.payload;
      module.settle();
      bool empty = true;
      for (const Stage& stage : stages) empty = empty && !stage.valid;
      ASSERT_EQ(module->empty_o != 0, empty) << "cycle " << cycle;
      ASSERT_EQ(module->valid_o != 0, stages.front().valid) << "cycle " << cycle;
      if (stages.front().valid) {
        const auto expected = reference::permute(key, stages.front().words);
        ASSERT_EQ(module->x_o, expected.x) << "cycle " << cycle;
        ASSERT_EQ(module->y_o, expected.y) << "cycle " << cycle;
        ASSERT_EQ(module->payload_o, stages.front().payload) << "cycle " << cycle;
      }
      if (module->enable_i != 0) {
        stages.pop_front();
        stages.push_back(in);
      }
      if (module->clear_i != 0) stages.assign(stages.size(), Stage{});
      module.edge();
    }
  }
}

}  // namespace
}  // namespace phasic::testing::random_test
