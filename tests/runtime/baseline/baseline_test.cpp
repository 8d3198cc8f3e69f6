// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/baseline.hpp"

#include <numeric>
#include <set>

#include "runtime/baseline/analog_network.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::baseline::baseline_test {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;

Settings settings_of(const json& document, bool continual = false, bool streaming = false) {
  return parse_settings(runtime::JsonNode(document, "e.json", "baseline"), continual, streaming);
}

std::vector<std::uint32_t> all_of(const runtime::Dataset& data) {
  std::vector<std::uint32_t> samples(data.size());
  std::iota(samples.begin(), samples.end(), 0U);
  return samples;
}

double accuracy_of(const Baseline& baseline, const runtime::Dataset& data) {
  Generator generator = generator_of(1, Use::kTesting);
  Work work;
  const auto answers = baseline.answer(data, all_of(data), generator, false, work);
  std::size_t right = 0;
  for (std::size_t n = 0; n < data.size(); ++n) right += answers.classes[n] == data.labels[n] ? 1U : 0U;
  return static_cast<double>(right) / static_cast<double>(data.size());
}

Baseline taught(const json& document, const runtime::Dataset& training, int passes) {
  const Settings settings = settings_of(document);
  Baseline baseline({.inputs = training.inputs(), .hidden = settings.neurons, .classes = 4}, settings, scale_of(training), 1);
  const auto samples = all_of(training);
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t first = 0; first < samples.size(); first += settings.batch)
      baseline.learn(training,
                     std::span(samples).subspan(first, std::min<std::size_t>(settings.batch, samples.size() - first)));
  }
  return baseline;
}

TEST(Baseline, EveryMethodLearnsTheMadeUpClasses) {
  const auto training = test::make_dataset(200, 8, 4, 2), tests = test::make_dataset(200, 8, 4, 3);
  for (const std::string kind : {"analog", "spiking"}) {
    for (const std::string method : {"naca", "frozen", "brp", "drtp", "dfa", "eprop", "bp", "stbp"}) {
      if (kind == "analog" && (method == "eprop" || method == "stbp")) continue;
      if (kind == "spiking" && method == "bp") continue;
      const json document = {{"method", method}, {"network", kind},        {"neurons", 60},
                             {"batch", 10},      {"learning_rate", 0.003}, {"initial_scale", 3}};
      EXPECT_GT(accuracy_of(taught(document, training, 6), tests), 0.9) << kind << " " << method;
    }
  }
}

TEST(Baseline, NetworksOfSelfBackpropagationLearnTheMadeUpClasses) {
  const auto training = test::make_dataset(200, 8, 4, 2), tests = test::make_dataset(200, 8, 4, 3);
  for (const json& change :
       {json{{"method", "symmetric"}, {"network", "spiking"}}, json{{"method", "sbp"}, {"network", "spiking"}},
        json{{"method", "sbp"}, {"network", "spiking"}, {"spread", 0}}, json{{"method", "symmetric"}, {"network", "analog"}},
        json{{"method", "retrograde"}, {"network", "spiking"}, {"learning_rate", 0.01}},
        json{{"method", "retrograde"}, {"network", "spiking"}, {"learning_rate", 0.01}, {"retrograde", "mean"}}}) {
    json document = {{"neurons", 60}, {"batch", 10}};
    document.update(change);
    EXPECT_GT(accuracy_of(taught(document, training, 6), tests), 0.9) << document;
  }
}

TEST(Baseline, RetrogradeSlowsDownAfterItsPasses) {
  const auto training = test::make_dataset(40, 8, 4, 2);
  const auto moved = [&](std::uint32_t pass) {
    const Settings settings = settings_of(
        {{"method", "retrograde"}, {"network", "spiking"}, {"neurons", 20}, {"rate_drop", 3}, {"initial_scale", 3}});
    Baseline baseline({.inputs = 64, .hidden = 20, .classes = 4}, settings, scale_of(training), 1);
    const Matrix before = baseline.parameters().output;
    baseline.begin_pass(pass);
    baseline.learn(training, all_of(training));
    return (baseline.parameters().output - before).norm();
  };
  EXPECT_FLOAT_EQ(moved(3), moved(1));
  EXPECT_NEAR(moved(4), moved(1) / 10, 1e-3F * moved(1));
}

TEST(Baseline, OnlyAFrozenHiddenLayerStays) {
  const auto training = test::make_dataset(40, 8, 4, 2);
  const auto changed = [&](const std::string& method) {
    const json document = {{"method", method}, {"network", "spiking"}, {"neurons", 30}, {"initial_scale", 3}};
    const Baseline baseline = taught(document, training, 1);
    const Parameters start = initial_parameters(baseline.parameters().sizes(), settings_of(document), 1);
    EXPECT_NE(baseline.parameters().output, start.output) << method;
    return baseline.parameters().hidden != start.hidden;
  };
  EXPECT_FALSE(changed("frozen"));
  EXPECT_TRUE(changed("naca"));
}

TEST(Baseline, ClosedNeuronsKeepTheirWeights) {
  const auto training = test::make_dataset(64, 8, 4, 2);
  const json document = {{"method", "naca"}, {"network", "spiking"}, {"neurons", 128}};
  const Settings settings = settings_of(document, true);
  Baseline baseline({.inputs = 64, .hidden = 128, .classes = 4}, settings, scale_of(training), 1);
  const Parameters start = baseline.parameters();
  baseline.learn(training, all_of(training));
  Index changed = 0;
  for (Index j = 0; j < 128; ++j) changed += baseline.parameters().hidden.row(j) != start.hidden.row(j) ? 1 : 0;
  EXPECT_GT(changed, 0);
  EXPECT_LT(changed, 64);
}

TEST(Baseline, WithAllNeuronsClosedTheHiddenLayerStaysAndAnswersAreAlike) {
  const auto training = test::make_dataset(40, 8, 4, 2);
  for (const std::string kind : {"analog", "spiking"}) {
    for (const std::string method : {"naca", "sgd"}) {
      const json document = {{"method", method}, {"network", kind}, {"neurons", 20}, {"gate", "batch"}, {"gate_level", 50}};
      const Settings settings = settings_of(document, true);
      Baseline baseline({.inputs = 64, .hidden = 20, .classes = 4}, settings, scale_of(training), 1);
      const Parameters start = baseline.parameters();
      baseline.learn(training, all_of(training));
      EXPECT_EQ(baseline.parameters().hidden, start.hidden) << kind << " " << method;
      EXPECT_EQ(baseline.parameters().output, start.output) << kind << " " << method;
      Generator generator = generator_of(1, Use::kTesting);
      Work work;
      const auto classes = baseline.answer(training, all_of(training), generator, false, work).classes;
      EXPECT_EQ(std::set<std::uint8_t>(classes.begin(), classes.end()).size(), 1U) << kind << " " << method;
      EXPECT_EQ(work.layers[0].spikes, 0U);
    }
  }
}

std::vector<std::uint32_t> of_class(const runtime::Dataset& data, std::uint8_t shown) {
  std::vector<std::uint32_t> samples;
  for (std::uint32_t n = 0; n < data.size(); ++n) {
    if (data.labels[n] == shown) samples.push_back(n);
  }
  return samples;
}

TEST(Baseline, EwcHoldsWeightsThatMattered) {
  const auto training = test::make_dataset(64, 8, 4, 2);
  const auto moved = [&](double importance) {
    const json document = {{"method", "ewc"},       {"network", "analog"},      {"neurons", 20},
                           {"learning_rate", 0.05}, {"importance", importance}, {"batch", 16}};
    const Settings settings = settings_of(document, true);
    Baseline baseline({.inputs = 64, .hidden = 20, .classes = 4}, settings, scale_of(training), 1);
    const auto samples = all_of(training);
    for (int pass = 0; pass < 3; ++pass) baseline.learn(training, std::span(samples).first(32));
    baseline.end_class(training, std::span(samples).first(32));
    const Parameters kept = baseline.parameters();
    for (int pass = 0; pass < 20; ++pass) baseline.learn(training, std::span(samples).last(32));
    return (baseline.parameters().output - kept.output).norm();
  };
  EXPECT_LT(moved(1000), 0.7F * moved(0));
}

TEST(Baseline, ImportanceOfEwcIsTheSquaredGradientOfTheLossWithoutThePenalty) {
  const auto training = test::make_dataset(80, 8, 4, 2);
  const json document = {
      {"method", "ewc"}, {"network", "analog"}, {"neurons", 10}, {"learning_rate", 0.5}, {"importance", 100}};
  const Settings settings = settings_of(document, true);
  const InputScale scale = scale_of(training);
  Baseline baseline({.inputs = 64, .hidden = 10, .classes = 4}, settings, scale, 1);
  EXPECT_EQ(baseline.importance(), nullptr);
  std::vector<Parameters> squared;
  for (const std::uint8_t shown : {2, 0, 3}) {
    auto samples = of_class(training, shown);
    samples.resize(10);  // one batch
    for (int pass = 0; pass < 5; ++pass) baseline.learn(training, samples);
    Matrix inputs(64, 10);
    for (Index n = 0; n < 10; ++n) {
      for (Index k = 0; k < 64; ++k)
        inputs(k, n) = (static_cast<float>(training.image(samples[n])[k]) / 255 - scale.mean) / scale.deviation;
    }
    Work work;
    const AnalogPass pass = show(baseline.parameters(), inputs, {}, settings, work);
    squared.push_back(gradients_of(baseline.parameters(), inputs, pass, {}, Labels(10, shown), {}, settings, work));
    for_each_part([](auto part) { part = part.cwiseAbs2().eval(); }, squared.back());
    baseline.end_class(training, samples);
  }
  ASSERT_NE(baseline.importance(), nullptr);
  const Matrix hidden = (squared[0].hidden + squared[1].hidden + squared[2].hidden) / 3;
  const Matrix output = (squared[0].output + squared[1].output + squared[2].output) / 3;
  EXPECT_TRUE(baseline.importance()->hidden.isApprox(hidden, 1e-4F));
  EXPECT_TRUE(baseline.importance()->output.isApprox(output, 1e-4F));
}

TEST(Baseline, EwcKeepsItsNumbersThroughTenClassesAtThePublishedSettings) {
  const auto training = test::make_dataset(600, 8, 10, 2);
  for (const std::string kind : {"analog", "spiking"}) {
    const Settings settings = settings_of({{"method", "ewc"}, {"network", kind}, {"neurons", 100}}, true);
    Baseline baseline({.inputs = 64, .hidden = 100, .classes = 10}, settings, scale_of(training), 1);
    for (std::uint8_t shown = 0; shown < 10; ++shown) {
      const auto samples = of_class(training, shown);
      for (int pass = 0; pass < 20; ++pass) baseline.learn(training, samples);
      baseline.end_class(training, samples);
      ASSERT_EQ(layer_out_of_numbers(baseline.parameters()), std::nullopt) << kind << ", class " << int{shown};
      ASSERT_EQ(layer_out_of_numbers(*baseline.importance()), std::nullopt) << kind << ", class " << int{shown};
    }
  }
}

TEST(Baseline, IsTheSameForEqualSeedsAndAnotherForOthers) {
  const auto training = test::make_dataset(40, 8, 4, 2);
  const json document = {{"method", "dfa"}, {"network", "spiking"}, {"neurons", 20}};
  const Settings settings = settings_of(document);
  const auto weights = [&](std::uint64_t seed) {
    Baseline baseline({.inputs = 64, .hidden = 20, .classes = 4}, settings, scale_of(training), seed);
    baseline.learn(training, all_of(training));
    return baseline.parameters().hidden;
  };
  EXPECT_EQ(weights(5), weights(5));
  EXPECT_NE(weights(5), weights(6));
}

TEST(Baseline, InputScaleIsThatOfTheTrainingSet) {
  runtime::Dataset data;
  data.rows = 1;
  data.columns = 2;
  data.labels = {0, 1};
  data.pixels = {0, 255, 255, 255};
  EXPECT_FLOAT_EQ(scale_of(data).mean, 0.75F);
  EXPECT_FLOAT_EQ(scale_of(data).deviation, std::sqrt(3.0F) / 4);
}

TEST(BaselineSettings, DefaultsAreThePublishedOnes) {
  const Settings classification = settings_of({{"method", "naca"}, {"network", "spiking"}});
  EXPECT_EQ(classification.form, Form::kClassification);
  EXPECT_EQ(classification.optimizer, Algorithm::kAdam);
  EXPECT_EQ(classification.batch, 32U);
  EXPECT_FLOAT_EQ(classification.learning_rate, 1e-4F);
  EXPECT_FLOAT_EQ(classification.window, 0.5F);
  EXPECT_EQ(classification.gate, Gate::kNone);
  const Settings incremental = settings_of({{"method", "naca"}, {"network", "spiking"}}, true);
  EXPECT_EQ(incremental.form, Form::kIncremental);
  EXPECT_EQ(incremental.optimizer, Algorithm::kSgd);
  EXPECT_EQ(incremental.batch, 256U);
  EXPECT_FLOAT_EQ(incremental.window, 0.2F);
  EXPECT_EQ(incremental.gate, Gate::kBatch);
  EXPECT_EQ(incremental.stop_at, 0.95);
  EXPECT_EQ(settings_of({{"method", "sgd"}, {"network", "analog"}}, true).gate, Gate::kNone);
  const Settings streaming = settings_of({{"method", "naca"}, {"network", "analog"}}, true, true);
  EXPECT_EQ(streaming.batch, 1U);
  EXPECT_EQ(streaming.gate, Gate::kNone);
}

TEST(BaselineSettings, OfSelfBackpropagationAreThePublishedOnes) {
  const Settings spiking = settings_of({{"method", "sbp"}, {"network", "spiking"}});
  EXPECT_EQ(spiking.neurons, 500U);
  EXPECT_EQ(spiking.batch, 50U);
  EXPECT_EQ(spiking.steps, 100U);
  EXPECT_EQ(spiking.relaxation.free_iterations, 20U);
  EXPECT_EQ(spiking.relaxation.taught_iterations, 5U);
  EXPECT_FLOAT_EQ(spiking.relaxation.nudge, 0.5F);
  EXPECT_FLOAT_EQ(spiking.relaxation.spread, 0.2F);
  const Settings analog = settings_of({{"method", "sbp"}, {"network", "analog"}});
  EXPECT_EQ(analog.batch, 20U);
  EXPECT_FLOAT_EQ(analog.relaxation.step, 1);
  EXPECT_FLOAT_EQ(analog.relaxation.nudge, 0.2F);
  EXPECT_FLOAT_EQ(analog.relaxation.coupling, 0.5F);
  const Settings retrograde = settings_of({{"method", "retrograde"}, {"network", "spiking"}});
  EXPECT_EQ(retrograde.batch, 100U);
  EXPECT_EQ(retrograde.optimizer, Algorithm::kAdam);
  EXPECT_FLOAT_EQ(retrograde.learning_rate, 1e-3F);
  EXPECT_FLOAT_EQ(retrograde.window, 0.3F);
  EXPECT_EQ(retrograde.retrograde, RetrogradeFactor::kOwn);
}

TEST(BaselineSettings, ComeBackFromTheirCanonicalForm) {
  for (const bool continual : {false, true}) {
    for (const json& document : {json{{"method", "naca"}, {"network", "spiking"}, {"leak", 0.3}},
                                 json{{"method", "frozen"}, {"network", "analog"}, {"learning_rate", 0.0123}}}) {
      const Settings settings = settings_of(document, continual);
      EXPECT_EQ(settings_of(canonical(settings), continual), settings) << canonical(settings);
    }
  }
  for (const json& document : {json{{"method", "sbp"}, {"network", "spiking"}, {"spread", 0}, {"steps", 0}},
                               json{{"method", "sbp"}, {"network", "analog"}, {"coupling", 0.25}},
                               json{{"method", "symmetric"}, {"network", "spiking"}, {"reset", -0.1}},
                               json{{"method", "retrograde"}, {"network", "spiking"}, {"retrograde", "first"}}}) {
    const Settings settings = settings_of(document);
    EXPECT_EQ(settings_of(canonical(settings)), settings) << canonical(settings);
  }
  const Settings level = settings_of({{"method", "naca"}, {"network", "analog"}, {"gate_level", 0.8}}, true);
  EXPECT_EQ(settings_of(canonical(level), true), level);
  const Settings ewc = settings_of({{"method", "ewc"}, {"network", "analog"}, {"importance", 3}}, true);
  EXPECT_EQ(settings_of(canonical(ewc), true), ewc);
}

TEST(BaselineSettings, ThatDoNotFitAreNamed) {
  const auto refused = [](const json& change, const std::vector<std::string>& told, bool continual = false,
                          bool streaming = false) {
    json document = {{"method", "naca"}, {"network", "spiking"}};
    document.update(change);
    expect_all_in(refusal([&] { (void)settings_of(document, continual, streaming); }), told);
  };
  refused({{"method", "magic"}}, {"e.json", "baseline.method", "magic"});
  refused({{"method", "bp"}}, {"baseline.method", "bp", "analog"});
  refused({{"method", "stbp"}, {"network", "analog"}}, {"baseline.method", "stbp", "spiking"});
  refused({{"method", "sgd"}}, {"baseline.method", "sgd", "incremental"});
  refused({{"method", "brp"}}, {"baseline.method", "brp", "classification"}, true);
  refused({{"method", "ewc"}}, {"baseline.method", "ewc", "stream"}, true, true);
  refused({{"batch", 32}}, {"baseline.batch", "32", "one sample"}, true, true);
  refused({{"gate", "batch"}}, {"baseline.gate", "batch", "streaming"}, true, true);
  refused({{"gate", "batch"}}, {"baseline.gate", "incremental"});
  refused({{"gate_level", 0.8}}, {"baseline.gate_level", "incremental"});
  refused({{"gate_level", 0.8}, {"gate_margin", 0.1}}, {"baseline.gate_level", "gate_margin"}, true);
  refused({{"steps", 5}, {"network", "analog"}}, {"baseline.steps", "spiking"});
  refused({{"pull", 0.1}}, {"baseline.pull", "brp"});
  refused({{"neurons", 0}}, {"baseline.neurons", "0"});
  refused({{"leak", 1.5}}, {"baseline.leak", "1.5"});
  refused({{"nurons", 5}}, {"baseline", "nurons"});
  refused({{"stop_at", 0.9}}, {"baseline.stop_at"});
  refused({{"spread", 0.2}}, {"baseline.spread", "sbp"});
  refused({{"method", "symmetric"}, {"spread", 0.2}}, {"baseline.spread", "sbp"});
  refused({{"method", "sbp"}, {"network", "analog"}, {"spread", 0.2}}, {"baseline.spread", "spiking"});
  refused({{"method", "sbp"}, {"coupling", 0.2}}, {"baseline.coupling", "analog"});
  refused({{"method", "sbp"}, {"learning_rate", 0.1}}, {"baseline.learning_rate", "settles"});
  refused({{"method", "sbp"}, {"nudge", 0}}, {"baseline.nudge", "0"});
  refused({{"method", "sbp"}}, {"baseline.method", "sbp", "classification"}, true);
  refused({{"method", "differential"}, {"network", "analog"}}, {"baseline.method", "differential", "spiking"});
  refused({{"method", "retrograde"}, {"retrograde", "both"}}, {"baseline.retrograde", "both", "own"});
  refused({{"method", "retrograde"}, {"steps", 2}}, {"baseline.steps", "2", "3"});
  refused({{"hebbian", 0}}, {"baseline.hebbian", "retrograde"});
}

}  // namespace
}  // namespace phasic::baseline::baseline_test
