// SPDX-License-Identifier: Apache-2.0
// Postsynaptic factors against the formulas of the reference.
#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "Vfactors.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing {
namespace {

constexpr std::size_t kLanes = 4, kWords = 3, kNeurons = 11, kClasses = 12, kFactorWidth = contract::kFactorWidth + 1;

class RtlFactors : public ::testing::Test {
 protected:
  void sample(Clocked<Vfactors>& module, std::mt19937_64& random, bool error, bool all_steps) {
    // Powers of two meet the limits of a factor exactly.
    const std::array<std::uint32_t, 4> rates{65535, std::uint32_t{1} << random() % 16,
                                             static_cast<std::uint32_t>(random() % 65536), 4096};
    const std::uint32_t rate = rates[random() % rates.size()];
    const auto shift = static_cast<unsigned>(random() % 3 == 0 ? random() % 2 : random() % 16);
    const auto steps = static_cast<std::uint32_t>(1 + random() % 32);
    const std::size_t label = random() % kClasses;
    module->error_i = error;
    module->all_steps_i = all_steps;
    module->rate_i = static_cast<std::uint16_t>(rate);
    module->shift_i = static_cast<unsigned char>(shift);
    module->steps_i = static_cast<unsigned char>(steps);
    module->row_words_i = kWords;
    module->class_i = static_cast<std::uint16_t>(label);

    std::array<std::array<std::int8_t, kLanes * kWords>, kClasses> levels{};
    for (std::size_t c = 0; c < kClasses; ++c) {
      for (std::size_t word = 0; word < kWords; ++word) {
        module->load_i = 1;
        module->load_address_i = static_cast<unsigned char>(c * kWords + word);
        for (std::size_t k = 0; k < kLanes; ++k) {
          levels[c][word * kLanes + k] = static_cast<std::int8_t>(random_signed(random, 8));
          set_bits(module->load_data_i, 8 * k, 8, levels[c][word * kLanes + k]);
        }
        module.edge();
      }
    }
    module->load_i = 0;

    std::array<std::uint32_t, kLanes * kWords> counts{};
    std::array<std::int32_t, kLanes * kWords> trits{};
    for (std::size_t j = 0; j < kLanes * kWords; ++j) {
      counts[j] = static_cast<std::uint32_t>(random() % (steps + 1));
      trits[j] = static_cast<std::int32_t>(random() % 3) - 1;
    }
    // f0 to f2 and the write that follows; a word a cycle.
    for (std::size_t cycle = 0; cycle < kWords + 4; ++cycle) {
      module->valid0_i = cycle < kWords;
      module->word0_i = static_cast<unsigned char>(cycle % kWords);
      const std::size_t word1 = cycle - 1, word2 = cycle - 2;
      module->valid_i = static_cast<unsigned char>((word1 < kWords ? 1 : 0) | (word2 < kWords ? 2 : 0));
      module->word2_i = static_cast<unsigned char>(word2 % kWords);
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::size_t j = word1 < kWords ? word1 * kLanes + k : random() % kNeurons;
        set_bits(module->counts_i, 6 * k, 6, counts[j]);
        set_bits(module->plus_i, k, 1, unsigned{trits[j] > 0});
        set_bits(module->minus_i, k, 1, unsigned{trits[j] < 0});
        set_bits(module->enabled2_i, k, 1, unsigned{word2 < kWords && word2 * kLanes + k < kNeurons});
      }
      module.edge();
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::size_t j = std::min(cycle, kWords - 1) * kLanes + k;  // that of the last read is held
        ASSERT_EQ(get_bits(module->positive_o, k, 1), levels[label][j] > 0) << "neuron " << j;
      }
    }
    for (std::size_t word = 0; word < kWords; ++word) {
      module->update_read_i = 1;
      module->update_word_i = static_cast<unsigned char>(word);
      module.edge();
      module->update_read_i = 0;
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::size_t j = word * kLanes + k;
        const std::int32_t signal =
            error ? reference::error_signal(steps, j == label, counts[j]) : reference::level_signal(levels[label][j]);
        const std::int32_t factor = reference::postsynaptic_factor(signal, rate, shift);
        const std::int32_t expected = j >= kNeurons ? 0 : all_steps ? factor : factor * trits[j];
        ASSERT_EQ(get_signed(module->factors_o, kFactorWidth * k, kFactorWidth), expected)
            << "neuron " << j << " signal " << signal << " rate " << rate << " shift " << shift;
      }
    }
  }

  void samples(bool error, bool all_steps) {
    for (unsigned seed = 1; seed <= 100; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      std::mt19937_64 random{seed};
      Clocked<Vfactors> module{seed};
      module->load_i = module->valid0_i = module->valid_i = module->update_read_i = 0;
      for (unsigned n = 0; n < 4; ++n) ASSERT_NO_FATAL_FAILURE(sample(module, random, error, all_steps));
    }
  }
};

TEST_F(RtlFactors, OfLevelsAreScaledLimitedAndSignedByTheTrit) { samples(false, false); }
TEST_F(RtlFactors, OfLevelsLeaveTheTritsToTheUpdateWithAllSteps) { samples(false, true); }
TEST_F(RtlFactors, OfErrorsAreScaledLimitedAndSignedByTheTrit) { samples(true, false); }
TEST_F(RtlFactors, OfErrorsLeaveTheTritsToTheUpdateWithAllSteps) { samples(true, true); }

}  // namespace
}  // namespace phasic::testing
