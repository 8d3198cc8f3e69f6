// SPDX-License-Identifier: Apache-2.0
/// Windows of a stream against the same windows as samples of a data set.
#include "runtime/live/decider.hpp"

#include "tests/runtime/live/made_stream.hpp"
#include "tests/runtime/run/made_recordings.hpp"

namespace phasic::runtime {
namespace {

/// Each chunk of a recording is a sample of its own.
Dataset windows_of_recording() {
  const auto chunks = chunk_events(test::make_recording(400, 5), {test::kChunkSteps, 0, 1, test::kStepMicroseconds}, "made");
  Dataset data;
  data.name = data.images_file = data.labels_file = "made";
  data.channels = 2;
  data.rows = 2;
  data.columns = 3;
  data.steps = test::kChunkSteps;
  data.events = chunks.words;
  data.event_starts = {0};
  for (const auto count : chunks.counts) {
    data.event_starts.push_back(data.event_starts.back() + count);
    data.labels.push_back(static_cast<std::uint8_t>(data.labels.size() % 3));
  }
  return data;
}

LiveWindow window_of(const Dataset& data, std::size_t n, bool labelled) {
  const auto words = data.events_of(n);
  LiveWindow window{.number = n, .begin = 0, .words = {words.begin(), words.end()}, .events = words.size(), .label = kNoLabel};
  if (labelled) window.label = data.labels[n];
  return window;
}

class Deciding : public ::testing::TestWithParam<bool> {
 protected:
  Deciding() {
    document["keep"] = GetParam();
    network = parse_network(document, "net.json");
  }
  const Dataset data = windows_of_recording();
  nlohmann::json document = test::recordings_network(false);
  Network network;
  std::unique_ptr<driver::Device> device = test::open_wide();
};

TEST_P(Deciding, WindowsWithoutLabelsAreTestedAsSamplesAre) {
  const auto fixed = make_fixed(network);
  const auto weights = initial_weights(network, fixed.layout);
  std::vector<std::uint64_t> scores;
  std::uint64_t spikes = 0;
  const std::vector<Launcher> launchers{launch_on(*device, fixed)};
  (void)test(fixed, data, {.samples = data.size(), .launch_samples = 4}, weights, launchers, [&](const Launched& launch) {
    scores.insert(scores.end(), launch.answers.scores.begin(), launch.answers.scores.end());
    for (const auto& answer : launch.answers.answers) spikes += answer.spikes;
  });
  Decider decider(fixed, launch_on(*device, fixed), weights);
  std::vector<std::uint64_t> decided;
  for (std::size_t n = 0; n < data.size(); ++n) {
    const auto decision = decider.decide(window_of(data, n, false));
    EXPECT_FALSE(decision.learned);
    EXPECT_EQ(decision.moved, 0u);
    decided.insert(decided.end(), decision.scores.begin(), decision.scores.end());
  }
  EXPECT_EQ(decided, scores);
  EXPECT_GT(spikes, 0u);
  EXPECT_EQ(decider.learned(), 0u);
}

TEST_P(Deciding, WindowsWithLabelsAreLearnedAsSamplesAre) {
  const auto fixed = make_fixed(network);
  LearnState state;
  state.weights = initial_weights(network, fixed.layout);
  Decider decider(fixed, launch_on(*device, fixed), state.weights);
  SampleStream stream(data, Order::kFile, 1);
  learn(fixed, stream, {.end = data.size(), .launch_samples = 4}, launch_on(*device, fixed), state, {}, {});
  std::uint64_t moved = 0;
  for (std::size_t n = 0; n < data.size(); ++n) {
    const auto before = decider.weights();
    const auto decision = decider.decide(window_of(data, n, true));
    EXPECT_TRUE(decision.learned);
    moved += decision.moved;
    std::uint64_t differ = 0;
    for (std::size_t layer = 0; layer < 2; ++layer) {
      for (std::uint32_t row = 0; row < network.connection(layer).weight_rows(); ++row) {
        for (std::uint32_t neuron = 0; neuron < network.layers[layer].neurons; ++neuron) {
          differ += weight(network, fixed.layout, before, layer, row, neuron) !=
                            weight(network, fixed.layout, decider.weights(), layer, row, neuron)
                        ? 1
                        : 0;
        }
      }
    }
    EXPECT_EQ(decision.moved, differ) << "window " << n;
  }
  EXPECT_GT(moved, 0u);
  EXPECT_EQ(decider.weights(), state.weights);
  EXPECT_EQ(decider.curve(), state.curve);
  EXPECT_EQ(decider.learned(), data.size());
}

INSTANTIATE_TEST_SUITE_P(Keep, Deciding, ::testing::Bool());

}  // namespace
}  // namespace phasic::runtime
