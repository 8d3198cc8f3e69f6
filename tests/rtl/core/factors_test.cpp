// SPDX-License-Identifier: Apache-2.0
// Postsynaptic factors against the formulas of the reference.
#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>

#include "Vfactors.h"
#include "Vfactors_feedback.h"
#include "Vfactors_feedback_graded.h"
#include "Vfactors_graded.h"
#include "Vfactors_relaxed.h"
#include "Vfactors_sent.h"
#include "Vfactors_shares.h"
#include "Vfactors_shares_feedback.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::factors_test {
namespace {

constexpr std::size_t kLanes = 4, kWords = 3, kNeurons = 11, kClasses = 12, kFactorWidth = contract::kFactorWidth + 1;

using contract::Factor;

template <class Model, std::size_t CountWidth, bool Relaxed = false, bool Shares = false, bool Kept = true>
struct Shape {
  using model = Model;
  static constexpr std::size_t count_width = CountWidth;
  static constexpr bool relaxed = Relaxed, shares = Shares, kept = Kept;
};

template <class T>
class RtlFactors : public ::testing::Test {
 protected:
  using Model = typename T::model;
  static constexpr std::size_t kCountWidth = T::count_width;

  void sample(Clocked<Model>& module, std::mt19937_64& random, Factor kind, bool all_steps) {
    const bool feedback = kind == Factor::kFeedback;
    // Powers of two meet the limits of a factor exactly.
    const std::array<std::uint32_t, 4> rates{65535, std::uint32_t{1} << random() % 16,
                                             static_cast<std::uint32_t>(random() % 65536), 4096};
    const std::uint32_t rate = rates[random() % rates.size()];
    const auto shift = static_cast<unsigned>(random() % 3 == 0 ? random() % 2 : random() % 16);
    // Steps, or what graded samples take for them.
    const auto full =
        static_cast<std::uint32_t>(kCountWidth == 8 && random() % 2 == 0 ? contract::kGradedFull : 1 + random() % 32);
    const std::size_t label = random() % kClasses;
    module->error_i = kind == Factor::kError;
    module->feedback_i = feedback;
    module->all_steps_i = all_steps;
    module->rate_i = static_cast<std::uint16_t>(rate);
    module->shift_i = static_cast<unsigned char>(shift);
    module->full_i = static_cast<unsigned char>(full);
    module->class_address_i = static_cast<unsigned char>(label * kWords);
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
    const std::size_t errors = feedback ? 1 + random() % kClasses : 0;
    std::array<std::int32_t, kLanes * kWords> sums{};
    for (std::size_t c = 0; c < errors; ++c) {
      const auto value =
          static_cast<std::int32_t>(random() % 2 == 0 ? random() % (full + 1) - full : random() % (2 * full + 1) - full);
      add(module, random, c, value);
      for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += levels[c][j] * value;
    }
    for (unsigned cycle = 0; feedback && cycle < 3; ++cycle) module.edge();

    std::array<std::uint32_t, kLanes * kWords> counts{};
    std::array<std::int32_t, kLanes * kWords> trits{}, shares{};
    // A share of 128 has halves to be rounded; 256 is the whole, of a layer without shares.
    const bool whole = random() % 4 == 0;
    for (std::int32_t& share : shares)
      share = whole ? 256 : random() % 3 == 0 ? 128 : static_cast<std::int32_t>(random() % 256);
    for (std::size_t j = 0; j < kLanes * kWords; ++j) {
      counts[j] = static_cast<std::uint32_t>(random() % (full + 1));
      trits[j] = static_cast<std::int32_t>(random() % 3) - 1;
    }
    std::array<std::int32_t, kLanes * kWords> factors{};
    for (std::size_t j = 0; j < factors.size(); ++j) {
      const std::int32_t signal = kind == Factor::kError ? reference::error_signal(full, j == label, counts[j])
                                  : feedback             ? sums[j]
                                                         : reference::level_signal(levels[label][j]);
      std::int32_t factor = reference::postsynaptic_factor(signal, rate, shift);
      if (T::shares) factor = reference::scaled_factor(factor, shares[j]);
      factors[j] = j >= kNeurons ? 0 : all_steps ? factor : factor * trits[j];
    }
    // f0 to f3 and the writes that follow, of a relaxed factor one cycle later and of a share two; a word a cycle. What was
    // written two cycles after f3 is read from then on, and the sample's before until then.
    constexpr std::size_t written = T::shares ? 7 : T::relaxed ? 6 : 5;
    for (std::size_t cycle = 0; cycle < kWords + written; ++cycle) {
      const std::size_t read_word = random() % kWords;
      module->update_read_i = 1;
      module->update_word_i = static_cast<unsigned char>(read_word);
      module->valid0_i = cycle < kWords;
      module->word0_i = static_cast<unsigned char>(cycle % kWords);
      const std::size_t word1 = cycle - 1, word2 = cycle - 2;
      module->valid_i = static_cast<unsigned char>((word1 < kWords ? 1 : 0) | (word2 < kWords ? 2 : 0));
      module->word2_i = static_cast<unsigned char>(word2 % kWords);
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::size_t j = word1 < kWords ? word1 * kLanes + k : random() % kNeurons;
        set_bits(module->counts_i, kCountWidth * k, kCountWidth, counts[j]);
        set_bits(module->plus_i, k, 1, unsigned{trits[j] > 0});
        set_bits(module->minus_i, k, 1, unsigned{trits[j] < 0});
        set_bits(module->enabled2_i, k, 1, unsigned{word2 < kWords && word2 * kLanes + k < kNeurons});
        if constexpr (T::shares) {
          const std::size_t word3 = cycle - 3;
          set_bits(module->shares_i, 9 * k, 9, word3 < kWords ? shares[word3 * kLanes + k] : std::int32_t(random() % 257));
        }
      }
      module.edge();
      for (std::size_t k = 0; k < kLanes; ++k) {
        ASSERT_EQ(get_bits(module->positive_o, k, 1), cycle < kWords && levels[label][cycle * kLanes + k] > 0)
            << "cycle " << cycle << " lane " << k;
      }
      const std::size_t written_word = cycle - (written - 2);
      ASSERT_EQ(module->written_o != 0, written_word < kWords) << "cycle " << cycle;
      if (module->written_o != 0) {
        ASSERT_EQ(module->written_word_o, written_word);
      }
      if (!T::kept) {
        if (module->written_o != 0) {
          ASSERT_NO_FATAL_FAILURE(expect_word(module, written_word, factors)) << "cycle " << cycle;
        }
        continue;
      }
      if (cycle >= read_word + written) {
        ASSERT_NO_FATAL_FAILURE(expect_word(module, read_word, factors)) << "cycle " << cycle;
      } else if (factors_before_) {
        ASSERT_NO_FATAL_FAILURE(expect_word(module, read_word, *factors_before_)) << "cycle " << cycle << ", written too early";
      }
    }
    for (std::size_t word = 0; T::kept && word < kWords; ++word) {
      module->update_read_i = 1;
      module->update_word_i = static_cast<unsigned char>(word);
      module.edge();
      module->update_read_i = 0;
      ASSERT_NO_FATAL_FAILURE(expect_word(module, word, factors)) << "rate " << rate << " shift " << shift;
    }
    factors_before_ = factors;
  }

  void samples(Factor kind, bool all_steps) {
    for (unsigned seed = 1; seed <= 100; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      std::mt19937_64 random{seed};
      Clocked<Model> module{seed};
      module->load_i = module->add_i = module->valid0_i = module->valid_i = module->update_read_i = 0;
      factors_before_.reset();
      for (unsigned n = 0; n < 4; ++n) ASSERT_NO_FATAL_FAILURE(sample(module, random, kind, all_steps));
    }
  }

 private:
  using Factors = std::array<std::int32_t, kLanes * kWords>;

  std::optional<Factors> factors_before_;  ///< of the sample before, if there was one

  static void expect_word(Clocked<Model>& module, std::size_t word, const Factors& factors) {
    for (std::size_t k = 0; k < kLanes; ++k)
      ASSERT_EQ(get_signed(module->factors_o, kFactorWidth * k, kFactorWidth), factors[word * kLanes + k])
          << "neuron " << word * kLanes + k;
  }

  /// The words of class c times an error, with gaps now and then.
  static void add(Clocked<Model>& module, std::mt19937_64& random, std::size_t c, std::int32_t error) {
    for (std::size_t word = 0; word < kWords;) {
      module->add_i = random() % 4 != 0;
      module->add_first_i = c == 0;
      module->add_word_i = static_cast<unsigned char>(word);
      module->add_address_i = static_cast<unsigned char>(c * kWords + word);
      set_bits(module->add_error_i, 0, kCountWidth + 1, error);
      word += module->add_i;
      module.edge();
    }
    module->add_i = 0;
  }
};
using Feedback = Shape<Vfactors_feedback, 6>;
using GradedFeedback = Shape<Vfactors_feedback_graded, 8>;
using Relaxed = Shape<Vfactors_relaxed, 6, true>;
using Sent = Shape<Vfactors_sent, 6, true, false, false>;
using Shares = Shape<Vfactors_shares, 6, false, true>;
using SharesFeedback = Shape<Vfactors_shares_feedback, 8, false, true>;
using Shapes = ::testing::Types<Shape<Vfactors, 6>, Feedback, Shape<Vfactors_graded, 8>, GradedFeedback, Relaxed, Sent, Shares,
                                SharesFeedback>;
TYPED_TEST_SUITE(RtlFactors, Shapes);

TYPED_TEST(RtlFactors, OfLevelsAreScaledLimitedAndSignedByTheTrit) { this->samples(Factor::kLevel, false); }
TYPED_TEST(RtlFactors, OfLevelsLeaveTheTritsToTheUpdateWithAllSteps) { this->samples(Factor::kLevel, true); }
TYPED_TEST(RtlFactors, OfErrorsAreScaledLimitedAndSignedByTheTrit) { this->samples(Factor::kError, false); }
TYPED_TEST(RtlFactors, OfErrorsLeaveTheTritsToTheUpdateWithAllSteps) { this->samples(Factor::kError, true); }

template <class T>
class RtlFactorsWithFeedback : public RtlFactors<T> {};
using ShapesWithFeedback = ::testing::Types<Feedback, GradedFeedback, SharesFeedback>;
TYPED_TEST_SUITE(RtlFactorsWithFeedback, ShapesWithFeedback);
TYPED_TEST(RtlFactorsWithFeedback, OfFeedbackAreSumsOverTheClassesSignedByTheTrit) { this->samples(Factor::kFeedback, false); }
TYPED_TEST(RtlFactorsWithFeedback, OfFeedbackLeaveTheTritsToTheUpdateWithAllSteps) { this->samples(Factor::kFeedback, true); }

}  // namespace
}  // namespace phasic::testing::factors_test
