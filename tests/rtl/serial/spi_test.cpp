// SPDX-License-Identifier: Apache-2.0
// The SPI slave against a master in mode 0 and a memory on its bus.
#include <random>
#include <string>
#include <vector>

#include "Vspi.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::spi_test {
namespace {

class RtlSpi : public ::testing::Test {
 protected:
  struct Access {
    bool write = false;
    unsigned address = 0, data = 0;
    bool operator==(const Access&) const = default;
  };

  /// A cycle of the engine: the memory answers four cycles after a read and holds.
  void cycle(Clocked<Vspi>& module, std::mt19937_64& random) {
    module.settle();
    ASSERT_FALSE(module->bus_write_o != 0 && module->bus_read_o != 0);
    if (module->bus_write_o != 0) accesses_.push_back({true, module->bus_address_o, module->bus_write_data_o});
    if (module->bus_read_o != 0) {
      accesses_.push_back({false, module->bus_address_o, 0});
      answer_ = memory_byte(module->bus_address_o);
      wait_ = 4;
    }
    module.edge();
    if (wait_ != 0) {
      --wait_;
      module->bus_read_data_i = wait_ == 0 ? answer_ : static_cast<unsigned char>(random());
    }
    module.settle();
  }

  /// A level of the serial clock of at least four cycles.
  void level(Clocked<Vspi>& module, std::mt19937_64& random, bool high) {
    module->spi_clk_i = high;
    for (unsigned cycles = 4 + (random() % 4 == 0 ? random() % 5 : 0); cycles > 0; --cycles) {
      const unsigned before = module->spi_data_o;
      ASSERT_NO_FATAL_FAILURE(cycle(module, random));
      if (high) {
        ASSERT_EQ(module->spi_data_o, before) << "the bit out changes after a rising edge";
      }
    }
  }

  /// So many bits; returns those that came out, as the master takes them at the rising edges.
  std::vector<bool> transfer(Clocked<Vspi>& module, std::mt19937_64& random, const std::vector<unsigned>& bytes,
                             std::size_t bits) {
    std::vector<bool> out;
    module->spi_select_ni = 0;
    level(module, random, false);
    for (std::size_t n = 0; n < bits; ++n) {
      module->spi_data_i = bytes[n / 8] >> (7 - n % 8) & 1;
      level(module, random, false);
      out.push_back(module->spi_data_o != 0);
      level(module, random, true);
      if (HasFatalFailure()) return out;
    }
    // Select may rise before the clock falls.
    if (random() % 2 == 0) level(module, random, false);
    module->spi_select_ni = 1;
    level(module, random, false);
    return out;
  }

  static unsigned char memory_byte(unsigned address) { return static_cast<unsigned char>(address * 0x9d + (address >> 7)); }

  std::vector<Access> accesses_;

 private:
  unsigned wait_ = 0;
  unsigned char answer_ = 0;
};

TEST_F(RtlSpi, TurnsTransfersIntoAccessesAndItsPinChangesAfterFallingEdgesOnly) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vspi> module{seed};
    module->spi_clk_i = module->spi_data_i = 0;
    module->spi_select_ni = 1;
    module.reset();
    for (unsigned n = 0; n < 40; ++n) {
      SCOPED_TRACE("transfer " + std::to_string(n));
      const auto command = static_cast<contract::SerialCommand>(random() % 8 == 0   ? random() % 256
                                                                : random() % 2 == 0 ? 2
                                                                                    : 11);
      const auto address = static_cast<unsigned>(random() % 8 == 0 ? 0xffffff - random() % 3 : random() % (1 << 24));
      std::vector<unsigned> bytes{static_cast<unsigned>(command), address >> 16, address >> 8 & 255, address & 255};
      for (std::size_t data = random() % 7; data > 0; --data) bytes.push_back(random() % 256);
      const std::size_t bits = random() % 3 == 0 ? random() % (8 * bytes.size()) : 8 * bytes.size();
      accesses_.clear();
      const std::vector<bool> out = transfer(module, random, bytes, bits);
      if (HasFatalFailure()) return;
      std::vector<Access> expected;
      for (std::size_t k = 4; k <= bits / 8; ++k) {
        const unsigned count = static_cast<unsigned>(k) - 4;
        if (command == contract::SerialCommand::kRead) expected.push_back({false, (address + count) % (1 << 24), 0});
        if (command == contract::SerialCommand::kWrite && k < bits / 8)
          expected.push_back({true, (address + count) % (1 << 24), bytes[k]});
      }
      ASSERT_EQ(accesses_, expected);
      // The byte after the address is ignored, then come those of the memory.
      for (std::size_t k = 40; command == contract::SerialCommand::kRead && k < bits; ++k) {
        const unsigned byte = memory_byte((address + static_cast<unsigned>(k / 8) - 5) % (1 << 24));
        ASSERT_EQ(out[k], (byte >> (7 - k % 8) & 1) != 0) << "bit " << k;
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::spi_test
