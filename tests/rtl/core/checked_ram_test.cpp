// SPDX-License-Identifier: Apache-2.0
// The memory with check bits against an array, while bits of it flip.
#include <array>
#include <optional>
#include <random>
#include <string>

#include "Vchecked_ram.h"
#include "Vchecked_ram___024root.h"
#include "Vchecked_ram_told.h"
#include "Vchecked_ram_told___024root.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::checked_ram_test {
namespace {

constexpr std::size_t kDepth = 12, kWidth = 32, kChecks = 7;

auto& stored(Vchecked_ram& model) {
  return model.rootp->phasic_checked_ram__DOT__gen_protect__DOT__u_ram__DOT__gen_block__DOT__words_q;
}
auto& stored(Vchecked_ram_told& model) {
  return model.rootp->phasic_checked_ram__DOT__gen_protect__DOT__u_ram__DOT__gen_huge__DOT__words_q;
}

template <class Model>
class RtlCheckedRam : public ::testing::Test {};
using Models = ::testing::Types<Vchecked_ram, Vchecked_ram_told>;
TYPED_TEST_SUITE(RtlCheckedRam, Models);

/// A word of the array, and how many bits of it have flipped since it was written.
struct Word {
  std::uint32_t value = 0;
  std::uint64_t flipped = 0;
  [[nodiscard]] int flips() const { return __builtin_popcountll(flipped); }
};

TYPED_TEST(RtlCheckedRam, TellsOfFlippedBitsACycleAfterTheWordUnlessItIsNotToBeChecked) {
  constexpr bool kCorrects = std::is_same_v<TypeParam, Vchecked_ram>;
  unsigned corrected = 0, failed = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<TypeParam> module{seed};
    std::array<Word, kDepth> words;
    module->read_i = module->check_i = 0;
    module.reset();
    module->write_i = 1;
    for (std::size_t address = 0; address < kDepth; ++address) {
      words[address].value = static_cast<std::uint32_t>(random());
      module->write_address_i = static_cast<unsigned char>(address);
      module->write_data_i = words[address].value;
      module.edge();
    }
    module->write_i = 0;
    module.edge();
    std::optional<std::pair<Word, std::size_t>> before;  // read a cycle ago, with its address, if it is checked
    for (unsigned cycle = 0; cycle < 1000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      if (random() % 3 == 0) {
        const auto address = random() % kDepth, bit = random() % (kWidth + kChecks);
        stored(*module)[address] ^= std::uint64_t{1} << bit;
        words[address].flipped ^= std::uint64_t{1} << bit;
      }
      const auto from = random() % kDepth, to = random() % kDepth;
      module->read_i = random() % 2;
      module->check_i = random() % 4 != 0;
      module->read_address_i = static_cast<unsigned char>(from);
      module->write_i = random() % 2;
      module->write_address_i = static_cast<unsigned char>(to);
      module->write_data_i = static_cast<std::uint32_t>(random());
      const bool read = module->read_i != 0, checked = read && module->check_i != 0;
      const auto word = words[from];
      module.edge();
      if (module->write_i) words[to] = {module->write_data_i, 0};
      // Of more than two flips of a word a code that corrects one can tell nothing.
      const bool known = !before || before->first.flips() <= 2;
      if (known) {
        const int flips = before ? before->first.flips() : 0;
        ASSERT_EQ(module->corrected_o != 0, kCorrects && flips == 1);
        ASSERT_EQ(module->failed_o != 0, flips == 2 || (!kCorrects && flips == 1));
        if (module->failed_o) {
          ASSERT_EQ(module->failed_address_o, before->second);
        }
        corrected += module->corrected_o;
        failed += module->failed_o;
      }
      if (read && word.flips() == 0) {
        ASSERT_EQ(module->read_data_o, word.value);
      }
      if (read && word.flips() == 1) {
        const auto wrong = word.value ^ static_cast<std::uint32_t>(word.flipped);
        ASSERT_EQ(module->read_data_o, kCorrects ? word.value : wrong);
      }
      before.reset();
      if (checked) before.emplace(word, from);
    }
  }
  EXPECT_EQ(corrected > 100, kCorrects);
  EXPECT_GT(failed, 100u);
}

}  // namespace
}  // namespace phasic::testing::checked_ram_test
