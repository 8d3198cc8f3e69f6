// SPDX-License-Identifier: Apache-2.0
/// The public library, through its headers alone.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <phasic/phasic.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace phasic {
namespace {

constexpr std::uint32_t kInputs = 20, kClasses = 3;

constexpr const char* kLearning = R"({
  "phasic_network": 1, "name": "learning", "inputs": 20, "classes": 3, "steps": 6, "samples": "intensity", "seed": 5,
  "schedule": [{"from_sample": 0, "scale": 1.0}, {"from_sample": 25, "scale": 0.5}],
  "layers": [
    {"neurons": 9, "threshold": 0.5, "window": 0.5, "leak": 0.2, "rule": "naca", "learning_rate": 1e-3, "initial_amplitude": 0.3},
    {"neurons": 3, "threshold": 0.5, "window": 0.5, "leak": 0.2, "rule": "error", "learning_rate": 5e-3, "initial_amplitude": 0.1}
  ]
})";

/// Neuron n gets input n, if its weight is large enough.
constexpr const char* kFrozen = R"({
  "phasic_network": 1, "name": "frozen", "inputs": 2, "classes": 2, "steps": 2, "samples": "event",
  "layers": [{"neurons": 2, "bias": false, "threshold": {"raw": 100}, "leak": 0, "rule": "frozen", "initial_amplitude": 0}]
})";

class Pictures {
 public:
  explicit Pictures(std::size_t count, std::uint64_t seed = 20261130) : pixels_(count * kInputs) {
    std::mt19937_64 random(seed);
    for (auto& pixel : pixels_) pixel = static_cast<std::uint8_t>(random());
    for (std::size_t n = 0; n < count; ++n) {
      samples_.push_back({.intensities = std::span(pixels_).subspan(n * kInputs, kInputs),
                          .label = static_cast<std::uint32_t>(random() % kClasses)});
    }
  }
  [[nodiscard]] std::span<const Sample> all() const { return samples_; }

 private:
  std::vector<std::uint8_t> pixels_;
  std::vector<Sample> samples_;
};

std::vector<std::int32_t> all_weights(Session& session) {
  std::vector<std::int32_t> values;
  for (std::size_t layer = 0; layer < session.network().layers().size(); ++layer) {
    const auto view = session.weights(layer);
    for (std::uint32_t row = 0; row < view.rows; ++row)
      for (std::uint32_t column = 0; column < view.columns; ++column) values.push_back(view.get(row, column));
  }
  return values;
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(Api, NetworksTellWhatTheyAre) {
  const auto network = Network::from_json(kLearning);
  EXPECT_EQ(network.name(), "learning");
  EXPECT_EQ(network.architecture(), "20-9-3");
  EXPECT_EQ(network.inputs(), 20u);
  EXPECT_EQ(network.classes(), 3u);
  EXPECT_EQ(network.outputs(), 3u);
  EXPECT_EQ(network.steps(), 6u);
  EXPECT_EQ(network.weight_bits(), 8u);
  EXPECT_FALSE(network.takes_events());
  const auto layers = network.layers();
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].rule, "naca");
  EXPECT_EQ(layers[0].weight_rows, 21u);
  EXPECT_EQ(layers[0].row_width, 9u);
  EXPECT_TRUE(layers[0].learns);
  EXPECT_EQ(Network::from_json(network.to_json()).to_json(), network.to_json());
}

TEST(Api, NetworksThatAreWrongAreRefusedWithFieldAndValue) {
  std::string text = kLearning;
  text.replace(text.find("\"steps\": 6"), 10, "\"steps\": 0");
  const auto told = refusal([&] { (void)Network::from_json(text); });
  EXPECT_NE(told.find("steps"), std::string::npos) << told;
  EXPECT_NE(told.find('0'), std::string::npos) << told;
  EXPECT_NE(refusal([] { (void)Network::from_json("{"); }).find("network"), std::string::npos);
  EXPECT_NE(refusal([] { (void)Network::from_file("/no/such/file.json"); }).find("/no/such/file.json"), std::string::npos);
}

TEST(Api, WeightsThatAreSetDecideWhatTheNetworkAnswers) {
  Session session(Network::from_json(kFrozen));
  const auto view = session.weights(0);
  ASSERT_EQ(view.rows, 2u);
  ASSERT_EQ(view.columns, 2u);
  const std::vector<AddressEvent> events{{.step = 0, .input = 0}, {.step = 1, .input = 0}};
  const Sample sample{.intensities = {}, .events = events, .label = 1};
  EXPECT_EQ(session.run({&sample, 1}).spikes.front(), 0u);
  view.set(0, 1, 120);
  view.set(0, 0, -128);
  EXPECT_EQ(session.weights(0).get(0, 1), 120);
  EXPECT_EQ(static_cast<std::int8_t>(view.data[1]), 120);
  const auto results = session.run({&sample, 1}, {.trace = true});
  EXPECT_EQ(results.classes.front(), 1u);
  EXPECT_EQ(results.spikes.front(), 2u);
  EXPECT_EQ(results.correct(), 1u);
  EXPECT_LT(results.trace.potential(0, 0, 1, 0), 0);
  EXPECT_EQ(results.counters.of_layer(0, "spikes"), 2u);
  EXPECT_EQ(results.counters.of_network("input_events"), 2u);
}

TEST(Api, WeightsThatDoNotFitAreRefused) {
  Session session(Network::from_json(kFrozen));
  const auto view = session.weights(0);
  EXPECT_EQ(refusal([&] { view.set(0, 0, 128); }), "weight [0, 0]: 128 does not fit 8 bits");
  EXPECT_EQ(refusal([&] { view.set(0, 0, -129); }), "weight [0, 0]: -129 does not fit 8 bits");
  EXPECT_EQ(refusal([&] { (void)view.get(2, 0); }), "weight [2, 0]: there are 2 rows of 2");
  EXPECT_EQ(refusal([&] { (void)session.weights(1); }), "layer 1: the network has 1");
}

TEST(Api, AnotherEngineGivesTheSameBits) {
  const Pictures pictures(60);
  Session reference(Network::from_json(kLearning));
  Session other(Network::from_json(kLearning), {.engine = "hls"});
  const auto learned = reference.learn(pictures.all(), {.trace = true});
  const auto others = other.learn(pictures.all(), {.trace = true, .launch_samples = 7});
  EXPECT_EQ(learned.classes, others.classes);
  EXPECT_EQ(learned.scores, others.scores);
  EXPECT_EQ(learned.spikes, others.spikes);
  for (std::size_t sample = 0; sample < 60; ++sample)
    for (std::uint32_t step = 0; step < 6; ++step)
      ASSERT_EQ(learned.trace.potential(sample, 0, step, 8), others.trace.potential(sample, 0, step, 8))
          << sample << ' ' << step;
  for (const auto& counter : learned.counters.layers[0]) {
    if (counter.exact) {
      EXPECT_EQ(counter.value, others.counters.of_layer(0, counter.name)) << counter.name;
    }
  }
  EXPECT_EQ(all_weights(reference), all_weights(other));
  EXPECT_EQ(reference.run(pictures.all()).scores, other.run(pictures.all(), {.launch_samples = 11}).scores);
}

TEST(Api, LearningChangesWeightsAndAnsweringDoesNot) {
  const Pictures pictures(30);
  Session session(Network::from_json(kLearning));
  const auto before = all_weights(session);
  const auto first = session.run(pictures.all());
  EXPECT_EQ(first.scores, session.run(pictures.all()).scores);
  EXPECT_EQ(all_weights(session), before);
  EXPECT_EQ(session.position(), 0u);
  (void)session.learn(pictures.all());
  EXPECT_NE(all_weights(session), before);
  EXPECT_EQ(session.position(), 30u);
}

TEST(Api, AViewOfWeightsShowsWhatIsLearnedLater) {
  const Pictures pictures(30);
  Session first(Network::from_json(kLearning));
  const auto view = first.weights(1);
  const auto before = all_weights(first);
  Session session = std::move(first);
  (void)session.learn(pictures.all(), {.launch_samples = 4});
  EXPECT_EQ(session.weights(1).data, view.data);
  EXPECT_NE(all_weights(session), before);
  EXPECT_EQ(view.get(9, 2), session.weights(1).get(9, 2));
}

TEST(Api, ACheckpointGoesOnWithTheSameBits) {
  const Pictures pictures(60);
  Session whole(Network::from_json(kLearning));
  (void)whole.learn(pictures.all());
  Session first(Network::from_json(kLearning));
  (void)first.learn(pictures.all().first(40));
  const auto file = std::filesystem::temp_directory_path() / ("phasic-api-" + std::to_string(std::random_device()()));
  first.save(file);
  auto second = Session::from_checkpoint(file);
  std::filesystem::remove(file);
  EXPECT_EQ(second.position(), 40u);
  (void)second.learn(pictures.all().subspan(40));
  EXPECT_EQ(all_weights(second), all_weights(whole));
}

TEST(Api, ANetworkGoesOutAsNirAndComesInWithTheSameBits) {
  const Pictures pictures(40);
  Session session(Network::from_json(kLearning));
  (void)session.learn(pictures.all());
  const auto file = std::filesystem::temp_directory_path() / ("phasic-api-" + std::to_string(std::random_device()()) + ".nir");
  session.save_nir(file);
  auto back = Session::from_nir(file);
  EXPECT_EQ(back.network().to_json(), session.network().to_json());
  EXPECT_EQ(all_weights(back), all_weights(session));
  EXPECT_EQ(back.run(pictures.all()).scores, session.run(pictures.all()).scores);
  EXPECT_THROW((void)Session::from_nir(file, {.reset = "half"}), InputError);
  std::filesystem::remove(file);
}

TEST(Api, SamplesThatDoNotFitAreRefusedBeforeAnyIsLearned) {
  const Pictures pictures(3);
  Session session(Network::from_json(kLearning));
  const auto refused = [&](const Sample& wrong) {
    std::vector<Sample> samples(pictures.all().begin(), pictures.all().end());
    samples[2] = wrong;
    return refusal([&] { (void)session.learn(samples); });
  };
  const std::vector<std::uint8_t> few(19);
  const auto picture = pictures.all()[0].intensities;
  const std::vector<AddressEvent> events{{.step = 0, .input = 0}};
  EXPECT_EQ(refused({.intensities = few, .events = {}, .label = 0}),
            "sample 2: intensities: 19 values; the network has 20 inputs");
  EXPECT_EQ(refused({.intensities = picture, .events = {}, .label = 3}), "sample 2: label: 3; the network has 3 classes");
  EXPECT_EQ(refused({.intensities = picture}), "sample 2: label: none; a sample that is learned needs one");
  EXPECT_EQ(refused({.intensities = {}, .events = events, .label = 0}),
            "sample 2: events: the network takes an intensity an input");
  EXPECT_EQ(session.position(), 0u);
  Session of_events(Network::from_json(kFrozen));
  const auto events_refused = [&](std::vector<AddressEvent> wrong) {
    const Sample sample{.intensities = {}, .events = wrong, .label = 0};
    return refusal([&] { (void)of_events.run({&sample, 1}); });
  };
  EXPECT_EQ(events_refused({{.step = 1, .input = 0}, {.step = 0, .input = 1}}),
            "sample 0: events: step 0, input 1 after step 1, input 0; they must ascend");
  EXPECT_EQ(events_refused({{.step = 2, .input = 0}}), "sample 0: events: step 2; a sample has 2");
  EXPECT_EQ(events_refused({{.step = 0, .input = 2}}), "sample 0: events: input 2; the network has 2");
}

TEST(Api, AnEngineThatIsNotThereIsADeviceErrorThatNamesIt) {
  try {
    Session session(Network::from_json(kLearning), {.engine = "nothing"});
    FAIL() << "an engine was found";
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find("'nothing'"), std::string::npos) << error.what();
  }
}

TEST(Api, WithoutATraceThereAreNoPotentials) {
  Session session(Network::from_json(kLearning));
  const auto results = session.run(Pictures(1).all());
  EXPECT_FALSE(static_cast<bool>(results.trace));
  EXPECT_NE(refusal([&] { (void)results.trace.potential(0, 0, 0, 0); }).find("trace"), std::string::npos);
  EXPECT_EQ(refusal([&] { (void)results.counters.of_network("nothing"); }), "there is no counter \"nothing\"");
}

}  // namespace
}  // namespace phasic
