// SPDX-License-Identifier: Apache-2.0
// Neurons over random samples against the formulas of the reference.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>

#include "Vneurons.h"
#include "Vneurons_graded.h"
#include "Vneurons_graded_trits.h"
#include "Vneurons_one_port.h"
#include "Vneurons_state_16.h"
#include "Vneurons_state_8.h"
#include "Vneurons_trits.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::neurons_test {
namespace {

constexpr std::size_t kLanes = 4, kWords = 3, kTritWords = 2, kNeurons = 10;

/// `WeightWidth`: of rows of state, or 0 without them.
template <class Model, std::size_t SumWidth, std::size_t CountWidth, std::size_t WeightWidth = 0>
struct Shape {
  using model = Model;
  static constexpr std::size_t sum_width = SumWidth, count_width = CountWidth, weight_width = WeightWidth;
};

struct Neuron {
  std::int32_t potential = 0;
  std::uint32_t count = 0;
  bool open = true, fired = false;  // a neuron that is shut fires, but nobody sees it
  bool spike = false, limited = false;
  std::int32_t post = 0;
  std::uint32_t plus = 0, minus = 0;  // of all steps
};

struct Constants {
  std::int32_t threshold, window;
  std::uint32_t leak;
  unsigned input_shift;
  contract::Reset reset;
  contract::Post post;
  bool graded;
};

void step_twin(Neuron& neuron, const Constants& constants, std::int64_t sum, unsigned step) {
  const bool before = neuron.fired;
  const unsigned shift = constants.input_shift + (constants.graded ? contract::kGradedShift : 0);
  const std::int32_t after = reference::after_spike(neuron.potential, before, constants.reset, constants.threshold);
  const std::int64_t unlimited =
      reference::unlimited_potential(reference::leaked(after, constants.leak), reference::current(sum, shift));
  neuron.potential = static_cast<std::int32_t>(reference::saturate(unlimited, 16));
  neuron.limited = neuron.potential != unlimited;
  neuron.fired = neuron.potential > (constants.graded ? constants.window : constants.threshold);
  neuron.spike = neuron.fired && neuron.open;
  if (constants.graded) {
    neuron.count = neuron.open ? reference::graded_value(neuron.potential, constants.window) : 0;
  } else {
    neuron.count += neuron.spike ? 1 : 0;
  }
  neuron.post = reference::postsynaptic(constants.post, neuron.potential, constants.threshold, constants.window, before);
  if (!neuron.open) neuron.post = 0;
  neuron.plus |= neuron.post > 0 ? 1U << step : 0;
  neuron.minus |= neuron.post < 0 ? 1U << step : 0;
}

template <class T>
class RtlNeurons : public ::testing::Test {
 protected:
  using Model = typename T::model;
  static constexpr std::size_t kSumWidth = T::sum_width, kCountWidth = T::count_width, kWeightWidth = T::weight_width;
  static constexpr bool kState = kWeightWidth != 0;
  using Neurons = std::array<Neuron, kNeurons>;
  struct Seen {
    unsigned shut = 0, none = 0, between = 0, full = 0, kept = 0, limited = 0;
  };

  /// `twins` hold the potentials and spikes of the sample before; `resume`: the sample goes on from there.
  void sample(Clocked<Model>& module, std::mt19937_64& random, contract::Post post, bool graded, bool resume, Neurons& twins) {
    Constants constants{};
    constants.threshold = static_cast<std::int32_t>(random() % 2 == 0 ? random_signed(random, 16) : random() % 2000);
    constants.window = static_cast<std::int32_t>(random() % 2 == 0 ? random_signed(random, 16) : random() % 2000);
    constants.leak = 256 * static_cast<std::uint32_t>(random() % 4 == 0 ? 256 * (random() % 2) : random() % 257);
    if (kState && random() % 2 == 0) constants.leak = static_cast<std::uint32_t>(random() % 65537);
    if (kState && random() % 8 == 0) constants.leak = 65535;
    constants.reset = kState ? contract::kAllReset[random() % 3] : contract::Reset::kZero;
    constants.input_shift = random() % 2 == 0 ? 0 : random() % 16;
    constants.post = post;
    module->post_i = static_cast<unsigned char>(post);
    module->threshold_i = static_cast<std::uint16_t>(constants.threshold);
    module->window_i = static_cast<std::uint16_t>(constants.window);
    module->leak_i = constants.leak;
    module->reset_i = static_cast<unsigned char>(constants.reset);
    module->input_shift_i = static_cast<unsigned char>(constants.input_shift);
    module->keep_trits_i = 1;
    constants.graded = graded;
    module->graded_i = graded;
    const unsigned steps = graded ? 1 : random() % 4 == 0 ? 32 : 1 + random() % 10;
    const bool gated = random() % 2 == 0;
    for (Neuron& twin : twins) {
      const Neuron before = twin;
      twin = {};
      twin.open = !gated || random() % 2 == 0;
      if (!resume) continue;
      twin.potential = before.potential;
      twin.fired = before.fired;
      seen_.kept += before.fired;
    }
    for (unsigned step = 0; step < steps; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      module->first_i = step == 0;
      module->fresh_i = step == 0 && !resume;
      module->silent_i = random() % 8 == 0;
      module->step_i = 1U << step;
      std::array<std::int64_t, kLanes * kWords> sums{};
      // Where nothing is left of the potential before, a sum is the potential: it shall meet each limit and its neighbours.
      const std::array<std::int64_t, 3> limits{constants.threshold, constants.window,
                                               2 * constants.threshold - constants.window};
      for (std::int64_t& sum : sums) {
        sum = random() % 3 == 0 ? random_signed(random, kSumWidth) : random_signed(random, 12);
        if (random() % 4 == 0) sum = limits[random() % 3] + static_cast<std::int64_t>(random() % 3) - 1;
        // Around the rise of the answer, and the sums where a potential begins.
        if (graded && random() % 2 == 0) {
          const std::array<std::int64_t, 4> above{0, 1, 255, static_cast<std::int64_t>(random() % 300)};
          sum = (limits[random() % 3] + above[random() % 4]) * 256 - 128 + static_cast<std::int64_t>(random() % 3) - 1;
          sum = reference::saturate(sum, kSumWidth);
        }
      }
      for (std::size_t j = 0; j < kNeurons; ++j) {
        seen_.limited += constants.reset == contract::Reset::kSubtract && twins[j].fired &&
                         std::abs(twins[j].potential - constants.threshold) > 32767;
        step_twin(twins[j], constants, module->silent_i != 0 ? 0 : sums[j], step);
      }
      // A word enters each cycle; some cycles stay empty.
      std::array<std::size_t, 5> stages{};  // word at s0 to s4, kWords if there is none
      stages.fill(kWords);
      for (std::size_t next = 0, after = 0; after < 5; after = next < kWords ? 0 : after + 1) {
        for (std::size_t s = 4; s > 0; --s) stages[s] = stages[s - 1];
        stages[0] = next < kWords && random() % 4 != 0 ? next++ : kWords;
        drive(module, stages, sums, twins, random);
        for (std::size_t k = 0; stages[4] < kWords && k < kLanes; ++k) {
          const std::size_t j = stages[4] * kLanes + k;
          ASSERT_EQ(get_bits(module->spikes_o, k, 1), j < kNeurons && twins[j].spike) << "neuron " << j;
          ASSERT_EQ(get_bits(module->limited_o, k, 1), j < kNeurons && twins[j].limited) << "neuron " << j;
          if (j < kNeurons) {
            ASSERT_EQ(get_bits(module->values_o, kCountWidth * k, kCountWidth), graded ? twins[j].count : 1) << "neuron " << j;
          }
        }
        module.edge();
      }
      for (std::size_t word = 0; word < kWords; ++word) ASSERT_NO_FATAL_FAILURE(check_state(module, twins, word));
    }
    for (const Neuron& twin : twins) {
      seen_.shut += twin.fired && !twin.open;
      seen_.none += twin.count == 0;
      seen_.full += twin.count == contract::kGradedFull;
      seen_.between += twin.count > 0 && twin.count < contract::kGradedFull;
    }
    for (std::size_t word = 0; word < kTritWords; ++word) {
      module->trit_read_i = 1;
      module->trit_word_i = static_cast<unsigned char>(word);
      module.edge();
      module->trit_read_i = 0;
      for (std::size_t k = 0; k < kLanes; ++k) {
        const Neuron& twin = twins[word * kLanes + k];
        ASSERT_EQ(get_bits(module->trits_o, 64 * k + 32, 32), twin.plus) << "word " << word << " lane " << k;
        ASSERT_EQ(get_bits(module->trits_o, 64 * k, 32), twin.minus) << "word " << word << " lane " << k;
      }
    }
  }

 private:
  static void drive(Clocked<Model>& module, const std::array<std::size_t, 5>& stages,
                    const std::array<std::int64_t, kLanes * kWords>& sums, const Neurons& twins, std::mt19937_64& random) {
    module->read_i = stages[0] < kWords;
    module->word0_i = static_cast<unsigned char>(stages[0] % kWords);
    module->word3_i = static_cast<unsigned char>(stages[3] % kWords);
    module->word4_i = static_cast<unsigned char>(stages[4] % kWords);
    module->valid_i = 0;
    for (unsigned s = 1; s <= 4; ++s) module->valid_i |= (stages[s] < kWords ? 1U : 0U) << (s - 1);
    for (std::size_t k = 0; k < kLanes; ++k) {
      const std::int64_t sum = stages[1] < kWords ? sums[stages[1] * kLanes + k] : random_signed(random, kSumWidth);
      set_bits(module->sums_i, kSumWidth * k, kSumWidth, sum);
      const std::size_t j = stages[3] * kLanes + k;
      set_bits(module->enabled3_i, k, 1, unsigned{j < kNeurons});
      set_bits(module->open3_i, k, 1, unsigned{j < kNeurons ? twins[j].open : random() % 2 == 0});
    }
    module.settle();
  }

  /// Bits of neuron `j` in row `row` of the state.
  static std::uint64_t row_bits(const Neurons& twins, std::size_t j, std::size_t row) {
    if (j >= kNeurons) return 0;
    if (row == 16 / kWeightWidth) return twins[j].fired ? 1 : 0;
    return static_cast<std::uint32_t>(twins[j].potential) >> (kWeightWidth * row) & ((1U << kWeightWidth) - 1);
  }

  /// Rows of random state, in any order of rows and words.
  static void load_rows(Clocked<Model>& module, Neurons& twins, std::mt19937_64& random) {
    constexpr std::size_t rows = 16 / kWeightWidth + 1;
    std::array<std::size_t, rows * kWords> order{};
    for (std::size_t n = 0; n < order.size(); ++n) order[n] = n;
    if (random() % 2 == 0) std::shuffle(order.begin(), order.end(), random);
    for (Neuron& twin : twins) {
      twin.potential = static_cast<std::int32_t>(random_signed(random, 16));
      twin.fired = random() % 2 == 0;
    }
    for (const std::size_t place : order) {
      module->load_i = 1;
      module->load_row_i = static_cast<unsigned char>(place / kWords);
      module->load_word_i = static_cast<unsigned char>(place % kWords);
      for (std::size_t k = 0; k < kLanes; ++k) {
        std::uint64_t bits = row_bits(twins, place % kWords * kLanes + k, place / kWords);
        // Of a row of spikes only the lowest bit counts.
        if (place / kWords == rows - 1) bits |= random() % (1U << kWeightWidth) & ~std::uint64_t{1};
        set_bits(module->load_data_i, kWeightWidth * k, kWeightWidth, bits);
      }
      module.edge();
      module->load_i = 0;
      while (random() % 4 == 0) module.edge();
    }
  }

  /// A word a cycle, some cycles apart.
  static void check_rows(Clocked<Model>& module, const Neurons& twins, std::mt19937_64& random) {
    constexpr std::size_t places = (16 / kWeightWidth + 1) * kWords;
    std::array<std::size_t, 3> asked{};  // now, one and two cycles ago; `places` if nothing was
    asked.fill(places);
    for (std::size_t next = 0, after = 0; after < 3; after = next < places ? 0 : after + 1) {
      asked = {next < places && random() % 4 != 0 ? next++ : places, asked[0], asked[1]};
      module->store_i = asked[0] < places;
      module->store_row_i = static_cast<unsigned char>(asked[0] < places ? asked[0] / kWords : random() % 4);
      module->store_word_i = static_cast<unsigned char>(asked[0] % kWords);
      module.settle();
      for (std::size_t k = 0; asked[2] < places && k < kLanes; ++k) {
        const std::size_t j = asked[2] % kWords * kLanes + k;
        if (j >= kNeurons) continue;
        ASSERT_EQ(get_bits(module->stored_o, kWeightWidth * k, kWeightWidth), row_bits(twins, j, asked[2] / kWords))
            << "row " << asked[2] / kWords << " neuron " << j;
      }
      module.edge();
    }
  }

  static void check_state(Clocked<Model>& module, const Neurons& twins, std::size_t word) {
    module->valid_i = 0;
    module->read_i = 1;
    module->word0_i = static_cast<unsigned char>(word);
    module.edge();
    module->read_i = 0;
    for (std::size_t k = 0; k < kLanes && word * kLanes + k < kNeurons; ++k) {
      SCOPED_TRACE("neuron " + std::to_string(word * kLanes + k));
      const Neuron& twin = twins[word * kLanes + k];
      ASSERT_EQ(get_bits(module->counts_o, kCountWidth * k, kCountWidth), twin.count);
      ASSERT_EQ(get_bits(module->plus_o, k, 1), twin.post > 0);
      ASSERT_EQ(get_bits(module->minus_o, k, 1), twin.post < 0);
      module->read_out_i = 1;
      module->read_out_lane_i = static_cast<unsigned char>(k);
      module.edge();
      module->read_out_i = 0;
      ASSERT_EQ(get_signed(module->read_out_o, 0, 16), twin.potential);
      ASSERT_EQ(get_bits(module->read_out_o, 16, kCountWidth), twin.count);
    }
  }

 public:
  void samples(contract::Post post, bool graded = false) {
    for (unsigned seed = 1; seed <= 100; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      std::mt19937_64 random{seed};
      Clocked<Model> module{seed};
      module->read_i = module->valid_i = module->read_out_i = module->trit_read_i = module->load_i = module->store_i = 0;
      Neurons twins;
      bool known = false;  // potentials and spikes in the memory
      for (unsigned n = 0; n < 3; ++n) {
        SCOPED_TRACE("sample " + std::to_string(n));
        if constexpr (kState) {
          if (random() % 3 == 0) load_rows(module, twins, random), known = true;
        }
        // Samples of both kinds leave nothing behind for each other, unless they go on from each other.
        const bool values = graded && random() % 8 != 0;
        const bool resume = kState && known && !values && random() % 2 == 0;
        ASSERT_NO_FATAL_FAILURE(sample(module, random, post, values, resume, twins));
        known = true;
        if constexpr (kState) {
          if (random() % 2 == 0) {
            ASSERT_NO_FATAL_FAILURE(check_rows(module, twins, random));
          }
        }
      }
    }
    EXPECT_GT(seen_.kept + 1, kState && !graded ? 50U : 0U);
    EXPECT_GT(seen_.limited + 1, kState && !graded ? 20U : 0U);
    EXPECT_GT(seen_.shut, 50U);
    EXPECT_GT(seen_.none, 100U);
    EXPECT_GT(seen_.between, graded ? 100U : 0U);
    EXPECT_GT(seen_.full + 1, graded ? 100U : 0U);
  }

 private:
  Seen seen_;
};
using Spiking = Shape<Vneurons, 19, 6>;
using SpikingTrits = Shape<Vneurons_trits, 19, 6>;
using Graded = Shape<Vneurons_graded, 26, 8>;
using GradedTrits = Shape<Vneurons_graded_trits, 23, 8>;
using SpikingOnePort = Shape<Vneurons_one_port, 19, 6>;
using State8 = Shape<Vneurons_state_8, 19, 6, 8>;
using State16 = Shape<Vneurons_state_16, 26, 8, 16>;
using Shapes = ::testing::Types<Spiking, SpikingTrits, Graded, GradedTrits, SpikingOnePort, State8, State16>;
TYPED_TEST_SUITE(RtlNeurons, Shapes);

TYPED_TEST(RtlNeurons, FollowTheFormulasOverSamplesOfUpTo32Steps) { this->samples(contract::Post::kTrit); }

template <class T>
class RtlNeuronsWithPosts : public RtlNeurons<T> {};
using ShapesWithPosts = ::testing::Types<Spiking, Graded, State8, State16>;
TYPED_TEST_SUITE(RtlNeuronsWithPosts, ShapesWithPosts);
TYPED_TEST(RtlNeuronsWithPosts, TellWhetherThePotentialIsWithinTheWindowOnBothSides) {
  this->samples(contract::Post::kSurrogate);
}
TYPED_TEST(RtlNeuronsWithPosts, TellOneAtEveryStep) { this->samples(contract::Post::kOne); }

template <class T>
class RtlNeuronsWithValues : public RtlNeurons<T> {};
using ShapesWithValues = ::testing::Types<Graded, GradedTrits, State16>;
TYPED_TEST_SUITE(RtlNeuronsWithValues, ShapesWithValues);
TYPED_TEST(RtlNeuronsWithValues, AnswerWithHowFarThePotentialIsAboveTheWindow) { this->samples(contract::Post::kTrit, true); }

using RtlGradedNeuronsWithPosts = RtlNeurons<Graded>;
TEST_F(RtlGradedNeuronsWithPosts, TellTheSlopeOfTheirAnswer) { samples(contract::Post::kSurrogate, true); }
TEST_F(RtlGradedNeuronsWithPosts, TellOne) { samples(contract::Post::kOne, true); }

}  // namespace
}  // namespace phasic::testing::neurons_test
