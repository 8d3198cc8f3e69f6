// SPDX-License-Identifier: Apache-2.0
// The shares that neurons learn with, over samples whose messages come in any order, against the formula of the reference.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "Vretrograde_shares_1x10.h"
#include "Vretrograde_shares_4x22.h"
#include "Vretrograde_shares_5x23.h"
#include "Vretrograde_shares_8x40.h"
#include "Vretrograde_shares_any_1x10.h"
#include "Vretrograde_shares_any_4x22.h"
#include "Vretrograde_shares_any_5x23.h"
#include "Vretrograde_shares_any_8x40.h"
#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::retrograde_shares_test {
namespace {

template <class Model, std::size_t Lanes, std::size_t MaxNeurons, bool Any>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes, max_neurons = MaxNeurons;
  static constexpr bool any = Any;
};

struct Word {
  std::size_t first = 0, neurons = 0;
};

template <class T>
class RtlRetrogradeShares : public ::testing::Test {
 protected:
  static constexpr std::size_t kLanes = T::lanes, kShareWidth = contract::kShareShift + 1;
  using Module = Clocked<typename T::model>;
  using Random = std::mt19937_64;

  /// Words of a dense layer, or of a convolution whose positions have words of their own.
  void choose_layer(Random& random) {
    neurons_ = 1 + random() % T::max_neurons;
    std::size_t width = neurons_;
    if (T::any && random() % 4 != 0) {
      width = 1 + random() % std::min<std::size_t>(neurons_, 2 * kLanes + 1);
      neurons_ -= neurons_ % width;
    }
    words_.clear();
    for (std::size_t position = 0; position < neurons_; position += width)
      for (std::size_t first = 0; first < width; first += kLanes)
        words_.push_back({position + first, std::min(kLanes, width - first)});
    limit_ = random() % 4 == 0 ? 0 : random() % 2 == 0 ? 255 : static_cast<unsigned>(1 + random() % 255);
    base_ = random() % 2 == 0 ? 0 : static_cast<unsigned>(random() % (limit_ + 1));
  }

  void sample(Module& module, Random& random) {
    module->start_i = 1;
    module.edge();
    module->start_i = 0;
    // Nothing can come as long as the first step is swept.
    for (std::size_t wait = words_.size() + random() % 4; wait > 0; --wait) idle(module, random);
    std::vector<unsigned> shares(neurons_);
    std::vector<std::size_t> order(neurons_);
    for (std::size_t j = 0; j < neurons_; ++j) order[j] = j;
    std::shuffle(order.begin(), order.end(), random);
    order.resize(random() % (neurons_ + 1));
    for (const std::size_t neuron : order) {
      while (random() % 3 == 0) idle(module, random);
      module.settle();
      ASSERT_EQ(module->ready_o != 0, limit_ == 0) << "before the end";
      shares[neuron] = static_cast<unsigned>(random() % 256);
      tell(module, static_cast<unsigned>(neuron), shares[neuron], false);
    }
    module.settle();
    ASSERT_EQ(module->ready_o != 0, limit_ == 0) << "before the end";
    tell(module, 0, 0, true);
    module.settle();
    ASSERT_EQ(module->ready_o, 1);
    while (random() % 2 == 0) idle(module, random);
    read(module, random, shares);
  }

  std::size_t neurons_ = 1;
  std::vector<Word> words_;
  unsigned limit_ = 0, base_ = 0;

 private:
  static void idle(Module& module, Random& random) {
    module->message_valid_i = 0;
    set_bits(module->message_i, 0, contract::kRetrogradeMessageWidth, random());
    module.edge();
  }

  static void tell(Module& module, unsigned neuron, unsigned share, bool end) {
    module->message_valid_i = 1;
    set_bits(module->message_i, contract::kRetrogradeMessageIndexBit, 16, neuron);
    set_bits(module->message_i, contract::kRetrogradeMessageShareBit, 8, share);
    set_bits(module->message_i, contract::kRetrogradeMessageEndBit, 1, unsigned{end});
    module.edge();
    module->message_valid_i = 0;
  }

  /// A word a cycle, with gaps; its shares are there in the third cycle after.
  void read(Module& module, Random& random, const std::vector<unsigned>& shares) {
    const std::size_t none = words_.size();
    std::array<std::size_t, 4> stages{};
    stages.fill(none);
    for (std::size_t next = 0, after = 0; after < 4; after = next < none ? 0 : after + 1) {
      std::copy_backward(stages.begin(), stages.end() - 1, stages.end());
      stages[0] = next < none && random() % 4 != 0 ? next++ : none;
      const std::size_t word = stages[0] < none ? stages[0] : random() % none;
      module->read_i = stages[0] < none;
      module->word_i = static_cast<unsigned char>(word);
      module->first_i = static_cast<std::uint16_t>(words_[word].first);
      module.settle();
      for (std::size_t k = 0; stages[3] < none && k < words_[stages[3]].neurons; ++k) {
        const std::size_t neuron = words_[stages[3]].first + k;
        const auto share = limit_ == 0 ? 256 : reference::retrograde_share(shares[neuron], 0, base_, limit_);
        ASSERT_EQ(get_bits(module->shares_o, kShareWidth * k, kShareWidth), static_cast<unsigned>(share))
            << "neuron " << neuron << " of " << neurons_ << ", base " << base_ << ", limit " << limit_;
      }
      module.edge();
    }
    module->read_i = 0;
  }
};
using Shapes =
    ::testing::Types<Shape<Vretrograde_shares_1x10, 1, 10, false>, Shape<Vretrograde_shares_4x22, 4, 22, false>,
                     Shape<Vretrograde_shares_8x40, 8, 40, false>, Shape<Vretrograde_shares_any_1x10, 1, 10, true>,
                     Shape<Vretrograde_shares_any_4x22, 4, 22, true>, Shape<Vretrograde_shares_any_8x40, 8, 40, true>,
                     Shape<Vretrograde_shares_5x23, 5, 23, false>, Shape<Vretrograde_shares_any_5x23, 5, 23, true>>;
TYPED_TEST_SUITE(RtlRetrogradeShares, Shapes);

TYPED_TEST(RtlRetrogradeShares, AreThoseOfTheSamplesMessages) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    typename TestFixture::Module module{seed};
    module->clear_i = module->start_i = module->message_valid_i = module->read_i = 0;
    module.reset();
    for (unsigned run = 0; run < 4; ++run) {
      SCOPED_TRACE("run " + std::to_string(run));
      this->choose_layer(random);
      module->limit_i = static_cast<unsigned char>(this->limit_);
      module->base_i = static_cast<unsigned char>(this->base_);
      module->last_word_i = static_cast<unsigned char>(this->words_.size() - 1);
      for (unsigned n = 0; n < 4; ++n) ASSERT_NO_FATAL_FAILURE(this->sample(module, random));
      // A run can be broken off while shares are forgotten.
      module->start_i = 1;
      module.edge();
      module->start_i = 0;
      while (random() % 3 != 0) module.edge();
      module->clear_i = 1;
      module.edge();
      module->clear_i = 0;
      module.settle();
      ASSERT_EQ(module->ready_o != 0, this->limit_ == 0);
    }
  }
}

}  // namespace
}  // namespace phasic::testing::retrograde_shares_test
