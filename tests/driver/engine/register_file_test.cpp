// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/register_file.hpp"

#include <gtest/gtest.h>

namespace {

namespace contract = phasic::contract;
namespace reg = phasic::contract::reg;
using phasic::engine::RegisterFile;

constexpr std::uint32_t kStart = 1, kDone = 2, kIdle = 4, kReady = 8;

contract::LimitWords numbered_limits() {
  contract::LimitWords limits;
  for (std::size_t index = 0; index < limits.size(); ++index) limits[index] = static_cast<std::uint32_t>(100 + index);
  return limits;
}

TEST(RegisterFile, TellsTheEndOfARunOnce) {
  RegisterFile registers(numbered_limits());
  EXPECT_EQ(registers.read(reg::kControl, {}), kIdle);
  EXPECT_TRUE(registers.write(reg::kControl, kStart));
  EXPECT_EQ(registers.read(reg::kControl, {}), kStart);
  EXPECT_FALSE(registers.write(reg::kControl, kStart)) << "a run is going on";
  registers.finish();
  EXPECT_EQ(registers.read(reg::kControl, {}), kIdle | kDone | kReady);
  EXPECT_EQ(registers.read(reg::kControl, {}), kIdle);
}

TEST(RegisterFile, AStartForgetsTheEndOfTheRunBefore) {
  RegisterFile registers(numbered_limits());
  ASSERT_TRUE(registers.write(reg::kControl, kStart));
  registers.finish();
  ASSERT_TRUE(registers.write(reg::kControl, kStart));
  EXPECT_EQ(registers.read(reg::kControl, {}), kStart);
}

TEST(RegisterFile, InterruptsArePendingIfEnabledAndToggledAwayByWrites) {
  RegisterFile registers(numbered_limits());
  ASSERT_TRUE(registers.write(reg::kControl, kStart));
  registers.finish();
  EXPECT_FALSE(registers.interrupt());
  EXPECT_EQ(registers.read(reg::kInterruptStatus, {}), 0U) << "nothing was enabled";
  static_cast<void>(registers.write(reg::kInterruptEnable, 0xffffffff));
  EXPECT_EQ(registers.read(reg::kInterruptEnable, {}), 3U);
  ASSERT_TRUE(registers.write(reg::kControl, kStart));
  registers.finish();
  EXPECT_EQ(registers.read(reg::kInterruptStatus, {}), 3U);
  EXPECT_FALSE(registers.interrupt()) << "interrupts are off as a whole";
  static_cast<void>(registers.write(reg::kGlobalInterruptEnable, 1));
  EXPECT_TRUE(registers.interrupt());
  static_cast<void>(registers.write(reg::kInterruptStatus, 1));
  EXPECT_EQ(registers.read(reg::kInterruptStatus, {}), 2U);
  static_cast<void>(registers.write(reg::kInterruptStatus, 2));
  EXPECT_FALSE(registers.interrupt());
}

TEST(RegisterFile, HoldsEveryWordOfTheArguments) {
  RegisterFile registers(numbered_limits());
  std::uint32_t value = 0x1000;
  for (const auto& argument : contract::kArguments) {
    static_cast<void>(registers.write(argument.offset, ++value));
    EXPECT_EQ(registers.read(argument.offset, {}), value) << argument.name;
    if (!argument.global) continue;
    static_cast<void>(registers.write(argument.offset + 4, ++value));
    EXPECT_EQ(registers.read(argument.offset + 4, {}), value) << argument.name;
  }
  const auto arguments = registers.arguments();
  EXPECT_EQ(arguments.address[contract::argument::kProgram], 0x00001002'00001001U);
  EXPECT_EQ(arguments.address[contract::argument::kTrace], 0x0000100c'0000100bU);
  EXPECT_EQ(arguments.bytes[contract::argument::kProgram], 0x100dU);
  EXPECT_EQ(arguments.bytes[contract::argument::kTrace], 0x1012U);
  EXPECT_EQ(arguments.sample_count, 0x1013U);
  EXPECT_EQ(arguments.first_sample, 0x1014U);
}

TEST(RegisterFile, ShowsStatusAndLimitsAndRefusesToChangeThem) {
  RegisterFile registers(numbered_limits());
  const phasic::engine::RegisterStatus status{5, 6, 7, contract::Phase::kRun, 8, 9};
  for (const auto& limit : contract::kLimits) static_cast<void>(registers.write(limit.offset, 1));
  static_cast<void>(registers.write(reg::kError, 1));
  EXPECT_EQ(registers.read(reg::kIdentity, status), contract::kIdentity);
  EXPECT_EQ(registers.read(reg::kContractVersion, status), contract::kContractVersion);
  EXPECT_EQ(registers.read(reg::kError, status), 5U);
  EXPECT_EQ(registers.read(reg::kErrorDetail, status), 6U);
  EXPECT_EQ(registers.read(reg::kErrorSample, status), 7U);
  EXPECT_EQ(registers.read(reg::kPhase, status), static_cast<std::uint32_t>(contract::Phase::kRun));
  EXPECT_EQ(registers.read(reg::kSamplesFetched, status), 8U);
  EXPECT_EQ(registers.read(reg::kSamplesDone, status), 9U);
  for (std::size_t index = 0; index < contract::kLimits.size(); ++index) {
    EXPECT_EQ(registers.read(contract::kLimits[index].offset, status), 100 + index) << contract::kLimits[index].name;
  }
  EXPECT_EQ(registers.read(reg::kLimits + 1, status), 0U) << "not a word's offset";
}

}  // namespace
