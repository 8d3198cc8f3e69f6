// SPDX-License-Identifier: Apache-2.0
// The encoder against the random numbers of the reference and against lists of address events, graded values and gates.
#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>

#include "Vencoder.h"
#include "Vencoder_graded.h"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::encoder_test {
namespace {

using contract::SampleKind;

constexpr std::size_t kMaxEntries = 64;

struct Event {
  std::size_t sample;
  unsigned kind, index, value;
};

template <class Model>
class RtlEncoder : public ::testing::Test {
 protected:
  struct Sample {
    std::uint32_t number;
    std::vector<std::uint32_t> entries;
    std::size_t open = 0;  // of them
  };

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
    const bool address_events = kind == SampleKind::kEvent;
    const auto steps = static_cast<unsigned>(kind == SampleKind::kGraded ? 1 : random() % 4 == 0 ? 32 : 1 + random() % 9);
    std::vector<Sample> samples(3);
    std::deque<Event> expected;
    for (std::size_t n = 0; n < samples.size(); ++n) {
      samples[n].number = static_cast<std::uint32_t>(random());
      if (gates && random() % 4 != 0) make_gate(samples[n], n, random, expected);
      if (address_events) {
        make_events(samples[n], n, steps, random, expected);
      } else if (kind == SampleKind::kGraded) {
        make_values(samples[n], n, random, expected);
      } else {
        make_intensities(samples[n], n, steps, run_seed, random, expected);
      }
    }
    const auto spikes = static_cast<std::uint64_t>(
        std::count_if(expected.begin(), expected.end(), [](const Event& e) { return e.kind == kSpike; }));

    Clocked<Model> module{seed};
    module->clear_i = module->sample_valid_i = module->message_ready_i = module->event_ready_i = 0;
    module.reset();
    module->seed_i = run_seed;
    module->graded_i = kind == SampleKind::kGraded;
    module->steps_i = static_cast<unsigned char>(steps);
    module->address_events_i = address_events;
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

 private:
  /// A number of entries for the payload, after what the gate takes.
  static std::size_t payload(const Sample& sample, std::mt19937_64& random) {
    const std::size_t room = kMaxEntries - sample.entries.size();
    return room == 0 || random() % 4 == 0 ? room : 1 + random() % room;
  }

  static void make_gate(Sample& sample, std::size_t n, std::mt19937_64& random, std::deque<Event>& expected) {
    std::set<std::uint32_t> neurons;
    for (std::size_t k = random() % 8 == 0 ? kMaxEntries : random() % 20; k > 0; --k) {
      neurons.insert(static_cast<std::uint32_t>(random() % 32768));
    }
    sample.entries.assign(neurons.begin(), neurons.end());
    sample.open = neurons.size();
    for (const std::uint32_t neuron : neurons) expected.push_back({n, kOpen, neuron, 0});
  }

  static void make_values(Sample& sample, std::size_t n, std::mt19937_64& random, std::deque<Event>& expected) {
    const std::size_t inputs = payload(sample, random);
    for (unsigned i = 0; i < inputs; ++i) {
      const auto value = static_cast<unsigned>(random() % 4 == 0 ? 255 * (random() % 2) : random() % 256);
      sample.entries.push_back(value << 24 | i);
      if (value != 0) expected.push_back({n, kSpike, i, value});
    }
    expected.push_back({n, kSampleEnd, 0, 0});
  }

  static void make_intensities(Sample& sample, std::size_t n, unsigned steps, std::uint64_t seed, std::mt19937_64& random,
                               std::deque<Event>& expected) {
    const std::size_t inputs = payload(sample, random);
    std::vector<std::uint8_t> intensities(inputs);
    for (std::size_t i = 0; i < inputs; ++i) {
      intensities[i] = static_cast<std::uint8_t>(random() % 4 == 0 ? 255 * (random() % 2) : random());
      sample.entries.push_back(std::uint32_t{intensities[i]} << 24 | static_cast<std::uint32_t>(i));
    }
    const auto key = reference::sample_key(reference::purpose_key(seed, contract::Purpose::kEncoding, 0), sample.number);
    for (unsigned step = 0; step < steps; ++step) {
      for (unsigned i = 0; i < inputs; ++i) {
        if (intensities[i] > reference::encoding_byte(key, step, i)) expected.push_back({n, kSpike, i, 1});
      }
      expected.push_back({n, step + 1 == steps ? kSampleEnd : kStepEnd, 0, 0});
    }
  }

  static void make_events(Sample& sample, std::size_t n, unsigned steps, std::mt19937_64& random, std::deque<Event>& expected) {
    // As the contract packs them: the order of the words is that of (step, input). Some steps stay empty.
    std::set<std::uint32_t> words;
    for (std::size_t k = random() % 8 == 0 ? 0 : payload(sample, random); k > 0; --k) {
      words.insert(static_cast<std::uint32_t>(random() % steps) << 16 | static_cast<std::uint32_t>(random() % 65535));
    }
    sample.entries.insert(sample.entries.end(), words.begin(), words.end());
    for (unsigned step = 0; step < steps; ++step) {
      for (const std::uint32_t word : words) {
        if (word >> 16 == step) expected.push_back({n, kSpike, word & 0xffff, 1});
      }
      expected.push_back({n, step + 1 == steps ? kSampleEnd : kStepEnd, 0, 0});
    }
    // The sampler refuses events after the last step. If one comes it is not shown, in the next sample neither.
    if (steps < 32 && sample.entries.size() < kMaxEntries && random() % 4 == 0)
      sample.entries.push_back(steps << 16 | static_cast<std::uint32_t>(random() % 65535));
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
