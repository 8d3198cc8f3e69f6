// SPDX-License-Identifier: Apache-2.0
// Check bits against a list of what each covers, and what becomes of words with wrong bits.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>

#include "Vcheck_bits_128.h"
#include "Vcheck_bits_16.h"
#include "Vcheck_bits_40.h"
#include "Vcheck_bits_64.h"
#include "Vcheck_bits_8.h"
#include "Vcheck_bits_80.h"
#include "Vchecked_word_128.h"
#include "Vchecked_word_16.h"
#include "Vchecked_word_40.h"
#include "Vchecked_word_64.h"
#include "Vchecked_word_8.h"
#include "Vchecked_word_80.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::checked_word_test {
namespace {

template <class Bits, class Word, std::size_t Width, std::size_t Checks>
struct Shape {
  using bits = Bits;
  using word = Word;
  static constexpr std::size_t width = Width, group = Width < 64 ? Width : 64, groups = (Width + group - 1) / group,
                               checks = Checks;
  /// Bits of a group: the last one can have less.
  static constexpr std::size_t size(std::size_t g) { return std::min(group, width - group * g); }
};

template <class T>
class RtlCheckedWord : public ::testing::Test {
 protected:
  using Groups = std::array<std::uint64_t, T::groups>;

  RtlCheckedWord() : bits(&context), word(&context) {}

  static Groups random_groups(std::mt19937_64& random) {
    Groups groups;
    for (std::size_t g = 0; g < T::groups; ++g) groups[g] = random() >> (64 - T::size(g));
    return groups;
  }
  Groups checks_of(const Groups& data) {
    for (std::size_t g = 0; g < T::groups; ++g) set_bits(bits.data_i, T::group * g, T::size(g), data[g]);
    bits.eval();
    Groups checks;
    for (std::size_t g = 0; g < T::groups; ++g) checks[g] = get_bits(bits.checks_o, T::checks * g, T::checks);
    return checks;
  }
  /// What becomes of a word: the data, and whether it was put right or failed.
  void take(const Groups& data, const Groups& checks) {
    for (std::size_t g = 0; g < T::groups; ++g) {
      set_bits(word.data_i, T::group * g, T::size(g), data[g]);
      set_bits(word.checks_i, T::checks * g, T::checks, checks[g]);
    }
    word.eval();
    for (std::size_t g = 0; g < T::groups; ++g) right[g] = get_bits(word.data_o, T::group * g, T::size(g));
  }
  /// Flips a bit of a group: of the data, or behind it of the check bits.
  static void flip(Groups& data, Groups& checks, std::size_t group, std::size_t bit) {
    if (bit < T::size(group)) {
      data[group] ^= std::uint64_t{1} << bit;
    } else {
      checks[group] ^= std::uint64_t{1} << (bit - T::size(group));
    }
  }

  VerilatedContext context;
  typename T::bits bits;
  typename T::word word;
  Groups right{};
};
using Shapes =
    ::testing::Types<Shape<Vcheck_bits_8, Vchecked_word_8, 8, 5>, Shape<Vcheck_bits_16, Vchecked_word_16, 16, 6>,
                     Shape<Vcheck_bits_64, Vchecked_word_64, 64, 8>, Shape<Vcheck_bits_128, Vchecked_word_128, 128, 8>,
                     Shape<Vcheck_bits_40, Vchecked_word_40, 40, 8>, Shape<Vcheck_bits_80, Vchecked_word_80, 80, 8>>;
TYPED_TEST_SUITE(RtlCheckedWord, Shapes);

TYPED_TEST(RtlCheckedWord, CheckBitsAreThoseOfAnExtendedHammingCode) {
  std::mt19937_64 random{1};
  for (unsigned round = 0; round < 200; ++round) {
    const auto data = this->random_groups(random);
    const auto checks = this->checks_of(data);
    for (std::size_t g = 0; g < TypeParam::groups; ++g) {
      std::uint64_t wanted = 0;
      unsigned number = 3, ones = 0;  // numbers of data bits are those that are no powers of two
      for (std::size_t k = 0; k < TypeParam::size(g); ++k, ++number) {
        while ((number & (number - 1)) == 0) ++number;
        if ((data[g] >> k & 1) == 0) continue;
        wanted ^= number;
        ++ones;
      }
      for (std::uint64_t left = wanted; left != 0; left &= left - 1) ++ones;
      wanted |= std::uint64_t{ones & 1} << (TypeParam::checks - 1);
      ASSERT_EQ(checks[g], wanted) << "group " << g << " of " << data[g];
    }
  }
}

TYPED_TEST(RtlCheckedWord, OneWrongBitOfEachGroupIsPutRight) {
  std::mt19937_64 random{2};
  for (unsigned round = 0; round < 20; ++round) {
    const auto data = this->random_groups(random);
    const auto checks = this->checks_of(data);
    this->take(data, checks);
    ASSERT_EQ(this->right, data);
    ASSERT_FALSE(this->word.corrected_o || this->word.failed_o);
    for (std::size_t bit = 0; bit < TypeParam::group + TypeParam::checks; ++bit) {
      auto wrong = data, wrong_checks = checks;
      this->flip(wrong, wrong_checks, 0, bit);
      constexpr auto kLast = TypeParam::groups - 1;
      if (kLast > 0)  // and one more elsewhere
        this->flip(wrong, wrong_checks, kLast, random() % (TypeParam::size(kLast) + TypeParam::checks));
      this->take(wrong, wrong_checks);
      ASSERT_EQ(this->right, data) << "bit " << bit;
      ASSERT_TRUE(this->word.corrected_o);
      ASSERT_FALSE(this->word.failed_o);
    }
  }
}

TYPED_TEST(RtlCheckedWord, TwoWrongBitsOfAGroupFail) {
  std::mt19937_64 random{3};
  const auto data = this->random_groups(random);
  const auto checks = this->checks_of(data);
  for (std::size_t group = 0; group < TypeParam::groups; ++group) {
    const auto bits = TypeParam::size(group) + TypeParam::checks;
    for (std::size_t first = 0; first < bits; ++first) {
      for (std::size_t second = first + 1; second < bits; ++second) {
        auto wrong = data, wrong_checks = checks;
        this->flip(wrong, wrong_checks, group, first);
        this->flip(wrong, wrong_checks, group, second);
        this->take(wrong, wrong_checks);
        ASSERT_TRUE(this->word.failed_o) << "bits " << first << " and " << second << " of group " << group;
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::checked_word_test
