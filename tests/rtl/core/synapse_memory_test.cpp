// SPDX-License-Identifier: Apache-2.0
// The synapse memory against an array: who reads and writes, in which order, and when words are there.
#include <array>
#include <optional>
#include <random>
#include <string>

#include "Vsynapse_memory_16x5.h"
#include "Vsynapse_memory_64x32.h"
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

}  // namespace
}  // namespace phasic::testing::synapse_memory_test
