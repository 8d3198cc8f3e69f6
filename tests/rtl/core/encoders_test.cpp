// SPDX-License-Identifier: Apache-2.0
// Sample buffers and encoders of all groups against the events of each group's inputs.
#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <string>

#include "Vencoders_1.h"
#include "Vencoders_4.h"
#include "Vencoders_plain_1.h"
#include "Vencoders_plain_4.h"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/encoder_samples.hpp"

namespace phasic::testing::encoders_test {
namespace {

using contract::SampleKind;

template <class Model, unsigned Groups>
struct Shape {
  using model = Model;
  static constexpr unsigned groups = Groups;
};

template <class T>
class RtlEncoders : public ::testing::Test {
 protected:
  static constexpr unsigned groups = T::groups;
  using Module = Clocked<typename T::model>;
  using Streams = std::array<std::deque<ShownEvent>, groups>;

  /// Each stream has the events of its own sources, and every mark.
  static Streams split(const std::deque<ShownEvent>& events) {
    Streams streams;
    for (const ShownEvent& event : events) {
      for (unsigned g = 0; g < groups; ++g) {
        const bool mark = event.kind != kSpike && event.kind != kOpen;
        if (mark || event.index % groups == g) streams[g].push_back(event);
      }
    }
    return streams;
  }

  /// What the encoder is told with a sample: its number, label, flags and the size of its gate.
  static void set_sample(Module& module, const ShownSample& sample, std::size_t n) {
    set_bits(module->sample_i, 0, 32, sample.number);
    set_bits(module->sample_i, 32, 16, n * 3);
    set_bits(module->sample_i, 48, 3, n);
    set_bits(module->sample_i, 51, 16, sample.open);
  }

  /// A run that is cleared within a sample leaves nothing of it behind.
  static void begin_and_clear(Module& module, std::mt19937_64& random, const ShownSample& sample) {
    set_sample(module, sample, 0);
    module->entry_valid_i = 1;
    for (std::size_t n = random() % (sample.entries.size() + 1); n > 0; --n) {
      module->entry_data_i = sample.entries[n - 1];
      module.edge();
    }
    module->entry_valid_i = 0;
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
  }

  void run(unsigned seed, SampleKind kind, bool gates) {
    std::mt19937_64 random{seed};
    const std::uint64_t run_seed = random();
    const auto steps = static_cast<unsigned>(kind == SampleKind::kGraded ? 1 : random() % 4 == 0 ? 32 : 1 + random() % 9);
    std::deque<ShownEvent> events;
    const std::vector<ShownSample> samples = make_samples(5, kind, gates, steps, run_seed, random, events);
    const auto spikes = static_cast<std::uint64_t>(
        std::count_if(events.begin(), events.end(), [](const ShownEvent& event) { return event.kind == kSpike; }));
    Streams expected = split(events);

    Module module{seed};
    module->clear_i = module->entry_valid_i = module->sample_valid_i = module->message_ready_i = module->event_ready_i = 0;
    module.reset();
    module->seed_i = run_seed;
    module->gates_i = gates;
    module->graded_i = kind == SampleKind::kGraded;
    module->steps_i = static_cast<unsigned char>(steps);
    module->address_events_i = kind == SampleKind::kEvent;
    begin_and_clear(module, random, samples[0]);
    const unsigned in_chance = 1 + random() % 8, message_chance = 1 + random() % 8;
    std::array<unsigned, groups> chance{};
    std::size_t committed = 0, entries = 0, messages = 0;
    for (unsigned cycle = 0; committed < samples.size() || module->busy_o != 0; ++cycle) {
      ASSERT_LT(cycle, 200'000U) << "the samples do not come to an end";
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (cycle % 100 == 0) {
        for (unsigned& of_stream : chance) of_stream = static_cast<unsigned>(random() % 9);
      }
      const bool filling = committed < samples.size();
      if (filling) {
        set_sample(module, samples[committed], committed);
        const bool all = entries == samples[committed].entries.size();
        // What is valid stays so until it is taken.
        if (!all && module->entry_valid_i == 0 && random() % 8 < in_chance) {
          module->entry_valid_i = 1;
          module->entry_data_i = samples[committed].entries[entries];
        }
        module->sample_valid_i = all && (module->sample_valid_i != 0 || random() % 8 < in_chance);
      }
      module->message_ready_i = random() % 8 < message_chance;
      unsigned ready = 0;
      for (unsigned g = 0; g < groups; ++g) ready |= (random() % 8 < chance[g] ? 1U : 0U) << g;
      module->event_ready_i = static_cast<unsigned char>(ready);
      module.settle();
      const bool entered = module->entry_valid_i != 0 && module->entry_ready_o != 0;
      const bool commits = module->sample_valid_i != 0 && module->sample_ready_o != 0;
      if (module->message_valid_o != 0) {
        ASSERT_LT(messages, committed);
        ASSERT_EQ(get_bits(module->sample_o, 0, 32), samples[messages].number);
        ASSERT_EQ(get_bits(module->sample_o, 32, 16), messages * 3);
        ASSERT_EQ(get_bits(module->sample_o, 48, 3), messages);
        if (module->message_ready_i != 0) ++messages;
      }
      for (unsigned g = 0; g < groups; ++g) {
        if ((module->event_valid_o >> g & 1) == 0) continue;
        ASSERT_FALSE(expected[g].empty()) << "an event too many on stream " << g;
        const ShownEvent& event = expected[g].front();
        ASSERT_LT(event.sample, messages) << "the message goes out before the first event";
        ASSERT_EQ(get_bits(module->event_kind_o, 2 * g, 2), event.kind) << "stream " << g;
        ASSERT_EQ(get_bits(module->event_index_o, 16 * g, 16), event.index) << "stream " << g;
        if (event.kind == kSpike) {
          ASSERT_EQ(get_bits(module->event_value_o, 8 * g, 8), event.value) << "stream " << g;
        }
        if ((ready >> g & 1) != 0) expected[g].pop_front();
      }
      module.edge();
      if (entered) {
        ++entries;
        module->entry_valid_i = 0;
      }
      if (commits) {
        ++committed;
        entries = 0;
        module->sample_valid_i = 0;
      }
      module.settle();
    }
    for (unsigned g = 0; g < groups; ++g)
      EXPECT_TRUE(expected[g].empty()) << expected[g].size() << " events are missing on stream " << g;
    EXPECT_EQ(messages, samples.size());
    EXPECT_EQ(module->events_o, spikes);
  }

  void runs(SampleKind kind) {
    for (const bool gates : {false, true}) {
      for (unsigned seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed) + (gates ? " with gates" : ""));
        ASSERT_NO_FATAL_FAILURE(run(seed, kind, gates));
      }
    }
  }
};

using Shapes =
    ::testing::Types<Shape<Vencoders_1, 1>, Shape<Vencoders_4, 4>, Shape<Vencoders_plain_1, 1>, Shape<Vencoders_plain_4, 4>>;
TYPED_TEST_SUITE(RtlEncoders, Shapes);

TYPED_TEST(RtlEncoders, ShowEachGroupTheIntensitiesOfItsInputs) { this->runs(SampleKind::kIntensity); }
TYPED_TEST(RtlEncoders, ReplayEachGroupTheAddressEventsOfItsInputs) { this->runs(SampleKind::kEvent); }

template <class T>
class RtlEncodersWithValues : public RtlEncoders<T> {};
using ShapesWithValues = ::testing::Types<Shape<Vencoders_1, 1>, Shape<Vencoders_4, 4>>;
TYPED_TEST_SUITE(RtlEncodersWithValues, ShapesWithValues);

TYPED_TEST(RtlEncodersWithValues, SendEachGroupTheGradedValuesOfItsInputs) { this->runs(SampleKind::kGraded); }

}  // namespace
}  // namespace phasic::testing::encoders_test
