// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/retrograde.hpp"

#include <cmath>

#include "runtime/baseline/draw.hpp"
#include "tests/runtime/baseline/tape.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::baseline::retrograde_test {
namespace {

using test::Tape;

constexpr Index kInputs = 5, kHidden = 6, kClasses = 3, kSamples = 4, kSteps = 6;

struct Case {
  Settings settings;
  Parameters parameters;
  Teaching teaching;
  SpikeTrains trains{kInputs, kSamples* kSteps};
  SpikingPass pass;
  Labels labels;
};

Case make_case(std::uint64_t seed) {
  Case made;
  made.settings.method = Method::kRetrograde;
  made.settings.steps = kSteps;
  made.settings.window = 0.3F;
  made.settings.initial_scale = 3;
  made.parameters = initial_parameters({.inputs = kInputs, .hidden = kHidden, .classes = kClasses}, made.settings, seed);
  Generator generator = generator_of(seed, Use::kLearning);
  made.teaching.feedback = uniform(generator, kHidden, kClasses, 1);
  made.trains = rate_coded(uniform(generator, kInputs, kSamples, 0.5F).array() + 0.5F, kSteps, 0, 1, 1, generator);
  for (Index sample = 0; sample < kSamples; ++sample) made.labels.push_back(static_cast<std::uint8_t>(generator() % kClasses));
  Work work;
  made.pass = show(made.parameters, made.trains, {}, made.settings, work);
  return made;
}

float input_spike(const Case& given, Index input, Index step, Index sample) {
  for (const auto spike : given.trains.column(step * kSamples + sample)) {
    if (static_cast<Index>(spike) == input) return 1;
  }
  return 0;
}
float hidden_spike(const Case& given, Index neuron, Index step, Index sample) {
  return given.pass.hidden.spikes(neuron, step * kSamples + sample);
}

/// For each step the part of the output weights' gradient that the currents of this step have, from a network that is unrolled.
std::vector<Eigen::MatrixXd> parts_of_steps(const Case& given) {
  std::vector<Eigen::MatrixXd> parts(kSteps, Eigen::MatrixXd::Zero(kClasses, kHidden));
  for (Index sample = 0; sample < kSamples; ++sample) {
    for (Index k = 0; k < kClasses; ++k) {
      Tape tape;
      std::vector<Tape::Place> currents, spikes;
      Tape::Place potential = tape.number(0), spike = tape.number(0);
      double rate = 0;
      for (Index step = 0; step < kSteps; ++step) {
        double current = given.parameters.output_bias(k);
        for (Index j = 0; j < kHidden; ++j)
          current += double{given.parameters.output(k, j)} * hidden_spike(given, j, step, sample);
        currents.push_back(tape.number(current));
        const auto squashed = tape.add(tape.logistic(currents.back()), tape.number(-0.1));
        potential = tape.add(tape.multiply(tape.scale(potential, 0.2), tape.one_less(spike)), squashed);
        const double v = tape.value(potential);
        spike = tape.with_derivative(potential, v > 0.5 ? 1 : 0, std::abs(v - 0.5) < 0.3 ? 1 : 0);
        spikes.push_back(spike);
        rate += tape.value(spike) / kSteps;
      }
      const double error = rate - (k == given.labels[static_cast<std::size_t>(sample)] ? 1 : 0);
      EXPECT_NEAR(rate, given.pass.rates(k, sample), 1e-6);
      std::vector<std::pair<Tape::Place, double>> seeds;
      for (const auto place : spikes) seeds.emplace_back(place, 2 * error / (kSamples * kClasses * kSteps));
      const auto slopes = tape.derivatives(seeds);
      for (Index step = 0; step < kSteps; ++step) {
        for (Index j = 0; j < kHidden; ++j)
          parts[static_cast<std::size_t>(step)](k, j) +=
              slopes[currents[static_cast<std::size_t>(step)]] * hidden_spike(given, j, step, sample);
      }
    }
  }
  return parts;
}

Parameters gradients(const Case& given, FirstFactor& first) {
  Work work;
  return retrograde_gradients(given.parameters, given.trains, given.pass, given.labels, given.teaching, given.settings, first,
                              work);
}

TEST(Retrograde, GradientsAreThoseOfTheFormulas) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Case given = make_case(seed);
    given.settings.hebbian = 0.3F;  // so large that a mistake in it shows
    FirstFactor first;
    const Parameters actual = gradients(given, first);
    Eigen::MatrixXd output = Eigen::MatrixXd::Zero(kClasses, kHidden), sizes = output;
    for (const auto& part : parts_of_steps(given)) {
      output += part;
      sizes += part.cwiseAbs();
    }
    ASSERT_GT(output.norm(), 0) << "seed " << seed;
    EXPECT_LT((actual.output.cast<double>() - output).norm(), 1e-5 * output.norm()) << "seed " << seed;
    Eigen::MatrixXd hidden(kHidden, kInputs);
    for (Index j = 0; j < kHidden; ++j) {
      const double factor = 0.01 * sizes.col(j).sum() / (kHidden * kClasses);
      for (Index i = 0; i < kInputs; ++i) {
        double taught = 0, hebbian = 0;
        for (Index n = 0; n < kSamples; ++n) {
          double projected = 0;
          for (Index k = 0; k < kClasses; ++k)
            projected += double{given.teaching.feedback(j, k)} *
                         ((k == given.labels[static_cast<std::size_t>(n)] ? 1.0F : 0.0F) - given.pass.rates(k, n));
          taught += input_spike(given, i, kSteps - 1, n) * projected;
          // Input one step before: the last two steps less the first two that have such a step.
          const auto pair = [&](Index step) { return input_spike(given, i, step - 1, n) * hidden_spike(given, j, step, n); };
          hebbian += pair(kSteps - 1) + pair(kSteps - 2) - pair(1) - pair(2);
        }
        hidden(j, i) = factor * (taught + 0.3 * hebbian / (kSamples * kSamples));
      }
    }
    EXPECT_LT((actual.hidden.cast<double>() - hidden).norm(), 1e-5 * hidden.norm()) << "seed " << seed;
    EXPECT_EQ(actual.hidden_bias, Vector::Zero(kHidden));
    EXPECT_EQ(actual.output_bias, Vector::Zero(kClasses));
  }
}

TEST(Retrograde, ControlsHaveOneFactorForAllNeurons) {
  Case given = make_case(2);
  FirstFactor first;
  const Matrix own = gradients(given, first).hidden;
  EXPECT_FALSE(first.has_value());
  const Vector factors =
      retrograde_sums(output_signals(given.pass, given.labels, given.settings), given.pass.hidden.spikes, kSteps).factors;
  ASSERT_GT(factors.maxCoeff(), factors.minCoeff());
  const Matrix plain = factors.cwiseInverse().unaryExpr([](float x) { return std::isfinite(x) ? x : 0; }).asDiagonal() * own;
  const auto expect_constant = [&](float factor) {
    const Matrix actual = gradients(given, first).hidden;
    for (Index j = 0; j < kHidden; ++j) {
      if (factors(j) == 0) continue;
      EXPECT_LT((actual.row(j) - factor * plain.row(j)).norm(), 1e-4F * actual.row(j).norm() + 1e-12F) << j;
    }
  };
  given.settings.retrograde = RetrogradeFactor::kMean;
  expect_constant(factors.mean());
  EXPECT_FALSE(first.has_value());
  given.settings.retrograde = RetrogradeFactor::kFirst;
  expect_constant(factors.mean());
  EXPECT_FLOAT_EQ(first.value(), factors.mean());
  first = 0.25F;
  expect_constant(0.25F);
  given.settings.retrograde = RetrogradeFactor::kNone;
  EXPECT_EQ(gradients(given, first).hidden, Matrix::Zero(kHidden, kInputs));
  EXPECT_GT(gradients(given, first).output.norm(), 0);
}

}  // namespace
}  // namespace phasic::baseline::retrograde_test
