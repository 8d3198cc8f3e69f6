// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/banked_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace phasic::engine {
namespace {

constexpr std::uint64_t kBase = 0x4000'0000;

TEST(BankedMemory, ReadsBackWhatWasWritten) {
  BankedMemory memory;
  memory.add_bank(kBase, 128);
  const std::array<std::byte, 3> from{std::byte{1}, std::byte{2}, std::byte{3}};
  ASSERT_TRUE(memory.write(kBase + 125, from));
  std::array<std::byte, 3> to{};
  ASSERT_TRUE(memory.read(kBase + 125, to));
  EXPECT_EQ(to, from);
  EXPECT_EQ(memory.bank(kBase)[127], std::byte{3});
}

TEST(BankedMemory, RefusesWhatLiesOutsideABankAndLeavesTheTargetAlone) {
  BankedMemory memory;
  memory.add_bank(kBase, 64);
  memory.add_bank(kBase + 128, 64);
  std::array<std::byte, 2> to{std::byte{9}, std::byte{9}};
  for (const std::uint64_t address : {std::uint64_t{0}, kBase - 1, kBase + 63, kBase + 64, kBase + 127, kBase + 192,
                                      std::numeric_limits<std::uint64_t>::max()}) {
    EXPECT_FALSE(memory.read(address, to)) << address;
    EXPECT_FALSE(memory.write(address, to)) << address;
  }
  EXPECT_EQ(to[0], std::byte{9});
  EXPECT_EQ(memory.bank(kBase)[63], std::byte{0});
  EXPECT_EQ(memory.errors(), 14u);
}

TEST(BankedMemory, InjectedErrorsHitTheirRangeAndDirectionOnly) {
  BankedMemory memory;
  memory.add_bank(kBase, 256);
  memory.fail_reads(kBase + 64, 64);
  memory.fail_writes(kBase + 192, 1);
  std::array<std::byte, 64> line{};
  EXPECT_TRUE(memory.read(kBase, line));
  EXPECT_FALSE(memory.read(kBase + 1, line));
  EXPECT_FALSE(memory.read(kBase + 127, std::span(line).first(1)));
  EXPECT_TRUE(memory.read(kBase + 128, line));
  EXPECT_TRUE(memory.write(kBase + 64, line));
  EXPECT_FALSE(memory.write(kBase + 192, line));
  EXPECT_TRUE(memory.write(kBase + 193, std::span(line).first(63)));
  memory.clear_failures();
  EXPECT_TRUE(memory.read(kBase + 64, line));
}

TEST(BankedMemory, RefusesBanksThatOverlapAreEmptyOrWrapRound) {
  BankedMemory memory;
  memory.add_bank(kBase, 64);
  EXPECT_THROW(memory.add_bank(kBase + 63, 64), std::invalid_argument);
  EXPECT_THROW(memory.add_bank(kBase - 63, 64), std::invalid_argument);
  EXPECT_THROW(memory.add_bank(kBase, 1), std::invalid_argument);
  EXPECT_THROW(memory.add_bank(0, 0), std::invalid_argument);
  EXPECT_THROW(memory.add_bank(std::numeric_limits<std::uint64_t>::max() - 10, 64), std::invalid_argument);
  EXPECT_NO_THROW(memory.add_bank(kBase + 64, 64));
  EXPECT_NO_THROW(memory.add_bank(kBase - 64, 64));
}

TEST(BankedMemory, ARemovedBankAnswersWithAnError) {
  BankedMemory memory;
  memory.add_bank(kBase, 64);
  memory.remove_bank(kBase);
  std::array<std::byte, 1> byte{};
  EXPECT_FALSE(memory.read(kBase, byte));
  EXPECT_THROW(memory.remove_bank(kBase), std::out_of_range);
  EXPECT_THROW((void)memory.bank(kBase), std::out_of_range);
}

}  // namespace
}  // namespace phasic::engine
