// SPDX-License-Identifier: Apache-2.0
#include "driver/status.hpp"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>

#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

/// Registers of a kernel in its default build.
std::map<std::uint32_t, std::uint32_t> good_registers() {
  std::map<std::uint32_t, std::uint32_t> registers = {{contract::reg::kIdentity, contract::kIdentity},
                                                      {contract::reg::kContractVersion, contract::kContractVersion}};
  for (const auto& limit : contract::kLimits) registers[limit.offset] = limit.default_value + 1;
  return registers;
}

ReadRegister reader(std::map<std::uint32_t, std::uint32_t>& registers) {
  return [&registers](std::uint32_t offset) {
    EXPECT_NE(offset, contract::reg::kControl) << "reading control clears its done bit";
    return registers[offset];
  };
}

std::string message(std::map<std::uint32_t, std::uint32_t> registers) {
  try {
    (void)read_limits(reader(registers), "here");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Status, ReadsEveryLimitFromItsRegister) {
  auto registers = good_registers();
  const auto limits = read_limits(reader(registers), "here");
  EXPECT_EQ(limits.lanes, contract::kDefaultLanes + 1);
  EXPECT_EQ(limits.weight_width, contract::kDefaultWeightWidth + 1);
  EXPECT_EQ(limits.engines, contract::kDefaultEngines + 1);
  EXPECT_EQ(limits.max_rows, contract::kDefaultMaxRows + 1);
  EXPECT_EQ(limits.max_neurons, contract::kDefaultMaxNeurons + 1);
  EXPECT_EQ(limits.max_steps, contract::kDefaultMaxSteps + 1);
  EXPECT_EQ(limits.max_classes, contract::kDefaultMaxClasses + 1);
  EXPECT_EQ(limits.max_outputs, contract::kDefaultMaxOutputs + 1);
  EXPECT_EQ(limits.max_events, contract::kDefaultMaxEvents + 1);
  EXPECT_EQ(limits.weight_depth, contract::kDefaultWeightDepth + 1);
  EXPECT_EQ(limits.data_width, contract::kDefaultDataWidth + 1);
  EXPECT_EQ(limits.rules, contract::kDefaultRules + 1);
}

TEST(Status, AnotherIdentityIsToldWithBothValues) {
  auto registers = good_registers();
  registers[contract::reg::kIdentity] = 0xdeadbeef;
  const auto text = message(registers);
  EXPECT_NE(text.find("here: register identity is 0xdeadbeef"), std::string::npos) << text;
  EXPECT_NE(text.find("0x4b534850"), std::string::npos) << text;
}

TEST(Status, AnotherVersionIsToldWithBothValues) {
  auto registers = good_registers();
  registers[contract::reg::kContractVersion] = 999;
  const auto text = message(registers);
  EXPECT_NE(text.find("contract_version is 999"), std::string::npos) << text;
}

TEST(Status, TheDumpDecodesEveryRegister) {
  auto registers = good_registers();
  registers[contract::reg::kPhase] = static_cast<std::uint32_t>(contract::Phase::kWeights);
  registers[contract::reg::kError] = static_cast<std::uint32_t>(contract::Error::kBusRead);
  registers[contract::reg::kErrorDetail] = 1;
  registers[contract::reg::kErrorSample] = 2;
  registers[contract::reg::kSamplesFetched] = 30;
  registers[contract::reg::kSamplesDone] = 20;
  registers[contract::reg::kCyclesLow] = 5;
  registers[contract::reg::kCyclesHigh] = 1;
  registers[contract::reg::kEngineState + 8] = 7 | 9 << 8 | 1000u << 16;
  const auto text = timeout_text("here", std::chrono::milliseconds(1500), reader(registers));
  for (const char* part :
       {"here: the run did not end within 1500 ms", "4 (weights)", "samples fetched  30", "samples done     20",
        "7 (bus_read), detail 1, sample 2", "cycles           4294967301", "layer engine 2   state 7, step 9, 1000 events"}) {
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
  }
}

}  // namespace
}  // namespace phasic::driver
