// SPDX-License-Identifier: Apache-2.0
// The status of a layer against the contract's block of counters and its register of state.
#include <algorithm>
#include <array>
#include <bit>
#include <random>
#include <string>

#include "Vstatus_1.h"
#include "Vstatus_1___024root.h"
#include "Vstatus_4.h"
#include "Vstatus_4___024root.h"
#include "Vstatus_64.h"
#include "Vstatus_64___024root.h"
#include "Vstatus_groups.h"
#include "Vstatus_groups___024root.h"
#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::layer_status_test {
namespace {

constexpr std::size_t kCounters = sizeof(contract::LayerCounters) / 8, kBits = 48;
constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;

template <class Model, std::size_t Lanes, std::size_t Groups = 1>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes, groups = Groups;
};

template <class T>
class RtlLayerStatus : public ::testing::Test {
 protected:
  /// What a cycle saw of spikes and limited values; it is counted in the cycle after.
  struct Sums {
    std::uint64_t spikes = 0, potentials = 0, weights = 0;
  };

  static std::uint64_t random_lanes(std::mt19937_64& random) {
    const std::uint64_t lanes = random() % 4 == 0 ? ~std::uint64_t{0} * (random() % 2) : random() & random();
    return lanes >> (64 - T::lanes);
  }

  static void clock_twin(contract::LayerCounters& twin, Sums& sums, Clocked<typename T::model>& module) {
    twin.spikes += sums.spikes;
    twin.potential_saturations += sums.potentials;
    twin.weight_saturations += sums.weights;
    const auto count = [](bool valid, auto& port) {
      return valid ? static_cast<std::uint64_t>(std::popcount(get_bits(port, 0, T::lanes))) : 0;
    };
    sums.spikes = count(module->spikes_valid_i != 0, module->spikes_i);
    sums.potentials = count(module->potentials_valid_i != 0, module->potentials_limited_i);
    const bool competes = module->compete_i != 0, learns = !competes || module->winner_valid_i != 0;
    const bool changed = module->update_write_i != 0 || module->winner_learned_i != 0;
    sums.weights = competes ? (changed && module->winner_limited_i != 0 ? 1 : 0) : count(changed, module->weights_limited_i);
    if (module->event_done_i != 0) twin.events += module->events_i;
    if (module->row_issued_i != 0) twin.synaptic_operations += std::uint64_t{module->events_i} * module->row_width_i;
    if (module->row_learned_i != 0 && learns) ++twin.update_rows;
    if (module->pair_learned_i != 0 && learns) twin.update_operations += competes ? 1 : module->row_width_i;
    if (module->run_i != 0) {
      const bool learning = (module->learning_i != 0 && learns) || module->scattering_i != 0;
      std::uint64_t& cycles = module->integrating_i != 0 ? twin.integrate_cycles
                              : learning                 ? twin.learn_cycles
                              : module->waiting_i != 0   ? twin.input_wait_cycles
                                                         : twin.other_cycles;
      ++cycles;
    }
  }

  static void check(Clocked<typename T::model>& module, const contract::LayerCounters& twin) {
    const auto words = std::bit_cast<std::array<std::uint64_t, kCounters>>(twin);
    for (std::size_t n = 0; n < kCounters; ++n) {
      ASSERT_EQ(get_bits(module->counters_o, kBits * n, kBits), words[n] & kMask) << "counter " << n;
    }
  }

  static void drive(Clocked<typename T::model>& module, std::mt19937_64& random, unsigned chance) {
    const auto often = [&] { return random() % 8 < chance; };
    module->event_done_i = often();
    module->row_issued_i = often();
    module->events_i = static_cast<unsigned char>(1 + random() % T::groups);
    module->row_learned_i = often();
    module->pair_learned_i = often();
    module->spikes_valid_i = often();
    module->potentials_valid_i = often();
    module->update_write_i = often();
    module->winner_learned_i = often();
    module->winner_limited_i = often();
    module->winner_valid_i = often();
    module->run_i = random() % 8 != 0;
    module->integrating_i = often();
    module->learning_i = often();
    module->scattering_i = often();
    module->waiting_i = often();
    set_bits(module->spikes_i, 0, T::lanes, random_lanes(random));
    set_bits(module->potentials_limited_i, 0, T::lanes, random_lanes(random));
    set_bits(module->weights_limited_i, 0, T::lanes, random_lanes(random));
  }

  /// Resets the module while nothing is to be counted.
  static void start(Clocked<typename T::model>& module, std::mt19937_64& random) {
    module->clear_i = 0;
    drive(module, random, 0);
    module->run_i = 0;
    module.reset();
    set_neurons(module, random);
  }

  static void set_neurons(Clocked<typename T::model>& module, std::mt19937_64& random) {
    module->row_width_i = static_cast<std::uint16_t>(random() % 4 == 0 ? 0x8000 : 1 + random() % 0x8000);
    module->compete_i = random() % 2;
  }

  /// Puts every counter to a value from which it soon carries into its upper bits or passes 2^48. Counting up to there would
  /// take years.
  static contract::LayerCounters put_near_limits(Clocked<typename T::model>& module, std::mt19937_64& random) {
    const auto near_limit = [&](std::uint64_t most) {
      return ((random() % 2 == 0 ? std::uint64_t{1} << 32 : std::uint64_t{1} << kBits) - 1 - random() % most) & kMask;
    };
    contract::LayerCounters twin{};
    auto& root = *module->rootp;
#define PUT(register, field, most) root.phasic_layer_status__DOT__##register = twin.field = near_limit(most)
    PUT(events_q, events, 50);
    PUT(operations_q, synaptic_operations, 1 << 20);
    PUT(spikes_q, spikes, 50);
    PUT(update_rows_q, update_rows, 50);
    PUT(update_operations_q, update_operations, 1 << 20);
    PUT(potentials_limited_q, potential_saturations, 50);
    PUT(weights_limited_q, weight_saturations, 50);
    PUT(integrate_q, integrate_cycles, 50);
    PUT(learn_q, learn_cycles, 20);
    PUT(wait_q, input_wait_cycles, 10);
    PUT(other_q, other_cycles, 10);
#undef PUT
    return twin;
  }
};
using Shapes = ::testing::Types<Shape<Vstatus_1, 1>, Shape<Vstatus_4, 4>, Shape<Vstatus_64, 64>, Shape<Vstatus_groups, 4, 4>>;
TYPED_TEST_SUITE(RtlLayerStatus, Shapes);

TYPED_TEST(RtlLayerStatus, CountEveryCycleInTheOrderOfTheContract) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    this->start(module, random);
    contract::LayerCounters twin{};
    typename TestFixture::Sums sums;
    unsigned chance = 4;
    for (unsigned cycle = 0; cycle < 1500; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      ASSERT_NO_FATAL_FAILURE(this->check(module, twin));
      if (cycle % 100 == 0) chance = static_cast<unsigned>(random() % 9);
      this->drive(module, random, chance);
      module->clear_i = random() % 400 == 0;
      module.settle();
      ASSERT_NO_FATAL_FAILURE(this->check(module, twin)) << "inputs reach the counters before the edge";
      this->clock_twin(twin, sums, module);
      const bool clear = module->clear_i != 0;
      module.edge();
      if (clear) {
        // What was still to be counted is forgotten too.
        twin = {};
        sums = {};
        this->set_neurons(module, random);
      }
    }
    module->rst_ni = 0;
    module.settle();
    ASSERT_NO_FATAL_FAILURE(this->check(module, contract::LayerCounters{})) << "after a reset";
  }
}

TYPED_TEST(RtlLayerStatus, CountModulo2To48) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    this->start(module, random);
    contract::LayerCounters twin = this->put_near_limits(module, random);
    typename TestFixture::Sums sums;
    for (unsigned cycle = 0; cycle < 500; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      this->drive(module, random, 4);
      module.settle();
      this->clock_twin(twin, sums, module);
      module.edge();
      ASSERT_NO_FATAL_FAILURE(this->check(module, twin));
    }
  }
}

TYPED_TEST(RtlLayerStatus, TellsWhoIsBusyAndTheStatesOfIntegrationAndOfSweepOrContest) {
  std::mt19937_64 random{1};
  Clocked<typename TypeParam::model> module{1};
  for (unsigned n = 0; n < 500; ++n) {
    SCOPED_TRACE("case " + std::to_string(n));
    // Mostly one bit at a time.
    const unsigned busy = random() % 2 == 0 ? 1U << random() % 8 : static_cast<unsigned>(random() % 64);
    const unsigned rows = random() & 0xffff, step = random() & 0x3f, integrate = random() & 7, sweep = random() & 7,
                   contest = random() & 7;
    module->clearing_i = busy & 1;
    module->idle_i = busy >> 1 & 1;
    module->message_waits_i = busy >> 2 & 1;
    module->sweep_busy_i = busy >> 3 & 1;
    module->competition_busy_i = busy >> 4 & 1;
    module->output_busy_i = busy >> 5 & 1;
    module->step_rows_i = static_cast<std::uint16_t>(rows);
    module->step_i = static_cast<unsigned char>(step);
    module->integrate_state_i = static_cast<unsigned char>(integrate);
    module->sweep_state_i = static_cast<unsigned char>(sweep);
    module->competition_state_i = static_cast<unsigned char>(contest);
    module->compete_i = random() % 2;
    module.settle();
    ASSERT_EQ(module->ready_o != 0, (busy & 1) == 0);
    ASSERT_EQ(module->busy_o != 0, (busy & 3) == 0 || (busy & 0x3c) != 0);
    ASSERT_EQ(module->state_o, rows << 16 | step << 8 | (module->compete_i != 0 ? contest : sweep) << 4 | integrate);
  }
}

}  // namespace
}  // namespace phasic::testing::layer_status_test
