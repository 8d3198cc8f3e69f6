// SPDX-License-Identifier: Apache-2.0
// Synaptic currents over random samples against the formula of the reference.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "Vcurrents_16.h"
#include "Vcurrents_8.h"
#include "Vcurrents_wide.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::currents_test {
namespace {

constexpr std::size_t kLanes = 4, kWords = 3, kNeurons = kLanes * kWords;

template <class Model, std::size_t SumWidth, std::size_t WeightWidth>
struct Shape {
  using model = Model;
  static constexpr std::size_t sum_width = SumWidth, weight_width = WeightWidth;
};

template <class T>
class RtlCurrents : public ::testing::Test {
 protected:
  using Model = typename T::model;
  static constexpr std::size_t kSumWidth = T::sum_width, kWeightWidth = T::weight_width;
  static constexpr std::size_t kDriveWidth = std::max<std::size_t>(kSumWidth, contract::kCurrentWidth);
  static constexpr std::size_t kRows = contract::kCurrentWidth / kWeightWidth;
  using Currents = std::array<std::int32_t, kNeurons>;
  using Sums = std::array<std::int64_t, kNeurons>;

  /// A step: words enter with gaps, and each word's drives are there three cycles later.
  void step(Clocked<Model>& module, std::mt19937_64& random, std::uint32_t leak, bool fresh, Currents& twins) {
    Sums sums{}, drives{};
    std::array<bool, kWords> silent{};
    for (bool& none : silent) none = random() % 6 == 0;
    for (std::size_t j = 0; j < kNeurons; ++j) {
      // Of sums that are wider than a current there are none unless nothing is left of it.
      const std::size_t width = leak == 0 ? kSumWidth : std::min<std::size_t>(kSumWidth, contract::kCurrentWidth);
      sums[j] = random_signed(random, static_cast<unsigned>(random() % 3 == 0 ? 12 : width));
      // Just at the limits and beyond them.
      const std::int64_t left = reference::synaptic_current(fresh ? 0 : twins[j], leak, 0);
      const std::int64_t limit = random() % 2 == 0 ? INT32_MAX : INT32_MIN;
      const std::int64_t wanted = limit - left + static_cast<std::int64_t>(random() % 3) - 1;
      if (random() % 4 == 0 && reference::saturate(wanted, static_cast<unsigned>(width)) == wanted) sums[j] = wanted;
      const std::int64_t sum = silent[j / kLanes] ? 0 : sums[j];
      drives[j] = leak == 0 ? sum : twins[j] = reference::synaptic_current(fresh ? 0 : twins[j], leak, sum);
      if (leak == 0) twins[j] = static_cast<std::int32_t>(sum);
      seen_limits_ += leak != 0 && left + sum != twins[j];
    }
    module->leak_i = static_cast<std::uint16_t>(leak);
    module->fresh_i = fresh;
    std::array<std::size_t, 4> stages{};  // the word that is read, and those one to three cycles behind; kWords is none
    stages.fill(kWords);
    for (std::size_t next = 0, after = 0; after < 4; after = next < kWords ? 0 : after + 1) {
      std::copy_backward(stages.begin(), stages.end() - 1, stages.end());
      stages[0] = next < kWords && random() % 4 != 0 ? next++ : kWords;
      module->read_i = stages[0] < kWords;
      module->word_i = static_cast<unsigned char>(stages[0] < kWords ? stages[0] : random() % kWords);
      module->silent_i = stages[1] < kWords ? silent[stages[1]] : random() % 2;
      for (std::size_t k = 0; k < kLanes; ++k) {
        const std::int64_t sum = stages[1] < kWords ? sums[stages[1] * kLanes + k] : random_signed(random, kSumWidth);
        set_bits(module->sums_i, kSumWidth * k, kSumWidth, sum);
      }
      module.settle();
      for (std::size_t k = 0; stages[3] < kWords && k < kLanes; ++k) {
        const std::size_t j = stages[3] * kLanes + k;
        ASSERT_EQ(get_signed(module->drives_o, kDriveWidth * k, kDriveWidth), drives[j]) << "neuron " << j;
      }
      module.edge();
    }
    module->read_i = 0;
  }

  static std::uint32_t row_bits(const Currents& twins, std::size_t j, std::size_t row) {
    return static_cast<std::uint32_t>(twins[j]) >> (kWeightWidth * row) & ((1U << kWeightWidth) - 1);
  }

  /// Rows of random currents, in any order of rows and words.
  static void load_rows(Clocked<Model>& module, Currents& twins, std::mt19937_64& random) {
    for (std::int32_t& twin : twins) {
      twin = static_cast<std::int32_t>(random_signed(random, random() % 2 == 0 ? 32 : 12));
      const auto near = static_cast<std::int32_t>(random() % 30000);
      if (random() % 3 == 0) twin = random() % 2 == 0 ? INT32_MAX - near : INT32_MIN + near;
    }
    std::array<std::size_t, kRows * kWords> order{};
    for (std::size_t n = 0; n < order.size(); ++n) order[n] = n;
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t place : order) {
      module->load_i = 1;
      module->load_row_i = static_cast<unsigned char>(place / kWords);
      module->load_word_i = static_cast<unsigned char>(place % kWords);
      for (std::size_t k = 0; k < kLanes; ++k)
        set_bits(module->load_data_i, kWeightWidth * k, kWeightWidth,
                 row_bits(twins, place % kWords * kLanes + k, place / kWords));
      module.edge();
      module->load_i = 0;
      module->load_data_i = {};
      while (random() % 4 == 0) module.edge();
    }
  }

  /// A word a cycle, some cycles apart.
  static void check_rows(Clocked<Model>& module, const Currents& twins, std::mt19937_64& random) {
    constexpr std::size_t places = kRows * kWords;
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
        ASSERT_EQ(get_bits(module->stored_o, kWeightWidth * k, kWeightWidth), row_bits(twins, j, asked[2] / kWords))
            << "row " << asked[2] / kWords << " neuron " << j;
      }
      module.edge();
    }
    module->store_i = 0;
  }

  unsigned seen_limits_ = 0;
};
using Eight = Shape<Vcurrents_8, 19, 8>;
using Sixteen = Shape<Vcurrents_16, 32, 16>;
using Wide = Shape<Vcurrents_wide, 36, 16>;
using Shapes = ::testing::Types<Eight, Sixteen, Wide>;
TYPED_TEST_SUITE(RtlCurrents, Shapes);

TYPED_TEST(RtlCurrents, EqualTheReferenceOverSamplesThatGoOnFromEachOther) {
  using Model = typename TypeParam::model;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<Model> module{seed};
    module->read_i = module->load_i = module->store_i = module->clear_i = 0;
    module.reset();
    typename TestFixture::Currents twins{};
    bool known = false;
    for (unsigned n = 0; n < 6; ++n) {
      SCOPED_TRACE("sample " + std::to_string(n));
      if (random() % 3 == 0) this->load_rows(module, twins, random), known = true;
      const bool resume = known && random() % 2 == 0;
      const auto leak = static_cast<std::uint32_t>(random() % 2 == 0   ? random() % 65536
                                                   : random() % 3 == 0 ? 0
                                                                       : 65535 - random() % 4);
      const unsigned steps = 1 + random() % 8;
      for (unsigned step = 0; step < steps; ++step) {
        SCOPED_TRACE("step " + std::to_string(step));
        ASSERT_NO_FATAL_FAILURE(this->step(module, random, leak, step == 0 && !resume, twins));
      }
      known = leak != 0;
      // Nobody asks for what is left where nothing lasts.
      if (known && random() % 2 == 0) {
        ASSERT_NO_FATAL_FAILURE(this->check_rows(module, twins, random));
      }
      if (random() % 8 == 0) {
        // What is on its way at a clear is not written.
        module->read_i = 1;
        module.edge();
        module->read_i = 0;
        module->clear_i = 1;
        module.edge();
        module->clear_i = 0;
      }
    }
  }
  EXPECT_GT(this->seen_limits_, 100U);
}

}  // namespace
}  // namespace phasic::testing::currents_test
