// SPDX-License-Identifier: Apache-2.0
// What drives the neurons of a layer, from the words that are issued on: sums, or with a grid the potentials that are pooled
// from them.
#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "Vsums.h"
#include "Vsums_grid.h"
#include "Vsums_groups.h"
#include "tests/rtl/core/pooling_twin.hpp"

namespace phasic::testing::sums_test {
namespace {

constexpr unsigned kLanes = 4, kWeightWidth = 16, kSumWidth = 34, kWords = 60, kSumWords = 200, kRows = 40;

struct Seen {
  unsigned grids = 0, blank = 0, silent = 0, forwarded = 0, limited = 0, looked = 0;
};

template <class Model, bool Grid>
struct Shape {
  using model = Model;
  static constexpr bool grid = Grid;
};

template <class T>
class RtlSums : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  using Word = std::array<std::int64_t, kLanes>;

  void use(Module& module, std::mt19937_64& random) {
    grid_ = T::grid && random() % 4 != 0;
    sparse_ = grid_ || (T::grid && random() % 2 == 0);
    twin_ = grid_ ? random_grid(random, kLanes, kSumWords, kWords)
                  : random_convolution(random, true, kLanes, 4096, sparse_ ? kWords : kSumWords);
    if (!sparse_) twin_.layer.channels = twin_.layer.neurons = 1 + static_cast<unsigned>(random() % kWords);
    sum_words_ = sparse_ ? twin_.rows * twin_.columns * twin_.row_words() : twin_.row_words();
    words_ = grid_ ? twin_.layer.grid * twin_.layer.grid * sides_of(twin_.layer) * twin_.row_words() : sum_words_;
    twin_.drive(module->descriptor_i);
    module->sparse_i = sparse_;
    module->grid_i = grid_;
    module->row_width_i = static_cast<std::uint16_t>(twin_.layer.channels);
    module->row_words_i = static_cast<std::uint16_t>(twin_.row_words());
    module->last_sum_word_i = static_cast<unsigned char>(sum_words_ - 1);
    module->last_word_i = static_cast<unsigned char>(words_ - 1);
    module->clearing_i = 1;
    for (unsigned word = 0; word < kSumWords; ++word) {
      module->clear_word_i = static_cast<unsigned char>(word);
      module.edge();
    }
    module->clearing_i = 0;
  }

  /// One cycle; the weights of the word that was issued two cycles before are there.
  void cycle(Module& module, std::mt19937_64& random, const std::optional<Word>& issued) {
    flying_ = {issued, flying_[0], flying_[1]};
    module->issue_i = issued.has_value();
    for (unsigned k = 0; k < kLanes; ++k)
      set_bits(module->weights_i, kWeightWidth * k, kWeightWidth,
               flying_[2] ? (*flying_[2])[k] : random_signed(random, kWeightWidth));
    module.settle();
    for (unsigned k = 0; module->limited_valid_o != 0 && k < kLanes; ++k) limited_ += get_bits(module->limited_o, k, 1);
    module.edge();
    module->start_i = 0;
    module.settle();
  }

  /// Rows of weights to some words each; the words of a dense layer have all of them.
  SumWords issue(Module& module, std::mt19937_64& random) {
    SumWords sums(sum_words_);
    const unsigned rows = random() % 6 == 0 ? 0 : 1 + static_cast<unsigned>(random() % kRows);
    unsigned last = sum_words_;
    for (unsigned row = 0; row < rows; ++row) {
      const unsigned value = random() % 4 == 0 ? 255 : static_cast<unsigned>(random() % 256);
      const unsigned first = sparse_ ? static_cast<unsigned>(random() % sum_words_) : 0;
      const unsigned end = sparse_ ? std::min(sum_words_, first + 1 + static_cast<unsigned>(random() % 20)) : sum_words_;
      for (unsigned word = first; word < end; ++word) {
        Word weights;
        if (!sums[word]) sums[word].emplace(kLanes, 0);
        for (unsigned k = 0; k < kLanes; ++k) {
          weights[k] = word % twin_.row_words() * kLanes + k < twin_.layer.channels ? random_signed(random, kWeightWidth) : 0;
          (*sums[word])[k] += weights[k] * value;
        }
        seen_.forwarded += word == last;
        last = word;
        module->issue_first_i = row == 0;
        module->issue_bank_i = bank_;
        module->issue_word_i = static_cast<unsigned char>(word);
        module->issue_value_i = static_cast<unsigned char>(value);
        cycle(module, random, weights);
        while (random() % 16 == 0) cycle(module, random, {}), last = sum_words_;
      }
    }
    return sums;
  }

  void step(Module& module, std::mt19937_64& random) {
    const SumWords sums = issue(module, random);
    const bool silent = std::none_of(sums.begin(), sums.end(), [](const auto& word) { return word.has_value(); });
    const bool last = random() % 2 == 0;  // nothing follows: words are looked at
    limited_ = 0;
    module->start_i = 1;
    cycle(module, random, {});
    module->sweep_bank_i = bank_;
    module->sweep_silent_i = silent;
    bank_ = !bank_;
    for (unsigned wait = 0; wait < 3 || module->hold_o != 0; ++wait) {
      ASSERT_EQ(module->hold_o != 0, grid_);
      cycle(module, random, {});
    }
    const Pooled pooled = grid_ ? pool(twin_, sums) : Pooled{};
    ASSERT_EQ(limited_, pooled.limited);
    for (unsigned word = 0; word < words_; ++word) {
      module->sweep_read_i = 1;
      module->sweep_word_i = static_cast<unsigned char>(word);
      cycle(module, random, {});
      module->sweep_read_i = 0;
      if (!grid_) {
        ASSERT_EQ(module->silent_o != 0, !sums[word].has_value()) << "word " << word;
        seen_.blank += !silent && !sums[word];
      } else {
        ASSERT_EQ(module->silent_o, 0);
      }
      const unsigned lanes = std::min(kLanes, twin_.layer.channels - word % twin_.row_words() * kLanes);
      for (unsigned k = 0; k < lanes; ++k) {
        if (!grid_ && !sums[word]) continue;
        const std::int64_t expected = grid_ ? std::int64_t{pooled.potentials[word * kLanes + k]} * 256 : (*sums[word])[k];
        ASSERT_EQ(get_signed(module->drives_o, kSumWidth * k, kSumWidth), expected) << "word " << word << " lane " << k;
      }
    }
    for (unsigned look = 0; grid_ && last && look < 10; ++look) {
      const unsigned word = random() % sum_words_;
      if (!sums[word]) continue;
      module->look_i = 1;
      module->look_word_i = static_cast<unsigned char>(word);
      cycle(module, random, {});
      module->look_i = 0;
      for (unsigned k = 0; k < kLanes; ++k) {
        ASSERT_EQ(get_signed(module->sums_o, kSumWidth * k, kSumWidth), (*sums[word])[k]) << "word " << word << " lane " << k;
      }
      ++seen_.looked;
    }
    seen_.silent += silent;
    seen_.grids += grid_;
    seen_.limited += limited_ != 0;
  }

  Seen seen_;

 private:
  ConvolutionTwin twin_;
  std::array<std::optional<Word>, 3> flying_;
  bool grid_ = false, sparse_ = false, bank_ = false;
  unsigned sum_words_ = 0, words_ = 0;
  std::uint64_t limited_ = 0;
};

using Shapes = ::testing::Types<Shape<Vsums, false>, Shape<Vsums_grid, true>>;
TYPED_TEST_SUITE(RtlSums, Shapes);

TYPED_TEST(RtlSums, DriveNeuronsBySumsOrByWhatIsPooledFromThem) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->clearing_i = module->issue_i = module->start_i = module->sweep_read_i = module->look_i = 0;
    module.reset();
    for (unsigned n = 0; n < 3; ++n) {
      this->use(module, random);
      for (unsigned step = 0; step < 4; ++step) ASSERT_NO_FATAL_FAILURE(this->step(module, random)) << "step " << step;
    }
  }
  EXPECT_GT(this->seen_.silent, 50U);
  if (!TypeParam::grid) return;
  EXPECT_GT(this->seen_.grids, 200U);
  EXPECT_GT(this->seen_.blank, 50U);
  EXPECT_GT(this->seen_.forwarded, 100U);
  EXPECT_GT(this->seen_.limited, 20U);
  EXPECT_GT(this->seen_.looked, 200U);
}

/// Four groups of two lanes: the rows of a grouped layer come by group, each with a value of its own.
TEST(RtlSumsGroups, DriveNarrowLayersByTheSumOverGroupsThatHadARow) {
  constexpr unsigned groups = 4, lanes = 2, words = 3;
  unsigned silent_groups = 0, early = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vsums_groups> module{seed};
    module->clear_i = module->clearing_i = module->issue_i = module->start_i = module->sweep_read_i = module->look_i = 0;
    module.reset();
    const bool grouped = random() % 2 == 0;
    module->grouped_i = grouped;
    // Weights follow the word that was issued by two cycles.
    using Weights = std::array<std::int64_t, groups * lanes>;
    std::array<Weights, 3> flying{};
    const auto cycle = [&](const Weights& issued) {
      flying = {issued, flying[0], flying[1]};
      for (unsigned k = 0; k < groups * lanes; ++k) set_bits(module->weights_i, kWeightWidth * k, kWeightWidth, flying[2][k]);
      module.settle();
      module.edge();
      module->issue_i = module->start_i = 0;
    };
    struct Step {
      std::array<Weights, words> sums{};
      std::array<bool, groups> begun{};
    };
    const unsigned most = grouped ? 1 : words;
    const auto issue_row = [&](Step& to, unsigned bank) {
      const unsigned mask = grouped ? 1 + static_cast<unsigned>(random() % 15) : 15;
      const unsigned value = static_cast<unsigned>(random() % 256);
      const auto begun = to.begun;
      for (unsigned word = 0; word < most; ++word) {
        Weights weights{};
        unsigned first = 0;
        for (unsigned g = 0; g < groups; ++g) {
          const unsigned own = grouped ? static_cast<unsigned>(random() % 256) : value;
          set_bits(module->issue_value_i, 8 * g, 8, own);
          first |= (begun[g] ? 0U : 1U) << g;
          if ((mask >> g & 1) == 0) continue;
          to.begun[g] = true;
          for (unsigned k = g * lanes; k < (g + 1) * lanes; ++k) {
            weights[k] = random_signed(random, kWeightWidth);
            to.sums[word][k] += weights[k] * own;
          }
        }
        module->issue_i = static_cast<unsigned char>(mask);
        module->issue_first_i = static_cast<unsigned char>(first);
        module->issue_bank_i = bank != 0;
        module->issue_word_i = static_cast<unsigned char>(word);
        cycle(weights);
      }
    };
    Step next;
    for (unsigned step = 0; step < 12; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      Step now = std::exchange(next, {});
      for (auto rows = random() % 6 == 0 ? 0 : random() % 8; rows > 0; --rows) issue_row(now, step % 2);
      const auto& [sums, begun] = now;
      unsigned silent = 0;
      for (unsigned g = 0; g < groups; ++g) silent |= (begun[g] ? 0U : 1U) << g;
      silent_groups += grouped && silent != 0 && silent != 15 ? 1 : 0;
      module->start_i = 1;
      cycle({});
      module->group_silent_i = static_cast<unsigned char>(silent);
      module->sweep_bank_i = step % 2;
      module->sweep_silent_i = silent == 15;
      module.settle();
      // Rows of the next step may be summed meanwhile.
      const bool busy = grouped && random() % 2 == 0;
      for (unsigned wait = 0; wait < 3; ++wait) {
        ASSERT_EQ(module->hold_o != 0, grouped) << "cycle " << wait;
        if (busy && random() % 3 != 0) {
          issue_row(next, (step + 1) % 2);
          ++early;
        } else {
          cycle({});
        }
        module.settle();
      }
      ASSERT_EQ(module->hold_o, 0);
      for (unsigned word = 0; word < most; ++word) {
        module->sweep_read_i = 1;
        module->sweep_word_i = static_cast<unsigned char>(word);
        if (busy) {
          issue_row(next, (step + 1) % 2);
        } else {
          cycle({});
        }
        module->sweep_read_i = 0;
        module.settle();
        ASSERT_EQ(module->silent_o != 0, silent == 15);
        for (unsigned k = 0; k < (grouped ? lanes : groups * lanes) && silent != 15; ++k) {
          std::int64_t expected = sums[word][k];
          for (unsigned g = 1; grouped && g < groups; ++g) expected += sums[word][k + g * lanes];
          ASSERT_EQ(get_signed(module->drives_o, kSumWidth * k, kSumWidth), expected) << "word " << word << " lane " << k;
        }
      }
    }
  }
  EXPECT_GT(silent_groups, 30U);
  EXPECT_GT(early, 200U);
}

}  // namespace
}  // namespace phasic::testing::sums_test
