// SPDX-License-Identifier: Apache-2.0
// What a discriminant learns against the formulas of the reference: memory, numbers of samples and counters, from events as
// they come.
#include <algorithm>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "Vscatter_1.h"
#include "Vscatter_1024.h"
#include "Vscatter_4.h"
#include "Vscatter_5.h"
#include "Vscatter_64.h"
#include "phasic/contract.hpp"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"
#include "tests/rtl/core/event_kinds.hpp"

namespace phasic::testing::scatter_test {
namespace {

template <class Model, std::size_t Lanes, std::size_t MaxRows, std::size_t MaxNeurons, std::size_t MemoryDepth, unsigned Turns>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes, max_rows = MaxRows, max_neurons = MaxNeurons, memory_depth = MemoryDepth;
  static constexpr unsigned turns = Turns;
};

struct Sample {
  std::size_t label = 0;
  bool learn = false;
  std::vector<std::uint32_t> values;
};

struct Counters {
  std::uint64_t rows = 0, operations = 0, limited = 0;
};

struct Seen {
  unsigned full = 0, first = 0, same = 0;
  std::uint64_t limited = 0;
};

template <class T>
class RtlScatter : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;

  /// G row by row, then S class by class, in whole words; then n.
  struct Layer {
    std::size_t sources = 1, neurons = 1, words = 1;
    std::vector<std::int32_t> memory, samples;

    std::int32_t& value(std::size_t row, std::size_t source) { return memory[row * words * T::lanes + source]; }
  };

  static Layer random_layer(std::mt19937_64& random) {
    Layer layer;
    do {
      layer.sources = 1 + random() % (random() % 4 == 0 ? T::max_rows : std::min<std::size_t>(T::max_rows, 40));
      layer.neurons = 1 + random() % T::max_neurons;
      layer.words = (layer.sources + T::lanes - 1) / T::lanes;
    } while ((layer.sources + layer.neurons) * layer.words > T::memory_depth);
    layer.memory.resize((layer.sources + layer.neurons) * layer.words * T::lanes);
    layer.samples.resize((layer.neurons + T::lanes - 1) / T::lanes * T::lanes);
    constexpr auto most = static_cast<std::int32_t>(contract::kMostSamples);
    const std::vector<std::int32_t> numbers{-1, INT32_MIN, INT32_MAX, most, most - 1, most + 1, 0, 1, 2};
    for (std::size_t c = 0; c < layer.neurons; ++c) {
      layer.samples[c] = random() % 2 == 0 ? numbers[random() % numbers.size()] : static_cast<std::int32_t>(random() % 30);
      const bool any = random() % 4 == 0;
      for (std::size_t i = 0; i < layer.sources; ++i) {
        const std::int64_t likely = static_cast<std::int64_t>(random() % 256) * std::max(layer.samples[c], 1);
        layer.value(layer.sources + c, i) = static_cast<std::int32_t>(any ? random_signed(random, 32) : likely);
      }
    }
    for (std::size_t i = 0; i < layer.sources; ++i)
      for (std::size_t j = 0; j < layer.sources; ++j) layer.value(i, j) = static_cast<std::int32_t>(random_signed(random, 32));
    return layer;
  }

  static Sample random_sample(const Layer& layer, std::mt19937_64& random) {
    Sample sample{random() % layer.neurons, random() % 4 != 0, {}};
    if (!sample.learn && random() % 2 == 0) sample.label = 0xffff;
    const std::uint64_t silent = 1 + random() % 4;
    for (std::size_t i = 0; i < layer.sources; ++i)
      sample.values.push_back(random() % silent == 0 ? static_cast<std::uint32_t>(random() % 256) : 0);
    return sample;
  }

  /// What the formulas make of the sample; returns how many rows of the scatter change.
  static std::size_t learn(Layer& layer, const Sample& sample, Counters& counters, Seen& seen) {
    std::int32_t& samples = layer.samples[sample.label];
    if (!reference::learns_more(samples)) {
      ++seen.full;
      return 0;
    }
    seen.first += samples == 0;
    std::vector<std::int32_t> differences;
    for (std::size_t i = 0; i < layer.sources; ++i) {
      std::int32_t& sum = layer.value(layer.sources + sample.label, i);
      differences.push_back(reference::difference_from_mean(sample.values[i], sum, samples));
      sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + sample.values[i]);
    }
    ++samples;
    std::size_t rows = 0;
    for (std::size_t i = 0; i < layer.sources; ++i) {
      seen.same += differences[i] == 0;
      if (differences[i] == 0) continue;
      ++rows;
      for (std::size_t j = 0; j < layer.sources; ++j) {
        const std::int64_t unlimited = std::int64_t{layer.value(i, j)} + std::int64_t{differences[i]} * differences[j];
        layer.value(i, j) = static_cast<std::int32_t>(reference::saturate(unlimited, contract::kMemoryWidth));
        counters.limited += layer.value(i, j) != unlimited;
      }
    }
    counters.rows += rows;
    counters.operations += rows * layer.sources;
    seen.limited += counters.limited;
    return rows;
  }

  static void begin(Module& module, const Layer& layer) {
    module->enable_i = 1;
    module->sources_i = static_cast<std::uint16_t>(layer.sources);
    module->clear_i = 1;
    module.edge();
    module->clear_i = 0;
    for (unsigned cycle = 0; module->ready_o == 0; ++cycle) {
      ASSERT_LE(cycle, T::max_rows);
      module.edge();
    }
    ASSERT_EQ(module->busy_o, 0);
    module->load_i = 1;
    for (const bool last : {false, true}) {
      const std::vector<std::int32_t>& values = last ? layer.samples : layer.memory;
      module->load_last_i = last;
      for (std::size_t word = 0; word < values.size() / T::lanes; ++word) {
        module->load_address_i = static_cast<std::uint32_t>(word);
        std::memcpy(port_bytes(module->load_data_i).data(), &values[word * T::lanes], 4 * T::lanes);
        module.edge();
      }
    }
    module->load_i = 0;
  }

  /// Every word of the memory, one after the other or with pauses.
  static void compare(Module& module, const Layer& layer, std::mt19937_64& random) {
    for (const bool last : {false, true}) {
      const std::vector<std::int32_t>& values = last ? layer.samples : layer.memory;
      std::deque<std::size_t> asked;
      const std::size_t words = values.size() / T::lanes;
      std::deque<std::optional<std::size_t>> reads(2);
      for (std::size_t word = 0; word < words || reads[0] || reads[1];) {
        const bool ask = word < words && random() % 4 != 0;
        module->store_i = ask;
        module->store_last_i = last;
        module->store_address_i = static_cast<std::uint32_t>(word);
        module.settle();
        if (reads.front()) {
          std::vector<std::int32_t> stored(T::lanes);
          std::memcpy(stored.data(), port_bytes(module->store_data_o).data(), 4 * T::lanes);
          const auto first = values.begin() + static_cast<std::ptrdiff_t>(*reads.front() * T::lanes);
          ASSERT_TRUE(std::equal(stored.begin(), stored.end(), first))
              << (last ? "samples, word " : "memory, word ") << *reads.front();
        }
        reads.pop_front();
        reads.push_back(ask ? std::optional{word} : std::nullopt);
        if (ask) ++word;
        module.edge();
      }
      module->store_i = 0;
    }
  }

  /// The events of a sample; messages come ahead of it.
  static void show(Module& module, Layer& layer, const std::deque<Sample>& samples, std::mt19937_64& random, Counters& counters,
                   Seen& seen) {
    std::size_t told = 0;
    const unsigned slow = 1 + static_cast<unsigned>(random() % 3);
    const auto cycle = [&](bool may_tell) {
      module->message_valid_i = may_tell && told < samples.size() && random() % 8 == 0;
      const Sample& next = samples[std::min(told, samples.size() - 1)];
      module->message_class_i = static_cast<std::uint16_t>(next.label);
      module->message_learn_i = next.learn;
      module->waits_i = random() % 4 == 0;
      module.settle();
      told += module->message_valid_i != 0 && module->message_ready_o != 0;
      module.edge();
      module->event_i = 0;
    };
    for (std::size_t number = 0; number < samples.size(); ++number) {
      const Sample& sample = samples[number];
      while (told <= number) cycle(true);
      const auto send = [&](unsigned kind, std::size_t source, std::uint32_t value) {
        while (random() % slow != 0) cycle(true);
        module->event_i = 1;
        module->event_kind_i = static_cast<unsigned char>(kind);
        module->event_source_i = static_cast<std::uint16_t>(source);
        module->event_value_i = static_cast<unsigned char>(value);
        cycle(true);
      };
      // Neurons of a gate are no sources.
      for (std::size_t i = random() % 3; i > 0; --i) send(kOpen, random() % layer.sources, 7);
      for (std::size_t i = 0; i < layer.sources; ++i)
        if (sample.values[i] != 0) send(kSpike, i, sample.values[i]);
      send(kSampleEnd, 0, 3);
      module.settle();
      if (!sample.learn) {
        ASSERT_EQ(module->busy_o, 0) << "a sample that is not learned takes time";
        continue;
      }
      const bool learned = reference::learns_more(layer.samples[sample.label]);
      const std::size_t rows = learn(layer, sample, counters, seen);
      std::size_t cycles = 0, learning = 0, first = 0, last = 0;
      bool waits = false;  // in the cycle before
      for (; module->busy_o != 0; ++cycles) {
        ASSERT_LE(cycles, 10000000U);
        if (module->learning_o != 0) {
          if (learning == 0) {
            first = cycles;
            ASSERT_FALSE(waits) << "the layer still integrates";
          }
          last = cycles;
          ++learning;
        }
        cycle(true);
        waits = module->waits_i != 0;
        module.settle();
      }
      ASSERT_EQ(learning, learned ? 1 + (1 + rows) * layer.words : 0);
      if (learned) {
        ASSERT_EQ(last - first + 1, learning) << "a row waits";
      }
      ASSERT_LE(cycles, layer.sources + learning + 50);
    }
    for (unsigned wait = 0; wait < 4; ++wait) module.edge();
    ASSERT_EQ(module->update_rows_o, counters.rows);
    ASSERT_EQ(module->update_operations_o, counters.operations);
    ASSERT_EQ(module->weights_limited_o, counters.limited);
  }
};

using Shapes = ::testing::Types<Shape<Vscatter_1, 1, 50, 9, 2700, 20>, Shape<Vscatter_4, 4, 101, 13, 2500, 40>,
                                Shape<Vscatter_5, 5, 101, 13, 2500, 40>, Shape<Vscatter_64, 64, 300, 70, 1900, 10>,
                                Shape<Vscatter_1024, 1024, 1024, 1030, 2054, 6>>;
TYPED_TEST_SUITE(RtlScatter, Shapes);

TYPED_TEST(RtlScatter, LearnsWhatTheFormulasSay) {
  Seen seen;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    typename TestFixture::Module module{seed};
    module->clear_i = module->load_i = module->store_i = module->event_i = module->message_valid_i = 0;
    module.reset();
    for (unsigned turn = 0; turn < TypeParam::turns; ++turn) {
      SCOPED_TRACE("turn " + std::to_string(turn));
      auto layer = this->random_layer(random);
      ASSERT_NO_FATAL_FAILURE(this->begin(module, layer));
      Counters counters;
      std::deque<Sample> samples;
      for (std::size_t count = 1 + random() % 8; count > 0; --count) samples.push_back(this->random_sample(layer, random));
      ASSERT_NO_FATAL_FAILURE(this->show(module, layer, samples, random, counters, seen));
      ASSERT_NO_FATAL_FAILURE(this->compare(module, layer, random));
      // A run that is broken off leaves nothing behind.
      if (turn % 2 == 0) continue;
      module->message_valid_i = module->message_learn_i = 1;
      module->message_class_i = 0;
      module.edge();
      module->message_valid_i = 0;
      module->event_i = 1;
      module->event_kind_i = kSpike;
      module->event_source_i = static_cast<std::uint16_t>(random() % layer.sources);
      module->event_value_i = 99;
      module.edge();
      module->event_kind_i = kSampleEnd;
      module.edge();
      module->event_i = 0;
      for (std::size_t wait = random() % 60; wait > 0; --wait) module.edge();
      if (turn % 4 == 1) module.reset();
    }
  }
  EXPECT_GT(seen.full, 2U);
  EXPECT_GT(seen.first, 2U);
  EXPECT_GT(seen.same, 10U);
  EXPECT_GT(seen.limited, 10U);
}

/// The lists of numbers of a worked example, what follows from it behind the arrow with `new` before the name.
std::map<std::string, std::vector<std::int64_t>> numbers_of(const std::string& line) {
  std::map<std::string, std::vector<std::int64_t>> numbers;
  std::istringstream words(line);
  std::string when;
  for (std::string word; words >> word;) {
    if (word == "->") when = "new ";
    const auto equals = word.find('=');
    if (equals == std::string::npos) continue;
    std::istringstream list(word.substr(equals + 1));
    for (std::string item; std::getline(list, item, ',');) numbers[when + word.substr(0, equals)].push_back(std::stoll(item));
  }
  return numbers;
}

TYPED_TEST(RtlScatter, LearnsWhatTheWorkedExamplesSay) {
  std::ifstream page(PHASIC_SPECIFICATION);
  unsigned examples = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("discriminant weight_width=")) continue;
    SCOPED_TRACE(line);
    ++examples;
    auto numbers = numbers_of(line);
    typename TestFixture::Layer layer;
    layer.sources = static_cast<std::size_t>(numbers["inputs"][0]);
    layer.neurons = static_cast<std::size_t>(numbers["neurons"][0]);
    layer.words = (layer.sources + TypeParam::lanes - 1) / TypeParam::lanes;
    layer.memory.resize((layer.sources + layer.neurons) * layer.words * TypeParam::lanes);
    layer.samples.resize((layer.neurons + TypeParam::lanes - 1) / TypeParam::lanes * TypeParam::lanes);
    const auto put = [&](const std::string& when) {
      for (std::size_t i = 0; i < layer.sources; ++i) {
        for (std::size_t j = 0; j < layer.sources; ++j)
          layer.value(i, j) = static_cast<std::int32_t>(numbers[when + "scatter"].at(i * layer.sources + j));
        for (std::size_t c = 0; c < layer.neurons; ++c)
          layer.value(layer.sources + c, i) = static_cast<std::int32_t>(numbers[when + "sums"].at(c * layer.sources + i));
      }
      std::ranges::copy(numbers[when + "samples"], layer.samples.begin());
    };
    put("");
    Sample sample{static_cast<std::size_t>(numbers["label"][0]), true, {}};
    for (const std::int64_t value : numbers["values"]) sample.values.push_back(static_cast<std::uint32_t>(value));
    std::mt19937_64 random{examples};
    typename TestFixture::Module module{examples};
    module->clear_i = module->load_i = module->store_i = module->event_i = module->message_valid_i = 0;
    module.reset();
    ASSERT_NO_FATAL_FAILURE(this->begin(module, layer));
    Counters counters;
    Seen seen;
    ASSERT_NO_FATAL_FAILURE(this->show(module, layer, {sample}, random, counters, seen));
    EXPECT_EQ(module->update_rows_o, numbers["new update_rows"][0]);
    EXPECT_EQ(module->update_operations_o, numbers["new update_operations"][0]);
    EXPECT_EQ(module->weights_limited_o, numbers["new weight_saturations"][0]);
    put("new ");
    ASSERT_NO_FATAL_FAILURE(this->compare(module, layer, random));
  }
  EXPECT_GE(examples, 3U);
}

}  // namespace
}  // namespace phasic::testing::scatter_test
