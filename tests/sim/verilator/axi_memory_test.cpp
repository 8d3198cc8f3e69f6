// SPDX-License-Identifier: Apache-2.0
/// The AXI4 memory model: a scripted master moves data through it, and each rule that it checks is broken once.
#include "sim/verilator/axi_memory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <set>
#include <vector>

#include "driver/engine/banked_memory.hpp"

namespace phasic::engine {
namespace {

constexpr std::uint64_t kBase = 0x4'0000'0000;
constexpr std::size_t kBytes = 16384;
constexpr std::size_t kBus = 16;

AxiAddress request(std::uint64_t address, std::uint32_t beats, std::uint32_t id = 0) {
  AxiAddress result;
  result.valid = true;
  result.address = address;
  result.id = id;
  result.length = beats - 1;
  result.size = 4;
  result.burst = 1;
  return result;
}

struct Beat {
  std::array<std::byte, kMaxBusBytes> data{};
  std::uint64_t strobes = 0xffff;
  bool last = false;
};

/// A master that sends what is queued, keeps the protocol, and takes everything that comes back.
struct Master {
  std::deque<AxiAddress> aw, ar;
  std::deque<Beat> w;
  struct Read {
    std::uint32_t id, response;
    bool last;
    std::array<std::byte, kMaxBusBytes> data;
  };
  std::vector<Read> reads;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> responses;  // id, code
  std::set<std::string> orders;                                    // what came first, seen at the handshakes
  unsigned w_taken = 0, aw_taken = 0;

  void cycle(AxiMemory& axi) {
    AxiMaster now;
    if (!aw.empty()) now.aw = aw.front();
    if (!ar.empty()) now.ar = ar.front();
    if (!w.empty()) {
      now.wvalid = true;
      now.wlast = w.front().last;
      now.wstrb = w.front().strobes;
      now.wdata = w.front().data.data();
    }
    now.bready = now.rready = true;
    const AxiSlave slave = axi.outputs();
    axi.clock(now);
    if (slave.bvalid) responses.emplace_back(slave.bid, slave.bresp);
    if (slave.rvalid) reads.push_back({slave.rid, slave.rresp, slave.rlast, slave.rdata});
    if (now.aw.valid && slave.awready) {
      aw.pop_front();
      ++aw_taken;
    }
    if (now.ar.valid && slave.arready) ar.pop_front();
    if (now.wvalid && slave.wready) {
      if (w.front().last) ++w_taken;
      w.pop_front();
    }
    // Whole bursts of data without an address, or addresses without their data.
    if (w_taken > aw_taken) orders.insert("data first");
    if (aw_taken > w_taken) orders.insert("address first");
  }

  void run(AxiMemory& axi, unsigned limit = 200000) {
    for (unsigned i = 0; i < limit && !(aw.empty() && ar.empty() && w.empty() && axi.quiet()); ++i) cycle(axi);
    ASSERT_TRUE(axi.quiet());
    ASSERT_TRUE(aw.empty() && ar.empty() && w.empty());
  }

  void write(std::uint64_t address, const std::vector<std::byte>& bytes, std::uint32_t id = 0) {
    const auto beats = static_cast<std::uint32_t>(bytes.size() / kBus);
    aw.push_back(request(address, beats, id));
    for (std::uint32_t i = 0; i < beats; ++i) {
      Beat beat;
      std::memcpy(beat.data.data(), bytes.data() + i * kBus, kBus);
      beat.last = i + 1 == beats;
      w.push_back(beat);
    }
  }
};

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 37 + seed + (i >> 8));
  return bytes;
}

class AxiMemoryTest : public ::testing::Test {
 protected:
  AxiMemoryTest() { memory.add_bank(kBase, kBytes); }
  BankedMemory memory;
};

TEST_F(AxiMemoryTest, WhatIsWrittenIsReadBackWithAnyTiming) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed <= 40; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    AxiTiming timing;
    timing.ideal = seed == 0;
    timing.seed = seed;
    AxiMemory axi(memory, kBus, timing);
    Master master;
    const auto bytes = pattern(kBytes, static_cast<unsigned>(seed));
    for (std::size_t at = 0; at < kBytes; at += 512)
      master.write(kBase + at,
                   {bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin() + static_cast<std::ptrdiff_t>(at) + 512},
                   static_cast<std::uint32_t>(at / 512 % 2));
    master.run(axi);
    ASSERT_EQ(master.responses.size(), kBytes / 512);
    for (const auto& [id, code] : master.responses) ASSERT_EQ(code, kAxiOkay);
    ASSERT_EQ(0, std::memcmp(memory.bank(kBase).data(), bytes.data(), kBytes));
    // Two ids read two halves at once; within an id everything is in order.
    for (std::size_t at = 0; at < kBytes / 2; at += 256) {
      master.ar.push_back(request(kBase + at, 16, 0));
      master.ar.push_back(request(kBase + kBytes / 2 + at, 16, 1));
    }
    master.run(axi);
    ASSERT_EQ(master.reads.size(), kBytes / kBus);
    std::array<std::size_t, 2> position{0, kBytes / 2};
    for (const auto& read : master.reads) {
      ASSERT_EQ(read.response, kAxiOkay);
      std::size_t& at = position[read.id];
      ASSERT_EQ(0, std::memcmp(read.data.data(), bytes.data() + at, kBus)) << "at " << at;
      at += kBus;
      ASSERT_EQ(read.last, at % 256 == 0);
    }
    orders.insert(master.orders.begin(), master.orders.end());
  }
  EXPECT_EQ(orders.size(), 2u) << "both orders of address and data must occur";
}

TEST_F(AxiMemoryTest, TheSameSeedGivesTheSameCycles) {
  const auto cycles = [&](std::uint64_t seed) {
    AxiTiming timing;
    timing.seed = seed;
    AxiMemory axi(memory, kBus, timing);
    Master master;
    for (std::size_t at = 0; at < kBytes; at += 256) master.ar.push_back(request(kBase + at, 16));
    unsigned count = 0;
    do {
      master.cycle(axi);
      ++count;
    } while (!(master.ar.empty() && axi.quiet()));
    return count;
  };
  EXPECT_EQ(cycles(3), cycles(3));
  EXPECT_NE(cycles(3), cycles(4));
}

TEST_F(AxiMemoryTest, IdealTimingMovesABeatACycle) {
  AxiTiming timing;
  timing.ideal = true;
  AxiMemory axi(memory, kBus, timing);
  Master master;
  for (std::size_t at = 0; at < kBytes; at += 1024) master.ar.push_back(request(kBase + at, 64));
  unsigned count = 0;
  while (master.reads.size() < kBytes / kBus && count < 5000) {
    master.cycle(axi);
    ++count;
  }
  EXPECT_LE(count, kBytes / kBus + timing.latency + 20);
}

TEST_F(AxiMemoryTest, StrobesChooseBytes) {
  AxiMemory axi(memory, kBus, {});
  Master master;
  master.write(kBase, pattern(kBus, 1));
  master.run(axi);
  const auto other = pattern(kBus, 99);
  master.write(kBase, other);
  master.w.back().strobes = 0x8421;
  master.run(axi);
  auto expected = pattern(kBus, 1);
  for (const std::size_t i : {0u, 5u, 10u, 15u}) expected[i] = other[i];
  EXPECT_EQ(0, std::memcmp(memory.bank(kBase).data(), expected.data(), kBus));
}

TEST_F(AxiMemoryTest, RefusedAccessesAnswerWithAnErrorAndLeaveTheRest) {
  std::set<std::uint32_t> codes;
  constexpr std::uint64_t kSmall = 2 * kBase;
  memory.add_bank(kSmall, 2 * kBus);
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    AxiTiming timing;
    timing.seed = seed;
    AxiMemory axi(memory, kBus, timing);
    Master master;
    master.ar.push_back(request(kSmall, 4));  // the last two beats lie behind the bank
    master.ar.push_back(request(kBase, 1));
    master.run(axi);
    ASSERT_EQ(master.reads.size(), 5u);
    EXPECT_EQ(master.reads[0].response, kAxiOkay);
    EXPECT_EQ(master.reads[1].response, kAxiOkay);
    EXPECT_NE(master.reads[2].response, kAxiOkay);
    EXPECT_NE(master.reads[3].response, kAxiOkay);
    EXPECT_EQ(master.reads[4].response, kAxiOkay);
    codes.insert(master.reads[2].response);
    master.write(kBase + kBytes, pattern(kBus, 1));
    master.write(kBase, pattern(kBus, static_cast<unsigned>(seed)));
    master.run(axi);
    ASSERT_EQ(master.responses.size(), 2u);
    EXPECT_NE(master.responses[0].second, kAxiOkay);
    EXPECT_EQ(master.responses[1].second, kAxiOkay);
  }
  EXPECT_EQ(codes, (std::set<std::uint32_t>{kAxiSlaveError, kAxiDecodeError}));
}

/// What the model says when `act` breaks a rule; empty if it does not notice.
template <class Act>
std::string complaint(Memory& memory, Act act) {
  // Several seeds, since a rule about waiting needs a slave that lets the master wait.
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    AxiTiming timing;
    timing.seed = seed;
    AxiMemory axi(memory, kBus, timing);
    Master master;
    try {
      act(axi, master);
      for (int i = 0; i < 2000; ++i) master.cycle(axi);
    } catch (const AxiViolation& violation) {
      return violation.what();
    }
  }
  return "";
}

void expect_complaint(const std::string& text, const std::string& channel, const std::string& rule) {
  EXPECT_NE(text.find("channel " + channel), std::string::npos) << text;
  EXPECT_NE(text.find(rule), std::string::npos) << text;
}

TEST_F(AxiMemoryTest, AMasterThatKeepsTheRulesHearsNoComplaint) {
  EXPECT_EQ(complaint(memory,
                      [](AxiMemory&, Master& master) {
                        master.write(kBase + 4096 - 4 * kBus, pattern(4 * kBus, 5));
                        master.ar.push_back(request(kBase, 256));
                      }),
            "");
}

TEST_F(AxiMemoryTest, BurstsAcross4KiBAreRefused) {
  expect_complaint(complaint(memory, [](AxiMemory&, Master& m) { m.ar.push_back(request(kBase + 4096 - kBus, 2)); }), "AR",
                   "4 KiB");
  expect_complaint(complaint(memory, [](AxiMemory&, Master& m) { m.aw.push_back(request(kBase + 4096 - kBus, 2)); }), "AW",
                   "4 KiB");
}

TEST_F(AxiMemoryTest, OtherThanIncrementingBurstsAreRefused) {
  for (const std::uint32_t burst : {0u, 2u, 3u})
    expect_complaint(complaint(memory,
                               [&](AxiMemory&, Master& m) {
                                 m.ar.push_back(request(kBase, 2));
                                 m.ar.back().burst = burst;
                               }),
                     "AR", "burst type");
}

TEST_F(AxiMemoryTest, BeatsWiderThanTheBusAreRefused) {
  expect_complaint(complaint(memory,
                             [](AxiMemory&, Master& m) {
                               m.ar.push_back(request(kBase, 2));
                               m.ar.back().size = 5;
                             }),
                   "AR", "wider");
}

TEST_F(AxiMemoryTest, AddressesThatAreNoMultipleOfTheBeatAreRefused) {
  expect_complaint(complaint(memory, [](AxiMemory&, Master& m) { m.ar.push_back(request(kBase + 4, 1)); }), "AR", "multiple");
}

TEST_F(AxiMemoryTest, LengthsBeyond256AreRefused) {
  expect_complaint(complaint(memory, [](AxiMemory&, Master& m) { m.ar.push_back(request(kBase, 257)); }), "AR", "length");
}

TEST_F(AxiMemoryTest, AMissingLastIsNoticed) {
  expect_complaint(complaint(memory,
                             [](AxiMemory&, Master& m) {
                               m.write(kBase, pattern(2 * kBus, 1));
                               m.w.back().last = false;
                             }),
                   "W", "last is missing");
}

TEST_F(AxiMemoryTest, AnEarlyLastIsNoticed) {
  expect_complaint(complaint(memory,
                             [](AxiMemory&, Master& m) {
                               m.write(kBase, pattern(3 * kBus, 1));
                               m.w[1].last = true;
                             }),
                   "W", "last at beat 1");
}

TEST_F(AxiMemoryTest, StrobesOutsideANarrowBeatAreNoticed) {
  expect_complaint(complaint(memory,
                             [](AxiMemory&, Master& m) {
                               m.write(kBase + 4, pattern(kBus, 1));
                               m.aw.back().size = 2;
                               m.w.back().strobes = 0x1f0;
                             }),
                   "W", "strobes");
}

TEST_F(AxiMemoryTest, ADroppedValidIsNoticed) {
  const auto drop = [&](auto raise) {
    return complaint(memory, [&](AxiMemory& axi, Master&) {
      for (int i = 0; i < 500; ++i) {
        AxiMaster now;
        now.bready = now.rready = true;
        const std::array<std::byte, kMaxBusBytes> data{};
        now.wdata = data.data();
        const bool waited = raise(now, axi.outputs());
        axi.clock(now);
        if (!waited) continue;
        AxiMaster silent;
        silent.bready = silent.rready = true;
        axi.clock(silent);
      }
    });
  };
  expect_complaint(drop([](AxiMaster& now, const AxiSlave& slave) {
                     now.ar = request(kBase, 1);
                     return !slave.arready;
                   }),
                   "AR", "dropped");
  expect_complaint(drop([](AxiMaster& now, const AxiSlave& slave) {
                     now.aw = request(kBase, 1);
                     return !slave.awready;
                   }),
                   "AW", "dropped");
  expect_complaint(drop([](AxiMaster& now, const AxiSlave& slave) {
                     now.wvalid = now.wlast = true;
                     now.wstrb = 1;
                     return !slave.wready;
                   }),
                   "W", "dropped");
}

TEST_F(AxiMemoryTest, APayloadThatChangesWhileItWaitsIsNoticed) {
  const auto change = [&](auto raise) {
    return complaint(memory, [&](AxiMemory& axi, Master&) {
      std::array<std::byte, kMaxBusBytes> data{};
      for (unsigned i = 0; i < 500; ++i) {
        AxiMaster now;
        now.bready = now.rready = true;
        now.wdata = data.data();
        raise(now, data, i);
        axi.clock(now);
      }
    });
  };
  using Data = std::array<std::byte, kMaxBusBytes>;
  expect_complaint(change([](AxiMaster& now, Data&, unsigned i) { now.ar = request(kBase + i % 2 * kBus, 1); }), "AR",
                   "changed");
  expect_complaint(change([](AxiMaster& now, Data&, unsigned i) {
                     now.aw = request(kBase, 1);
                     now.aw.qualifiers = i;
                   }),
                   "AW", "changed");
  expect_complaint(change([](AxiMaster& now, Data& data, unsigned i) {
                     data[kBus - 1] = static_cast<std::byte>(i);
                     now.wvalid = now.wlast = true;
                     now.wstrb = 1;
                   }),
                   "W", "changed");
  expect_complaint(change([](AxiMaster& now, Data&, unsigned i) {
                     now.wvalid = now.wlast = true;
                     now.wstrb = 1u << i % 16;
                   }),
                   "W", "changed");
}

TEST_F(AxiMemoryTest, BusWidthsThatAxiDoesNotKnowAreRefused) {
  EXPECT_THROW(AxiMemory(memory, 12, {}), std::invalid_argument);
  EXPECT_THROW(AxiMemory(memory, 128, {}), std::invalid_argument);
}

/// Takes as long as it is told.
class SlowMemory final : public TimedMemory {
 public:
  explicit SlowMemory(Memory& bytes) : bytes_(bytes) {}
  bool read(std::uint64_t address, std::span<std::byte> to) override {
    ++accesses;
    return bytes_.read(address, to);
  }
  bool write(std::uint64_t address, std::span<const std::byte> from) override {
    ++accesses;
    return bytes_.write(address, from);
  }
  [[nodiscard]] std::uint64_t delay() const override { return cycles; }

  std::uint64_t cycles = 0;
  unsigned accesses = 0;

 private:
  Memory& bytes_;
};

/// Cycles until everything that is queued is answered, with ideal timing and no latency but the memory's.
unsigned cycles_of(Master& master, SlowMemory& slow) {
  AxiTiming timing;
  timing.ideal = true;
  timing.latency = timing.write_latency = 0;
  AxiMemory axi(slow, kBus, timing);
  unsigned cycles = 0;
  do {
    master.cycle(axi);
    ++cycles;
  } while (cycles < 100'000 && !(master.aw.empty() && master.ar.empty() && master.w.empty() && axi.quiet()));
  return cycles;
}

TEST_F(AxiMemoryTest, ABurstOfATimedMemoryIsOneAccessThatEndsWhenItsDelayIsOver) {
  SlowMemory slow(memory);
  unsigned at_once = 0;
  for (const unsigned delay : {0U, 10U, 15U, 16U, 40U, 300U}) {
    slow.cycles = delay;
    slow.accesses = 0;
    Master reader;
    reader.ar.push_back(request(kBase, 16));
    const unsigned cycles = cycles_of(reader, slow);
    EXPECT_EQ(reader.reads.size(), 16U);
    EXPECT_EQ(slow.accesses, 1U);
    if (delay == 0) at_once = cycles;
    EXPECT_EQ(cycles, at_once + (delay > 15 ? delay - 15 : 0)) << delay;
  }
  for (const unsigned delay : {0U, 10U, 300U}) {
    slow.cycles = delay;
    slow.accesses = 0;
    Master writer;
    writer.write(kBase + 512, pattern(256, delay));
    const unsigned cycles = cycles_of(writer, slow);
    ASSERT_EQ(writer.responses.size(), 1U);
    EXPECT_EQ(slow.accesses, 1U);
    if (delay == 0) at_once = cycles;
    EXPECT_EQ(cycles, at_once + delay) << delay;
    EXPECT_EQ(0, std::memcmp(memory.bank(kBase).data() + 512, pattern(256, delay).data(), 256));
  }
}

TEST_F(AxiMemoryTest, StrobesAndErrorsReachATimedMemory) {
  SlowMemory slow(memory);
  Master strobed;
  strobed.write(kBase, pattern(32, 3));
  strobed.w.front().strobes = 0x00f0;
  (void)cycles_of(strobed, slow);
  EXPECT_EQ(memory.bank(kBase)[3], std::byte{0});
  EXPECT_EQ(0, std::memcmp(memory.bank(kBase).data() + 4, pattern(32, 3).data() + 4, 4));
  EXPECT_EQ(memory.bank(kBase)[8], std::byte{0});
  EXPECT_EQ(0, std::memcmp(memory.bank(kBase).data() + 16, pattern(32, 3).data() + 16, 16));
  memory.fail_writes(kBase + 1024 + 16, 1);
  Master refused;
  refused.write(kBase + 1024, pattern(48, 5));
  (void)cycles_of(refused, slow);
  ASSERT_EQ(refused.responses.size(), 1U);
  EXPECT_NE(refused.responses[0].second, kAxiOkay);
  EXPECT_EQ(0, std::memcmp(memory.bank(kBase).data() + 1024, pattern(48, 5).data(), 16)) << "the other beats are written";
  memory.fail_reads(kBase + 2048 + 16, 1);
  Master reader;
  reader.ar.push_back(request(kBase + 2048, 3));
  (void)cycles_of(reader, slow);
  ASSERT_EQ(reader.reads.size(), 3U);
  EXPECT_EQ(reader.reads[0].response, kAxiOkay);
  EXPECT_NE(reader.reads[1].response, kAxiOkay);
  EXPECT_EQ(reader.reads[2].response, kAxiOkay);
}

}  // namespace
}  // namespace phasic::engine
