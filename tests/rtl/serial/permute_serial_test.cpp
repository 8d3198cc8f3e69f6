// SPDX-License-Identifier: Apache-2.0
// The permutation of two rounds a cycle against the reference.
#include <random>
#include <string>

#include "Vpermute_serial.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::permute_serial_test {
namespace {

TEST(RtlPermuteSerial, PermutesInFourCyclesAndHoldsTheResult) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vpermute_serial> module{seed};
    module->start_i = 0;
    module.reset();
    for (unsigned n = 0; n < 50; ++n) {
      reference::Key key;
      for (std::size_t k = 0; k < key.size(); ++k) {
        key[k] = static_cast<std::uint16_t>(random());
        set_bits(module->key_i, 16 * k, 16, key[k]);
      }
      const reference::WordPair words{static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())};
      ASSERT_EQ(module->busy_o, 0);
      module->start_i = 1;
      module->x_i = words.x;
      module->y_i = words.y;
      module.edge();
      module->start_i = 0;
      unsigned cycles = 0;
      for (; module->busy_o != 0; ++cycles) {
        ASSERT_LT(cycles, 100U);
        // Both were taken at the start.
        module->x_i = static_cast<std::uint16_t>(random());
        module->y_i = static_cast<std::uint16_t>(random());
        module.edge();
      }
      ASSERT_EQ(cycles, 4U);
      for (unsigned wait = random() % 3; wait != ~0U; --wait) {
        ASSERT_EQ((reference::WordPair{module->x_o, module->y_o}), reference::permute(key, words));
        set_bits(module->key_i, 0, 64, random());
        module.edge();
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::permute_serial_test
