// SPDX-License-Identifier: Apache-2.0
// The encoder against the random numbers of the reference and against lists of address events, graded values and gates.
#include <algorithm>
#include <deque>
#include <random>
#include <string>

#include "Vencoder.h"
#include "Vencoder_graded.h"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/encoder_samples.hpp"

namespace phasic::testing::encoder_test {
namespace {

using contract::SampleKind;
using Event = ShownEvent;
using Sample = ShownSample;

template <class Model>
class RtlEncoder : public ::testing::Test {
 protected:
  /// Many samples of one kind, without and with gates.
  void runs(SampleKind kind) {
    for (const bool gates : {false, true}) {
      for (unsigned seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed) + (gates ? " with gates" : ""));
        ASSERT_NO_FATAL_FAILURE(run(seed, kind, gates));
      }
    }
  }

  void run(unsigned seed, SampleKind kind, bool gates) {
    std::mt19937_64 random{seed};
    const std::uint64_t run_seed = random();
    const auto steps = static_cast<unsigned>(kind == SampleKind::kGraded ? 1 : random() % 4 == 0 ? 32 : 1 + random() % 9);
    std::deque<Event> expected;
    const std::vector<Sample> samples = make_samples(3, kind, gates, steps, run_seed, random, expected);
    const auto spikes = static_cast<std::uint64_t>(
        std::count_if(expected.begin(), expected.end(), [](const Event& e) { return e.kind == kSpike; }));

    Clocked<Model> module{seed};
    module->clear_i = module->sample_valid_i = module->message_ready_i = module->event_ready_i = 0;
    module.reset();
    module->seed_i = run_seed;
    module->graded_i = kind == SampleKind::kGraded;
    module->steps_i = static_cast<unsigned char>(steps);
    module->address_events_i = kind == SampleKind::kEvent;
    const unsigned message_chance = 1 + random() % 8, event_chance = 1 + random() % 8;
    std::size_t released = 0, messages = 0;
    for (unsigned cycle = 0; released < samples.size() || module->busy_o != 0; ++cycle) {
      ASSERT_LT(cycle, 200'000U) << "the samples do not come to an end";
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (released < samples.size()) {
        if (random() % 4 == 0) module->sample_valid_i = 1;
        module->sample_number_i = samples[released].number;
        module->sample_entries_i = static_cast<unsigned char>(samples[released].entries.size());
        module->sample_open_i = static_cast<unsigned char>(samples[released].open);
      }
      module->message_ready_i = random() % 8 < message_chance;
      module->event_ready_i = random() % 8 < event_chance;
      module.settle();
      if (module->message_valid_o != 0 && module->message_ready_i != 0) {
        ASSERT_EQ(messages++, released) << "one message a sample";
      }
      if (module->event_valid_o != 0) {
        ASSERT_FALSE(expected.empty()) << "an event too many";
        ASSERT_LT(expected.front().sample, messages) << "the message goes out before the first event";
        ASSERT_EQ(module->event_kind_o, expected.front().kind);
        ASSERT_EQ(module->event_index_o, expected.front().index);
        if (expected.front().kind == kSpike) {
          ASSERT_EQ(module->event_value_o, expected.front().value);
        }
        if (module->event_ready_i != 0) expected.pop_front();
      }
      const bool release = module->sample_release_o != 0;
      std::uint32_t data = module->read_data_i;
      if (module->read_o != 0) {
        ASSERT_LT(released, samples.size());
        ASSERT_LT(module->read_entry_o, samples[released].entries.size());
        data = samples[released].entries[module->read_entry_o];
      }
      module.edge();
      module->read_data_i = data;
      if (release) {
        ++released;
        module->sample_valid_i = 0;
      }
      module.settle();
    }
    EXPECT_TRUE(expected.empty()) << expected.size() << " events are missing";
    EXPECT_EQ(messages, samples.size());
    EXPECT_EQ(module->events_o, spikes);
  }
};

using Models = ::testing::Types<Vencoder, Vencoder_graded>;
TYPED_TEST_SUITE(RtlEncoder, Models);

TYPED_TEST(RtlEncoder, SpikesWhereIntensitiesAreAboveTheRandomBytes) { this->runs(SampleKind::kIntensity); }
TYPED_TEST(RtlEncoder, ReplaysAddressEventsWithAMarkAfterEveryStep) { this->runs(SampleKind::kEvent); }

using RtlEncoderWithValues = RtlEncoder<Vencoder_graded>;
TEST_F(RtlEncoderWithValues, SendsGradedValuesOnceAsTheyAre) { runs(SampleKind::kGraded); }

}  // namespace
}  // namespace phasic::testing::encoder_test
