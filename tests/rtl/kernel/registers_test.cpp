// SPDX-License-Identifier: Apache-2.0
// The AXI4-Lite slave against a twin of the registers, with random order of address and data, strobes and patience.
#include <map>
#include <optional>
#include <random>
#include <string>

#include "Vregisters.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::registers_test {
namespace {

namespace reg = contract::reg;

class Registers : public ::testing::Test {
 protected:
  Registers() : module_(5) {
    module_->awvalid_i = module_->wvalid_i = module_->bready_i = module_->arvalid_i = module_->rready_i = module_->done_i = 0;
    module_->error_i = 8;
    module_->error_detail_i = 0x11111111;
    module_->error_sample_i = 0x22222222;
    module_->phase_i = 5;
    module_->samples_fetched_i = 0x33333333;
    module_->samples_done_i = 0x44444444;
    module_->cycles_i = 0x5555555566666666;
    for (std::uint32_t e = 0; e < contract::kMaxLayers; ++e) module_->engine_state_i[e] = 0x77000000 + e;
    module_.reset();
  }

  /// One cycle; what start_o was.
  bool edge() {
    module_.settle();
    const bool start = module_->start_o != 0;
    starts_ += start;
    module_.edge();
    return start;
  }

  void write(std::uint32_t offset, std::uint32_t value, unsigned strobes = 15) {
    bool address = false, data = false;
    unsigned address_wait = random_() % 4, data_wait = random_() % 4;
    for (unsigned cycle = 0; cycle < 100; ++cycle) {
      module_->awvalid_i = !address && address_wait == 0;
      module_->awaddr_i = module_->awvalid_i != 0 ? offset : random_() % 4096;
      module_->wvalid_i = !data && data_wait == 0;
      module_->wdata_i = module_->wvalid_i != 0 ? value : static_cast<std::uint32_t>(random_());
      module_->wstrb_i = module_->wvalid_i != 0 ? strobes : 15;
      module_->bready_i = random_() % 2;
      if (address_wait != 0) --address_wait;
      if (data_wait != 0) --data_wait;
      module_.settle();
      const bool took_address = module_->awvalid_i != 0 && module_->awready_o != 0;
      const bool took_data = module_->wvalid_i != 0 && module_->wready_o != 0;
      const bool answered = module_->bvalid_o != 0 && module_->bready_i != 0;
      if (answered) {
        EXPECT_TRUE(address && data) << "answered before it was complete";
      }
      edge();
      address = address || took_address;
      data = data || took_data;
      module_->awvalid_i = module_->wvalid_i = 0;
      if (answered) return;
    }
    FAIL() << "a write is not answered";
  }

  std::uint32_t read(std::uint32_t offset) {
    bool asked = false;
    std::optional<std::uint32_t> waiting;
    for (unsigned cycle = 0; cycle < 100; ++cycle) {
      module_->arvalid_i = !asked;
      module_->araddr_i = !asked ? offset : random_() % 4096;
      module_->rready_i = random_() % 2;
      module_.settle();
      const bool took = module_->arvalid_i != 0 && module_->arready_o != 0;
      if (module_->rvalid_o != 0) {
        const std::uint32_t value = module_->rdata_o;
        EXPECT_EQ(waiting.value_or(value), value) << "the answer changed while it waited";
        waiting = value;
        const bool taken = module_->rready_i != 0;
        edge();
        if (taken) return value;
        continue;
      }
      edge();
      asked = asked || took;
    }
    ADD_FAILURE() << "a read is not answered";
    return 0;
  }

  void done() {
    module_->done_i = 1;
    edge();
    module_->done_i = 0;
  }

  std::mt19937 random_{9};
  Clocked<Vregisters> module_;
  unsigned starts_ = 0;
};

constexpr std::uint32_t kStart = 1, kDone = 2, kIdle = 4, kReady = 8;

TEST_F(Registers, TellIdentityLimitsAndStatus) {
  EXPECT_EQ(read(reg::kIdentity), contract::kIdentity);
  EXPECT_EQ(read(reg::kContractVersion), contract::kContractVersion);
  const std::uint32_t limits[] = {16, 16, 3, 101, 102, 31, 104, 105, 106, 107, 256, 5, 108, 109};
  for (std::size_t k = 0; k < std::size(limits); ++k)
    EXPECT_EQ(read(reg::kLimits + 4 * static_cast<std::uint32_t>(k)), limits[k]);
  EXPECT_EQ(read(reg::kError), 8U);
  EXPECT_EQ(read(reg::kErrorDetail), 0x11111111U);
  EXPECT_EQ(read(reg::kErrorSample), 0x22222222U);
  EXPECT_EQ(read(reg::kPhase), 5U);
  EXPECT_EQ(read(reg::kSamplesFetched), 0x33333333U);
  EXPECT_EQ(read(reg::kSamplesDone), 0x44444444U);
  EXPECT_EQ(read(reg::kCyclesLow), 0x66666666U);
  EXPECT_EQ(read(reg::kCyclesHigh), 0x55555555U);
  for (std::uint32_t e = 0; e < contract::kMaxLayers; ++e) EXPECT_EQ(read(reg::kEngineState + 4 * e), 0x77000000 + e);
}

TEST_F(Registers, ArgumentsHoldWhatWasWrittenAndNothingElseCanBeWritten) {
  std::map<std::uint32_t, std::uint32_t> words;
  for (const contract::Argument& argument : contract::kArguments) {
    words[argument.offset] = 0;
    if (argument.global) words[argument.offset + 4] = 0;
  }
  for (unsigned turn = 0; turn < 2000; ++turn) {
    auto at = words.begin();
    std::advance(at, random_() % words.size());
    if (random_() % 2 != 0) {
      const std::uint32_t value = static_cast<std::uint32_t>(random_());
      const unsigned strobes = random_() % 16;
      write(at->first, value, strobes);
      for (unsigned k = 0; k < 4; ++k) {
        if ((strobes >> k & 1) != 0) at->second = (at->second & ~(0xffU << 8 * k)) | (value & 0xffU << 8 * k);
      }
    } else {
      ASSERT_EQ(read(at->first), at->second) << "offset " << at->first;
    }
  }
  for (std::uint32_t offset = 0x10; offset < 0x200; offset += 4) {
    if (words.contains(offset)) continue;
    const std::uint32_t before = read(offset);
    write(offset, ~before);
    EXPECT_EQ(read(offset), before) << "offset " << offset;
  }
  for (const auto& [offset, value] : words) EXPECT_EQ(read(offset), value);
  EXPECT_EQ(starts_, 0U);
}

TEST_F(Registers, UnusedOffsetsReadZero) {
  for (const std::uint32_t offset : {0x18U, 0x5cU, 0x98U, 0xfcU, 0x180U, 0x200U, 0x800U, 0xffcU}) {
    EXPECT_EQ(read(offset), 0U) << "offset " << offset;
  }
}

TEST_F(Registers, ARunStartsOnceWithTheArgumentsOfItsStart) {
  EXPECT_EQ(read(reg::kControl), kIdle);
  write(reg::kProgram, 0x1000);
  write(reg::kProgram + 4, 0x20);
  write(reg::kFirstSample, 77);
  write(reg::kControl, kStart, 14);  // without its byte
  write(reg::kControl, 0xfe);
  EXPECT_EQ(starts_, 0U);
  write(reg::kControl, kStart);
  EXPECT_EQ(starts_, 1U);
  EXPECT_EQ(read(reg::kControl), kStart);
  write(reg::kProgram, 0x2000);
  write(reg::kFirstSample, 78);
  write(reg::kControl, kStart);
  EXPECT_EQ(starts_, 1U) << "a start during a run";
  std::uint64_t program;
  std::memcpy(&program, port_bytes(module_->addresses_o).data(), 8);
  EXPECT_EQ(program, 0x2000001000U);
  EXPECT_EQ(module_->scalars_o[7], 77U);
  EXPECT_EQ(read(reg::kProgram), 0x2000U);
  done();
  EXPECT_EQ(read(reg::kControl), kDone | kIdle | kReady);
  EXPECT_EQ(read(reg::kControl), kIdle) << "done is cleared by reading";
  write(reg::kControl, kStart);
  EXPECT_EQ(starts_, 2U);
  EXPECT_EQ(module_->scalars_o[7], 78U);
  done();
  write(reg::kControl, kStart);
  EXPECT_EQ(read(reg::kControl), kStart) << "a start forgets the run before";
}

TEST_F(Registers, DoneIsNotLostWhenTheRunEndsWhileControlIsRead) {
  for (unsigned turn = 0; turn < 40; ++turn) {
    write(reg::kControl, kStart);
    bool seen = false;
    const unsigned end = random_() % 6;
    module_->arvalid_i = 1;
    module_->rready_i = 1;
    module_->araddr_i = reg::kControl;
    for (unsigned cycle = 0; cycle < 20; ++cycle) {
      module_->done_i = cycle == end;
      module_.settle();
      seen = seen || (module_->rvalid_o != 0 && (module_->rdata_o & kDone) != 0);
      edge();
    }
    module_->arvalid_i = 0;
    edge();
    EXPECT_TRUE(seen) << "end in cycle " << end;
  }
}

TEST_F(Registers, InterruptsComeWhenEnabledAndAreToggledAway) {
  write(reg::kControl, kStart);
  done();
  EXPECT_EQ(module_->interrupt_o, 0);
  EXPECT_EQ(read(reg::kInterruptStatus), 0U);
  for (const std::uint32_t enable : {1U, 2U, 3U}) {
    write(reg::kInterruptEnable, enable);
    write(reg::kGlobalInterruptEnable, 0);
    write(reg::kControl, kStart);
    EXPECT_EQ(read(reg::kInterruptStatus), 0U);
    done();
    EXPECT_EQ(read(reg::kInterruptStatus), enable);
    EXPECT_EQ(module_->interrupt_o, 0);
    write(reg::kGlobalInterruptEnable, 1);
    EXPECT_EQ(module_->interrupt_o, 1);
    EXPECT_EQ(read(reg::kGlobalInterruptEnable), 1U);
    EXPECT_EQ(read(reg::kInterruptEnable), enable);
    write(reg::kInterruptStatus, enable);
    EXPECT_EQ(module_->interrupt_o, 0);
    EXPECT_EQ(read(reg::kInterruptStatus), 0U);
  }
}

}  // namespace
}  // namespace phasic::testing::registers_test
