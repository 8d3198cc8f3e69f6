// SPDX-License-Identifier: Apache-2.0
// Updates in a synapse memory with one port, against the formulas and the random numbers of the reference. The test has the
// memories.
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "Vserial_updates_2.h"
#include "Vserial_updates_8.h"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::serial_updates_test {
namespace {

constexpr std::size_t kFactorWidth = contract::kFactorWidth + 1, kWeightWidth = 8, kNeurons = 24, kRows = 12;
constexpr unsigned kFraction = reference::fraction_bits(kWeightWidth);

template <class Model, std::size_t Lanes>
struct Shape {
  using model = Model;
  static constexpr std::size_t lanes = Lanes;
};

template <class T>
class RtlSerialUpdates : public ::testing::Test {
 protected:
  static constexpr std::size_t kLanes = T::lanes, kWords = kNeurons / kLanes;

  struct Neuron {
    std::int32_t factor = 0;
    std::uint32_t plus = 0, minus = 0;
  };
  struct Row {
    reference::WordPair random;
    std::uint32_t history = 0;
  };
  using Weights = std::vector<std::array<std::int32_t, kLanes>>;

  /// Rows in turn from the first neuron on, an even number of cycles apart: `gap` draws it.
  void run(std::mt19937_64& random, bool all_steps, bool nearest) {
    Clocked<typename T::model> module{1};
    module->valid_i = 0;
    module.reset();
    module->all_steps_i = all_steps;
    module->nearest_i = nearest;
    std::array<Neuron, kNeurons> neurons{};
    for (Neuron& neuron : neurons) {
      neuron.factor = static_cast<std::int32_t>(random_signed(random, random() % 2 == 0 ? 20 : 17));
      if (random() % 16 == 0) neuron.factor = 1 << 19;
      neuron.plus = static_cast<std::uint32_t>(random() % 4 == 0 ? ~std::uint64_t{0} : random());
      neuron.minus = static_cast<std::uint32_t>(random()) & ~neuron.plus;
    }
    std::vector<Row> rows(kRows);
    for (Row& row : rows) {
      row.random = {static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())};
      row.history = static_cast<std::uint32_t>(random() % 4 == 0 ? ~std::uint64_t{0} : random() & random());
    }
    Weights weights(kRows * kWords);
    for (auto& word : weights) {
      for (std::int32_t& weight : word) weight = static_cast<std::int32_t>(random_signed(random, kWeightWidth));
    }
    std::uint64_t limited = 0, limited_seen = 0;
    const Weights expected = updated(weights, neurons, rows, all_steps, nearest, limited);

    // What was asked for in the cycles before: words of weights and factors, a factor, trits.
    std::array<std::optional<std::size_t>, 2> weight_reads{}, factor_reads{};
    std::optional<std::size_t> word_read, trit_read;
    std::size_t row = 0, at_u1 = 0, neuron = 0, gap = 0;
    for (unsigned cycle = 0, idle = 0; idle < 12; ++cycle) {
      SCOPED_TRACE("cycle " + std::to_string(cycle));
      const bool valid = row < kRows && gap == 0;
      module->valid_i = valid;
      module->neuron_i = static_cast<unsigned char>(valid ? neuron : random());
      module->row_address_i = static_cast<std::uint16_t>(at_u1 * kWords);
      module->row_x_i = rows[at_u1].random.x;
      module->row_y_i = rows[at_u1].random.y;
      module->history_i = rows[at_u1].history;
      if (trit_read) {
        set_bits(module->trits_i, 32, 32, neurons[*trit_read].plus);
        set_bits(module->trits_i, 0, 32, neurons[*trit_read].minus);
      }
      if (factor_reads[1]) set_bits(module->factor_i, 0, kFactorWidth, neurons[*factor_reads[1]].factor);
      for (std::size_t k = 0; k < kLanes; ++k) {
        if (word_read) set_bits(module->factors_i, kFactorWidth * k, kFactorWidth, neurons[*word_read * kLanes + k].factor);
        if (weight_reads[1]) set_bits(module->weights_i, kWeightWidth * k, kWeightWidth, weights[*weight_reads[1]][k]);
      }
      module.settle();
      ASSERT_FALSE(module->read_o != 0 && module->write_o != 0) << "the memory has one port";
      if (module->limited_valid_o != 0) limited_seen += static_cast<std::uint64_t>(std::popcount(unsigned{module->limited_o}));
      if (module->write_o != 0) {
        ASSERT_LT(module->write_address_o, weights.size());
        for (std::size_t k = 0; k < kLanes; ++k) {
          weights[module->write_address_o][k] =
              static_cast<std::int32_t>(get_signed(module->weights_o, kWeightWidth * k, kWeightWidth));
        }
      }
      trit_read.reset();
      if (module->trit_read_o != 0) trit_read = neuron;
      factor_reads[1] = factor_reads[0];
      factor_reads[0].reset();
      if (module->factor_read_o != 0) factor_reads[0] = module->factor_neuron_o;
      word_read.reset();
      if (module->factors_read_o != 0 && module->factors_word_o < kWords) word_read = module->factors_word_o;
      // A word of weights stays until the next one.
      if (weight_reads[0]) weight_reads[1] = weight_reads[0];
      weight_reads[0].reset();
      if (module->read_o != 0) weight_reads[0] = module->read_address_o;
      module.edge();
      at_u1 = std::min(row, kRows - 1);
      idle = valid ? 0 : idle + 1;
      if (gap > 0) --gap;
      if (!valid) continue;
      neuron += all_steps ? 1 : kLanes / 2;
      if (neuron < kNeurons) continue;
      neuron = 0;
      ++row;
      gap = 2 * (random() % 4);
    }
    for (std::size_t word = 0; word < weights.size(); ++word)
      ASSERT_EQ(weights[word], expected[word]) << "row " << word / kWords << " word " << word % kWords;
    ASSERT_EQ(limited_seen, limited);
  }

 private:
  static Weights updated(Weights weights, const std::array<Neuron, kNeurons>& neurons, const std::vector<Row>& rows,
                         bool all_steps, bool nearest, std::uint64_t& limited) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t j = 0; j < kNeurons; ++j) {
        const std::uint32_t history = rows[row].history;
        const int coincidences = std::popcount(neurons[j].plus & history) - std::popcount(neurons[j].minus & history);
        const std::int64_t change = std::int64_t{all_steps ? coincidences : 1} * neurons[j].factor;
        const auto word = reference::rounding_word(rows[row].random, static_cast<unsigned>(j));
        const std::int32_t rounding =
            nearest ? reference::nearest_rounding(kFraction) : reference::stochastic_rounding(word, kFraction);
        std::int32_t& weight = weights[row * kWords + j / kLanes][j % kLanes];
        const std::int64_t moved = reference::unlimited_weight(weight, change, rounding, kFraction);
        const std::int64_t within = reference::saturate(moved, kWeightWidth);
        if (within != moved) ++limited;
        weight = static_cast<std::int32_t>(within);
      }
    }
    return weights;
  }
};

using Shapes = ::testing::Types<Shape<Vserial_updates_2, 2>, Shape<Vserial_updates_8, 8>>;
TYPED_TEST_SUITE(RtlSerialUpdates, Shapes);

TYPED_TEST(RtlSerialUpdates, ChangeEachWeightAsTheReferenceAndNeverReadWhileTheyWrite) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random{seed};
    for (const bool all_steps : {false, true}) {
      for (const bool nearest : {false, true}) {
        SCOPED_TRACE("seed " + std::to_string(seed) + (all_steps ? " all steps" : " last step") + (nearest ? " nearest" : ""));
        ASSERT_NO_FATAL_FAILURE(this->run(random, all_steps, nearest));
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::serial_updates_test
