// SPDX-License-Identifier: Apache-2.0
// The sample loader against a twin that reads the samples buffer as the contract says.
#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <type_traits>

#include "Vsampler.h"
#include "Vsampler_gate.h"
#include "Vsampler_state.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::sampler_test {
namespace {

using contract::Error;
using contract::SampleKind;

constexpr std::uint32_t kMaxEvents = 64;

struct Committed {
  std::vector<std::uint32_t> entries;  // first those of the gate
  std::uint32_t label = 0, number = 0;
  bool learn = false, gated = false, restart = false;
  std::uint32_t open = 0;
  bool operator==(const Committed&) const = default;
};

struct Reading {
  std::vector<Committed> samples;
  Error error = Error::kNone;
  std::uint32_t detail = 0, sample = 0;
};

struct Case {
  contract::ProgramHeader program{};
  bool gates = false;         // the build takes them
  bool keeps = false;         // the build takes programs that keep state
  std::uint32_t neurons = 1;  // of the first layer
  std::uint32_t count = 0, first = 0;
  std::vector<std::byte> buffer;
  std::size_t bad_word = ~std::size_t{0};  // of the buffer: the bus answers it with an error
  std::size_t stop_after = ~std::size_t{0};
};

std::uint32_t word_at(const Case& c, std::size_t offset) {
  std::uint32_t word;
  std::memcpy(&word, c.buffer.data() + offset, 4);
  return word;
}

bool by_event(const Case& c) { return c.program.sample_kind == static_cast<std::uint32_t>(SampleKind::kEvent); }

Reading twin(const Case& c) {
  Reading reading;
  for (std::uint32_t n = 0; n < c.count; ++n) {
    const std::size_t base = std::size_t{n} * c.program.sample_stride;
    const auto bad_within = [&](std::size_t from, std::size_t to) {
      return c.bad_word >= base / 4 + from && c.bad_word < base / 4 + to;
    };
    const auto fail = [&](Error error, std::uint32_t detail) {
      reading.error = error;
      reading.detail = detail;
      reading.sample = error == Error::kBusRead ? 0 : n;
    };
    if (bad_within(0, 4)) return fail(Error::kBusRead, contract::argument::kSamples), reading;
    Committed sample;
    sample.label = word_at(c, base);
    const std::uint32_t flags = word_at(c, base + 4), length = word_at(c, base + 8), open = word_at(c, base + 12);
    sample.gated = (flags & 2) != 0;
    sample.restart = (flags & 4) != 0;
    sample.open = open;
    sample.learn = (c.program.flags & flags & 1) != 0;
    sample.number = c.first + n;
    const bool events = by_event(c);
    if (sample.label >= c.program.classes && !(sample.label == 0xffff && !sample.learn))
      return fail(Error::kSampleField, 0), reading;
    const bool keep = c.keeps && (c.program.flags & 4) != 0;
    if ((flags & ~(1U | (c.gates ? 2U : 0) | (keep ? 4U : 0))) != 0) return fail(Error::kSampleField, 4), reading;
    if (events ? length > kMaxEvents || 16 + 4 * std::uint64_t{length} > c.program.sample_stride : length != c.program.inputs)
      return fail(Error::kSampleField, 8), reading;
    const std::uint64_t bytes = 16 + 4 * std::uint64_t{open} + (events ? 4 * std::uint64_t{length} : length);
    if (sample.gated ? open > c.neurons || std::uint64_t{open} + length > kMaxEvents || bytes > c.program.sample_stride
                     : open != 0)
      return fail(Error::kSampleField, 12), reading;
    // Whole blocks of 64 bytes are read.
    const std::size_t blocks = (bytes + 63) / 64;
    if (bad_within(4, 16 * std::max<std::size_t>(blocks, 1)))
      return fail(Error::kBusRead, contract::argument::kSamples), reading;
    for (std::uint32_t k = 0; k < open; ++k) {
      const std::uint32_t neuron = word_at(c, base + 16 + 4 * k);
      if (neuron >= c.neurons || (k != 0 && neuron <= sample.entries.back())) return fail(Error::kGate, k), reading;
      sample.entries.push_back(neuron);
    }
    const std::size_t payload = base + 16 + 4 * open;
    for (std::uint32_t k = 0; k < length; ++k) {
      if (events) {
        const std::uint32_t event = word_at(c, payload + 4 * k);
        const bool order = k == 0 || event > word_at(c, payload + 4 * k - 4);
        if ((event & 0xffff) >= c.program.inputs || event >> 16 >= c.program.steps || !order)
          return fail(Error::kEvent, k), reading;
        sample.entries.push_back(event);
      } else if (const auto value = static_cast<std::uint32_t>(c.buffer[payload + k]); value != 0) {
        sample.entries.push_back(value << 24 | k);
      }
    }
    reading.samples.push_back(sample);
    if (reading.samples.size() == c.stop_after) return reading;
  }
  return reading;
}

template <class Model>
class Sampler : public ::testing::Test {
 protected:
  static constexpr bool kKeeps = std::is_same_v<Model, Vsampler_state>;
  static constexpr bool kGates = kKeeps || std::is_same_v<Model, Vsampler_gate>;

  Sampler() : module_(3) {
    module_->start_i = module_->stop_i = module_->clear_i = module_->cmd_ready_i = module_->word_valid_i = 0;
    module_->entry_ready_i = module_->sample_ready_i = 0;
    module_.reset();
  }

  void run(const Case& c, std::mt19937& random) {
    std::memcpy(port_bytes(module_->program_i).data(), &c.program, 64);
    module_->neurons_i = static_cast<std::uint16_t>(c.neurons);
    module_->sample_count_i = c.count;
    module_->first_sample_i = c.first;
    module_->clear_i = 1;
    module_->stop_i = 0;
    module_.edge();
    module_->clear_i = 0;
    module_->start_i = 1;
    module_->word_valid_i = 0;

    const Reading expected = twin(c);
    std::vector<Committed> samples;
    std::vector<std::uint32_t> entries;
    std::deque<std::size_t> words;  // of the buffer, asked for
    const unsigned entry_chance = 1 + random() % 4, word_chance = 1 + random() % 4;
    std::uint32_t waiting = 0;
    bool entry_waited = false;
    for (unsigned cycle = 0; cycle < 200'000; ++cycle) {
      module_->cmd_ready_i = random() % 2;
      if (module_->word_valid_i == 0) module_->word_valid_i = !words.empty() && random() % 4 < word_chance;
      module_->word_i = module_->word_valid_i != 0 ? word_at(c, 4 * words.front()) : 0;
      module_->word_error_i = module_->word_valid_i != 0 && words.front() == c.bad_word;
      module_->entry_ready_i = random() % 4 < entry_chance;
      module_->sample_ready_i = random() % 2;
      if (samples.size() == c.stop_after) module_->stop_i = 1;
      module_.settle();
      if (entry_waited) {
        EXPECT_TRUE(module_->entry_valid_o != 0 && module_->entry_data_o == waiting) << "an entry changed while it waited";
      }
      entry_waited = module_->entry_valid_o != 0 && module_->entry_ready_i == 0;
      waiting = module_->entry_data_o;
      const bool command = module_->cmd_valid_o != 0 && module_->cmd_ready_i != 0;
      const bool took = module_->word_valid_i != 0 && module_->word_ready_o != 0;
      if (command) {
        ASSERT_EQ(module_->cmd_offset_o % 64, 0U);
        ASSERT_EQ(module_->cmd_bytes_o % 64, 0U);
        ASSERT_GT(module_->cmd_bytes_o, 0U);
        ASSERT_LE(module_->cmd_offset_o + module_->cmd_bytes_o, c.buffer.size()) << "reads past the buffer";
        for (std::size_t k = 0; k < module_->cmd_bytes_o / 4; ++k) words.push_back(module_->cmd_offset_o / 4 + k);
      }
      if (module_->entry_valid_o != 0 && module_->entry_ready_i != 0) entries.push_back(module_->entry_data_o);
      if (module_->sample_valid_o != 0 && module_->sample_ready_i != 0) {
        samples.push_back({std::move(entries), module_->sample_label_o, module_->sample_number_o, module_->sample_learn_o != 0,
                           module_->sample_gated_o != 0, module_->sample_restart_o != 0, module_->sample_open_o});
        entries.clear();
      }
      if (module_->done_o != 0) {
        EXPECT_TRUE(words.empty()) << "words are left over";
        EXPECT_EQ(samples, expected.samples);
        EXPECT_EQ(module_->fetched_o, expected.samples.size());
        EXPECT_EQ(static_cast<Error>(module_->error_code_o), expected.error);
        EXPECT_EQ(module_->error_detail_o, expected.detail);
        EXPECT_EQ(module_->error_sample_o, expected.sample);
        module_.edge();
        return;
      }
      module_.edge();
      module_->start_i = 0;
      if (took) {
        words.pop_front();
        module_->word_valid_i = 0;
      }
    }
    FAIL() << "the sample loader does not come to an end";
  }

  static Case make_case(std::mt19937& random) {
    Case c;
    c.gates = kGates;
    c.keeps = kKeeps;
    c.neurons = 1 + random() % (random() % 2 == 0 ? 20 : 200);
    c.program.inputs = 1 + random() % 150;
    c.program.steps = 1 + random() % 20;
    c.program.classes = 1 + random() % 12;
    c.program.sample_kind = random() % 3;
    c.program.flags = random() % 2 | (random() % 2 != 0 ? 4 : 0);
    c.program.sample_stride = static_cast<std::uint32_t>((16 + c.program.inputs + 63) / 64 * 64 + 64 * (random() % 5));
    c.count = random() % 6;
    c.first = static_cast<std::uint32_t>(random());
    c.buffer.resize(std::size_t{c.count} * c.program.sample_stride);
    for (std::byte& byte : c.buffer) byte = std::byte{static_cast<unsigned char>(random())};
    for (std::uint32_t n = 0; n < c.count; ++n) make_sample(c, n, random);
    return c;
  }

  static void make_sample(Case& c, std::uint32_t n, std::mt19937& random) {
    const std::size_t base = std::size_t{n} * c.program.sample_stride;
    const bool events = by_event(c);
    contract::SampleHeader header{};
    header.flags = random() % 2;
    header.label = static_cast<std::uint32_t>(random() % c.program.classes);
    if ((header.flags & c.program.flags & 1) == 0 && random() % 4 == 0) header.label = 0xffff;
    if (kKeeps && (c.program.flags & 4) != 0 && random() % 2 == 0) header.flags |= 4;
    header.length = events ? 0 : c.program.inputs;
    std::vector<std::uint32_t> words;  // of the gate, then of events
    if (kGates && header.length <= kMaxEvents && random() % 3 != 0) {
      header.flags |= 2;
      const std::uint32_t room = (c.program.sample_stride - 16 - header.length) / 4;
      words =
          random_words(std::min({room, kMaxEvents - header.length, c.neurons}), random, [&] { return random() % c.neurons; });
      header.open = static_cast<std::uint32_t>(words.size());
    }
    if (events) {
      const std::uint32_t room = std::min((c.program.sample_stride - 16) / 4, kMaxEvents) - header.open;
      const auto list = random_words(std::min(room, c.program.inputs * c.program.steps), random,
                                     [&] { return random() % c.program.steps << 16 | random() % c.program.inputs; });
      header.length = static_cast<std::uint32_t>(list.size());
      words.insert(words.end(), list.begin(), list.end());
    }
    std::memcpy(c.buffer.data() + base, &header, sizeof header);
    std::memcpy(c.buffer.data() + base + 16, words.data(), 4 * words.size());
    const unsigned density = 1 + random() % 6;
    for (std::uint32_t i = 0; !events && i < header.length; ++i) {
      if (random() % density != 0) c.buffer[base + 16 + 4 * words.size() + i] = std::byte{0};
    }
  }

  /// Up to `most` different words in order.
  template <class Draw>
  static std::vector<std::uint32_t> random_words(std::uint32_t most, std::mt19937& random, Draw draw) {
    std::set<std::uint32_t> words;
    const std::size_t length = random() % 4 == 0 ? most : random() % (most + 1);
    while (words.size() < length) words.insert(static_cast<std::uint32_t>(draw()));
    return {words.begin(), words.end()};
  }

  Clocked<Model> module_;
};
using Models = ::testing::Types<Vsampler, Vsampler_gate, Vsampler_state>;
TYPED_TEST_SUITE(Sampler, Models);

TYPED_TEST(Sampler, LegalSamplesBecomeEntries) {
  unsigned gates = 0, restarts = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    const Case c = this->make_case(random);
    const Reading reading = twin(c);
    ASSERT_EQ(reading.error, Error::kNone);
    for (const Committed& sample : reading.samples) {
      gates += sample.open != 0;
      restarts += sample.restart;
    }
    ASSERT_NO_FATAL_FAILURE(this->run(c, random));
  }
  EXPECT_GT(gates + 1, this->kGates ? 100U : 0U);
  EXPECT_GT(restarts + 1, this->kKeeps ? 50U : 0U);
}

TYPED_TEST(Sampler, FirstIllegalFieldNeuronOrEventEndsTheReading) {
  unsigned fields = 0, flags = 0, opens = 0, gates = 0, events = 0;
  for (unsigned seed = 1001; seed <= 1800; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    Case c = this->make_case(random);
    if (c.count == 0) continue;
    const std::size_t base = random() % c.count * std::size_t{c.program.sample_stride};
    const std::uint32_t length = word_at(c, base + 8), open = word_at(c, base + 12);
    const std::uint32_t room = (c.program.sample_stride - 16 - (by_event(c) ? 4 * length : length)) / 4;
    const std::uint32_t values[] = {0,
                                    1,
                                    2,
                                    3,
                                    4,
                                    7,
                                    8,
                                    c.program.classes,
                                    c.program.inputs + 1,
                                    0xffff,
                                    0x10000,
                                    kMaxEvents + 1,
                                    1 << 30,
                                    1U << 31,
                                    length + 1,
                                    (c.program.sample_stride - 16) / 4 + 1,
                                    c.program.inputs,
                                    0xffff + 1,
                                    open + 1,
                                    c.neurons + 1,
                                    room,
                                    room + 1,
                                    kMaxEvents - length,
                                    kMaxEvents - length + 1};
    std::uint32_t value = values[random() % std::size(values)];
    std::size_t word = random() % 6;
    if (word == 3 && random() % 2 == 0) {
      // A sample with a gate that is as long as it may be, or by one too long.
      const std::uint32_t gated = word_at(c, base + 4) | 2;
      std::memcpy(c.buffer.data() + base + 4, &gated, 4);
      value = std::min({c.neurons, kMaxEvents - length, room}) + random() % 2;
    }
    if (word == 5 && open != 0) {
      word = 4 + random() % open;
      const std::uint32_t old = word_at(c, base + 4 * word);
      const std::uint32_t spoilt[] = {
          c.neurons, old | 1U << 16, old | 1U << 31, ~0U, 0, word > 4 ? word_at(c, base + 4 * word - 4) : c.neurons};
      value = spoilt[random() % std::size(spoilt)];
    } else if (word >= 4 && by_event(c) && length != 0) {
      word = 4 + open + random() % length;
      const std::uint32_t spoilt[] = {c.program.inputs,
                                      c.program.steps << 16,
                                      1U << 24,
                                      0,
                                      word_at(c, base + 4 * word) | 1U << 31,
                                      ~0U,
                                      word > 4 + open ? word_at(c, base + 4 * word - 4) : c.program.inputs};
      value = spoilt[random() % std::size(spoilt)];
    }
    std::memcpy(c.buffer.data() + base + 4 * word, &value, 4);
    const Reading reading = twin(c);
    fields += reading.error == Error::kSampleField;
    flags += reading.error == Error::kSampleField && reading.detail == offsetof(contract::SampleHeader, flags);
    opens += reading.error == Error::kSampleField && reading.detail == offsetof(contract::SampleHeader, open);
    gates += reading.error == Error::kGate;
    events += reading.error == Error::kEvent;
    ASSERT_NO_FATAL_FAILURE(this->run(c, random));
  }
  EXPECT_GT(fields, 50U);
  EXPECT_GT(flags, 20U);
  EXPECT_GT(opens, 20U);
  EXPECT_GT(gates + 1, this->kGates ? 20U : 0U);
  EXPECT_GT(events, 10U);
}

TYPED_TEST(Sampler, BusErrorEndsTheReading) {
  unsigned errors = 0;
  for (unsigned seed = 2001; seed <= 2200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    Case c = this->make_case(random);
    if (c.count == 0) continue;
    c.bad_word = random() % (c.buffer.size() / 4);
    errors += twin(c).error == Error::kBusRead;
    ASSERT_NO_FATAL_FAILURE(this->run(c, random));
  }
  EXPECT_GT(errors, 50U);
}

TYPED_TEST(Sampler, StopEndsTheReadingBetweenSamples) {
  for (unsigned seed = 3001; seed <= 3030; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    Case c = this->make_case(random);
    if (c.count < 2) continue;
    c.stop_after = 1 + random() % (c.count - 1);
    ASSERT_NO_FATAL_FAILURE(this->run(c, random));
  }
}

}  // namespace
}  // namespace phasic::testing::sampler_test
