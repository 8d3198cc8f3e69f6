// SPDX-License-Identifier: Apache-2.0
// Answers over a grid against the formulas of the reference, over random shapes.
#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vpooling_1.h"
#include "Vpooling_4.h"
#include "Vpooling_8.h"
#include "tests/rtl/core/pooling_twin.hpp"

namespace phasic::testing::pooling_test {
namespace {

template <class Model, unsigned Lanes, unsigned SumWidth, unsigned SumWords, unsigned Neurons>
struct Shape {
  using model = Model;
  static constexpr unsigned lanes = Lanes, sum_width = SumWidth, sum_words = SumWords, neurons = Neurons;
};

struct Seen {
  unsigned limited = 0, none = 0, full = 0, two_sided = 0, partial = 0, same_cell = 0, clears = 0, most_cells = 0,
           most_words = 0;
};

template <class T>
class RtlPooling : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;

  void use(Module& module, const ConvolutionTwin& twin) {
    const contract::Layer& layer = twin.layer;
    sides_ = sides_of(layer);
    sum_words_ = twin.rows * twin.columns * twin.row_words();
    words_ = layer.grid * layer.grid * sides_ * twin.row_words();
    twin.drive(module->descriptor_i);
    module->row_width_i = static_cast<std::uint16_t>(layer.channels);
    module->row_words_i = static_cast<std::uint16_t>(twin.row_words());
    module->last_sum_word_i = static_cast<std::uint16_t>(sum_words_ - 1);
    module->last_word_i = static_cast<std::uint16_t>(words_ - 1);
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    module->clearing_i = 1;
    for (unsigned word = 0; word < T::sum_words; ++word) {
      module->clear_word_i = static_cast<std::uint16_t>(word);
      module.edge();
    }
    module->clearing_i = 0;
  }

  /// Sums of the positions, word by word; words without one are blank.
  SumWords random_sums(std::mt19937_64& random, const ConvolutionTwin& twin) {
    SumWords sums(sum_words_);
    const unsigned shift = twin.layer.input_shift + contract::kGradedShift;
    for (unsigned word = 0; word < sum_words_; ++word) {
      if (random() % 8 == 0) continue;
      std::vector<std::int64_t>& lanes = sums[word].emplace(T::lanes, 0);
      for (unsigned k = 0; k < T::lanes; ++k) {
        // Around the threshold and the limits, and anything.
        const std::int64_t sign = random() % 2 == 0 ? 1 : -1;
        const std::int64_t near = static_cast<std::int64_t>(random() % 3) - 1;
        std::int64_t sum = random_signed(random, T::sum_width);
        if (random() % 3 == 0)
          sum = (sign * twin.layer.threshold * (std::int64_t{1} << shift)) + (sign * (std::int64_t{1} << (shift - 1))) + near;
        if (random() % 8 == 0) sum = (sign * 32768 * (std::int64_t{1} << shift)) - (std::int64_t{1} << (shift - 1)) + near;
        const bool exists = word % twin.row_words() * T::lanes + k < twin.layer.channels;
        lanes[k] = exists ? reference::saturate(sum, T::sum_width) : 0;
      }
    }
    return sums;
  }

  void sample(Module& module, std::mt19937_64& random, const ConvolutionTwin& twin, bool broken_off) {
    const contract::Layer& layer = twin.layer;
    const auto sums = random_sums(random, twin);
    const Pooled pooled = pool(twin, sums);

    for (unsigned cycle = random() % 4; cycle > 0; --cycle) module.edge();
    ASSERT_EQ(module->busy_o, 0);
    module->start_i = 1;
    module.settle();
    std::uint64_t found = 0;
    unsigned cycles = 0;
    std::optional<unsigned> asked;
    do {
      const auto& given = sums[asked.value_or(0)];
      module->blank_i = asked ? !given.has_value() : random() % 2 == 0;
      for (unsigned k = 0; k < T::lanes; ++k) {
        set_bits(module->sums_i, T::sum_width * k, T::sum_width,
                 asked && given ? (*given)[k] : random_signed(random, T::sum_width));
      }
      module.settle();
      for (unsigned k = 0; module->limited_valid_o != 0 && k < T::lanes; ++k) found += get_bits(module->limited_o, k, 1);
      asked.reset();
      if (module->sum_read_o != 0) asked = module->sum_word_o;
      ASSERT_LT(asked.value_or(0), sum_words_);
      module.edge();
      module->start_i = 0;
      module.settle();
      if (broken_off && random() % (sum_words_ + words_) == 0) return;
      ASSERT_LE(++cycles, sum_words_ + words_ * T::lanes + 32);
    } while (module->busy_o != 0);
    EXPECT_EQ(found, pooled.limited);
    for (unsigned word = 0; word < words_; ++word) {
      module->potential_read_i = 1;
      module->potential_word_i = static_cast<std::uint16_t>(word);
      module.edge();
      module->potential_read_i = 0;
      for (unsigned k = 0; k < T::lanes && word % twin.row_words() * T::lanes + k < layer.channels; ++k) {
        const std::int32_t potential = pooled.potentials[word * T::lanes + k];
        ASSERT_EQ(get_bits(module->potentials_o, 15 * k, 15), static_cast<unsigned>(potential))
            << "word " << word << " lane " << k;
        seen_.none += potential == 0;
        seen_.full += potential == 32767;
      }
    }
    seen_.limited += pooled.limited != 0;
  }

  void runs(unsigned seeds) {
    for (unsigned seed = 1; seed <= seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      std::mt19937_64 random{seed};
      Module module{seed};
      module->clear_i = module->start_i = module->clearing_i = module->potential_read_i = 0;
      module.reset();
      for (unsigned run = 0; run < 4; ++run) {
        SCOPED_TRACE("run " + std::to_string(run));
        const ConvolutionTwin twin = random_grid(random, T::lanes, T::sum_words, T::neurons);
        use(module, twin);
        const bool broken_off = random() % 3 == 0;
        for (unsigned n = 1 + random() % 3; n > 0; --n)
          ASSERT_NO_FATAL_FAILURE(sample(module, random, twin, broken_off && n == 1));
        seen_.two_sided += sides_ == 2;
        seen_.partial += twin.layer.channels % T::lanes != 0;
        seen_.same_cell += twin.row_words() == 1 && twin.layer.grid < twin.columns;
        seen_.most_cells += twin.layer.grid == 8;
        seen_.most_words += words_ >= 64;
        seen_.clears += broken_off;
      }
    }
  }

  Seen seen_;

 private:
  unsigned sides_ = 1, sum_words_ = 0, words_ = 0;
};

using Shapes = ::testing::Types<Shape<Vpooling_1, 1, 25, 512, 200>, Shape<Vpooling_4, 4, 26, 300, 140>,
                                Shape<Vpooling_8, 8, 34, 300, 256>>;
TYPED_TEST_SUITE(RtlPooling, Shapes);

TYPED_TEST(RtlPooling, AddsWhatFiltersFindToTheirCellsAndTellsTheRoots) {
  this->runs(200);
  EXPECT_GT(this->seen_.limited, 50U);
  EXPECT_GT(this->seen_.none, 100U);
  EXPECT_GT(this->seen_.full, 50U);
  EXPECT_GT(this->seen_.two_sided, 100U);
  EXPECT_GT(this->seen_.partial + (TypeParam::lanes == 1 ? 101 : 0), 100U);
  EXPECT_GT(this->seen_.same_cell, 50U);
  EXPECT_GT(this->seen_.most_cells, 10U);
  EXPECT_GT(this->seen_.most_words, 10U);
  EXPECT_GT(this->seen_.clears, 50U);
}

}  // namespace
}  // namespace phasic::testing::pooling_test
