// SPDX-License-Identifier: Apache-2.0
// The sample loader against a twin that reads the samples buffer as the contract says.
#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>

#include "Vsampler.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing {
namespace {

using contract::Error;

constexpr std::uint32_t kMaxEvents = 64;

struct Committed {
  std::vector<std::uint32_t> entries;
  std::uint32_t label = 0, number = 0;
  bool learn = false;
  bool operator==(const Committed&) const = default;
};

struct Reading {
  std::vector<Committed> samples;
  Error error = Error::kNone;
  std::uint32_t detail = 0, sample = 0;
};

struct Case {
  contract::ProgramHeader program{};
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
    const std::uint32_t flags = word_at(c, base + 4), length = word_at(c, base + 8);
    sample.learn = (c.program.flags & flags & 1) != 0;
    sample.number = c.first + n;
    const bool events = c.program.sample_kind == 1;
    if (sample.label >= c.program.classes && !(sample.label == 0xffff && !sample.learn))
      return fail(Error::kSampleField, 0), reading;
    if (flags > 1) return fail(Error::kSampleField, 4), reading;
    if (events ? length > kMaxEvents || 16 + 4 * std::uint64_t{length} > c.program.sample_stride : length != c.program.inputs)
      return fail(Error::kSampleField, 8), reading;
    if (word_at(c, base + 12) != 0) return fail(Error::kSampleField, 12), reading;
    // Whole blocks of 64 bytes are read.
    const std::size_t blocks = (16 + (events ? 4 * length : length) + 63) / 64;
    if (bad_within(4, 16 * std::max<std::size_t>(blocks, 1)))
      return fail(Error::kBusRead, contract::argument::kSamples), reading;
    for (std::uint32_t k = 0; k < length; ++k) {
      if (events) {
        const std::uint32_t event = word_at(c, base + 16 + 4 * k);
        const bool order = k == 0 || event > word_at(c, base + 12 + 4 * k);
        if ((event & 0xffff) >= c.program.inputs || event >> 16 >= c.program.steps || !order)
          return fail(Error::kEvent, k), reading;
        sample.entries.push_back(event);
      } else if (const auto value = static_cast<std::uint32_t>(c.buffer[base + 16 + k]); value != 0) {
        sample.entries.push_back(value << 24 | k);
      }
    }
    reading.samples.push_back(sample);
    if (reading.samples.size() == c.stop_after) return reading;
  }
  return reading;
}

class Sampler : public ::testing::Test {
 protected:
  Sampler() : module_(3) {
    module_->start_i = module_->stop_i = module_->clear_i = module_->cmd_ready_i = module_->word_valid_i = 0;
    module_->entry_ready_i = module_->sample_ready_i = 0;
    module_.reset();
  }

  void run(const Case& c, std::mt19937& random) {
    std::memcpy(port_bytes(module_->program_i).data(), &c.program, 64);
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
        samples.push_back(
            {std::move(entries), module_->sample_label_o, module_->sample_number_o, module_->sample_learn_o != 0});
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
    c.program.inputs = 1 + random() % 150;
    c.program.steps = 1 + random() % 20;
    c.program.classes = 1 + random() % 12;
    c.program.sample_kind = random() % 2;
    c.program.flags = random() % 2;
    c.program.sample_stride = static_cast<std::uint32_t>((16 + c.program.inputs + 63) / 64 * 64 + 64 * (random() % 3));
    c.count = random() % 6;
    c.first = static_cast<std::uint32_t>(random());
    c.buffer.resize(std::size_t{c.count} * c.program.sample_stride);
    for (std::byte& byte : c.buffer) byte = std::byte{static_cast<unsigned char>(random())};
    for (std::uint32_t n = 0; n < c.count; ++n) {
      const std::size_t base = std::size_t{n} * c.program.sample_stride;
      contract::SampleHeader header{};
      header.flags = random() % 2;
      header.label = static_cast<std::uint32_t>(random() % c.program.classes);
      if ((header.flags & c.program.flags) == 0 && random() % 4 == 0) header.label = 0xffff;
      if (c.program.sample_kind == 0) {
        header.length = c.program.inputs;
        const unsigned density = 1 + random() % 6;
        for (std::uint32_t i = 0; i < header.length; ++i) {
          if (random() % density != 0) c.buffer[base + 16 + i] = std::byte{0};
        }
      } else {
        std::uint32_t room = (c.program.sample_stride - 16) / 4;
        room = std::min({room, kMaxEvents, c.program.inputs * c.program.steps});
        std::set<std::uint32_t> events;
        const std::size_t length = random() % (room + 1);
        while (events.size() < length)
          events.insert(static_cast<std::uint32_t>(random() % c.program.steps << 16 | random() % c.program.inputs));
        header.length = static_cast<std::uint32_t>(length);
        std::size_t at = base + 16;
        for (const std::uint32_t event : events) {
          std::memcpy(c.buffer.data() + at, &event, 4);
          at += 4;
        }
      }
      std::memcpy(c.buffer.data() + base, &header, sizeof header);
    }
    return c;
  }

  Clocked<Vsampler> module_;
};

TEST_F(Sampler, LegalSamplesBecomeEntries) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    const Case c = make_case(random);
    ASSERT_EQ(twin(c).error, Error::kNone);
    ASSERT_NO_FATAL_FAILURE(run(c, random));
  }
}

TEST_F(Sampler, FirstIllegalFieldOrEventEndsTheReading) {
  unsigned fields = 0, events = 0;
  for (unsigned seed = 1001; seed <= 1400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    Case c = make_case(random);
    if (c.count == 0) continue;
    const std::size_t base = random() % c.count * std::size_t{c.program.sample_stride};
    const std::uint32_t length = word_at(c, base + 8);
    const std::uint32_t values[] = {0,
                                    1,
                                    2,
                                    3,
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
                                    0xffff + 1};
    std::uint32_t value = values[random() % std::size(values)];
    std::size_t word = random() % 5;
    if (word == 4 && c.program.sample_kind == 1 && length != 0) {
      word += random() % length;
      const std::uint32_t spoilt[] = {c.program.inputs,
                                      c.program.steps << 16,
                                      1U << 24,
                                      0,
                                      word_at(c, base + 4 * word) | 1U << 31,
                                      ~0U,
                                      word > 4 ? word_at(c, base + 4 * word - 4) : c.program.inputs};
      value = spoilt[random() % std::size(spoilt)];
    }
    std::memcpy(c.buffer.data() + base + 4 * word, &value, 4);
    const Error error = twin(c).error;
    fields += error == Error::kSampleField;
    events += error == Error::kEvent;
    ASSERT_NO_FATAL_FAILURE(run(c, random));
  }
  EXPECT_GT(fields, 50U);
  EXPECT_GT(events, 10U);
}

TEST_F(Sampler, BusErrorEndsTheReading) {
  unsigned errors = 0;
  for (unsigned seed = 2001; seed <= 2150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    Case c = make_case(random);
    if (c.count == 0) continue;
    c.bad_word = random() % (c.buffer.size() / 4);
    errors += twin(c).error == Error::kBusRead;
    ASSERT_NO_FATAL_FAILURE(run(c, random));
  }
  EXPECT_GT(errors, 50U);
}

TEST_F(Sampler, StopEndsTheReadingBetweenSamples) {
  for (unsigned seed = 3001; seed <= 3030; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random{seed};
    Case c = make_case(random);
    if (c.count < 2) continue;
    c.stop_after = 1 + random() % (c.count - 1);
    ASSERT_NO_FATAL_FAILURE(run(c, random));
  }
}

}  // namespace
}  // namespace phasic::testing
