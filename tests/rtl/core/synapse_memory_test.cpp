// SPDX-License-Identifier: Apache-2.0
// The synapse memory against an array: who reads and writes, in which order, and when words are there.
#include <array>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "Vsynapse_memory_16x5.h"
#include "Vsynapse_memory_64x32.h"
#include "Vsynapse_memory_groups.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::synapse_memory_test {
namespace {

template <class Model, std::size_t Width, std::size_t Depth>
struct Shape {
  using model = Model;
  static constexpr std::size_t width = Width, depth = Depth;
};

template <class T>
class RtlSynapseMemory : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vsynapse_memory_16x5, 16, 5>, Shape<Vsynapse_memory_64x32, 64, 32>>;
TYPED_TEST_SUITE(RtlSynapseMemory, Shapes);

TYPED_TEST(RtlSynapseMemory, GivesWhatWasAskedForTwoCyclesLaterAndHoldsItUntilTheNextRead) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    const auto word = [&] { return random() >> (64 - TypeParam::width); };
    const auto place = [&] { return static_cast<unsigned char>(random() % TypeParam::depth); };
    std::array<std::uint64_t, TypeParam::depth> words{};
    module->issue_i = module->learn_read_i = module->store_i = module->learn_write_i = 0;
    module->load_i = 1;
    for (std::size_t address = 0; address < words.size(); ++address) {
      words[address] = word();
      module->load_address_i = static_cast<unsigned char>(address);
      set_bits(module->load_data_i, 0, TypeParam::width, words[address]);
      module.edge();
    }
    std::optional<std::uint64_t> held, coming;
    for (unsigned cycle = 0; cycle < 2000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      module->issue_i = random() % 4 == 0;
      module->learn_read_i = random() % 4 == 0;
      module->store_i = random() % 4 == 0;
      module->issue_address_i = place();
      module->learn_read_address_i = place();
      module->store_address_i = place();
      module->load_i = random() % 4 == 0;
      module->learn_write_i = random() % 2 == 0;
      module->load_address_i = place();
      module->learn_write_address_i = place();
      const std::uint64_t loaded = word(), learned = word();
      set_bits(module->load_data_i, 0, TypeParam::width, loaded);
      set_bits(module->learn_data_i, 0, TypeParam::width, learned);
      module.settle();
      if (held) {
        ASSERT_EQ(get_bits(module->weights_o, 0, TypeParam::width), *held) << "inputs reach the output before the edge";
      }
      const std::optional<std::size_t> read = module->issue_i != 0 ? std::optional<std::size_t>{module->issue_address_i}
                                              : module->learn_read_i != 0
                                                  ? std::optional<std::size_t>{module->learn_read_address_i}
                                              : module->store_i != 0 ? std::optional<std::size_t>{module->store_address_i}
                                                                     : std::nullopt;
      if (coming) held = coming;
      coming = read ? std::optional{words[*read]} : std::nullopt;
      if (module->load_i != 0) {
        words[module->load_address_i] = loaded;
      } else if (module->learn_write_i != 0) {
        words[module->learn_write_address_i] = learned;
      }
      module.edge();
      if (held) {
        ASSERT_EQ(get_bits(module->weights_o, 0, TypeParam::width), *held);
      }
    }
    ASSERT_TRUE(held);
  }
}

/// Four groups, whose rows are a share of a word each, or of the whole word.
class RtlSynapseMemoryGroups : public ::testing::TestWithParam<bool> {
 protected:
  static constexpr unsigned groups = 4, share = 16, depth = 32, address_bits = 5;
  using Held = std::array<std::optional<std::uint64_t>, groups>;

  RtlSynapseMemoryGroups() : grouped_(GetParam()) {}

  std::uint64_t random_word() { return random_() >> (grouped_ ? 64 - share : 0); }
  unsigned place() { return static_cast<unsigned>(random_() % depth); }

  /// Asks for words of each group, of the learner or of the storer; the first of them is served.
  Held ask(Clocked<Vsynapse_memory_groups>& module) {
    unsigned issue = random_() % 3 == 0 ? static_cast<unsigned>(random_() % 16) : 0;
    if (!grouped_ && issue != 0) issue = 15;
    const unsigned anywhere = place();
    Held asked;
    for (unsigned g = 0; g < groups; ++g) {
      const unsigned address = grouped_ ? place() / groups * groups + g : anywhere;
      set_bits(module->issue_address_i, address_bits * g, address_bits, address);
      if ((issue >> g & 1) == 0) continue;
      asked[g] = grouped_ ? words_[address] : words_[address] >> share * g & 0xffff;
    }
    module->issue_i = static_cast<unsigned char>(issue);
    module->learn_read_i = random_() % 2;
    module->store_i = random_() % 2;
    module->learn_read_address_i = static_cast<unsigned char>(place());
    module->store_address_i = static_cast<unsigned char>(place());
    if (issue != 0 || (module->learn_read_i == 0 && module->store_i == 0)) return asked;
    const std::uint64_t word = words_[module->learn_read_i != 0 ? module->learn_read_address_i : module->store_address_i];
    // Of a grouped layer the row comes out in the lowest share, and in the others what no one looks at.
    asked[0] = word & 0xffff;
    for (unsigned g = 1; g < groups; ++g) asked[g] = grouped_ ? std::nullopt : std::optional{word >> share * g & 0xffff};
    others_ = grouped_;
    return asked;
  }

  void write(Clocked<Vsynapse_memory_groups>& module, bool always) {
    module->load_i = always || random_() % 4 == 0;
    module->learn_write_i = random_() % 2;
    module->load_address_i = static_cast<unsigned char>(place());
    module->learn_write_address_i = static_cast<unsigned char>(place());
    const std::uint64_t loaded = random_word(), learned = random_word();
    set_bits(module->load_data_i, 0, 64, loaded);
    set_bits(module->learn_data_i, 0, 64, learned);
    pending_ = module->load_i != 0 ? std::optional{std::pair<unsigned, std::uint64_t>{module->load_address_i, loaded}}
               : module->learn_write_i != 0
                   ? std::optional{std::pair<unsigned, std::uint64_t>{module->learn_write_address_i, learned}}
                   : std::nullopt;
  }

  std::mt19937_64 random_;
  bool grouped_;
  bool others_ = false, forgotten_ = false;  // shares that no one looks at have been read
  std::array<std::uint64_t, depth> words_{};
  std::optional<std::pair<unsigned, std::uint64_t>> pending_;
};

TEST_P(RtlSynapseMemoryGroups, GiveEachGroupItsOwnRowAndTheLearnerTheRowOfAnAddress) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_.seed(seed);
    Clocked<Vsynapse_memory_groups> module{seed};
    module->grouped_i = grouped_;
    module->issue_i = module->learn_read_i = module->store_i = module->learn_write_i = 0;
    module->load_i = 1;
    for (unsigned address = 0; address < depth; ++address) {
      words_[address] = random_word();
      module->load_address_i = static_cast<unsigned char>(address);
      set_bits(module->load_data_i, 0, 64, words_[address]);
      module.edge();
    }
    Held held, coming;
    for (unsigned cycle = 0; cycle < 2000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      others_ = false;
      const Held asked = ask(module);
      write(module, false);
      module.edge();
      for (unsigned g = 0; g < groups; ++g) {
        if (coming[g]) held[g] = coming[g];
        if (forgotten_ && g > 0) held[g].reset();
        if (held[g]) {
          ASSERT_EQ(get_bits(module->weights_o, share * g, share), *held[g]) << "group " << g;
        }
      }
      coming = asked;
      forgotten_ = others_;
      if (pending_) words_[pending_->first] = pending_->second;
    }
    ASSERT_TRUE(held[0]);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, RtlSynapseMemoryGroups, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "OfAShare" : "OfAWord"; });

}  // namespace
}  // namespace phasic::testing::synapse_memory_test
