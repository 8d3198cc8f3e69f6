// SPDX-License-Identifier: Apache-2.0
// Results, traces and header, side by side through the write arbiter: what is in memory afterwards.
#include <deque>
#include <random>
#include <string>

#include "Vblocks_128.h"
#include "Vblocks_32.h"
#include "Vblocks_512.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing {
namespace {

constexpr std::size_t align(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

template <class Model>
class Blocks : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kBase = 0x7fff'ffff'ff00'0000;
  static constexpr std::size_t kTrace = 1 << 19;

  struct Score {
    std::uint32_t score, number, spikes;
    std::uint16_t label, prediction;
    bool last;
  };
  struct Potential {
    std::uint16_t value;
    bool last;
  };

  /// A run of a random network; `bad` is an offset in memory that answers with an error.
  void run(unsigned seed, std::ptrdiff_t bad = -1) {
    std::mt19937 random{seed};
    Clocked<Model> module{seed};
    TestMemory memory{kBase, 1 << 20};
    engine::AxiMemory bus{memory, sizeof module->wdata_o, engine::AxiTiming{.ideal = false, .seed = seed}};
    for (std::byte& byte : memory.bytes()) byte = std::byte{0xa5};
    std::vector<std::byte> expected = memory.bytes();
    if (bad >= 0) memory.set_bad(kBase + static_cast<std::uint64_t>(bad), 64);

    const std::size_t samples = 1 + random() % 5, steps = 1 + random() % 4;
    const std::size_t neurons[2] = {1 + random() % 100, 1 + random() % 60};
    const std::size_t trace_bytes[2] = {steps * align(2 * neurons[0]), steps * align(2 * neurons[1])};
    std::deque<Score> scores;
    std::deque<Potential> potentials[2];
    const auto put = [&](std::size_t at, const auto& value) { std::memcpy(expected.data() + at, &value, sizeof value); };
    const auto clear = [&](std::size_t at, std::size_t bytes) {
      std::fill_n(expected.begin() + static_cast<std::ptrdiff_t>(at), bytes, std::byte{0});
    };
    for (std::size_t n = 0; n < samples; ++n) {
      const std::size_t record_at = 768 + n * align(16 + 4 * neurons[1]);
      clear(record_at, align(16 + 4 * neurons[1]));
      for (std::size_t j = 0; j < neurons[1]; ++j) {
        const Score score{static_cast<std::uint32_t>(random()), static_cast<std::uint32_t>(random()),
                          static_cast<std::uint32_t>(random()), static_cast<std::uint16_t>(random()),
                          static_cast<std::uint16_t>(random()), j + 1 == neurons[1]};
        scores.push_back(score);
        put(record_at + 16 + 4 * j, score.score);
        put(record_at, contract::ResultRecord{.sample = score.number,
                                              .label = score.label,
                                              .prediction = score.prediction,
                                              .spikes = score.spikes,
                                              .reserved = 0});
      }
      std::size_t at = kTrace + n * (trace_bytes[0] + trace_bytes[1]);
      for (std::size_t layer = 0; layer < 2; ++layer) {
        for (std::size_t step = 0; step < steps; ++step) {
          clear(at, align(2 * neurons[layer]));
          for (std::size_t j = 0; j < neurons[layer]; ++j) {
            potentials[layer].push_back({static_cast<std::uint16_t>(random()), j + 1 == neurons[layer]});
            put(at + 2 * j, potentials[layer].back().value);
          }
          at += align(2 * neurons[layer]);
        }
      }
    }

    module->start_i = module->header_start_i = module->score_valid_i = module->trace_valid_i = 0;
    module->awready_i = module->wready_i = module->bvalid_i = 0;
    module->results_base_i = kBase;
    module->trace_base_i = kBase + kTrace;
    module->steps_i = static_cast<unsigned char>(steps);
    module->trace_offset_i = std::uint64_t{trace_bytes[0]} << 32;
    module->trace_gap_i = std::uint64_t{trace_bytes[0]} << 32 | trace_bytes[1];
    module.reset();
    module->start_i = 1;
    module.edge();
    module->start_i = 0;

    unsigned errors = 0;
    std::uint32_t error_tag = 0;
    const auto cycle = [&] {
      bus_cycle<false>(module, bus, [&] {
        if (module->write_error_o == 0) return;
        ++errors;
        error_tag = module->write_error_tag_o;
      });
    };
    const unsigned chance = 1 + random() % 8;
    unsigned cycles = 0;
    const std::uint64_t traced = std::uint64_t{samples} << 32 | samples;
    while (module->samples_o != samples || module->trace_samples_o != traced || module->idle_o == 0) {
      ASSERT_LT(++cycles, 1'000'000U) << "the writers do not come to an end";
      module.settle();
      // What is offered stays until it is taken.
      if (module->score_valid_i == 0 && !scores.empty() && random() % 8 < chance) module->score_valid_i = 1;
      if (module->score_valid_i != 0) {
        const Score& score = scores.front();
        module->score_i = score.score;
        module->score_last_i = score.last;
        module->record_number_i = score.number;
        module->record_label_i = score.label;
        module->record_prediction_i = score.prediction;
        module->record_spikes_i = score.spikes;
      }
      for (unsigned e = 0; e < 2; ++e) {
        if (!potentials[e].empty() && random() % 8 < chance) module->trace_valid_i |= 1U << e;
        if ((module->trace_valid_i >> e & 1) == 0) continue;
        set_bits(module->trace_data_i, 16 * e, 16, potentials[e].front().value);
        set_bits(module->trace_last_i, e, 1, unsigned{potentials[e].front().last});
      }
      module.settle();
      const bool score_taken = module->score_valid_i != 0 && module->score_ready_o != 0;
      const unsigned trace_taken = module->trace_valid_i & module->trace_ready_o;
      cycle();
      if (score_taken) {
        scores.pop_front();
        module->score_valid_i = 0;
      }
      for (unsigned e = 0; e < 2; ++e) {
        if ((trace_taken >> e & 1) == 0) continue;
        potentials[e].pop_front();
        module->trace_valid_i &= ~(1U << e);
      }
    }
    EXPECT_TRUE(scores.empty() && potentials[0].empty() && potentials[1].empty());

    contract::ResultsHeader header{};
    header.magic = contract::kResultsMagic;
    header.version = contract::kContractVersion;
    header.samples_done = static_cast<std::uint32_t>(samples);
    module->error_code_i = header.error = static_cast<std::uint32_t>(random());
    module->error_detail_i = header.error_detail = static_cast<std::uint32_t>(random());
    module->error_sample_i = header.error_sample = static_cast<std::uint32_t>(random());
    module->first_sample_i = header.first_sample = static_cast<std::uint32_t>(random());
    std::mt19937_64 wide{seed};
    module->input_events_i = header.input_events = wide() >> 16;
    module->samples_learned_i = header.samples_learned = wide() >> 16;
    module->cycles_i = header.cycles = wide() >> 16;
    module->load_cycles_i = header.load_cycles = wide() >> 16;
    module->run_cycles_i = header.run_cycles = wide() >> 16;
    module->store_cycles_i = header.store_cycles = wide() >> 16;
    put(0, header);
    clear(256, 512);
    for (std::size_t k = 0; k < 32; ++k) {
      const std::uint64_t counter = wide() >> 16;
      set_bits(module->counters_i, 48 * k, 48, counter);
      put(256 + 8 * k, counter);
    }
    module->header_start_i = 1;
    bool done = false;
    do {
      ASSERT_LT(++cycles, 1'000'000U) << "the header does not come to an end";
      cycle();
      module->header_start_i = 0;
      module.settle();
      done = done || module->header_done_o != 0;
    } while (!done || module->idle_o == 0);

    EXPECT_EQ(memory.outside(), 0U);
    if (bad < 0) {
      EXPECT_EQ(errors, 0U);
      EXPECT_TRUE(memory.bytes() == expected);
    } else {
      EXPECT_EQ(errors, 1U);
      EXPECT_EQ(error_tag, static_cast<std::size_t>(bad) >= kTrace ? contract::argument::kTrace : contract::argument::kResults);
      std::fill_n(expected.begin() + bad, 64, std::byte{0xa5});
      EXPECT_TRUE(memory.bytes() == expected) << "the others are written all the same";
    }
  }
};

using Models = ::testing::Types<Vblocks_32, Vblocks_128, Vblocks_512>;
TYPED_TEST_SUITE(Blocks, Models);

TYPED_TEST(Blocks, LeaveRecordsTracesAndHeaderInMemory) {
  for (unsigned seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(this->run(seed));
  }
}

TYPED_TEST(Blocks, NameTheBufferOfAWriteError) {
  for (const std::ptrdiff_t bad : {0, 256, 704, 768, 1 << 19, (1 << 19) + 64}) {
    SCOPED_TRACE("bad block at " + std::to_string(bad));
    ASSERT_NO_FATAL_FAILURE(this->run(40, bad));
  }
}

}  // namespace
}  // namespace phasic::testing
