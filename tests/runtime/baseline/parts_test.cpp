// SPDX-License-Identifier: Apache-2.0
// Gate, coding, optimizers, levels.
#include <cmath>

#include "runtime/baseline/gate.hpp"
#include "runtime/baseline/optimizer.hpp"
#include "runtime/baseline/spike_trains.hpp"
#include "runtime/network/levels.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::baseline::parts_test {
namespace {

TEST(BaselineGate, OpensNeuronsWhoseInputIsNearTheBrightest) {
  Vector inputs(4);
  inputs << 0, 1, 0.9F, 0.7F;
  // 8 neurons look at inputs 0 0 1 1 2 2 3 3; open above 1 - 0.2.
  const Vector gate = gate_of(inputs, 8, {.margin = 0.2F});
  for (const Index open : {2, 3, 4, 5}) EXPECT_GT(gate(open), 0.999F) << open;
  for (const Index closed : {0, 1, 6, 7}) EXPECT_LT(gate(closed), 1e-7F) << closed;
  EXPECT_EQ(open_neurons(gate), (std::vector<Index>{2, 3, 4, 5}));
  // On the edge of the margin it is half open.
  inputs(3) = 0.8F;
  EXPECT_NEAR(gate_of(inputs, 4, {.margin = 0.2F})(3), 0.5F, 0.01F);
}

TEST(BaselineGate, OpensAtAFixedLevelHoweverBrightTheBrightestIs) {
  Vector inputs(4);
  inputs << 0, 1, 0.9F, 0.7F;
  EXPECT_EQ(open_neurons(gate_of(inputs, 4, {.level = 0.8F})), (std::vector<Index>{1, 2}));
  inputs(1) = 5;
  EXPECT_EQ(open_neurons(gate_of(inputs, 4, {.level = 0.8F})), (std::vector<Index>{1, 2}));
  EXPECT_TRUE(open_neurons(gate_of(inputs, 4, {.level = 6})).empty());
}

TEST(BaselineGate, LooksAtTheNearestOfFewerOrMoreInputs) {
  Vector inputs = Vector::Zero(784);
  inputs(391) = 1;
  const Vector gate = gate_of(inputs, 1000, {.margin = 0.2F});
  for (Index j = 0; j < 1000; ++j) EXPECT_EQ(gate(j) > 0.5F, j * 784 / 1000 == 391) << j;
}

TEST(BaselineGate, OfABatchIsThatOfItsMean) {
  Matrix inputs(3, 2);
  inputs << 1, 0, 0, 1, 0.9F, 0.9F;  // mean 0.5, 0.5, 0.9
  const Matrix batch = gates_of_batch(inputs, 3, {.margin = 0.2F});
  EXPECT_EQ(open_neurons(batch), (std::vector<Index>{2}));
  EXPECT_EQ(batch.col(0), batch.col(1));
  const Matrix samples = gates_of_samples(inputs, 3, {.margin = 0.2F});
  EXPECT_GT(samples(0, 0), 0.999F);
  EXPECT_LT(samples(1, 0), 1e-7F);
  EXPECT_GT(samples(1, 1), 0.999F);
}

TEST(BaselineCoding, RatesAreTheIntensities) {
  constexpr Index kSteps = 4000;
  Matrix intensities(5, 1);
  intensities << 0, 0.25F, 0.5F, 0.9F, 1;
  Generator generator = generator_of(5, Use::kLearning);
  const SpikeTrains trains = rate_coded(intensities, kSteps, 0, 1, 1, generator);
  Vector rates = Vector::Zero(5);
  for (Index column = 0; column < trains.columns(); ++column) {
    for (const auto input : trains.column(column)) rates(input) += 1.0F / kSteps;
  }
  EXPECT_EQ(rates(0), 0);
  EXPECT_NEAR(rates(4), 1, 1e-3);
  for (Index n = 1; n < 4; ++n) EXPECT_NEAR(rates(n), intensities(n), 0.04) << n;
}

TEST(BaselineCoding, NoiseAndRangeMoveTheThreshold) {
  Matrix intensities(3, 1);
  intensities << 0.05F, 0.11F, 0.5F;
  Generator generator = generator_of(6, Use::kLearning);
  // Noise 0.1: thresholds between 0 and 0.1.
  const SpikeTrains noisy = rate_coded(intensities, 1000, 0, 1, 0.1F, generator);
  Vector counts = Vector::Zero(3);
  for (Index column = 0; column < 1000; ++column) {
    for (const auto input : noisy.column(column)) counts(input) += 1;
  }
  EXPECT_NEAR(counts(0), 500, 80);
  EXPECT_EQ(counts(1), 1000);
  // Between the darkest and the brightest of a batch.
  const SpikeTrains ranged = rate_coded(intensities, 1000, 0.05F, 0.5F, 1, generator);
  counts.setZero();
  for (Index column = 0; column < 1000; ++column) {
    for (const auto input : ranged.column(column)) counts(input) += 1;
  }
  EXPECT_EQ(counts(0), 0);
  EXPECT_NEAR(counts(1), 1000 * 0.06 / 0.45, 50);
  EXPECT_EQ(counts(2), 1000);
}

TEST(BaselineCoding, ProductsWithSpikesAreThoseOfMatrices) {
  // 300 and 512 neurons: whole blocks and a rest.
  for (const Index neurons : {3, 300, 512}) {
    Generator generator = generator_of(7, Use::kLearning);
    const Matrix weights = uniform(generator, neurons, 20, 1);
    const SpikeTrains trains = rate_coded(uniform(generator, 20, 4, 1).cwiseAbs(), 3, 0, 1, 1, generator);
    Matrix dense = Matrix::Zero(20, 12);
    for (Index column = 0; column < 12; ++column) {
      for (const auto input : trains.column(column)) dense(input, column) = 1;
    }
    EXPECT_LT((product(weights, trains) - weights * dense).norm(), 1e-3F) << neurons;
    Matrix signals = uniform(generator, neurons, 12, 1);
    signals.col(5).setZero();
    Matrix sum = Matrix::Ones(neurons, 20);
    const Matrix expected = sum + signals * dense.transpose();
    const auto additions = add_outer_product(signals, trains, sum);
    EXPECT_LT((sum - expected).norm(), 1e-3F) << neurons;
    EXPECT_EQ(additions, static_cast<std::uint64_t>(neurons) * (trains.size() - trains.column(5).size()));
  }
}

TEST(BaselineParameters, TellWhichLayerHasNoNumber) {
  const Parameters numbers{.hidden = Matrix::Ones(2, 3),
                           .output = Matrix::Ones(4, 2),
                           .hidden_bias = Vector::Ones(2),
                           .output_bias = Vector::Ones(4)};
  EXPECT_EQ(layer_out_of_numbers(numbers), std::nullopt);
  Parameters broken = numbers;
  broken.output_bias(3) = std::nanf("");
  EXPECT_EQ(layer_out_of_numbers(broken), "output layer");
  broken.hidden(1, 2) = HUGE_VALF;
  EXPECT_EQ(layer_out_of_numbers(broken), "hidden layer");
}

TEST(BaselineOptimizer, FollowsItsDefinition) {
  Parameters weights{
      .hidden = Matrix::Constant(1, 1, 2), .output = Matrix::Constant(1, 1, 3), .hidden_bias = {}, .output_bias = {}};
  Parameters gradients = weights.zeros();
  gradients.hidden(0) = 0.5F;
  gradients.output(0) = -4;
  Parameters plain = weights;
  Optimizer(Algorithm::kSgd, 0.1F).step(plain, gradients);
  EXPECT_FLOAT_EQ(plain.hidden(0), 1.95F);
  EXPECT_FLOAT_EQ(plain.output(0), 3.4F);

  Optimizer adam(Algorithm::kAdam, 0.1F);
  double first = 0, second = 0, expected = 2;
  for (int step = 1; step <= 3; ++step) {
    gradients.hidden(0) = step == 2 ? -1.0F : 0.5F;
    adam.step(weights, gradients);
    const double g = gradients.hidden(0);
    first = 0.9 * first + 0.1 * g;
    second = 0.999 * second + 0.001 * g * g;
    expected -= 0.1 * (first / (1 - std::pow(0.9, step))) / (std::sqrt(second / (1 - std::pow(0.999, step))) + 1e-8);
    EXPECT_NEAR(weights.hidden(0), expected, 1e-5) << step;
  }
}

TEST(BaselineLevels, FollowThePublishedCurve) {
  // lambda and f for lambda_inv 0.5 and theta_max 1.2.
  const std::vector<std::pair<double, double>> table{{0, 1},        {0.05, 1.128}, {0.1, 1.192}, {0.125, 1.2},
                                                     {0.15, 1.192}, {0.2, 1.128},  {0.25, 1},    {0.3, 0.64},
                                                     {0.35, 0.36},  {0.4, 0.16},   {0.45, 0.04}, {0.5, 0}};
  for (const auto& [lambda, f] : table) {
    EXPECT_NEAR(runtime::modulate(lambda, {}), f, 1e-9) << lambda;
    EXPECT_NEAR(runtime::modulate(1 - lambda, {}), -f, 1e-9) << 1 - lambda;
  }
  // Of many neurons: mean 0, mean size 0.492, root of mean square 0.662.
  const auto levels = runtime::modulated_levels(3, 0, 10, 5000, {});
  double sum = 0, sizes = 0, squares = 0;
  for (const double level : levels) {
    sum += level;
    sizes += std::abs(level);
    squares += level * level;
  }
  const auto count = static_cast<double>(levels.size());
  EXPECT_NEAR(sum / count, 0, 0.02);
  EXPECT_NEAR(sizes / count, 0.492, 0.02);
  EXPECT_NEAR(std::sqrt(squares / count), 0.662, 0.02);
}

}  // namespace
}  // namespace phasic::baseline::parts_test
