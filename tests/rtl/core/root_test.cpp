// SPDX-License-Identifier: Apache-2.0
// What a neuron of a grid tells of its cell's sum, against the formula of the reference.
#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <string>

#include "Vroot.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::root_test {
namespace {

struct Seen {
  unsigned zero = 0, limited = 0, exact = 0;
};

/// Zero and the largest number, squares and their neighbours, sums of any size.
std::uint32_t random_sum(std::mt19937_64& random) {
  if (random() % 16 == 0) return static_cast<std::uint32_t>(0 - random() % 2);
  const std::uint64_t root = random() >> (48 + random() % 16);
  if (random() % 2 == 0) return static_cast<std::uint32_t>(root * root + random() % 3 - (root != 0 ? 1 : 0));
  return static_cast<std::uint32_t>(random() >> (32 + random() % 32));
}

void run(unsigned seed, Seen& seen) {
  std::mt19937_64 random{seed};
  Clocked<Vroot> module{seed};
  module->clear_i = module->valid_i = 0;
  const std::uint32_t scale = random() % 4 == 0 ? 65535 * (random() % 2) : random() >> (48 + random() % 16);
  const unsigned shift = random() % 16;
  module->scale_i = static_cast<std::uint16_t>(scale);
  module->shift_i = static_cast<unsigned char>(shift);
  module.reset();
  struct Answer {
    bool valid = false, last = false;
    std::int32_t potential = 0;
  };
  std::deque<Answer> stages(19);
  for (unsigned cycle = 0; cycle < 3000; ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    const std::uint32_t sum = random_sum(random);
    module->valid_i = random() % 8 != 0;
    module->last_i = random() % 4 == 0;
    module->sum_i = sum;
    module->clear_i = random() % 500 == 0;
    module.settle();
    const Answer& answer = stages.back();
    ASSERT_EQ(module->valid_o != 0, answer.valid);
    if (answer.valid) {
      ASSERT_EQ(module->last_o != 0, answer.last);
      ASSERT_EQ(module->potential_o, answer.potential);
    }
    stages.pop_back();
    const std::uint32_t root = reference::square_root(sum);
    stages.push_front({module->valid_i != 0, module->last_i != 0, reference::pooled_potential(sum, scale, shift)});
    seen.zero += stages.front().potential == 0;
    seen.limited += stages.front().potential == 32767;
    seen.exact += root != 0 && root * root == sum;
    if (module->clear_i != 0) stages.assign(19, {});
    module.edge();
  }
}

TEST(RtlRoot, GivesTheScaledRootOfASumEachCycle) {
  Seen seen;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(run(seed, seen));
  }
  EXPECT_GT(seen.zero, 1000U);
  EXPECT_GT(seen.limited, 1000U);
  EXPECT_GT(seen.exact, 1000U);
}

}  // namespace
}  // namespace phasic::testing::root_test
