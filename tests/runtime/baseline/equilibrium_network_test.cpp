// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/equilibrium_network.hpp"

#include <cmath>

#include "runtime/baseline/draw.hpp"
#include "runtime/baseline/spread.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::baseline::equilibrium_network_test {
namespace {

Matrix single(float value) { return Matrix::Constant(1, 1, value); }

TEST(EquilibriumNetwork, MembranesIntegrateAndResetByHand) {
  MembraneState state{.potentials = single(0), .conductances = single(0), .kept = single(0.2F)};
  // g = 0.05 (5 + 0.3); v = 0.01 x 0.053 x 0.2 = 0.000106, halfway to the kept 0.2.
  EXPECT_NEAR(membrane_step(state, single(0.3F), 0.5F, -0.5F)(0), std::tanh(0.100053 / 2), 1e-6);
  EXPECT_NEAR(state.conductances(0), 0.265, 1e-6);
  EXPECT_NEAR(state.potentials(0), 0.100053, 1e-6);
  // v = 0.0991558 is above 0.05: -0.5, a quarter of the way to 0.2.
  EXPECT_NEAR(membrane_step(state, single(0.3F), 0.75F, -0.5F)(0), std::tanh(-0.325 / 2), 1e-6);
  EXPECT_NEAR(state.conductances(0), 0.51675, 1e-6);
  EXPECT_NEAR(state.potentials(0), -0.325, 1e-6);
}

TEST(EquilibriumNetwork, AStepOfManyMembranesIsThatOfEach) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Generator generator = generator_of(seed, Use::kLearning);
    // More than a vector register holds, and no multiple of it; some potentials are above the threshold.
    const Matrix currents = uniform(generator, 13, 5, 1);
    MembraneState all{.potentials = uniform(generator, 13, 5, 0.2F),
                      .conductances = uniform(generator, 13, 5, 3),
                      .kept = uniform(generator, 13, 5, 1)};
    const MembraneState before = all;
    const Matrix values = membrane_step(all, currents, 0.3F, -0.5F);
    for (Index n = 0; n < values.size(); ++n) {
      MembraneState one{.potentials = single(before.potentials(n)),
                        .conductances = single(before.conductances(n)),
                        .kept = single(before.kept(n))};
      EXPECT_NEAR(values(n), membrane_step(one, single(currents(n)), 0.3F, -0.5F)(0), 1e-6) << "seed " << seed << ", " << n;
      EXPECT_NEAR(all.potentials(n), one.potentials(0), 1e-6) << "seed " << seed << ", " << n;
      EXPECT_NEAR(all.conductances(n), one.conductances(0), 1e-6) << "seed " << seed << ", " << n;
    }
  }
}

TEST(EquilibriumNetwork, AnIterationGoesHalfTheWayByHand) {
  const Parameters parameters{
      .hidden = single(1), .output = single(0.5F), .hidden_bias = Vector::Zero(1), .output_bias = Vector::Constant(1, 0.1F)};
  const Equilibrium start{.hidden = single(0.2F), .output = single(0.6F)};
  Equilibrium free = start;
  settle(parameters, single(0.4F), nullptr, {}, free);
  const double hidden = std::tanh(0.45 / 2);  // of 0.2 / 2 + (0.4 + 0.5 x 0.6) / 2
  EXPECT_NEAR(free.hidden(0), hidden, 1e-6);
  EXPECT_NEAR(free.output(0), 0.6 + 0.5 * (0.5 * hidden + 0.1 - 0.6), 1e-6);
  Equilibrium taught = start;
  const Matrix one = single(1), far_below = single(-10);
  settle(parameters, single(0.4F), &one, {}, taught);
  EXPECT_NEAR(taught.output(0), free.output(0) + 0.5 * 0.5 * 0.4, 1e-6);
  taught = start;
  settle(parameters, single(0.4F), &far_below, {}, taught);
  EXPECT_EQ(taught.output(0), 0) << "outputs are never negative";
}

TEST(EquilibriumNetwork, ManyIterationsEndInTheEquilibrium) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Settings settings;
    settings.method = Method::kSbp;
    const Parameters parameters = initial_parameters({.inputs = 6, .hidden = 9, .classes = 4}, settings, seed);
    Generator generator = generator_of(seed, Use::kLearning);
    const Matrix currents = parameters.hidden * uniform(generator, 6, 3, 1);
    Equilibrium state{.hidden = Matrix::Zero(9, 3), .output = Matrix::Zero(4, 3)};
    for (int n = 0; n < 300; ++n) settle(parameters, currents, nullptr, settings.relaxation, state);
    const Matrix driven = currents + parameters.output.transpose() * state.output;
    EXPECT_LT((state.hidden - squashed(0.5F * (state.hidden + driven))).norm(), 1e-5) << "seed " << seed;
    EXPECT_LT((state.output - (parameters.output * state.hidden).cwiseMax(0)).norm(), 1e-5) << "seed " << seed;
  }
}

using Exact = Eigen::MatrixXd;

/// 1 + weight F v / sum of v.
Eigen::VectorXd factors(const Eigen::VectorXd& v, double weight, double fraction) {
  return Eigen::VectorXd::Ones(v.size()) + (v.sum() == 0 ? 0 : weight * fraction / v.sum()) * v;
}

/// The published formulas as they are written, with matrices whose rows are presynaptic neurons.
struct Written {
  Exact output, hidden;
};
Written written(const Exact& output, const Exact& hidden, double fraction) {
  const auto parts = [&](const Exact& change, Exact& p1, Exact& n1, Exact& n2) {
    const Exact p = change.cwiseMax(0), n = change.cwiseMin(0);
    p1 = factors(p.rowwise().sum(), 1, fraction).asDiagonal() * p;
    n1 = factors(n.rowwise().sum().cwiseAbs(), 1, fraction).asDiagonal() * n;
    n2 = n * factors(n.colwise().sum().transpose().cwiseAbs(), 0.5, fraction).asDiagonal();
  };
  Exact p1, n1, n2, next_p1, next_n1, next_n2;
  parts(output, next_p1, next_n1, next_n2);
  parts(hidden, p1, n1, n2);
  const Exact p3 = hidden.cwiseMax(0) * factors(next_p1.rowwise().sum(), 1, fraction).asDiagonal();
  const Exact n3 = hidden.cwiseMin(0) * factors(next_n1.rowwise().sum(), 1, fraction).asDiagonal();
  return {.output = next_p1 + (next_n1 + next_n2) / 2, .hidden = (p1 + p3) / 2 + (n1 + n2 + n3) / 3};
}

TEST(Spread, IsThatOfTheFormulasByHand) {
  Matrix output(2, 2);  // rows are postsynaptic
  output << 1, 3, -1, 0;
  Matrix hidden = output;
  const Spread behind = spread_out(output, 0.2F, nullptr);
  // Presynaptic increases 1 and 3 of 4, decreases 1 of 1 and 0; postsynaptic decreases 0 and 1 of 1.
  EXPECT_NEAR(output(0, 0), 1.05, 1e-6);
  EXPECT_NEAR(output(0, 1), 3.45, 1e-6);
  EXPECT_NEAR(output(1, 0), -(1.2 + 1.1) / 2, 1e-6);
  EXPECT_EQ(output(1, 1), 0);
  EXPECT_NEAR(behind.increases(1), 3.45, 1e-6);
  EXPECT_NEAR(behind.decreases(0), -1.2, 1e-6);
  // 0.05, 0.45 and 0.15 more of 1, 3 and 1.
  ASSERT_TRUE(behind.share.has_value());
  EXPECT_NEAR(*behind.share, std::sqrt((0.0025 + 0.2025 + 0.0225) / 11), 1e-6);
  // Back to the layer before: increases 1.05 and 3.45 of 4.5 by neuron, all decreases to neuron 0.
  (void)spread_out(hidden, 0.2F, &behind);
  EXPECT_NEAR(hidden(0, 0), (1.05 + 1 + 0.2 * 1.05 / 4.5) / 2, 1e-6);
  EXPECT_NEAR(hidden(0, 1), (3.45 + 3 * (1 + 0.2 * 1.05 / 4.5)) / 2, 1e-6);
  EXPECT_NEAR(hidden(1, 0), -(1.2 + 1.1 + 1) / 3, 1e-6);
}

TEST(Spread, IsThatOfTheFormulasForRandomChanges) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Generator generator = generator_of(seed, Use::kLearning);
    Matrix output = uniform(generator, 4, 7, 1), hidden = uniform(generator, 7, 6, 1);
    const Written expected = written(output.cast<double>().transpose(), hidden.cast<double>().transpose(), 0.7);
    const Spread behind = spread_out(output, 0.7F, nullptr);
    (void)spread_out(hidden, 0.7F, &behind);
    EXPECT_LT((output.cast<double>().transpose() - expected.output).norm(), 1e-5) << "seed " << seed;
    EXPECT_LT((hidden.cast<double>().transpose() - expected.hidden).norm(), 1e-5) << "seed " << seed;
  }
}

TEST(Spread, OfNothingIsNothing) {
  Matrix change = Matrix::Zero(3, 2);
  const Spread behind = spread_out(change, 0.2F, nullptr);
  EXPECT_EQ(change, Matrix::Zero(3, 2));
  EXPECT_FALSE(behind.share.has_value()) << "a share of nothing";
  Matrix before = Matrix::Ones(2, 4);
  (void)spread_out(before, 0.2F, &behind);
  EXPECT_NEAR(before(0, 0), (1.05 + 1) / 2, 1e-6) << "nothing came back";
}

class Consolidation : public ::testing::Test {
 protected:
  static constexpr Index kInputs = 5, kHidden = 6, kClasses = 3, kSamples = 4;
  static constexpr double kNudge = 0.5;

  void SetUp() override {
    settings_.method = Method::kSbp;
    const Sizes sizes{.inputs = kInputs, .hidden = kHidden, .classes = kClasses};
    start_ = initial_parameters(sizes, settings_, 1);
    Generator generator = generator_of(1, Use::kLearning);
    inputs_ = uniform(generator, kInputs, kSamples, 1);
    free_ = {.hidden = uniform(generator, kHidden, kSamples, 1), .output = uniform(generator, kClasses, kSamples, 1)};
    taught_ = {.hidden = uniform(generator, kHidden, kSamples, 1), .output = uniform(generator, kClasses, kSamples, 1)};
  }

  [[nodiscard]] Parameters changed() const {
    Parameters parameters = start_;
    Work work;
    consolidate(parameters, inputs_, free_, taught_, settings_, work);
    return parameters;
  }

  Settings settings_;
  Parameters start_;
  Matrix inputs_;
  Equilibrium free_, taught_;
};

TEST_F(Consolidation, FollowsTheRuleOfEachMethod) {
  settings_.relaxation.spread = 0;
  for (const Method method : {Method::kSymmetric, Method::kDifferential, Method::kSbp}) {
    settings_.method = method;
    const Parameters after = changed();
    // Presynaptic values before and after teaching, and postsynaptic ones.
    const auto rule = [&](double pre, double pre_taught, double post, double post_taught) {
      if (method == Method::kSymmetric) return pre_taught * post_taught - pre * post;
      if (method == Method::kDifferential) return (pre_taught - pre) * post;
      return pre * (post_taught - post);
    };
    for (Index j = 0; j < kHidden; ++j) {
      double of_input = 0, of_output = 0;
      for (Index n = 0; n < kSamples; ++n) {
        of_input += rule(inputs_(2, n), inputs_(2, n), free_.hidden(j, n), taught_.hidden(j, n));
        of_output += rule(free_.hidden(j, n), taught_.hidden(j, n), free_.output(1, n), taught_.output(1, n));
      }
      EXPECT_NEAR(after.hidden(j, 2) - start_.hidden(j, 2), 0.1 * of_input / (kNudge * kSamples), 1e-6) << name(method);
      EXPECT_NEAR(after.output(1, j) - start_.output(1, j), 0.05 * of_output / (kNudge * kSamples), 1e-6) << name(method);
    }
    const double moved = (taught_.hidden - free_.hidden).row(4).mean(),
                 moved_output = (taught_.output - free_.output).row(0).mean();
    EXPECT_NEAR(after.hidden_bias(4), 0.1 * moved / kNudge, 1e-6);
    EXPECT_NEAR(after.output_bias(0), 0.05 * moved_output / kNudge, 1e-6);
  }
}

TEST_F(Consolidation, SpreadsTheChangeOfSbpAlone) {
  settings_.relaxation.spread = 0;
  const Parameters plain = changed();
  settings_.relaxation.spread = 0.2F;
  const Parameters spread = changed();
  const auto change_of = [](const Matrix& after, const Matrix& before, double rate) {
    return Exact(((after - before).cast<double>() / rate).transpose());
  };
  const Written expected =
      written(change_of(plain.output, start_.output, 0.05), change_of(plain.hidden, start_.hidden, 0.1), 0.2);
  EXPECT_LT((change_of(spread.output, start_.output, 0.05) - expected.output).norm(), 1e-4);
  EXPECT_LT((change_of(spread.hidden, start_.hidden, 0.1) - expected.hidden).norm(), 1e-4);
  EXPECT_GT((spread.hidden - plain.hidden).norm(), 1e-3);
  settings_.method = Method::kSymmetric;
  const Matrix symmetric = changed().hidden;
  settings_.relaxation.spread = 0;
  EXPECT_EQ(changed().hidden, symmetric);
}

TEST(EquilibriumNetwork, KeepsItsStateForEachPlaceInTheBatch) {
  Settings settings;
  settings.method = Method::kSbp;
  settings.batch = 2;
  settings.steps = 10;
  settings.relaxation.hidden_rate = settings.relaxation.output_rate = 0;
  settings.relaxation.free_iterations = 1;
  Parameters parameters = initial_parameters({.inputs = 4, .hidden = 5, .classes = 3}, settings, 2);
  parameters.output_bias.setConstant(0.5F);  // so that outputs are not limited to 0
  Generator generator = generator_of(2, Use::kLearning);
  const Matrix inputs = uniform(generator, 4, 2, 1).cwiseAbs(), targets = Matrix::Identity(3, 2);
  const std::vector<std::uint32_t> samples{0, 1};
  Work work;
  EquilibriumNetwork whole(settings);
  const Matrix rest = whole.learn(parameters, inputs, targets, samples, work);
  EXPECT_EQ(rest, whole.answer(parameters, inputs, work)) << "the first batch begins at rest, as every test does";
  const Matrix later = whole.learn(parameters, inputs, targets, samples, work);
  EXPECT_NE(later, rest);
  // A smaller batch in between leaves the second place as it was.
  EquilibriumNetwork parted(settings);
  (void)parted.learn(parameters, inputs, targets, samples, work);
  (void)parted.learn(parameters, inputs.leftCols(1), targets.leftCols(1), std::span(samples).first(1), work);
  const Matrix after = parted.learn(parameters, inputs, targets, samples, work);
  EXPECT_EQ(after.col(1), later.col(1));
  EXPECT_NE(after.col(0), later.col(0));
}

}  // namespace
}  // namespace phasic::baseline::equilibrium_network_test
