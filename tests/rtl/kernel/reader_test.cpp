// SPDX-License-Identifier: Apache-2.0
// The reading side of the kernel against the bytes in memory: every unit gets those of its own buffer, the loader as beats, the
// others as words.
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "Vreader_128.h"
#include "Vreader_32.h"
#include "Vreader_512.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::reader_test {
namespace {

enum class Unit { kProgram, kWeights, kTables, kSamples };

constexpr std::uint64_t kBase = 0x1'0000'0f00'0000;
constexpr std::size_t kBuffer = 1 << 14;  // bytes of each buffer

template <class Model>
class KernelReader : public ::testing::Test {
 protected:
  struct Read {
    Unit unit = Unit::kProgram;
    std::size_t offset = 0, bytes = 64;
  };
  struct Got {
    std::vector<std::byte> bytes;
    unsigned errors = 0;
  };

  static Read random_read(std::mt19937_64& random) {
    Read read{static_cast<Unit>(random() % 4), 64 * (random() % 100), 64 * (1 + random() % 60)};
    if (read.unit == Unit::kProgram) read.offset = 0;
    return read;
  }

  static void start(Clocked<Model>& module) {
    module->program_cmd_i = module->loader_cmd_i = module->sampler_cmd_i = 0;
    module->beat_ready_i = module->word_ready_i = module->arready_i = module->rvalid_i = 0;
    for (std::byte& byte : port_bytes(module->addresses_i)) byte = std::byte{0xff};
    for (const Unit unit : {Unit::kProgram, Unit::kWeights, Unit::kTables, Unit::kSamples})
      set_bits(module->addresses_i, 64 * argument_of(unit), 64, kBase + place_of(unit));
    module.reset();
  }

  static std::uint32_t argument_of(Unit unit) {
    switch (unit) {
      case Unit::kProgram:
        return contract::argument::kProgram;
      case Unit::kWeights:
        return contract::argument::kWeights;
      case Unit::kTables:
        return contract::argument::kTables;
      case Unit::kSamples:
        break;
    }
    return contract::argument::kSamples;
  }
  static std::size_t place_of(Unit unit) { return kBuffer * static_cast<std::size_t>(unit); }

  static void command(Clocked<Model>& module, const Read& read, bool valid, std::mt19937_64& random) {
    const bool loads = read.unit == Unit::kWeights || read.unit == Unit::kTables;
    module->program_cmd_i = valid && read.unit == Unit::kProgram;
    module->loader_cmd_i = valid && loads;
    module->sampler_cmd_i = valid && read.unit == Unit::kSamples;
    module->loading_i = loads;
    module->loader_table_i = read.unit == Unit::kTables;
    // What belongs to the other units is garbage.
    module->program_bytes_i = module->loader_bytes_i = module->sampler_bytes_i =
        static_cast<std::uint32_t>(64 * (random() % 8));
    module->loader_offset_i = module->sampler_offset_i = static_cast<std::uint32_t>(64 * (random() % 8));
    const auto bytes = static_cast<std::uint32_t>(read.bytes), offset = static_cast<std::uint32_t>(read.offset);
    if (read.unit == Unit::kProgram) module->program_bytes_i = bytes;
    if (loads) {
      module->loader_bytes_i = bytes;
      module->loader_offset_i = offset;
    }
    if (read.unit == Unit::kSamples) {
      module->sampler_bytes_i = bytes;
      module->sampler_offset_i = offset;
    }
  }

  /// What comes on the unit's port; nothing may come on the other one.
  static void take(Clocked<Model>& module, const Read& read, Got& got) {
    const bool loads = read.unit == Unit::kWeights || read.unit == Unit::kTables;
    ASSERT_EQ(loads ? module->word_valid_o : module->beat_valid_o, 0);
    if (loads && module->beat_valid_o != 0 && module->beat_ready_i != 0) {
      const auto beat = port_bytes(module->beat_o);
      got.bytes.insert(got.bytes.end(), beat.begin(), beat.end());
      got.errors += module->beat_error_o;
    }
    if (!loads && module->word_valid_o != 0 && module->word_ready_i != 0) {
      const auto word = port_bytes(module->word_o);
      got.bytes.insert(got.bytes.end(), word.begin(), word.end());
      got.errors += module->word_error_o;
    }
  }

  static Got run(Clocked<Model>& module, engine::AxiMemory& bus, const Read& read, std::mt19937_64& random) {
    Got got;
    bool commanded = false;
    const unsigned chance = 1 + static_cast<unsigned>(random() % 8);
    std::uint32_t size = 0;
    while ((std::size_t{1} << size) < sizeof module->rdata_i) ++size;
    for (unsigned cycle = 0; got.bytes.size() < read.bytes; ++cycle) {
      EXPECT_LT(cycle, 100'000U) << "the data do not come to an end";
      if (cycle >= 100'000U) break;
      command(module, read, !commanded, random);
      module->beat_ready_i = module->word_ready_i = random() % 8 < chance;
      const engine::AxiSlave& slave = bus.outputs();
      module->arready_i = slave.arready;
      module->rvalid_i = slave.rvalid;
      module->rresp_i = slave.rresp;
      std::memcpy(port_bytes(module->rdata_i).data(), slave.rdata.data(), sizeof module->rdata_i);
      module.settle();
      take(module, read, got);
      engine::AxiMaster master;
      master.ar = {.valid = module->arvalid_o != 0,
                   .address = module->araddr_o,
                   .id = 0,
                   .length = module->arlen_o,
                   .size = size,
                   .burst = 1,
                   .qualifiers = 0};
      master.rready = module->rready_o != 0;
      commanded = commanded || module->cmd_ready_o != 0;
      module.edge();
      bus.clock(master);
    }
    EXPECT_TRUE(commanded);
    return got;
  }
};

using Models = ::testing::Types<Vreader_32, Vreader_128, Vreader_512>;
TYPED_TEST_SUITE(KernelReader, Models);

TYPED_TEST(KernelReader, GivesEachUnitTheBytesOfItsBufferAndTellsErrors) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937_64 random{seed};
    Clocked<TypeParam> module{seed};
    TestMemory memory{kBase, 4 * kBuffer};
    for (std::byte& byte : memory.bytes()) byte = std::byte{static_cast<unsigned char>(random())};
    engine::AxiMemory bus{memory, sizeof module->rdata_i, engine::AxiTiming{.ideal = false, .seed = seed}};
    this->start(module);
    for (unsigned n = 0; n < 20; ++n) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " read " + std::to_string(n));
      const auto read = this->random_read(random);
      const std::size_t at = this->place_of(read.unit) + read.offset;
      const bool bad = random() % 4 == 0;
      memory.set_bad(bad ? kBase + at + 64 * (random() % (read.bytes / 64)) : 0, bad ? 64 : 0);
      const auto got = this->run(module, bus, read, random);
      ASSERT_EQ(got.bytes.size(), read.bytes);
      ASSERT_EQ(got.errors != 0, bad);
      if (bad) continue;
      ASSERT_EQ(std::memcmp(got.bytes.data(), memory.bytes().data() + at, read.bytes), 0);
    }
    EXPECT_EQ(memory.outside(), 0U);
  }
}

}  // namespace
}  // namespace phasic::testing::reader_test
