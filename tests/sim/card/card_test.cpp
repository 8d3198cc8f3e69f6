// SPDX-License-Identifier: Apache-2.0
#include "sim/card/card.hpp"

#include <ert.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <xrt_mem.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "phasic/contract.hpp"

namespace phasic::card {
namespace {

constexpr std::uint64_t kFirstUnit = 0x180'0000;

Design two_units() {
  Design design;
  design.uuid.fill(7);
  design.banks = {{"DDR[0]", 0x4'0000'0000, 1 << 24}};
  design.units = {{"phasic:phasic_1", kFirstUnit}, {"phasic:phasic_2", kFirstUnit + 0x1'0000}};
  design.engine = "test";
  return design;
}

class CardTest : public testing::Test {
 protected:
  void SetUp() override { setenv("PHASIC_ENGINE_PATH", PHASIC_TEST_ENGINES, 1); }
  void TearDown() override { card_.stop(); }

  void load(const std::string& options) {
    Settings settings;
    settings.options = options;
    card_.load(design_, {kFirstUnit, kFirstUnit + 0x1'0000}, settings);
  }

  /// A command that starts a unit of the mask without arguments.
  unsigned command(std::uint32_t mask) {
    const auto handle = card_.allocate(nullptr, kPage, XCL_BO_FLAGS_EXECBUF);
    auto* packet = reinterpret_cast<ert_start_kernel_cmd*>(card_.buffer(handle)->host);
    packet->state = ERT_CMD_STATE_NEW;
    packet->opcode = ERT_START_CU;
    packet->count = 1 + 4;
    packet->cu_mask = mask;
    return handle;
  }
  unsigned state(unsigned handle) { return reinterpret_cast<ert_packet*>(card_.buffer(handle)->host)->state; }
  contract::Phase phase(unsigned unit) {
    return static_cast<contract::Phase>(card_.read_register(unit, contract::reg::kPhase));
  }
  std::uint32_t runs(unsigned unit) { return card_.read_register(unit, contract::reg::kSamplesDone); }

  Design design_ = two_units();
  Card card_{0};
};

int code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

/// Whether the condition comes true; a busy machine may take its time.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

TEST_F(CardTest, ACommandRunsOnTheUnitOfItsMaskAndIsCountedOnce) {
  load("{}");
  card_.open_context(design_.uuid.data(), 0, true);
  card_.open_context(design_.uuid.data(), 1, true);
  const auto handle = command(2);
  card_.submit(handle);
  EXPECT_TRUE(card_.wait(10'000));
  EXPECT_EQ(state(handle), static_cast<unsigned>(ERT_CMD_STATE_COMPLETED));
  EXPECT_EQ(runs(0), 0u);
  EXPECT_EQ(runs(1), 1u);
  EXPECT_FALSE(card_.wait(20));
}

TEST_F(CardTest, CommandsForAnyUnitUseBoth) {
  load(R"({"turns": 200000})");  // long enough for the second command to arrive during the first
  card_.open_context(design_.uuid.data(), 0, true);
  card_.open_context(design_.uuid.data(), 1, true);
  constexpr unsigned kCommands = 4;
  for (unsigned count = 0; count < kCommands; ++count) card_.submit(command(3));
  for (unsigned count = 0; count < kCommands; ++count) ASSERT_TRUE(card_.wait(10'000));
  EXPECT_EQ(runs(0) + runs(1), kCommands);
  EXPECT_GT(runs(0), 0u);
  EXPECT_GT(runs(1), 0u);
}

TEST_F(CardTest, RegistersCanBeReadWhileARunHangs) {
  load(R"({"behaviour": "hang"})");
  card_.open_context(design_.uuid.data(), 0, true);
  card_.submit(command(1));
  EXPECT_TRUE(comes_true([&] { return phase(0) == contract::Phase::kRun; }));
  const auto before = card_.read_register(0, contract::reg::kCyclesLow);
  EXPECT_TRUE(comes_true([&] { return card_.read_register(0, contract::reg::kCyclesLow) != before; }));
  EXPECT_FALSE(card_.wait(1));
}

TEST_F(CardTest, StoppingEndsARunThatHangs) {
  load(R"({"behaviour": "hang"})");
  const auto handle = command(1);
  card_.submit(handle);
  EXPECT_TRUE(comes_true([&] { return state(handle) == ERT_CMD_STATE_RUNNING; }));
  card_.stop();
  EXPECT_EQ(state(handle), static_cast<unsigned>(ERT_CMD_STATE_RUNNING));
}

TEST_F(CardTest, ACommandDoesNotWaitForALongRunOnTheOtherUnit) {
  load(R"({"behaviour": "hang"})");
  card_.open_context(design_.uuid.data(), 1, true);
  card_.submit(command(1));
  card_.submit(command(2));
  EXPECT_TRUE(comes_true([&] { return phase(1) == contract::Phase::kRun; }));
}

TEST_F(CardTest, TwoUnitsOfACardWorkAtTheSameTime) {
  load(R"({"behaviour": "meet"})");
  const auto first = command(1), second = command(2);
  card_.submit(first);
  card_.submit(second);
  ASSERT_TRUE(card_.wait(30'000));
  ASSERT_TRUE(card_.wait(30'000));
  EXPECT_EQ(state(first), static_cast<unsigned>(ERT_CMD_STATE_COMPLETED));
  EXPECT_EQ(state(second), static_cast<unsigned>(ERT_CMD_STATE_COMPLETED));
}

TEST_F(CardTest, AnEngineThatFailsEndsItsCommandInErrorAndTheNextOneGetsAnother) {
  load(R"({"behaviour": "throw"})");
  for (int turn = 0; turn < 2; ++turn) {
    const auto handle = command(1);
    card_.submit(handle);
    ASSERT_TRUE(card_.wait(10'000));
    EXPECT_EQ(state(handle), static_cast<unsigned>(ERT_CMD_STATE_ERROR));
  }
}

TEST_F(CardTest, TheHostMayFreeACommandThatStillRuns) {
  load(R"({"turns": 2000})");
  const auto handle = command(1);
  card_.submit(handle);
  card_.release(handle);
  EXPECT_TRUE(card_.wait(10'000));
}

TEST_F(CardTest, RegistersNeedAContext) {
  load("{}");
  EXPECT_EQ(code_of([&] { (void)card_.read_register(0, contract::reg::kIdentity); }), EPERM);
  card_.open_context(design_.uuid.data(), 0, true);
  EXPECT_EQ(card_.read_register(0, contract::reg::kIdentity), contract::kIdentity);
  card_.close_context(0);
  EXPECT_EQ(code_of([&] { (void)card_.read_register(0, contract::reg::kIdentity); }), EPERM);
  EXPECT_EQ(code_of([&] { (void)card_.read_register(2, contract::reg::kIdentity); }), EINVAL);
}

TEST_F(CardTest, ExclusiveContextsKeepOthersOut) {
  load("{}");
  const auto open = [&](bool shared) { return code_of([&] { card_.open_context(design_.uuid.data(), 0, shared); }); };
  EXPECT_EQ(open(true), 0);
  EXPECT_EQ(open(true), 0);
  EXPECT_EQ(open(false), EBUSY);
  card_.close_context(0);
  card_.close_context(0);
  EXPECT_EQ(open(false), 0);
  EXPECT_EQ(open(true), EBUSY);
  EXPECT_EQ(open(false), EBUSY);
  const std::array<unsigned char, 16> other{};
  EXPECT_EQ(code_of([&] { card_.open_context(other.data(), 1, true); }), EINVAL);
}

TEST_F(CardTest, AnotherDesignIsRefusedWhileOneIsInUse) {
  load("{}");
  card_.open_context(design_.uuid.data(), Card::kVirtualUnit, true);
  load("{}");
  design_.uuid.fill(8);
  EXPECT_EQ(code_of([&] { load("{}"); }), EBUSY);
  card_.close_context(Card::kVirtualUnit);
  EXPECT_EQ(code_of([&] { load("{}"); }), 0);
}

TEST_F(CardTest, MalformedCommandsAreRefused) {
  load("{}");
  const auto submit = [&](auto change) {
    const auto handle = command(1);
    change(*reinterpret_cast<ert_start_kernel_cmd*>(card_.buffer(handle)->host));
    return code_of([&] { card_.submit(handle); });
  };
  EXPECT_EQ(submit([](auto& packet) { packet.cu_mask = 0; }), EINVAL);
  EXPECT_EQ(submit([](auto& packet) { packet.cu_mask = 4; }), EINVAL);
  EXPECT_EQ(submit([](auto& packet) { packet.count = 2000; }), EINVAL);
  EXPECT_EQ(submit([](auto& packet) { packet.count = 0; }), EINVAL);
  EXPECT_EQ(submit([](auto& packet) { packet.opcode = ERT_CONFIGURE; }), ENOTSUP);
  EXPECT_EQ(code_of([&] { card_.submit(12345); }), ENOENT);
}

TEST_F(CardTest, CopiesStayInsideBuffers) {
  load("{}");
  const auto handle = card_.allocate(nullptr, 100, 0);
  EXPECT_EQ(code_of([&] { card_.copy_to_device(handle, 101, 0); }), EINVAL);
  EXPECT_EQ(code_of([&] { card_.copy_from_device(handle, 1, 100); }), EINVAL);
  EXPECT_EQ(code_of([&] { card_.copy_from_device(handle, 100, 0); }), 0);
  const auto address = card_.buffer(handle)->address;
  std::array<std::byte, 4> bytes{std::byte{1}};
  EXPECT_EQ(code_of([&] { card_.write_memory(address, bytes); }), 0);
  EXPECT_EQ(card_.buffer(handle)->device[0], std::byte{1});
  EXPECT_EQ(code_of([&] { card_.read_memory(address + kPage, bytes); }), EFAULT);
}

TEST_F(CardTest, AddressesOnTheControlBusLeadToUnits) {
  load("{}");
  EXPECT_EQ(card_.decode(kFirstUnit + 0x1'0000 + 0x104), std::make_pair(1u, std::uint32_t{0x104}));
  EXPECT_EQ(code_of([&] { (void)card_.decode(kFirstUnit - 4); }), EFAULT);
}

TEST_F(CardTest, AnEngineThatCannotBeMadeIsToldAtLoading) {
  EXPECT_THROW(load(R"({"behaviour": "refuse"})"), std::runtime_error);
  design_.engine = "";
  try {
    load("{}");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("PHASIC_CARD_ENGINE"), std::string::npos) << error.what();
  }
}

TEST(CardSettings, BadNumbersOfDevicesAreToldWithTheirValue) {
  for (const char* value : {"0", "17", "two", "2x", "-1"}) {
    setenv("PHASIC_CARD_DEVICES", value, 1);
    try {
      (void)read_settings();
      ADD_FAILURE() << value;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(std::string("PHASIC_CARD_DEVICES is '") + value), std::string::npos);
    }
  }
  setenv("PHASIC_CARD_DEVICES", "4", 1);
  EXPECT_EQ(read_settings().devices, 4u);
  unsetenv("PHASIC_CARD_DEVICES");
  EXPECT_EQ(read_settings().devices, 1u);
}

}  // namespace
}  // namespace phasic::card
