// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/spiking_network.hpp"

#include <cmath>

#include "runtime/baseline/draw.hpp"
#include "tests/runtime/baseline/tape.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::baseline::spiking_network_test {
namespace {

using test::Tape;
using Places = std::vector<Tape::Place>;
using Seeds = std::vector<std::pair<Tape::Place, double>>;

constexpr Index kInputs = 6, kHidden = 8, kClasses = 3, kSamples = 4, kSteps = 7;

struct Case {
  Settings settings;
  Parameters parameters;
  Teaching teaching;
  SpikeTrains trains{kInputs, kSamples* kSteps};
  Matrix gates;
  Labels labels;
};

Case make_case(Method method, bool incremental, bool gated, std::uint64_t seed) {
  Case made;
  made.settings.method = method;
  made.settings.form = incremental ? Form::kIncremental : Form::kClassification;
  made.settings.steps = kSteps;
  made.settings.window = incremental ? 0.2F : 0.5F;
  made.settings.initial_scale = incremental ? 1 : 3;
  made.settings.pull = 0.1F;  // so large that a mistake in it shows
  const Sizes sizes{.inputs = kInputs, .hidden = kHidden, .classes = kClasses};
  made.parameters = initial_parameters(sizes, made.settings, seed);
  made.parameters.output *= 3;  // so that output neurons spike
  Generator generator = generator_of(seed, Use::kLearning);
  made.teaching = {.levels = uniform(generator, kHidden, kClasses, 1.2F), .feedback = uniform(generator, kHidden, kClasses, 1)};
  const Matrix intensities = uniform(generator, kInputs, kSamples, 0.5F).array() + 0.5F;
  made.trains = rate_coded(intensities, kSteps, 0, 1, 1, generator);
  if (gated) made.gates = uniform(generator, kHidden, kSamples, 0.5F).array() + 0.5F;
  for (Index sample = 0; sample < kSamples; ++sample) made.labels.push_back(static_cast<std::uint8_t>(generator() % kClasses));
  return made;
}

/// What the paths of a layer are cut at.
struct Cuts {
  bool leak = false, reset = false, trit = false;
};

/// T steps of a neuron: the spikes of each.
Places unrolled(Tape& tape, const std::vector<Places>& inputs, const Places& weights, Tape::Place bias,
                const Settings& settings, double gate, const Cuts& cuts) {
  Places spikes;
  Tape::Place potential = tape.number(0), spike = tape.number(0);
  for (const Places& pre : inputs) {
    Tape::Place current = bias;
    for (std::size_t i = 0; i < pre.size(); ++i) current = tape.add(current, tape.multiply(weights[i], pre[i]));
    if (settings.incremental()) current = tape.logistic(current);
    const auto kept = tape.scale(cuts.leak ? tape.detached(potential) : potential, settings.leak);
    const auto silent = tape.one_less(cuts.reset ? tape.detached(spike) : spike);
    potential = tape.add(tape.multiply(kept, silent), current);
    const double v = tape.value(potential);
    const double slope = cuts.trit ? (v > settings.threshold - settings.window ? 1 : 0) - tape.value(spike)
                                   : (std::abs(v - settings.threshold) < settings.window ? 1 : 0);
    spike = tape.scale(tape.with_derivative(potential, v > settings.threshold ? 1 : 0, slope), gate);
    spikes.push_back(spike);
  }
  return spikes;
}

/// The gradients by the definition of each method, sample by sample and neuron by neuron.
Parameters expected_gradients(const Case& given) {
  const Settings& settings = given.settings;
  const bool as_naca = settings.method == Method::kNaca || settings.method == Method::kFrozen;
  const bool connected = settings.back_propagates();
  Cuts hidden_cuts, output_cuts;
  if (settings.method == Method::kNaca) hidden_cuts = {.leak = !settings.incremental(), .reset = false, .trit = true};
  if (settings.method == Method::kDfa) hidden_cuts = {.leak = true, .reset = true, .trit = false};
  if (settings.method == Method::kEprop) hidden_cuts = {.leak = false, .reset = true, .trit = false};
  if (as_naca) output_cuts = {.leak = !settings.incremental(), .reset = false, .trit = true};

  Parameters sum = given.parameters.zeros();
  for (Index sample = 0; sample < kSamples; ++sample) {
    Tape tape;
    const auto numbers = [&](const auto& values) {
      Places places;
      for (Index n = 0; n < values.size(); ++n) places.push_back(tape.number(values(n)));
      return places;
    };
    std::vector<Places> hidden_weights, output_weights;
    for (Index j = 0; j < kHidden; ++j) hidden_weights.push_back(numbers(given.parameters.hidden.row(j)));
    for (Index k = 0; k < kClasses; ++k) output_weights.push_back(numbers(given.parameters.output.row(k)));
    const Places hidden_bias = numbers(settings.incremental() ? Vector::Zero(kHidden).eval() : given.parameters.hidden_bias);
    const Places output_bias = numbers(given.parameters.output_bias);

    std::vector<Places> inputs;
    for (Index step = 0; step < kSteps; ++step) {
      Vector dense = Vector::Zero(kInputs);
      for (const auto input : given.trains.column(step * kSamples + sample)) dense(input) = 1;
      inputs.push_back(numbers(dense));
    }
    std::vector<Places> hidden;
    for (Index j = 0; j < kHidden; ++j) {
      const double gate = given.gates.size() == 0 ? 1 : given.gates(j, sample);
      const auto n = static_cast<std::size_t>(j);
      hidden.push_back(unrolled(tape, inputs, hidden_weights[n], hidden_bias[n], settings, gate, hidden_cuts));
    }
    std::vector<Places> between(kSteps);
    for (std::size_t step = 0; step < kSteps; ++step) {
      for (const Places& spikes : hidden) between[step].push_back(connected ? spikes[step] : tape.detached(spikes[step]));
    }
    Seeds seeds;
    std::vector<double> errors;
    const auto label = given.labels[static_cast<std::size_t>(sample)];
    for (std::size_t k = 0; k < kClasses; ++k) {
      const Places spikes = unrolled(tape, between, output_weights[k], output_bias[k], settings, 1, output_cuts);
      double rate = 0;
      for (const auto spike : spikes) rate += tape.value(spike) / kSteps;
      errors.push_back(rate - (k == label ? 1 : 0));
      if (as_naca && settings.incremental()) {
        seeds.emplace_back(spikes.back(), errors.back());
      } else {
        for (const auto spike : spikes) seeds.emplace_back(spike, 2 * errors.back() / (kSamples * kClasses * kSteps));
      }
    }
    for (std::size_t j = 0; j < kHidden; ++j) {
      const auto row = static_cast<Index>(j);
      const double feedback = given.teaching.feedback(row, label);
      double fed_back = 0;
      for (std::size_t k = 0; k < kClasses; ++k) fed_back += given.teaching.feedback(row, static_cast<Index>(k)) * errors[k];
      if (settings.method == Method::kNaca) seeds.emplace_back(hidden[j].back(), given.teaching.levels(row, label));
      for (const auto spike : hidden[j]) {
        if (settings.method == Method::kDrtp) seeds.emplace_back(spike, feedback);
        if (settings.method == Method::kBrp) seeds.emplace_back(spike, feedback - double{settings.pull} * tape.value(spike));
        if (settings.method == Method::kDfa || settings.method == Method::kEprop) seeds.emplace_back(spike, fed_back);
      }
    }
    const auto derivatives = tape.derivatives(seeds);
    const auto add = [&](auto&& to, const Places& places) {
      for (std::size_t n = 0; n < places.size(); ++n) to(static_cast<Index>(n)) += static_cast<float>(derivatives[places[n]]);
    };
    for (std::size_t j = 0; j < kHidden; ++j) add(sum.hidden.row(static_cast<Index>(j)), hidden_weights[j]);
    for (std::size_t k = 0; k < kClasses; ++k) add(sum.output.row(static_cast<Index>(k)), output_weights[k]);
    if (!settings.incremental()) add(sum.hidden_bias, hidden_bias);
    add(sum.output_bias, output_bias);
  }
  return sum;
}

/// Whether the gradients agree. Gives whether those of both layers are more than 0, so that there was something to see.
bool expect_equal(const Case& given, const std::string& told) {
  Work work;
  const SpikingPass pass = show(given.parameters, given.trains, given.gates, given.settings, work);
  const Parameters actual =
      gradients_of(given.parameters, given.trains, pass, given.gates, given.labels, given.teaching, given.settings, work);
  const Parameters expected = expected_gradients(given);
  const double norm = std::sqrt(expected.squares());
  for_each_part([&](const auto& a, const auto& b) { EXPECT_LE((a - b).norm(), 1e-5 * norm) << told; }, actual, expected);
  return expected.output.norm() > 0 && (given.settings.method == Method::kFrozen || expected.hidden.norm() > 0);
}

std::string told_of(Method method, std::uint64_t seed) { return std::string(name(method)) + ", seed " + std::to_string(seed); }

TEST(SpikingNetwork, GradientsAreThoseOfTheUnrolledNetwork) {
  int cases = 0, seen = 0;
  const auto check = [&](const Case& given, const std::string& told) {
    ++cases;
    seen += expect_equal(given, told) ? 1 : 0;
  };
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    for (const Method method :
         {Method::kNaca, Method::kFrozen, Method::kBrp, Method::kDrtp, Method::kDfa, Method::kEprop, Method::kStbp}) {
      check(make_case(method, false, false, seed), told_of(method, seed));
    }
    for (const Method method : {Method::kNaca, Method::kFrozen, Method::kSgd, Method::kEwc}) {
      check(make_case(method, true, false, seed), told_of(method, seed) + ", incremental");
      check(make_case(method, true, true, seed), told_of(method, seed) + ", incremental, gated");
    }
  }
  EXPECT_GT(seen, cases * 3 / 4) << "in the others no neuron is near its threshold at the last step";
}

TEST(SpikingNetwork, LastStepOfNacaIsNearlyAllOfIt) {
  // Of the classification form: the gradient is f * trit * spike of the last step, up to a few per cent.
  const Case given = make_case(Method::kNaca, false, false, 3);
  Work work;
  const SpikingPass pass = show(given.parameters, given.trains, {}, given.settings, work);
  const Matrix exact =
      gradients_of(given.parameters, given.trains, pass, {}, given.labels, given.teaching, given.settings, work).hidden;
  Matrix last = Matrix::Zero(kHidden, kInputs);
  for (Index sample = 0; sample < kSamples; ++sample) {
    const Index column = (kSteps - 1) * kSamples + sample;
    for (Index j = 0; j < kHidden; ++j) {
      const float open = pass.hidden.potentials(j, column) > 0 ? 1 : 0;
      const float trit = open - pass.hidden.spikes(j, column - kSamples);
      for (const auto input : given.trains.column(column))
        last(j, input) += given.teaching.levels(j, given.labels[static_cast<std::size_t>(sample)]) * trit;
    }
  }
  EXPECT_GT(exact.cwiseProduct(last).sum() / (exact.norm() * last.norm()), 0.97F);
}

TEST(SpikingNetwork, NeuronsAtRestIntegrateLeakAndReset) {
  // One neuron by hand: threshold 0.5, leak 0.5, currents 0.4, 0.4, 0.2, 0.6.
  Matrix currents(1, 4);
  currents << 0.4F, 0.4F, 0.2F, 0.6F;
  const LayerRecord record = integrate(currents, 4, {.threshold = 0.5F, .window = 0.5F, .leak = 0.5F, .squashed = false}, {});
  EXPECT_FLOAT_EQ(record.potentials(0), 0.4F);
  EXPECT_FLOAT_EQ(record.potentials(1), 0.6F);
  EXPECT_FLOAT_EQ(record.potentials(2), 0.2F);  // after a spike nothing is kept
  EXPECT_FLOAT_EQ(record.potentials(3), 0.7F);
  EXPECT_EQ(rates_of(record, 4)(0), 0.5F);
}

TEST(SpikingNetwork, WorkIsThatOfTheSpikes) {
  const Case given = make_case(Method::kStbp, false, false, 2);
  Work work;
  const SpikingPass pass = show(given.parameters, given.trains, {}, given.settings, work);
  EXPECT_EQ(work.samples, kSamples);
  EXPECT_EQ(work.layers[0].events, given.trains.size());
  EXPECT_EQ(work.layers[0].synaptic_operations, given.trains.size() * kHidden);
  const auto spikes = static_cast<std::uint64_t>(pass.hidden.spikes.sum());
  EXPECT_EQ(work.layers[1].events, spikes);
  EXPECT_EQ(work.layers[1].synaptic_operations, spikes * kClasses);
  EXPECT_EQ(work.layers[0].update_operations, 0U);
  (void)gradients_of(given.parameters, given.trains, pass, {}, given.labels, given.teaching, given.settings, work);
  EXPECT_GT(work.layers[0].update_operations, 0U);
  EXPECT_LE(work.layers[0].update_operations, given.trains.size() * kHidden);
  EXPECT_LE(work.layers[1].update_operations, spikes * kClasses);
  EXPECT_GT(work.layers[0].feedback_operations, 0U);
}

}  // namespace
}  // namespace phasic::baseline::spiking_network_test
