// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/energy_network.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::baseline::energy_network_test {
namespace {

constexpr Index kInputs = 5, kHidden = 6, kClasses = 3, kSamples = 4;

struct Case {
  Settings settings;
  Parameters parameters;
  Matrix inputs, targets;
  Equilibrium state;
};

Case make_case(Method method, std::uint64_t seed) {
  Case made;
  made.settings.method = method;
  made.settings.kind = Kind::kAnalog;
  made.settings.relaxation = Relaxation::of_energy();
  made.settings.relaxation.step = 0.25F;
  made.settings.relaxation.coupling = 0.4F;  // another value than 1/2, at which some terms are equal
  made.parameters = initial_parameters({.inputs = kInputs, .hidden = kHidden, .classes = kClasses}, made.settings, seed);
  Generator generator = generator_of(seed, Use::kLearning);
  const auto between = [&](Index rows, Index columns) {
    return Matrix(uniform(generator, rows, columns, 0.5F).array() + 0.5F);
  };
  made.parameters.hidden_bias = uniform(generator, kHidden, 1, 0.3F);
  made.parameters.output_bias = uniform(generator, kClasses, 1, 0.3F);
  made.inputs = between(kInputs, kSamples);
  made.targets = between(kClasses, kSamples);
  made.state = {.hidden = between(kHidden, kSamples), .output = between(kClasses, kSamples)};
  return made;
}

double total(const Case& given, const Equilibrium& state, double nudge) {
  return energy_of(given.parameters, given.inputs, state, given.settings) +
         nudge * double{(state.output - given.targets).squaredNorm()};
}

TEST(EnergyNetwork, AnIterationGoesDownTheEnergy) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const Method method : {Method::kSymmetric, Method::kSbp}) {
      for (const bool taught : {false, true}) {
        const Case given = make_case(method, seed);
        const float nudge = taught ? -0.3F : 0;
        Equilibrium after = given.state;
        const Matrix currents = given.parameters.hidden * given.inputs;
        descend(given.parameters, currents, taught ? &given.targets : nullptr, nudge, given.settings, after);
        const auto expect_slopes = [&](Matrix Equilibrium::*layer) {
          Equilibrium moved = given.state;
          for (Index n = 0; n < (moved.*layer).size(); ++n) {
            const float value = (moved.*layer)(n);
            (moved.*layer)(n) = value + 0x1p-8F;
            const double above = total(given, moved, nudge);
            (moved.*layer)(n) = value - 0x1p-8F;
            const double slope = (above - total(given, moved, nudge)) / 0x1p-7;
            (moved.*layer)(n) = value;
            const double expected = std::min(1.0, std::max(0.0, value - 0.25 * slope));
            EXPECT_NEAR((after.*layer)(n), expected, 1e-4) << name(method) << ", seed " << seed << ", taught " << taught;
          }
        };
        expect_slopes(&Equilibrium::hidden);
        expect_slopes(&Equilibrium::output);
      }
    }
  }
}

TEST(EnergyNetwork, SlopesAreDifferencesOfTheEnergy) {
  for (const Method method : {Method::kSymmetric, Method::kSbp}) {
    const Case given = make_case(method, 4);
    const Parameters slopes = energy_slopes(given.inputs, given.state, given.settings);
    Parameters moved = given.parameters;
    for_each_part(
        [&](auto weights, const auto& slope) {
          for (Index n = 0; n < weights.size(); ++n) {
            const float weight = weights(n);
            weights(n) = weight + 0x1p-6F;
            const double above = energy_of(moved, given.inputs, given.state, given.settings), over = weights(n);
            weights(n) = weight - 0x1p-6F;
            const double below = energy_of(moved, given.inputs, given.state, given.settings);
            const double expected = (above - below) / (over - weights(n)) / kSamples;
            weights(n) = weight;
            EXPECT_NEAR(slope(n), expected, 1e-4) << name(method) << ", weight " << n;
          }
        },
        moved, slopes);
  }
}

/// The outputs of a free equilibrium, from rest.
Matrix settled(const Case& given, const Parameters& parameters) {
  Work work;
  return EnergyNetwork(given.settings, 1).answer(parameters, given.inputs, work);
}

TEST(EnergyNetwork, EquilibriumPropagationIsTheGradientOfTheSquaredError) {
  // Weights so small, and biases such that no value is limited; many iterations and a weak pull.
  Case given = make_case(Method::kSymmetric, 5);
  given.parameters.hidden *= 0.2F;
  given.parameters.output *= 0.2F;
  given.parameters.hidden_bias.array() = 0.5F;
  given.parameters.output_bias.array() = 0.5F;
  given.settings.relaxation.free_iterations = given.settings.relaxation.taught_iterations = 200;
  given.settings.relaxation.nudge = 0.003F;  // what is left of its strength in the change is as small
  given.settings.relaxation.hidden_rate = given.settings.relaxation.output_rate = 1;
  Parameters learned = given.parameters;
  Work work;
  const std::vector<std::uint32_t> samples{0, 1, 2, 3};
  const Matrix answered = EnergyNetwork(given.settings, 1).learn(learned, given.inputs, given.targets, samples, work);
  EXPECT_LT((answered - settled(given, given.parameters)).norm(), 1e-5);
  ASSERT_GT(answered.minCoeff(), 0.05);
  ASSERT_LT(answered.maxCoeff(), 0.95);
  Parameters moved = given.parameters;
  double largest = 0;
  for_each_part(
      [&](auto weights, const auto& after, const auto& before) {
        for (Index n = 0; n < weights.size(); ++n) {
          const float weight = weights(n);
          weights(n) = weight + 0x1p-6F;
          const double above = (settled(given, moved) - given.targets).squaredNorm();
          weights(n) = weight - 0x1p-6F;
          const double below = (settled(given, moved) - given.targets).squaredNorm();
          weights(n) = weight;
          const double slope = (above - below) / 0x1p-5 / kSamples;
          largest = std::max(largest, std::abs(slope));
          EXPECT_NEAR(after(n) - before(n), -slope, 0.01) << "weight " << n;
        }
      },
      moved, learned, given.parameters);
  EXPECT_GT(largest, 0.1) << "there was something to see";
}

TEST(EnergyNetwork, GoesOnFromTheEquilibriumOfEachSample) {
  Case given = make_case(Method::kSymmetric, 6);
  given.settings.relaxation.hidden_rate = given.settings.relaxation.output_rate = 0;
  given.settings.relaxation.free_iterations = 3;
  EnergyNetwork network(given.settings, 1);
  Work work;
  const auto learn = [&](std::vector<std::uint32_t> samples) {
    return network.learn(given.parameters, given.inputs.leftCols(2), given.targets.leftCols(2), samples, work);
  };
  const Matrix first = learn({7, 3});
  EXPECT_EQ(learn({1, 0}), first) << "other samples begin at rest";
  const Matrix second = learn({7, 9});
  EXPECT_NE(second.col(0), first.col(0));
  EXPECT_EQ(second.col(1), first.col(1));
}

}  // namespace
}  // namespace phasic::baseline::energy_network_test
