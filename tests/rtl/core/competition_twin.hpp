// SPDX-License-Identifier: Apache-2.0
/// A sample in a layer that competes, by the formulas of the reference: scores, prediction, winner, and the synapse memory
/// afterwards.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "phasic/contract.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing {

/// For an engine of so many lanes, weights of so many bits and a synapse memory of so many words. `SumWidth` is the width of a
/// sample's sums.
template <std::size_t Lanes, unsigned WeightWidth, unsigned SumWidth, std::size_t Depth>
struct CompetitionTwin {
  using Memory = std::array<std::array<std::int64_t, Lanes>, Depth>;
  static constexpr std::size_t planes = (contract::kSquaresWidth + contract::kWinsWidth) / WeightWidth;

  struct Row {
    std::uint32_t history = 0;
    reference::WordPair random;
  };
  struct Neuron {
    std::int64_t sum = 0;
    bool positive = false;
  };
  struct Sample {
    contract::Layer layer;
    std::vector<Neuron> neurons;
    std::vector<Row> rows;
    std::size_t words = 1;
    bool silent = false, learn = false, graded = false, nearest = false;
  };
  /// `graded`: there may be graded samples.
  static Sample random_sample(std::mt19937_64& random, bool graded) {
    Sample sample;
    sample.neurons.resize(1 + random() % (4 * Lanes));
    sample.words = (sample.neurons.size() + Lanes - 1) / Lanes;
    sample.rows.resize(1 + random() % 25);
    sample.layer.neurons = static_cast<std::uint32_t>(sample.neurons.size());
    sample.layer.factor = static_cast<std::uint32_t>(contract::Factor::kCompetition);
    sample.layer.input_shift = static_cast<std::uint32_t>(random() % 7);
    sample.layer.factor_shift = static_cast<std::uint32_t>(random() % 9);
    sample.layer.homeostasis = static_cast<std::uint32_t>(random() % 1000);
    sample.nearest = random() % 2 == 0;
    sample.layer.rounding =
        static_cast<std::uint32_t>(sample.nearest ? contract::Rounding::kNearest : contract::Rounding::kStochastic);
    sample.silent = random() % 8 == 0;
    sample.learn = random() % 4 != 0;
    sample.graded = graded && random() % 2 == 0;
    const unsigned positive = random() % 6 == 0 ? 1000 : 2;
    for (Neuron& neuron : sample.neurons) {
      neuron.sum = random_signed(random, random() % 2 == 0 ? 12 : SumWidth);
      neuron.positive = random() % positive == 0;
    }
    for (Row& row : sample.rows) {
      row.history = static_cast<std::uint32_t>(random() & random());
      row.random = {static_cast<std::uint16_t>(random()), static_cast<std::uint16_t>(random())};
    }
    return sample;
  }

  static std::size_t state_place(const Sample& sample, std::size_t plane, std::size_t neuron) {
    return (sample.rows.size() + plane) * sample.words + neuron / Lanes;
  }
  /// Squares below, wins above.
  static std::uint64_t state_of(const Sample& sample, const Memory& memory, std::size_t neuron) {
    std::uint64_t state = 0;
    for (std::size_t plane = planes; plane-- > 0;) {
      const auto part = static_cast<std::uint64_t>(memory[state_place(sample, plane, neuron)][neuron % Lanes]);
      state = state << WeightWidth | (part & ((std::uint64_t{1} << WeightWidth) - 1));
    }
    return state;
  }
  static void put_state(const Sample& sample, Memory& memory, std::size_t neuron, std::uint64_t state) {
    for (std::size_t plane = 0; plane < planes; ++plane) {
      const auto part = static_cast<std::int64_t>(state >> (plane * WeightWidth) << (64 - WeightWidth)) >> (64 - WeightWidth);
      memory[state_place(sample, plane, neuron)][neuron % Lanes] = part;
    }
  }

  /// Random weights and states; those of `sample`'s neurons are young or old.
  static Memory random_memory(const Sample& sample, std::mt19937_64& random) {
    Memory memory;
    for (auto& word : memory)
      for (std::int64_t& weight : word) weight = random_signed(random, WeightWidth);
    const bool young = random() % 2 == 0;
    for (std::size_t j = 0; j < sample.neurons.size(); ++j)
      put_state(sample, memory, j, (young ? random() % 3 : random() % 65536) << 32 | (random() & 0xffff'ffff));
    return memory;
  }

  struct Outcome {
    std::vector<std::uint32_t> scores;
    std::size_t prediction = 0, limited = 0;
    std::optional<std::size_t> winner;
  };

  /// What the formulas say; `memory` becomes what it is afterwards.
  static Outcome expect(const Sample& sample, Memory& memory) {
    Outcome outcome;
    std::int64_t best = 0;
    bool fresh = false;
    for (std::size_t j = 0; j < sample.neurons.size(); ++j) {
      const std::uint64_t state = state_of(sample, memory, j);
      const auto wins = static_cast<std::uint32_t>(state >> 32);
      const std::int64_t match = reference::match(sample.silent ? 0 : sample.neurons[j].sum, sample.layer.input_shift,
                                                  static_cast<std::uint32_t>(state));
      outcome.scores.push_back(reference::competition_score(match));
      if (outcome.scores[j] > outcome.scores[outcome.prediction]) outcome.prediction = j;
      if (!sample.learn || !sample.neurons[j].positive || fresh) continue;
      const std::int64_t contested = match - std::int64_t{sample.layer.homeostasis} * wins;
      fresh = wins == 0;
      if (outcome.winner && !fresh && contested <= best) continue;
      outcome.winner = j;
      best = contested;
    }
    if (outcome.winner) outcome.limited = learn(sample, memory, *outcome.winner);
    return outcome;
  }

  static std::size_t learn(const Sample& sample, Memory& memory, std::size_t winner) {
    constexpr unsigned fraction = reference::fraction_bits(WeightWidth);
    const std::uint64_t state = state_of(sample, memory, winner);
    const auto wins = static_cast<std::uint32_t>(state >> 32);
    auto squares = static_cast<std::uint32_t>(state);
    std::size_t limited = 0;
    const unsigned slowness = reference::competition_shift(wins, sample.layer.factor_shift);
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      const Row& row = sample.rows[i];
      std::int64_t& weight = memory[i * sample.words + winner / Lanes][winner % Lanes];
      const auto old = static_cast<std::int32_t>(weight);
      const std::uint32_t count = sample.graded ? row.history & 0xff : static_cast<std::uint32_t>(std::popcount(row.history));
      const std::int32_t rounding =
          sample.nearest
              ? reference::nearest_rounding(fraction)
              : reference::stochastic_rounding(reference::rounding_word(row.random, static_cast<unsigned>(winner)), fraction);
      const std::int32_t moved = reference::unlimited_weight(
          old, (reference::competition_target(count, sample.layer.input_shift) - old) * (1 << (fraction - slowness)), rounding,
          fraction);
      weight = reference::saturate(moved, WeightWidth);
      limited += weight != moved ? 1 : 0;
      squares += static_cast<std::uint32_t>(weight * weight) - static_cast<std::uint32_t>(old * old);
    }
    put_state(sample, memory, winner, std::uint64_t{std::min(wins + 1, 65535U)} << 32 | squares);
    return limited;
  }
};

}  // namespace phasic::testing
