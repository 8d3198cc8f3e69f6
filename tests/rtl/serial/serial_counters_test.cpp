// SPDX-License-Identifier: Apache-2.0
// The counters of a serial build against the contract's blocks.
#include <array>
#include <bit>
#include <random>
#include <string>

#include "Vserial_counters.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::serial_counters_test {
namespace {

TEST(RtlSerialCounters, CountTheEventsOfTheLayerThatIsWorkedOn) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Vserial_counters> module{seed};
    module->start_i = module->busy_i = 0;
    module.reset();
    std::array<contract::SerialCounters, 2> twins{};
    std::uint32_t cycles = 0;
    const auto often = [&] { return static_cast<unsigned char>(random() % 4 != 0); };
    for (unsigned cycle = 0; cycle < 3000; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_EQ(module->cycles_o, cycles);
      for (std::size_t n = 0; n < 2; ++n) {
        const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(twins[n]);
        ASSERT_EQ(get_bits(module->counters_o, 128 * n, 64), words[0]);
        ASSERT_EQ(get_bits(module->counters_o, 128 * n + 64, 64), words[1]);
      }
      module->start_i = random() % 1000 == 0;
      module->busy_i = often();
      module->layer_i = random() % 2;
      module->row_issued_i = often();
      module->row_walked_i = often();
      module->swept_i = often();
      module->spike_i = often();
      module->potential_limited_i = often();
      module->weights_limited_i = random() % 8;
      if (module->start_i != 0) {
        twins = {};
        cycles = 0;
      } else if (module->busy_i != 0) {
        ++cycles;
        contract::SerialCounters& twin = twins[module->layer_i];
        twin.events = static_cast<std::uint16_t>(twin.events + module->row_issued_i);
        twin.update_rows = static_cast<std::uint16_t>(twin.update_rows + module->row_walked_i);
        twin.spikes = static_cast<std::uint16_t>(twin.spikes + (module->swept_i & module->spike_i));
        twin.potential_saturations =
            static_cast<std::uint16_t>(twin.potential_saturations + (module->swept_i & module->potential_limited_i));
        twin.weight_saturations += module->weights_limited_i;
      }
      module.edge();
    }
    module->rst_ni = 0;
    module.settle();
    ASSERT_EQ(module->cycles_o, 0U);
    ASSERT_EQ(get_bits(module->counters_o, 0, 64), 0U);
  }
}

}  // namespace
}  // namespace phasic::testing::serial_counters_test
