// SPDX-License-Identifier: Apache-2.0
// Values of a sample, their differences from the mean and the rows that change, against the formulas of the reference.
#include <array>
#include <random>
#include <string>
#include <vector>

#include "Vscatter_sample_1.h"
#include "Vscatter_sample_4.h"
#include "phasic/contract.hpp"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::scatter_sample_test {
namespace {

template <class Model, std::size_t Lanes, std::size_t MaxRows>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes, max_rows = MaxRows;
};

constexpr unsigned kWidth = contract::kDifferenceWidth;

template <class T>
class RtlScatterSample : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;

  static void begin(Module& module, bool reset) {
    module->value_i = module->start_i = module->next_i = module->read_i = module->row_take_i = 0;
    module->clear_i = !reset;
    if (reset) module.reset();
    module.edge();
    module->clear_i = 0;
    module.settle();
    for (std::size_t cycle = 0; module->ready_o == 0; ++cycle) {
      ASSERT_LE(cycle, T::max_rows);
      module.edge();
    }
  }

  struct Expected {
    std::vector<std::uint32_t> values;
    std::vector<std::int32_t> sums, differences;
  };

  static Expected show(Module& module, std::size_t sources, std::int32_t samples, std::mt19937_64& random) {
    Expected expected;
    expected.values.resize(sources);
    // In any order, and not from all.
    for (std::size_t count = random() % (2 * sources); count > 0; --count) {
      const std::size_t source = random() % sources;
      module->value_i = random() % 4 != 0;
      module->value_source_i = static_cast<unsigned char>(source);
      module->value_data_i = static_cast<unsigned char>(random());
      if (module->value_i != 0) expected.values[source] = module->value_data_i;
      module.edge();
    }
    module->value_i = 0;
    for (std::size_t i = 0; i < sources; ++i) {
      const std::int64_t near_value = std::int64_t{expected.values[i]} * samples;
      const bool near = random() % 3 == 0;  // no difference
      expected.sums.push_back(static_cast<std::int32_t>(near ? near_value : random_signed(random, 20 + random() % 13)));
      expected.differences.push_back(reference::difference_from_mean(expected.values[i], expected.sums[i], samples));
    }
    return expected;
  }

  static void search(Module& module, const Expected& expected, std::int32_t samples, std::size_t row_words,
                     std::mt19937_64& random) {
    const std::size_t sources = expected.values.size();
    module->start_i = 1;
    module->last_source_i = static_cast<unsigned char>(sources - 1);
    module->row_words_i = static_cast<std::uint16_t>(row_words);
    module->samples_i = static_cast<std::uint32_t>(samples);
    module.edge();
    module->start_i = 0;
    std::array<std::int32_t, 3> sums{};
    std::size_t next = 0, cycles = 0;
    const bool pauses = random() % 2 == 0;
    for (module.settle(); module->done_o == 0; ++cycles, module.settle()) {
      ASSERT_LE(cycles, 4 * sources + 60);
      module->next_i = next < sources && (!pauses || random() % 2 == 0);
      module->sum_i = static_cast<std::uint32_t>(sums[2]);
      sums = {module->next_i != 0 ? expected.sums[next] : static_cast<std::int32_t>(random()), sums[0], sums[1]};
      next += module->next_i;
      module.edge();
    }
    module->next_i = 0;
    ASSERT_EQ(next, sources);
    if (!pauses) {
      ASSERT_LE(cycles, sources + 17);
    }
  }

  static void check_words(Module& module, const Expected& expected, std::mt19937_64& random) {
    const std::size_t sources = expected.values.size();
    module.edge();  // the last word is being written
    for (unsigned turn = 0; turn < 10; ++turn) {
      const std::size_t word = random() % ((sources + T::lanes - 1) / T::lanes);
      module->read_i = 1;
      module->word_i = static_cast<unsigned char>(word);
      module.edge();
      module->read_i = 0;
      module->word_i = 0;
      if (random() % 2 == 0) module.edge();
      for (std::size_t k = 0; k < T::lanes && word * T::lanes + k < sources; ++k) {
        ASSERT_EQ(get_bits(module->values_o, 8 * k, 8), expected.values[word * T::lanes + k]);
        ASSERT_EQ(get_signed(module->differences_o, kWidth * k, kWidth), expected.differences[word * T::lanes + k]);
      }
    }
  }

  static std::size_t check_rows(Module& module, const Expected& expected, std::size_t row_words, std::mt19937_64& random) {
    std::size_t rows = 0;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      if (expected.differences[i] == 0) continue;
      ++rows;
      while (random() % 2 == 0) {
        module->row_take_i = 0;
        module.edge();
      }
      EXPECT_EQ(module->row_valid_o, 1);
      EXPECT_EQ(module->row_address_o, i * row_words % 1024);
      EXPECT_EQ(get_signed(module->row_difference_o, 0, kWidth), expected.differences[i]);
      module->row_take_i = 1;
      module.edge();
    }
    module->row_take_i = 0;
    module.settle();
    EXPECT_EQ(module->row_valid_o, 0);
    return rows;
  }
};

using Shapes = ::testing::Types<Shape<Vscatter_sample_1, 1, 40>, Shape<Vscatter_sample_4, 4, 50>>;
TYPED_TEST_SUITE(RtlScatterSample, Shapes);

TYPED_TEST(RtlScatterSample, FindsDifferencesAndTheRowsThatChange) {
  std::size_t rows = 0, others = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    typename TestFixture::Module module{seed};
    ASSERT_NO_FATAL_FAILURE(this->begin(module, true));
    for (unsigned turn = 0; turn < 20; ++turn) {
      SCOPED_TRACE("turn " + std::to_string(turn));
      const std::size_t sources = 1 + random() % TypeParam::max_rows;
      const auto samples = static_cast<std::int32_t>(random() % 8 == 0 ? 0 : random() % 1000);
      const std::size_t row_words = 1 + random() % 20;
      const auto expected = this->show(module, sources, samples, random);
      ASSERT_NO_FATAL_FAILURE(this->search(module, expected, samples, row_words, random));
      ASSERT_NO_FATAL_FAILURE(this->check_words(module, expected, random));
      const std::size_t changed = this->check_rows(module, expected, row_words, random);
      ASSERT_FALSE(::testing::Test::HasFailure());
      rows += changed;
      others += sources - changed;
      // A run that ends with values leaves none behind.
      if (turn % 5 != 4) continue;
      this->show(module, sources, samples, random);
      ASSERT_NO_FATAL_FAILURE(this->begin(module, turn % 10 == 4));
    }
  }
  EXPECT_GT(rows, 1000U);
  EXPECT_GT(others, 1000U);
}

}  // namespace
}  // namespace phasic::testing::scatter_sample_test
