// SPDX-License-Identifier: Apache-2.0
// The writing side of the kernel: records, traces and header, side by side, then weights; what is in memory afterwards.
#include <deque>
#include <random>
#include <string>

#include "Vwriter_128.h"
#include "Vwriter_32.h"
#include "Vwriter_512.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::writer_test {
namespace {

// Where the records of a run begin.
constexpr std::ptrdiff_t kRecords = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);
constexpr std::size_t align(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

template <class Model>
class KernelWriter : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kBase = 0x7fff'ffff'ff00'0000;
  static constexpr std::size_t kTrace = 1 << 19, kWeights = kTrace + (1 << 18);

  struct Score {
    std::uint32_t score, number, spikes;
    std::uint16_t label, prediction;
    bool last;
  };
  struct Potential {
    std::uint16_t value;
    bool last;
  };

  /// A run of a random network; `bad` is an offset in memory that answers with an error. Without `tracing` nobody waits for
  /// traces.
  void run(unsigned seed, std::ptrdiff_t bad = -1, bool tracing = true) {
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
      const std::size_t record_at = kRecords + n * align(16 + 4 * neurons[1]);
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
        for (std::size_t step = 0; tracing && step < steps; ++step) {
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
    module->trace_start_i = module->storing_i = module->store_cmd_i = module->store_valid_i = 0;
    for (std::byte& byte : port_bytes(module->addresses_i)) byte = std::byte{0};
    set_bits(module->addresses_i, 64 * contract::argument::kResults, 64, kBase);
    set_bits(module->addresses_i, 64 * contract::argument::kTrace, 64, kBase + kTrace);
    set_bits(module->addresses_i, 64 * contract::argument::kWeights, 64, kBase + kWeights);
    contract::ProgramHeader program{};
    program.flags = tracing ? 2 : 0;
    program.layers = 2;
    program.steps = static_cast<std::uint32_t>(steps);
    std::memcpy(port_bytes(module->program_i).data(), &program, sizeof program);
    set_bits(module->layer_trace_i, 0, 32, trace_bytes[0]);
    set_bits(module->layer_trace_i, 32, 32, trace_bytes[1]);
    module->sample_trace_i = static_cast<std::uint32_t>(trace_bytes[0] + trace_bytes[1]);
    module->samples_fetched_i = static_cast<std::uint32_t>(samples);
    module.reset();
    module->start_i = module->trace_start_i = 1;
    module.edge();
    module->start_i = module->trace_start_i = 0;

    unsigned errors = 0;
    std::uint32_t error_tag = 0;
    bool stored_beat = false;  // the storer's beat was taken in the cycle
    const auto cycle = [&] {
      bus_cycle<false>(module, bus, [&] {
        stored_beat = module->store_valid_i != 0 && module->store_ready_o != 0;
        if (module->write_error_o == 0) return;
        ++errors;
        error_tag = module->write_argument_o;
      });
    };
    const unsigned chance = 1 + random() % 8;
    unsigned cycles = 0;
    while (module->drained_o == 0 || module->idle_o == 0) {
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
    EXPECT_EQ(module->samples_o, samples);

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
    module->loaded_checksum_i = header.loaded_checksum = static_cast<std::uint32_t>(random());
    module->stored_checksum_i = header.stored_checksum = static_cast<std::uint32_t>(random());
    module->corrected_words_i = header.corrected_words = wide() >> 16;
    put(0, header);
    clear(sizeof(contract::ResultsHeader), kRecords - sizeof(contract::ResultsHeader));
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

    // Weights, when nothing else is left to write.
    module->storing_i = 1;
    const std::size_t store_offset = 64 * (random() % 4), store_bytes = 64 * (1 + random() % 60), beat = sizeof module->wdata_o;
    std::size_t stored = 0;
    bool commanded = false;
    while (stored < store_bytes || !commanded || module->idle_o == 0) {
      ASSERT_LT(++cycles, 1'000'000U) << "the weights do not come to an end";
      module->store_cmd_i = !commanded;
      module->store_offset_i = static_cast<std::uint32_t>(store_offset);
      module->store_bytes_i = static_cast<std::uint32_t>(store_bytes);
      if (module->store_valid_i == 0 && stored < store_bytes && random() % 8 < chance) {
        module->store_valid_i = 1;
        for (std::size_t k = 0; k < beat; ++k) {
          expected[kWeights + store_offset + stored + k] = std::byte{static_cast<unsigned char>(random())};
          port_bytes(module->store_data_i)[k] = expected[kWeights + store_offset + stored + k];
        }
      }
      module.settle();
      commanded = commanded || module->store_cmd_ready_o != 0;
      cycle();
      if (stored_beat) {
        stored += beat;
        module->store_valid_i = 0;
      }
      module.settle();
    }

    EXPECT_EQ(memory.outside(), 0U);
    if (bad < 0) {
      EXPECT_EQ(errors, 0U);
      EXPECT_TRUE(memory.bytes() == expected);
    } else {
      EXPECT_EQ(errors, 1U);
      EXPECT_EQ(error_tag, static_cast<std::size_t>(bad) >= kWeights ? contract::argument::kWeights
                           : static_cast<std::size_t>(bad) >= kTrace ? contract::argument::kTrace
                                                                     : contract::argument::kResults);
      std::fill_n(expected.begin() + bad, 64, std::byte{0xa5});
      EXPECT_TRUE(memory.bytes() == expected) << "the others are written all the same";
    }
  }
};

using Models = ::testing::Types<Vwriter_32, Vwriter_128, Vwriter_512>;
TYPED_TEST_SUITE(KernelWriter, Models);

TYPED_TEST(KernelWriter, LeavesRecordsTracesHeaderAndWeightsInMemory) {
  for (unsigned seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_NO_FATAL_FAILURE(this->run(seed, -1, seed % 5 != 0));
  }
}

TYPED_TEST(KernelWriter, NamesTheBufferOfAWriteError) {
  for (const std::ptrdiff_t bad : std::initializer_list<std::ptrdiff_t>{0, 256, kRecords - 64, kRecords, 1 << 19,
                                                                        (1 << 19) + 64, (1 << 19) + (1 << 18) + 256}) {
    SCOPED_TRACE("bad block at " + std::to_string(bad));
    ASSERT_NO_FATAL_FAILURE(this->run(40, bad));
  }
}

}  // namespace
}  // namespace phasic::testing::writer_test
