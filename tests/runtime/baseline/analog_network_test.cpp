// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/analog_network.hpp"

#include <cmath>

#include "runtime/baseline/draw.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::baseline::analog_network_test {
namespace {

constexpr Index kInputs = 5, kHidden = 7, kClasses = 4, kSamples = 3;

struct Case {
  Settings settings;
  Parameters parameters;
  Teaching teaching;
  Matrix inputs;
  Matrix gates;
  Labels labels;
};

Case make_case(Method method, bool incremental, bool gated, std::uint64_t seed) {
  Case made;
  made.settings.method = method;
  made.settings.kind = Kind::kAnalog;
  made.settings.form = incremental ? Form::kIncremental : Form::kClassification;
  made.parameters = initial_parameters({.inputs = kInputs, .hidden = kHidden, .classes = kClasses}, made.settings, seed);
  Generator generator = generator_of(seed, Use::kLearning);
  made.teaching = {.levels = uniform(generator, kHidden, kClasses, 1.2F), .feedback = uniform(generator, kHidden, kClasses, 1)};
  made.inputs = uniform(generator, kInputs, kSamples, 2);
  if (gated) made.gates = uniform(generator, kHidden, kSamples, 0.5F).array() + 0.5F;
  for (Index sample = 0; sample < kSamples; ++sample) made.labels.push_back(static_cast<std::uint8_t>(generator() % kClasses));
  return made;
}

/// The loss that back-propagation descends, in double precision from the definition.
double loss_of(const Case& given, const Parameters& parameters) {
  double loss = 0;
  for (Index sample = 0; sample < kSamples; ++sample) {
    Eigen::VectorXd hidden = parameters.hidden.cast<double>() * given.inputs.col(sample).cast<double>();
    if (parameters.hidden_bias.size() != 0) hidden += parameters.hidden_bias.cast<double>();
    for (double& value : hidden) value = given.settings.incremental() ? 1 / (1 + std::exp(-value)) : std::tanh(value);
    if (given.gates.size() != 0) hidden.array() *= given.gates.col(sample).cast<double>().array();
    Eigen::VectorXd output = parameters.output.cast<double>() * hidden;
    if (parameters.output_bias.size() != 0) output += parameters.output_bias.cast<double>();
    const Index label = given.labels[static_cast<std::size_t>(sample)];
    if (given.settings.method == Method::kEwc) {
      loss += (std::log(output.array().exp().sum()) - output(label)) / kSamples;
      continue;
    }
    for (Index k = 0; k < kClasses; ++k) {
      const double value = given.settings.method == Method::kBp ? 1 / (1 + std::exp(-output(k))) : output(k);
      loss += std::pow(value - (k == label ? 1 : 0), 2) / (kSamples * kClasses);
    }
  }
  return loss;
}

Parameters gradients(const Case& given) {
  Work work;
  const AnalogPass pass = show(given.parameters, given.inputs, given.gates, given.settings, work);
  return gradients_of(given.parameters, given.inputs, pass, given.gates, given.labels, given.teaching, given.settings, work);
}

TEST(AnalogNetwork, BackPropagationAgreesWithDifferencesOfTheLoss) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const Method method : {Method::kBp, Method::kSgd, Method::kEwc}) {
      for (const bool gated : {false, true}) {
        if (gated && method == Method::kBp) continue;
        Case given = make_case(method, method != Method::kBp, gated, seed);
        const Parameters exact = gradients(given);
        Parameters moved = given.parameters;
        for_each_part(
            [&](auto weights, const auto& gradient) {
              for (Index n = 0; n < weights.size(); ++n) {
                const float weight = weights(n);
                weights(n) = weight + 0x1p-10F;
                const double above = loss_of(given, moved);
                const double over = weights(n);
                weights(n) = weight - 0x1p-10F;
                const double below = loss_of(given, moved);
                const double slope = (above - below) / (over - weights(n));
                weights(n) = weight;
                EXPECT_NEAR(gradient(n), slope, 1e-5) << name(method) << ", seed " << seed << ", weight " << n;
              }
            },
            moved, exact);
      }
    }
  }
}

TEST(AnalogNetwork, LocalMethodsTakeTheirSignalsInPlaceOfTheError) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const Method method : {Method::kNaca, Method::kBrp, Method::kDrtp, Method::kDfa}) {
      Case given = make_case(method, false, false, seed);
      given.settings.pull = 0.3F;
      Work work;
      const AnalogPass pass = show(given.parameters, given.inputs, {}, given.settings, work);
      const Parameters actual = gradients(given);
      for (Index j = 0; j < kHidden; ++j) {
        for (Index i = 0; i < kInputs; ++i) {
          double expected = 0;
          for (Index sample = 0; sample < kSamples; ++sample) {
            const Index label = given.labels[static_cast<std::size_t>(sample)];
            const double h = pass.hidden(j, sample);
            double signal = given.teaching.feedback(j, label);
            if (method == Method::kNaca) signal = given.teaching.levels(j, label);
            if (method == Method::kBrp) signal -= 0.3 * h;
            if (method == Method::kDfa) {
              signal = 0;
              for (Index k = 0; k < kClasses; ++k)
                signal += given.teaching.feedback(j, k) * (pass.outputs(k, sample) - (k == label ? 1.0F : 0.0F));
            }
            expected += signal * (1 - h * h) * given.inputs(i, sample);
          }
          EXPECT_NEAR(actual.hidden(j, i), expected, 1e-5) << name(method) << ", seed " << seed;
        }
      }
    }
  }
}

TEST(AnalogNetwork, IncrementalNacaSumsOverTheBatchAndIsGated) {
  const Case given = make_case(Method::kNaca, true, true, 4);
  Work work;
  const AnalogPass pass = show(given.parameters, given.inputs, given.gates, given.settings, work);
  const Parameters actual = gradients(given);
  double hidden = 0, output = 0;
  for (Index sample = 0; sample < kSamples; ++sample) {
    const Index label = given.labels[static_cast<std::size_t>(sample)];
    const double h = pass.active(2, sample), y = pass.outputs(1, sample), m = given.gates(2, sample);
    EXPECT_FLOAT_EQ(pass.hidden(2, sample), static_cast<float>(h * m));
    hidden += given.teaching.levels(2, label) * m * h * (1 - h) * given.inputs(3, sample);
    output += (y - (label == 1 ? 1 : 0)) * y * (1 - y) * h * m;
  }
  EXPECT_NEAR(actual.hidden(2, 3), hidden, 1e-5);
  EXPECT_NEAR(actual.output(1, 2), output, 1e-5);
  EXPECT_EQ(actual.hidden_bias.size(), 0);
  EXPECT_EQ(actual.output_bias.size(), 0);
}

TEST(AnalogNetwork, WorkCountsValuesThatAreNotZero) {
  Case given = make_case(Method::kBp, false, false, 1);
  given.inputs(0, 0) = 0;
  Work work;
  const AnalogPass pass = show(given.parameters, given.inputs, {}, given.settings, work);
  EXPECT_EQ(work.layers[0].events, kInputs * kSamples - 1);
  EXPECT_EQ(work.layers[0].synaptic_operations, (kInputs * kSamples - 1) * kHidden);
  (void)gradients_of(given.parameters, given.inputs, pass, {}, given.labels, given.teaching, given.settings, work);
  EXPECT_EQ(work.layers[0].update_operations, (kInputs * kSamples - 1) * kHidden);
  EXPECT_EQ(work.layers[1].update_operations, kHidden * kClasses * kSamples);
  EXPECT_EQ(work.layers[0].feedback_operations, kHidden * kClasses * kSamples);
}

}  // namespace
}  // namespace phasic::baseline::analog_network_test
