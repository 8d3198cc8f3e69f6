// SPDX-License-Identifier: Apache-2.0
// The errors that a layer takes from the last one, over samples whose counts come late, early, or from a sample before.
#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "Vfeedback_1.h"
#include "Vfeedback_12.h"
#include "Vfeedback_graded_12.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::feedback_test {
namespace {

template <class Model, unsigned MostWords, unsigned MostClasses, unsigned CountWidth = 6>
struct Shape {
  using model = Model;
  static constexpr unsigned most_words = MostWords, most_classes = MostClasses, count_width = CountWidth;
};

struct Count {
  std::uint32_t number = 0, count = 0;
  bool last = false;
};

struct Word {
  bool first = false;
  unsigned word = 0, address = 0;
  std::int32_t error = 0;
};

template <class T>
class RtlFeedback : public ::testing::Test {
 protected:
  /// Samples of one run; a clear ends it, often in the middle of one.
  void run(unsigned seed) {
    std::mt19937_64 random{seed};
    const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() % limit); };
    Clocked<typename T::model> module{seed};
    module->clear_i = module->start_i = module->learn_i = module->count_valid_i = module->feedback_i = 0;
    module.reset();
    for (unsigned turn = 0; turn < 40; ++turn) {
      const bool feedback = below(8) != 0;
      const unsigned words = 1 + below(T::most_words), classes = 1 + below(T::most_classes);
      // Steps, or what graded samples take for them.
      const unsigned full = T::count_width == 8 && below(2) == 0 ? contract::kGradedFull : 1 + below(32);
      const unsigned outputs = 1 + below(2 * T::most_classes);
      module->feedback_i = feedback;
      module->full_i = static_cast<unsigned char>(full);
      module->classes_i = static_cast<std::uint16_t>(classes);
      module->last_word_i = static_cast<unsigned char>(words - 1);
      std::uint32_t number = below(4) == 0 ? ~0U - below(3) : static_cast<std::uint32_t>(random());
      std::deque<Count> counts;  // of this sample and of those before it
      for (unsigned sample = 0; sample < 6; ++sample, ++number) {
        SCOPED_TRACE("turn " + std::to_string(turn) + " sample " + std::to_string(sample));
        const bool learn = below(3) != 0;
        const unsigned label = below(classes);
        std::vector<Word> expected;
        for (unsigned j = 0; j < outputs; ++j) {
          const Count count{number, below(full + 1), j + 1 == outputs};
          counts.push_back(count);
          if (!learn || !feedback || j >= classes) continue;
          const std::int32_t error = reference::error_signal(full, j == label, count.count);
          for (unsigned w = 0; w < words; ++w) expected.push_back({j == 0, w, j * words + w, error});
        }
        module->start_i = 1;
        module->count_valid_i = 0;
        module.edge();
        module->start_i = 0;
        module->learn_i = learn;
        module->class_i = static_cast<std::uint16_t>(label);
        module->number_i = number;
        module.settle();
        ASSERT_EQ(module->ready_o != 0, !feedback);
        // A sample that is not learned may end before its counts come.
        const bool waits = learn && feedback;
        const unsigned enough = below(50), often = 1 + below(4);
        std::size_t sent = 0;
        unsigned since_last = 0;
        for (unsigned cycle = 0; waits ? since_last < 6 : cycle < enough; ++cycle) {
          ASSERT_LT(cycle, 20000U) << "the sum does not come to an end";
          const bool offer = !counts.empty() && below(often) == 0;
          module->count_valid_i = offer;
          module->count_i = static_cast<unsigned char>(offer ? counts.front().count : below(33));
          module->count_last_i = offer ? counts.front().last : below(2);
          module->count_number_i = offer ? counts.front().number : number;
          module.settle();
          if (module->add_o != 0) {
            ASSERT_LT(sent, expected.size()) << "a word too many";
            const Word& word = expected[sent++];
            ASSERT_EQ(module->add_first_o != 0, word.first);
            ASSERT_EQ(module->add_word_o, word.word);
            ASSERT_EQ(module->add_address_o, word.address);
            ASSERT_EQ(get_signed(module->add_error_o, 0, T::count_width + 1), word.error);
          }
          // The last word is chosen, multiplied and added in the three cycles that follow.
          if (waits && sent == expected.size()) ++since_last;
          ASSERT_EQ(module->ready_o != 0, !feedback || since_last > 4) << since_last;
          if (offer) counts.pop_front();
          module.edge();
        }
        ASSERT_TRUE(sent == expected.size());
      }
      module->clear_i = 1;
      module->count_valid_i = 0;
      module.edge();
      module->clear_i = 0;
      // What comes between two runs is nobody's.
      module->count_valid_i = 1;
      module->count_number_i = module->number_i;
      module.edge();
      module->count_valid_i = 0;
      module.settle();
      ASSERT_EQ(module->add_o, 0);
    }
  }
};

using Shapes = ::testing::Types<Shape<Vfeedback_12, 4, 12>, Shape<Vfeedback_1, 1, 1>, Shape<Vfeedback_graded_12, 4, 12, 8>>;
TYPED_TEST_SUITE(RtlFeedback, Shapes);

TYPED_TEST(RtlFeedback, SendsTheErrorsOfItsOwnSampleClassAfterClass) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(this->run(seed));
  }
}

}  // namespace
}  // namespace phasic::testing::feedback_test
