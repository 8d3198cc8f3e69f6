// SPDX-License-Identifier: Apache-2.0
// What the guard keeps of flipped bits.
#include <random>

#include "Vmemory_guard_3.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::memory_guard_test {
namespace {

constexpr std::size_t kEngines = 3, kWordWidth = contract::kMemoryKindBits + contract::kMemoryWordBits;

TEST(RtlMemoryGuard, KeepsTheFirstFailureOfTheLowestLayerAndCountsWhatWasPutRight) {
  unsigned failures = 0;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vmemory_guard_3> module{seed};
    module->clear_i = module->corrected_i = module->failed_i = module->kept_corrected_i = module->kept_failed_i = 0;
    module.reset();
    for (unsigned run = 0; run < 2; ++run) {
      module->corrected_i = module->failed_i = module->kept_corrected_i = module->kept_failed_i = 0;
      module.edge();
      module->clear_i = 1;
      module.edge();
      module->clear_i = 0;
      bool failed = false;
      std::uint32_t detail = 0;
      std::uint64_t corrected = 0, before = 0;
      for (unsigned cycle = 0; cycle < 60; ++cycle) {
        module->corrected_i = static_cast<unsigned char>(random() % 8);
        module->failed_i = random() % 20 == 0 ? static_cast<unsigned char>(random() % 8) : 0;
        module->kept_corrected_i = random() % 2;
        module->kept_failed_i = random() % 30 == 0;
        module->kept_word_i = static_cast<std::uint32_t>(random() % (1U << contract::kMemoryWordBits));
        module->last_layer_i = static_cast<unsigned char>(random() % kEngines);
        std::uint32_t words[kEngines];
        for (std::size_t e = 0; e < kEngines; ++e) {
          words[e] = static_cast<std::uint32_t>(random() % (1U << kWordWidth));
          set_bits(module->failed_word_i, kWordWidth * e, kWordWidth, words[e]);
        }
        module.edge();
        // What is put right is added a cycle later than it is counted.
        ASSERT_EQ(module->corrected_words_o, before);
        before = corrected += static_cast<unsigned>(__builtin_popcount(module->corrected_i)) + module->kept_corrected_i;
        if (!failed && (module->failed_i != 0 || module->kept_failed_i != 0)) {
          failed = true;
          ++failures;
          detail = module->last_layer_i << kWordWidth |
                   static_cast<std::uint32_t>(contract::Memory::kScatter) << contract::kMemoryWordBits | module->kept_word_i;
          for (std::size_t e = kEngines; e-- > 0;)
            if ((module->failed_i >> e & 1) != 0) detail = static_cast<std::uint32_t>(e << kWordWidth) | words[e];
        }
        ASSERT_EQ(module->failed_o != 0, failed);
        if (failed) {
          ASSERT_EQ(module->detail_o, detail);
        }
      }
    }
  }
  EXPECT_GT(failures, 50u);
}

}  // namespace
}  // namespace phasic::testing::memory_guard_test
