// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/memory_bank.hpp"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <memory>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "sim/systemc/context.hpp"
#include "sim/systemc/interconnect.hpp"

namespace phasic::platform {
namespace {

struct Initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) {}
};

constexpr std::uint64_t kFirst = 0x10000, kSize = 0x2000;

/// Two banks behind an interconnect; the initiator calls it directly, which no target here minds.
class Banks : public ::testing::Test {
 protected:
  Banks() {
    bytes.add_bank(kFirst, 2 * kSize);
    for (unsigned n = 0; n < 2; ++n) {
      const std::uint64_t first = kFirst + n * kSize;
      banks.push_back(std::make_unique<MemoryBank>(n == 0 ? "bank_0" : "bank_1", bytes, first, first + kSize - 1,
                                                   BankTiming{.bytes_a_cycle = 16, .latency = 10}, clocking));
      interconnect.add_target(first, first + kSize - 1, false).bind(banks.back()->socket);
    }
    initiator.socket.bind(interconnect.add_initiator());
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }

  /// Cycles until the access that is begun in `cycle` is over.
  std::uint64_t access(bool write, std::uint64_t address, std::size_t length, std::uint64_t cycle = 0, bool continued = false) {
    data.resize(length);
    tlm::tlm_generic_payload payload;
    Access tag;
    tag.continued = continued;
    set_up(payload, write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, address, data);
    const Tagged tagged(payload, tag);
    sc_core::sc_time delay = clocking.time(cycle);
    initiator.socket->b_transport(payload, delay);
    response = payload.get_response_status();
    return clocking.cycles(delay) - cycle;
  }

  Context context;
  Clocking clocking;
  engine::BankedMemory bytes;
  Initiator initiator{"initiator"};
  Interconnect interconnect{"interconnect", 1, 2, 3, clocking};
  std::vector<std::unique_ptr<MemoryBank>> banks;
  std::vector<std::byte> data;
  tlm::tlm_response_status response{};
};

TEST_F(Banks, AnAccessTakesHopLatencyAndItsBytesOverTheWidth) {
  EXPECT_EQ(access(false, kFirst, 64), 3 + 10 + 4U);
  EXPECT_EQ(response, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(access(false, kFirst, 1, 100), 3 + 10 + 1U);
  EXPECT_EQ(access(true, kFirst, 65, 200), 3 + 10 + 5U);
  EXPECT_EQ(banks[0]->statistics().busy_cycles, 4 + 1 + 5U);
  EXPECT_EQ(banks[0]->statistics().bytes_read, 65U);
  EXPECT_EQ(banks[0]->statistics().bytes_written, 65U);
}

TEST_F(Banks, AnAccessWaitsForTheOneBeforeButNotForItsLatency) {
  EXPECT_EQ(access(false, kFirst, 160), 3 + 10 + 10U);
  EXPECT_EQ(access(false, kFirst, 160), 3 + 10 + 10 + 10U);
  EXPECT_EQ(access(false, kFirst, 16, 15), 3 + 5 + 1 + 10U) << "it arrives in cycle 18, and the bank is free in 23";
  EXPECT_EQ(banks[0]->statistics().wait_cycles, 10 + 5U);
}

TEST_F(Banks, BanksWorkAtTheSameTime) {
  EXPECT_EQ(access(false, kFirst, 160), 3 + 10 + 10U);
  EXPECT_EQ(access(false, kFirst + kSize, 160), 3 + 10 + 10U);
}

TEST_F(Banks, ABurstThatGoesOnHasNoLatency) {
  EXPECT_EQ(access(false, kFirst, 64), 17U);
  EXPECT_EQ(access(false, kFirst + 64, 64, 17, true), 4U);
}

TEST_F(Banks, BytesArriveWhereTheyBelong) {
  data.resize(32);
  std::fill(data.begin(), data.end(), std::byte{0x5a});
  access(true, kFirst + kSize, 32);
  EXPECT_EQ(bytes.bank(kFirst)[kSize], std::byte{0x5a});
  EXPECT_EQ(bytes.bank(kFirst)[kSize + 31], std::byte{0x5a});
  EXPECT_EQ(bytes.bank(kFirst)[kSize + 32], std::byte{0});
}

TEST_F(Banks, AddressesWithoutATargetAreErrors) {
  for (const std::uint64_t address : {std::uint64_t{0}, kFirst - 1, kFirst + 2 * kSize, ~std::uint64_t{0}}) {
    access(false, address, 4);
    EXPECT_EQ(response, tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
  }
  access(true, kFirst + kSize - 4, 8);
  EXPECT_EQ(response, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "from one bank into the next";
  EXPECT_EQ(interconnect.unmapped(), 5U);
  EXPECT_EQ(banks[0]->statistics().errors, 0U);
}

TEST_F(Banks, WhatTheBytesRefuseIsAnError) {
  bytes.fail_writes(kFirst + 64, 1);
  access(true, kFirst + 32, 64);
  EXPECT_EQ(response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  access(false, kFirst + 32, 64);
  EXPECT_EQ(response, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(banks[0]->statistics().errors, 1U);
}

TEST(Interconnect, RefusesTargetsThatMeet) {
  Context context;
  const Clocking clocking;
  Interconnect interconnect("interconnect", 0, 3, 0, clocking);
  (void)interconnect.add_target(100, 199, false);
  EXPECT_THROW((void)interconnect.add_target(199, 300, false), std::invalid_argument);
  EXPECT_THROW((void)interconnect.add_target(300, 299, false), std::invalid_argument);
  EXPECT_NO_THROW((void)interconnect.add_target(200, 300, false));
}

TEST(Clocking, PartsOfACycleCountAsOne) {
  const Context context;
  const Clocking clocking(250);
  EXPECT_EQ(clocking.period(), sc_core::sc_time(4, sc_core::SC_NS));
  EXPECT_EQ(clocking.cycles(sc_core::sc_time(8, sc_core::SC_NS)), 2U);
  EXPECT_EQ(clocking.cycles(sc_core::sc_time(8001, sc_core::SC_PS)), 3U);
}

}  // namespace
}  // namespace phasic::platform
