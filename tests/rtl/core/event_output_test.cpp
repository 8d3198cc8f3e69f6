// SPDX-License-Identifier: Apache-2.0
// Words of spikes and marks on their way out of a layer engine against the list of their events, and how many of them the queue
// takes.
#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <string>

#include "Vevent_output_1x20.h"
#include "Vevent_output_5x4.h"
#include "Vevent_output_8x3.h"
#include "Vevent_output_graded_4x5.h"
#include "Vevent_output_groups.h"
#include "Vevent_output_groups_plain.h"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::event_output_test {
namespace {

template <class Model, unsigned Lanes, unsigned Words, unsigned Depth, bool Graded = false>
struct Shape {
  using model = Model;
  static constexpr unsigned lanes = Lanes, words = Words, depth = Depth;  // depth: a power of two that holds two steps and more
  static constexpr bool graded = Graded;
};

struct Word {
  bool mark = false, final = false;
  unsigned number = 0, spikes = 0;
  std::array<std::uint8_t, 8> values{};
};
struct Event {
  unsigned kind = kSpike, index = 0, value = 1;
};

template <class T>
class RtlEventOutput : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;

  static Word random_word(std::mt19937_64& random, unsigned number) {
    Word word{number == T::words, random() % 2 == 0, number % T::words, static_cast<unsigned>(random() & random()), {}};
    word.spikes &= (1U << T::lanes) - 1;
    for (std::uint8_t& value : word.values) value = static_cast<std::uint8_t>(random());
    return word;
  }

  static void offer(Module& module, const Word& word) {
    module->word_mark_i = word.mark;
    module->word_final_i = word.final;
    module->word_i = static_cast<unsigned char>(word.number);
    set_bits(module->word_spikes_i, 0, T::lanes, word.spikes);
    for (unsigned k = 0; T::graded && k < T::lanes; ++k) set_bits(module->word_values_i, 8 * k, 8, word.values[k]);
  }

  static void expect(std::deque<Event>& events, const Word& word) {
    if (word.mark) events.push_back({word.final ? kSampleEnd : kStepEnd, 0, 1});
    for (unsigned k = 0; !word.mark && k < T::lanes; ++k) {
      if ((word.spikes >> k & 1) != 0) events.push_back({kSpike, word.number * T::lanes + k, T::graded ? word.values[k] : 1U});
    }
  }

  /// Queue and sender: the events of one word are on their way out while others wait.
  struct Twin {
    std::deque<Word> queue;
    std::deque<Event> events;
  };

  static void check(Module& module, const Twin& twin) {
    ASSERT_EQ(module->word_ready_o != 0, twin.queue.size() < T::depth);
    ASSERT_EQ(module->room_o != 0, twin.queue.size() < T::depth - 6);
    ASSERT_EQ(module->busy_o != 0, !twin.queue.empty() || !twin.events.empty());
    ASSERT_EQ(module->event_valid_o != 0, !twin.events.empty());
    if (twin.events.empty()) return;
    ASSERT_EQ(module->event_kind_o, twin.events.front().kind);
    ASSERT_EQ(module->event_index_o, twin.events.front().index);
    if (twin.events.front().kind == kSpike) {
      ASSERT_EQ(module->event_value_o, twin.events.front().value);
    }
  }

  /// Steps of all words and a mark, as fast as the queue has room; counts the events.
  static void run(unsigned seed, std::size_t& sent) {
    std::mt19937_64 random{seed};
    Module module{seed};
    module->clear_i = module->word_valid_i = module->event_ready_i = 0;
    module.reset();
    Twin twin;
    unsigned number = 0, out_chance = 0;
    std::size_t most = 0;
    Word word = random_word(random, 0);
    for (unsigned cycle = 0; cycle < 4000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (cycle % 200 == 0) out_chance = static_cast<unsigned>(random() % 3 == 0 ? 0 : random() % 9);
      // A mark waits for its place, a word is begun only while there is room for six.
      module->word_valid_i = module->word_valid_i != 0 || ((word.mark || module->room_o != 0) && random() % 8 != 0);
      offer(module, word);
      module->event_ready_i = random() % 8 < out_chance;
      module->clear_i = random() % 700 == 0;
      module.settle();
      ASSERT_NO_FATAL_FAILURE(check(module, twin));
      const bool taken = module->word_valid_i != 0 && twin.queue.size() < T::depth, clear = module->clear_i != 0;
      module.edge();
      if (module->event_ready_i != 0 && !twin.events.empty()) {
        twin.events.pop_front();
        ++sent;
      }
      if (twin.events.empty() && !twin.queue.empty()) {
        expect(twin.events, twin.queue.front());
        twin.queue.pop_front();
      }
      if (taken) {
        twin.queue.push_back(word);
        number = (number + 1) % (T::words + 1);
      }
      if (clear) {
        twin = {};
        number = 0;
      }
      if (taken || clear) {
        word = random_word(random, number);
        module->word_valid_i = 0;
      }
      most = std::max(most, twin.queue.size());
    }
    EXPECT_GE(most, T::depth - 6) << "the queue was never out of room";
  }
};
using Shapes = ::testing::Types<Shape<Vevent_output_1x20, 1, 20, 64>, Shape<Vevent_output_8x3, 8, 3, 16>,
                                Shape<Vevent_output_graded_4x5, 4, 5, 32, true>, Shape<Vevent_output_5x4, 5, 4, 16>>;
TYPED_TEST_SUITE(RtlEventOutput, Shapes);

TYPED_TEST(RtlEventOutput, SendsTheEventsOfWordsInOrderAndHasRoomForTwoSteps) {
  std::size_t sent = 0;
  for (unsigned seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(this->run(seed, sent));
  }
  EXPECT_GT(sent, 5000U);
}

/// Four streams that the layer behind takes from at different times.
template <class T>
class RtlEventOutputGroups : public ::testing::Test {};
using GroupShapes = ::testing::Types<Shape<Vevent_output_groups, 8, 3, 16, true>, Shape<Vevent_output_groups_plain, 16, 3, 16>>;
TYPED_TEST_SUITE(RtlEventOutputGroups, GroupShapes);

TYPED_TEST(RtlEventOutputGroups, SendEachNeuronOnTheStreamOfItsNumberAndMarksOnAll) {
  constexpr unsigned lanes = TypeParam::lanes, words = TypeParam::words, groups = 4;
  constexpr bool graded = TypeParam::graded;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->clear_i = module->word_valid_i = module->event_ready_i = 0;
    module.reset();
    std::array<std::deque<Event>, groups> expected;
    std::array<unsigned, groups> chance{};
    std::size_t taken = 0, ahead = 0;
    const auto left = [&] {
      return std::any_of(expected.begin(), expected.end(), [](const auto& list) { return !list.empty(); });
    };
    for (unsigned cycle = 0; taken < 200 || left(); ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_LT(cycle, 50'000U) << "the words do not come to an end";
      if (cycle % 50 == 0) {
        for (unsigned& of_stream : chance) of_stream = static_cast<unsigned>(random() % 9);
      }
      const unsigned number = taken % (words + 1);
      if (module->word_valid_i == 0 && taken < 200 && random() % 8 != 0) {
        module->word_valid_i = 1;
        module->word_mark_i = number == words;
        module->word_final_i = random() % 2;
        module->word_i = static_cast<unsigned char>(number % words);
        set_bits(module->word_spikes_i, 0, lanes, random() & random());
        for (unsigned k = 0; graded && k < lanes; ++k) set_bits(module->word_values_i, 8 * k, 8, random() % 256);
      }
      unsigned ready = 0;
      for (unsigned g = 0; g < groups; ++g) ready |= (random() % 8 < chance[g] ? 1U : 0U) << g;
      module->event_ready_i = static_cast<unsigned char>(ready);
      module->clear_i = random() % 300 == 0;
      module.settle();
      const bool accepted = module->word_valid_i != 0 && module->word_ready_o != 0;
      for (unsigned g = 0; g < groups; ++g) {
        if ((module->event_valid_o >> g & 1) == 0) continue;
        ASSERT_FALSE(expected[g].empty()) << "an event too many on stream " << g;
        const Event& event = expected[g].front();
        ASSERT_EQ(get_bits(module->event_kind_o, 2 * g, 2), event.kind) << "stream " << g;
        ASSERT_EQ(get_bits(module->event_index_o, 16 * g, 16), event.index) << "stream " << g;
        if (event.kind == kSpike) {
          ASSERT_EQ(get_bits(module->event_value_o, 8 * g, 8), event.value) << "stream " << g;
        }
        if ((ready >> g & 1) != 0) expected[g].pop_front();
      }
      if (accepted) {
        for (unsigned g = 0; g < groups && module->word_mark_i != 0; ++g) {
          expected[g].push_back({module->word_final_i != 0 ? kSampleEnd : kStepEnd, 0, 1});
        }
        for (unsigned k = 0; k < lanes && module->word_mark_i == 0; ++k) {
          if ((module->word_spikes_i >> k & 1) == 0) continue;
          expected[k % groups].push_back(
              {kSpike, number * lanes + k, graded ? static_cast<unsigned>(get_bits(module->word_values_i, 8 * k, 8)) : 1U});
        }
        ++taken;
      }
      ahead += module->event_valid_o != 0 && module->event_valid_o != 15 ? 1 : 0;
      const bool clear = module->clear_i != 0;
      module.edge();
      if (accepted || clear) module->word_valid_i = 0;
      if (clear) expected = {};
    }
    EXPECT_GT(ahead, 20U) << "the streams went in step";
    EXPECT_EQ(module->busy_o, 0);
  }
}

}  // namespace
}  // namespace phasic::testing::event_output_test
