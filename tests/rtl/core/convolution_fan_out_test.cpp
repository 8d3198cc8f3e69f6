// SPDX-License-Identifier: Apache-2.0
// The fan-out of a convolution against the formulas of the specification.
#include <deque>
#include <random>
#include <string>

#include "Vconvolution_fan_out.h"
#include "Vconvolution_fan_out_first.h"
#include "Vconvolution_fan_out_odd.h"
#include "tests/rtl/core/convolution_twin.hpp"

namespace phasic::testing::convolution_fan_out_test {
namespace {

template <class Model, unsigned RowBits, unsigned WordBits, unsigned Lanes, bool First>
struct Shape {
  using model = Model;
  static constexpr unsigned kRowBits = RowBits, kWordBits = WordBits, kLanes = Lanes;
  static constexpr bool kFirst = First;  ///< with a gate and with values
};

struct Target {
  unsigned kind = 0, source = 0, address = 0, word = 0, value = 1;
  bool last = true, none = false;
};

template <class T>
class RtlConvolutionFanOut : public ::testing::Test {
 protected:
  using Module = Clocked<typename T::model>;
  static constexpr unsigned kAddresses = 1U << 12;

  void use(const ConvolutionTwin& twin, bool shaped) {
    twin_ = twin;
    shaped_ = shaped;
    module_->clear_i = 1;
    module_->event_valid_i = 0;
    module_->target_ready_i = 0;
    twin.drive(module_->descriptor_i);
    module_->shaped_i = shaped;
    module_->row_words_i = static_cast<std::uint16_t>(twin.row_words());
    for (unsigned cycle = 0; cycle < 5; ++cycle) module_.edge();
    module_->clear_i = 0;
    expected_.clear();
  }

  void expect(unsigned kind, unsigned index, unsigned value) {
    const unsigned words = twin_.row_words(), channels = shaped_ ? twin_.layer.channels : 1U << 16;
    Target target{.kind = kind, .source = index, .value = T::kFirst ? value : 1};
    if (kind == 3) {
      target.source = index % channels % T::kLanes;
      target.word = index / channels * words + index % channels / T::kLanes;
      expected_.push_back(target);
      return;
    }
    if (kind != 0 || !shaped_) {
      target.address = index * words % kAddresses;
      expected_.push_back(target);
      return;
    }
    const auto reached = twin_.reached(index);
    for (std::size_t k = 0; k < reached.size(); ++k) {
      target.address = reached[k].row * words % kAddresses;
      target.word = reached[k].position * words;
      target.last = k + 1 == reached.size();
      expected_.push_back(target);
    }
    target.none = reached.empty();
    if (target.none) expected_.push_back(target);
  }

  /// A cycle; returns whether the event was taken.
  bool cycle() {
    module_.settle();
    if (module_->target_valid_o != 0 && module_->target_ready_i != 0) check();
    const bool taken = module_->event_valid_i != 0 && module_->event_ready_o != 0;
    module_.edge();
    return taken;
  }

  void check() {
    ASSERT_FALSE(expected_.empty()) << "a target of no event";
    const Target target = expected_.front();
    expected_.pop_front();
    ASSERT_EQ(module_->target_kind_o, target.kind);
    ASSERT_EQ(module_->target_last_o != 0, target.last);
    ASSERT_EQ(module_->target_none_o != 0, target.none);
    ASSERT_EQ(module_->target_value_o, target.value);
    if (target.kind == 0 || target.kind == 3) {
      ASSERT_EQ(module_->target_source_o, target.source);
    }
    if (target.kind == 3 || (target.kind == 0 && !target.none)) {
      ASSERT_EQ(module_->target_word_o, target.word);
    }
    if (target.kind == 0 && !target.none) {
      ASSERT_EQ(module_->weight_address_o, target.address);
    }
    ++passed_;
  }

  void send(unsigned kind, unsigned index, unsigned ready_of) {
    const auto value = static_cast<unsigned>(random_() % 256);
    expect(kind, index, value);
    module_->event_valid_i = 1;
    module_->event_kind_i = static_cast<unsigned char>(kind);
    module_->event_source_i = static_cast<std::uint16_t>(index);
    module_->event_value_i = static_cast<unsigned char>(value);
    for (unsigned wait = 0;; ++wait) {
      ASSERT_LT(wait, 100000U) << "an event is not taken";
      module_->target_ready_i = random_() % ready_of == 0;
      const bool taken = cycle();
      if (this->HasFatalFailure()) return;
      if (taken) break;
    }
    module_->event_valid_i = 0;
    while (random_() % 4 == 0) cycle();
  }

  void drain() {
    module_->target_ready_i = 1;
    for (unsigned wait = 0; !expected_.empty(); ++wait) {
      ASSERT_LT(wait, 5000U) << "targets that do not come";
      cycle();
    }
    for (unsigned wait = 0; wait < 10; ++wait) {
      module_.settle();
      ASSERT_EQ(module_->target_valid_o, 0);
      module_.edge();
    }
  }

  std::mt19937_64 random_{7};
  Module module_{7};
  ConvolutionTwin twin_;
  bool shaped_ = true;
  std::deque<Target> expected_;
  unsigned passed_ = 0;
};

using Shapes =
    ::testing::Types<Shape<Vconvolution_fan_out, 10, 10, 4, false>, Shape<Vconvolution_fan_out_first, 12, 11, 64, true>,
                     Shape<Vconvolution_fan_out_odd, 12, 11, 5, true>>;
TYPED_TEST_SUITE(RtlConvolutionFanOut, Shapes);

TYPED_TEST(RtlConvolutionFanOut, GivesEachSourceThePositionsThatItReaches) {
  this->module_.reset();
  for (unsigned n = 0; n < 150; ++n) {
    SCOPED_TRACE("shape " + std::to_string(n));
    const auto twin = random_convolution(this->random_, TypeParam::kFirst, TypeParam::kLanes, (1U << TypeParam::kRowBits) - 1,
                                         1U << TypeParam::kWordBits);
    this->use(twin, this->random_() % 8 != 0);
    const unsigned ready_of = 1 + static_cast<unsigned>(this->random_() % 3);
    if (TypeParam::kFirst) {
      for (unsigned neuron = 0; neuron < twin.layer.neurons; neuron += 1 + static_cast<unsigned>(this->random_() % 40)) {
        ASSERT_NO_FATAL_FAILURE(this->send(3, neuron, ready_of));
      }
    }
    for (unsigned step = 0; step < 4; ++step) {
      const unsigned stride = this->random_() % 3 == 0 ? 1 : 1 + twin.sources() / 20;
      for (unsigned source = 0; source < twin.sources(); source += 1 + static_cast<unsigned>(this->random_() % stride)) {
        ASSERT_NO_FATAL_FAILURE(this->send(0, source, ready_of));
      }
      // Sources that do not rise are slow, but as good.
      if (step == 2) {
        for (unsigned k = 0; k < 5; ++k) {
          ASSERT_NO_FATAL_FAILURE(this->send(0, static_cast<unsigned>(this->random_() % twin.sources()), ready_of));
        }
      }
      ASSERT_NO_FATAL_FAILURE(this->send(step == 3 ? 2 : 1, 0, ready_of));
    }
    ASSERT_NO_FATAL_FAILURE(this->drain());
  }
  EXPECT_GT(this->passed_, 20000U);
}

using RtlConvolutionFanOutOfInputs = RtlConvolutionFanOut<Shape<Vconvolution_fan_out_first, 12, 11, 64, true>>;

// 128 filters of 6 x 6 x 3 on pictures of 32 x 32 with 64 lanes: a target keeps the lanes busy for two cycles.
TEST_F(RtlConvolutionFanOutOfInputs, KeepsTheLanesBusy) {
  module_.reset();
  ConvolutionTwin twin;
  twin.first = true;
  twin.lanes = 64;
  twin.layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  twin.layer.source_rows = twin.layer.source_columns = 32;
  twin.layer.source_channels = 3;
  twin.layer.stride = 1;
  twin.layer.kernel_rows = twin.layer.kernel_columns = 6;
  twin.layer.channels = 128;
  twin.rows = twin.columns = 27;
  for (const unsigned percent : {100U, 20U, 5U}) {
    use(twin, true);
    std::vector<unsigned> sources;
    for (unsigned source = 0; source < twin.sources(); ++source)
      if (random_() % 100 < percent) sources.push_back(source);
    for (const unsigned source : sources) expect(0, source, 1);
    const std::size_t targets = expected_.size();
    // The lanes take a target every second cycle, from a queue of 16.
    std::size_t next = 0, queued = 0, busy = 0, cycles = 0, done = 0, left = 0;
    module_->event_kind_i = 0;
    module_->event_value_i = 1;
    for (; done < targets; ++cycles) {
      ASSERT_LT(cycles, 8 * targets);
      module_->event_valid_i = next < sources.size();
      if (next < sources.size()) module_->event_source_i = static_cast<std::uint16_t>(sources[next]);
      module_->target_ready_i = queued < 16;
      module_.settle();
      const bool target = module_->target_valid_o != 0 && queued < 16;
      if (left == 0 && queued > 0) {
        --queued;
        left = 2;
      }
      if (left > 0) {
        ++busy;
        if (--left == 0) ++done;
      }
      queued += target ? 1 : 0;
      next += cycle() ? 1 : 0;
    }
    const double share = static_cast<double>(busy) / static_cast<double>(cycles);
    RecordProperty("lanes_busy_" + std::to_string(percent), std::to_string(share));
    EXPECT_GT(share, 0.97);
  }
}

}  // namespace
}  // namespace phasic::testing::convolution_fan_out_test
