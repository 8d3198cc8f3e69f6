// SPDX-License-Identifier: Apache-2.0
// The byte bus of a serial build: which memory an access is for, and the bytes of words, jobs, states and control.
#include <bit>
#include <random>
#include <string>

#include "Vserial_bus_2.h"
#include "Vserial_bus_8.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::serial_bus_test {
namespace {

using contract::SerialSpace;

template <class Model, std::size_t Lanes>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
};

template <class T>
class RtlSerialBus : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;

  /// What the build holds where reads end.
  struct Inside {
    std::uint64_t weights = 0;
    std::uint32_t state = 0;
    std::uint8_t job_byte = 0;
    contract::SerialControl control;
  };

  static void set(Module& module, const Inside& inside) {
    set_bits(module->weights_i, 0, 8 * T::lanes, inside.weights);
    module->job_byte_i = inside.job_byte;
    module->state_i = inside.state;
    module->busy_i = inside.control.status & 1;
    module->cycles_i = inside.control.cycles;
    for (std::size_t k = 0; k < 16; ++k) set_bits(module->counters_i, 16 * k, 16, inside.control.counters[k]);
  }

  static Inside random_inside(std::mt19937_64& random, bool busy) {
    Inside inside;
    inside.weights = random();
    inside.state = static_cast<std::uint32_t>(random());
    inside.job_byte = static_cast<std::uint8_t>(random());
    inside.control.identity = contract::kSerialIdentity;
    inside.control.version = contract::kContractVersion;
    inside.control.lanes = T::lanes;
    inside.control.status = busy ? 1 : 0;
    inside.control.cycles = static_cast<std::uint32_t>(random() & 0xff'ffff);
    for (std::size_t k = 0; k < 16; ++k) inside.control.counters[k] = static_cast<std::uint16_t>(random());
    return inside;
  }

  static std::uint8_t byte_of(const Inside& inside, SerialSpace space, std::uint32_t address) {
    switch (space) {
      case SerialSpace::kWeights:
        return static_cast<std::uint8_t>(inside.weights >> (8 * (address % T::lanes)));
      case SerialSpace::kJobs:
        return inside.job_byte;
      case SerialSpace::kStates:
        return static_cast<std::uint8_t>(inside.state >> (8 * (address % 4)));
      default:
        return std::bit_cast<std::array<std::uint8_t, 64>>(inside.control)[address % 64];
    }
  }

  /// The strobes of an access, before its edge.
  static void check_strobes(Module& module, bool write, SerialSpace space, std::uint32_t address, std::uint8_t data,
                            bool busy) {
    const auto here = [&](SerialSpace wanted, bool free) { return space == wanted && (!busy || free); };
    ASSERT_EQ(module->weights_write_o != 0, write && here(SerialSpace::kWeights, false));
    ASSERT_EQ(module->weights_read_o != 0, !write && here(SerialSpace::kWeights, false));
    ASSERT_EQ(module->jobs_write_o != 0, write && here(SerialSpace::kJobs, true));
    ASSERT_EQ(module->jobs_read_o != 0, !write && here(SerialSpace::kJobs, false));
    ASSERT_EQ(module->levels_write_o != 0, write && here(SerialSpace::kLevels, false));
    ASSERT_EQ(module->states_read_o != 0, !write && here(SerialSpace::kStates, false));
    const bool command = address % 64 == offsetof(contract::SerialControl, command);
    ASSERT_EQ(module->start_o != 0, write && here(SerialSpace::kControl, false) && command && (data & 1) != 0);
  }
};
using Shapes = ::testing::Types<Shape<Vserial_bus_2, 2>, Shape<Vserial_bus_8, 8>>;
TYPED_TEST_SUITE(RtlSerialBus, Shapes);

TYPED_TEST(RtlSerialBus, GivesEachSpaceItsAccessesAndTheByteFourCyclesAfterARead) {
  unsigned starts = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    module->bus_write_i = module->bus_read_i = 0;
    module.reset();
    for (unsigned n = 0; n < 500; ++n) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " access " + std::to_string(n));
      const bool busy = random() % 3 == 0, write = random() % 2 == 0;
      const auto space = static_cast<SerialSpace>(random() % 5);
      std::uint32_t address = static_cast<std::uint32_t>(random() % (1 << 17));
      if (random() % 4 == 0) address = address / 64 * 64 + offsetof(contract::SerialControl, command);
      const auto data = static_cast<std::uint8_t>(random());
      const auto inside = this->random_inside(random, busy);
      this->set(module, inside);
      module->bus_address_i = static_cast<std::uint32_t>(space) << 20 | address;
      module->bus_write_data_i = data;
      module->bus_write_i = write;
      module->bus_read_i = !write;
      module.settle();
      ASSERT_NO_FATAL_FAILURE(this->check_strobes(module, write, space, address, data, busy));
      starts += module->start_o;
      module.edge();
      module->bus_write_i = module->bus_read_i = 0;
      module->bus_address_i = static_cast<std::uint32_t>(random() & 0xff'ffff);
      module.settle();
      ASSERT_EQ(module->start_o | module->weights_write_o | module->weights_read_o | module->jobs_write_o |
                    module->jobs_read_o | module->levels_write_o | module->states_read_o,
                0);
      for (unsigned cycle = 1; cycle < 4; ++cycle) module.edge();
      if (write || space == SerialSpace::kLevels) continue;
      ASSERT_EQ(module->bus_read_data_o, this->byte_of(inside, space, address));
      this->set(module, this->random_inside(random, busy));
      module.edge();
      ASSERT_EQ(module->bus_read_data_o, this->byte_of(inside, space, address)) << "the byte does not hold";
    }
  }
  EXPECT_GT(starts, 20U);
}

}  // namespace
}  // namespace phasic::testing::serial_bus_test
