// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/float_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/sim/reference/random_network.hpp"

namespace phasic::reference::test {
namespace {

/// Retrograde signals are multiples of 2^8, so a share is 0 or a half, and half of twice a factor is the factor.
void make_shares_exact(LayerProgram& layer) {
  if (!takes_retrograde(layer)) return;
  layer.retrograde_base = layer.retrograde_shift = 0;
  layer.retrograde_limit = 128;
  layer.rate *= 2;
}

/// A program in which nothing is ever rounded or limited: whole currents, no leak or all of it, changes that are whole weights.
Program exact_program(Generator& generator) {
  Program program = random_program(generator, 16, 60);
  while (is_graded(program)) program = random_program(generator, 16, 60);
  program.learn = true;
  program.steps = std::min(program.steps, 8U);
  for (LayerProgram& layer : program.layers) {
    if (without_potentials(layer)) layer.factor = contract::Factor::kError;
    layer.leak = uniform(generator, 0, 1) == 0 ? 0 : 65536;
    layer.input_shift = 0;
    layer.synaptic_leak = 0;
    layer.threshold = static_cast<std::int32_t>(uniform(generator, 0, 60));
    // Sums over many classes and steps stay small enough not to be limited.
    const bool strong = layer.factor == contract::Factor::kFeedback || layer.trace_shift != 0;
    layer.rate = 256 * static_cast<std::uint32_t>(uniform(generator, 0, strong ? 1 : 3));
    layer.trace_shift = std::min(layer.trace_shift, 1U);
    layer.factor_shift = 0;
    make_shares_exact(layer);
  }
  return program;
}

/// Weights are multiples of `unit`, up to so many of them with either sign, and so are levels whole numbers.
struct Amplitudes {
  std::int64_t unit, weights, levels;
};

/// Gives both the same weights and levels.
void draw(Generator& generator, const Amplitudes& amplitudes, Core& exact, FloatNetwork& floating) {
  const Program& program = floating.program();
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    const LayerProgram& shape = program.layers[layer];
    std::vector<std::int16_t> weights(shape.rows * row_width(shape));
    for (std::int16_t& weight : weights)
      weight = static_cast<std::int16_t>(amplitudes.unit * uniform(generator, -amplitudes.weights, amplitudes.weights));
    set_weight_values(exact, layer, weights);
    floating.set_weights(layer, std::vector<float>(weights.begin(), weights.end()));
    std::vector<std::byte> table(level_bytes(program, shape));
    std::vector<float> levels(std::size_t{program.classes} * shape.neurons);
    for (std::size_t label = 0; label < program.classes; ++label) {
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
        const auto level = uniform(generator, -amplitudes.levels, amplitudes.levels);
        levels[label * shape.neurons + neuron] = static_cast<float>(level);
        table[label * align(shape.neurons) + neuron] = static_cast<std::byte>(level);
      }
    }
    exact.set_levels(layer, table);
    floating.set_levels(layer, levels);
  }
}

TEST(FloatNetwork, EqualsTheKernelWhereNothingIsRounded) {
  std::uint64_t changed = 0;
  for (std::uint64_t round = 0; round < 60; ++round) {
    SCOPED_TRACE("network " + std::to_string(round));
    Generator generator(900 + round);
    const Program program = exact_program(generator);
    const auto exact = make_plain_core(program);
    FloatNetwork floating(program);
    draw(generator, {.unit = 1, .weights = 20, .levels = 2}, *exact, floating);
    for (std::uint32_t number = 0; number < 3; ++number) {
      OwnedSample sample = random_sample(generator, program);
      if (sample.label == contract::kUnlabelled) sample.label = 0;
      sample.gated = false;
      SampleResult result;
      exact->run(sample.view(), number, result);
      std::uint32_t prediction = 0;
      std::vector<double> scores;
      floating.run(sample.view(), number, prediction, scores);
      ASSERT_EQ(exact->counts().layers.back().potential_saturations, 0U);
      ASSERT_EQ(std::vector<double>(result.scores.begin(), result.scores.end()), scores);
      ASSERT_EQ(result.prediction, prediction);
      for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
        const auto weights = weight_values(*exact, layer);
        const auto float_weights = floating.weights(layer);
        ASSERT_EQ(std::vector<float>(weights.begin(), weights.end()),
                  std::vector<float>(float_weights.begin(), float_weights.end()));
        changed += exact->counts().layers[layer].update_rows;
      }
    }
  }
  EXPECT_GT(changed, 1000U) << "the networks hardly learn";
}

/// The same of graded samples. With 16-bit weights that are multiples of 256 and rates of 1 potentials and changes are whole.
Program exact_graded_program(Generator& generator) {
  const auto unfit = [](const Program& program) {
    return !is_graded(program) ||
           std::ranges::any_of(program.layers, [](const LayerProgram& layer) { return layer.grid != 0; });
  };
  Program program = random_program(generator, 16, 60);
  while (unfit(program)) program = random_program(generator, 16, 60);
  program.learn = true;
  for (LayerProgram& layer : program.layers) {
    const bool learns = !without_potentials(layer) && !moves_filters(layer) && uniform(generator, 0, 2) != 0;
    layer.factor = learns ? contract::Factor::kLevel : contract::Factor::kFrozen;
    layer.input_shift = 0;
    layer.window = static_cast<std::int32_t>(uniform(generator, -100, 100));
    layer.threshold = layer.window + static_cast<std::int32_t>(uniform(generator, 0, 100));
    layer.rate = 256;
    layer.factor_shift = 0;
  }
  for (std::size_t number = 0; number < program.layers.size(); ++number) {
    LayerProgram& layer = program.layers[number];
    if (!may_take_retrograde(program, number)) layer.retrograde_limit = 0;
    make_shares_exact(layer);
  }
  return program;
}

TEST(FloatNetwork, EqualsTheKernelOnGradedSamplesWhereNothingIsRounded) {
  std::uint64_t changed = 0, answers = 0;
  for (std::uint64_t round = 0; round < 60; ++round) {
    SCOPED_TRACE("network " + std::to_string(round));
    Generator generator(1900 + round);
    const Program program = exact_graded_program(generator);
    const auto exact = make_plain_core(program);
    FloatNetwork floating(program);
    draw(generator, {.unit = 256, .weights = 2, .levels = 1}, *exact, floating);
    OwnedSample sample = random_sample(generator, program);
    sample.learn = true;
    sample.label = 0;
    sample.gated = false;
    SampleResult result;
    exact->run(sample.view(), 7, result);
    std::uint32_t prediction = 0;
    std::vector<double> scores;
    floating.run(sample.view(), 7, prediction, scores);
    ASSERT_EQ(std::vector<double>(result.scores.begin(), result.scores.end()), scores);
    ASSERT_EQ(result.prediction, prediction);
    answers += result.spikes;
    for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
      ASSERT_EQ(exact->counts().layers[layer].weight_saturations, 0U);
      ASSERT_EQ(exact->counts().layers[layer].potential_saturations, 0U);
      const auto weights = weight_values(*exact, layer);
      const auto float_weights = floating.weights(layer);
      ASSERT_EQ(std::vector<float>(weights.begin(), weights.end()),
                std::vector<float>(float_weights.begin(), float_weights.end()));
      changed += exact->counts().layers[layer].update_rows;
    }
  }
  EXPECT_GT(changed, 300U) << "the networks hardly learn";
  EXPECT_GT(answers, 1000U) << "the networks hardly answer";
}

TEST(FloatNetwork, AnswersOverAGridDifferByTheRoundingOfRoots) {
  std::uint64_t large = 0;
  for (std::uint64_t round = 0; round < 60; ++round) {
    SCOPED_TRACE("network " + std::to_string(round));
    Generator generator(2900 + round);
    Program program = random_program(generator, 16, 60);
    while (!is_graded(program) || program.layers.front().grid == 0) program = random_program(generator, 16, 60);
    program.layers.resize(1);
    LayerProgram& layer = program.layers.front();
    layer.factor = contract::Factor::kFrozen;
    layer.input_shift = 0;
    layer.threshold = static_cast<std::int32_t>(uniform(generator, 0, 60));
    layer.answer_scale = static_cast<std::uint32_t>(uniform(generator, 1, 8));
    layer.answer_shift = static_cast<std::uint32_t>(uniform(generator, 0, 3));
    program.trace = false;
    const auto exact = make_plain_core(program);
    FloatNetwork floating(program);
    std::vector<std::int16_t> weights(layer.rows * row_width(layer));
    for (std::int16_t& weight : weights) weight = static_cast<std::int16_t>(256 * uniform(generator, -1, 1));
    set_weight_values(*exact, 0, weights);
    floating.set_weights(0, std::vector<float>(weights.begin(), weights.end()));
    OwnedSample sample = random_sample(generator, program);
    sample.learn = sample.gated = false;
    SampleResult result;
    exact->run(sample.view(), 7, result);
    std::uint32_t prediction = 0;
    std::vector<double> scores;
    floating.run(sample.view(), 7, prediction, scores);
    // A root loses less than one, and half a unit is lost behind the scale.
    const double most = std::ldexp(layer.answer_scale, -static_cast<int>(layer.answer_shift)) + 0.5;
    ASSERT_EQ(scores.size(), result.scores.size());
    for (std::size_t neuron = 0; neuron < scores.size(); ++neuron) {
      const double difference = scores[neuron] - result.scores[neuron];
      ASSERT_LE(std::abs(difference), most * 65537) << neuron;
      large += result.scores[neuron] > (10U << 16) ? 1 : 0;
    }
  }
  EXPECT_GT(large, 100U) << "the grids hardly answer";
}

TEST(FloatNetwork, RefusesWhatItHasNoEquationsFor) {
  Generator generator(3);
  Program program = exact_program(generator);
  for (const auto factor : {contract::Factor::kCompetition, contract::Factor::kFeatures, contract::Factor::kDiscriminant}) {
    program.layers.back().factor = factor;
    EXPECT_THROW(FloatNetwork{program}, std::invalid_argument) << name(factor);
  }
}

TEST(FloatNetwork, RefusesWrongSizes) {
  Generator generator(1);
  FloatNetwork network(exact_program(generator));
  EXPECT_THROW(network.set_weights(0, std::vector<float>(1'000'000)), std::invalid_argument);
  EXPECT_THROW(network.set_levels(0, std::vector<float>(1'000'000)), std::invalid_argument);
  EXPECT_THROW(network.set_weights(9, {}), std::out_of_range);
}

}  // namespace
}  // namespace phasic::reference::test
