// SPDX-License-Identifier: Apache-2.0
// The memory against an array.
#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "Vram_13x32.h"
#include "Vram_1x1.h"
#include "Vram_200x33.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::ram_test {
namespace {

template <class Model, std::size_t Width, std::size_t Depth>
struct Shape {
  using model = Model;
  static constexpr std::size_t width = Width, depth = Depth;
};

template <class T>
class RtlRam : public ::testing::Test {
 protected:
  static constexpr std::size_t parts = (T::width + 63) / 64;
  using Word = std::array<std::uint64_t, parts>;  // 64 bits each, lowest first

  static constexpr std::size_t part_width(std::size_t part) { return std::min<std::size_t>(64, T::width - 64 * part); }

  static Word random_word(std::mt19937_64& random) {
    Word word;
    for (std::size_t part = 0; part < parts; ++part) word[part] = random() >> (64 - part_width(part));
    return word;
  }
  static void set_write_data(Clocked<typename T::model>& module, const Word& word) {
    for (std::size_t part = 0; part < parts; ++part) set_bits(module->write_data_i, 64 * part, part_width(part), word[part]);
  }
  static Word read_data(Clocked<typename T::model>& module) {
    Word word;
    for (std::size_t part = 0; part < parts; ++part) word[part] = get_bits(module->read_data_o, 64 * part, part_width(part));
    return word;
  }
};
using Shapes = ::testing::Types<Shape<Vram_1x1, 1, 1>, Shape<Vram_13x32, 13, 32>, Shape<Vram_200x33, 200, 33>>;
TYPED_TEST_SUITE(RtlRam, Shapes);

TYPED_TEST(RtlRam, ReadsTheWordOfTheCycleBeforeAndHoldsItUntilTheNextRead) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    std::array<typename TestFixture::Word, TypeParam::depth> words;
    module->read_i = 0;
    module->write_i = 1;
    for (std::size_t address = 0; address < words.size(); ++address) {
      words[address] = this->random_word(random);
      module->write_address_i = static_cast<unsigned char>(address);
      this->set_write_data(module, words[address]);
      module.edge();
    }
    module->write_i = 0;
    typename TestFixture::Word held = words[0];
    module->read_i = 1;
    module->read_address_i = 0;
    module.edge();
    for (unsigned cycle = 0; cycle < 1000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      const std::size_t from = random() % words.size();
      const std::size_t to = random() % 2 == 0 ? from : random() % words.size();
      const auto data = this->random_word(random);
      module->read_i = random() % 2 == 0;
      module->write_i = random() % 2 == 0;
      module->read_address_i = static_cast<unsigned char>(from);
      module->write_address_i = static_cast<unsigned char>(to);
      this->set_write_data(module, data);
      module.settle();
      ASSERT_EQ(this->read_data(module), held) << "inputs reach the output before the edge";
      if (module->read_i != 0) held = words[from];
      if (module->write_i != 0) words[to] = data;
      module.edge();
      ASSERT_EQ(this->read_data(module), held);
    }
  }
}

}  // namespace
}  // namespace phasic::testing::ram_test
