// SPDX-License-Identifier: Apache-2.0
/// Learning and testing on the reference engine.
#include "runtime/run/session.hpp"

#include <set>

#include "runtime/run/checkpoint.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

struct Outcome {
  LearnState state;
  std::vector<std::uint32_t> scores;
};

class Session : public ::testing::Test {
 protected:
  Outcome learned(const json& document, const LearnPlan& plan, Order order = Order::kFile) {
    const auto fixed = make_fixed(parse_network(document, "net.json"));
    SampleStream stream(data, order, fixed.network.seed);
    Outcome outcome;
    outcome.state.weights = initial_weights(fixed.network, fixed.layout);
    learn(fixed, stream, plan, launch_on(*device, fixed), outcome.state, {}, [&](const Launched& launch) {
      const auto& result = launch.result;
      EXPECT_EQ(launch.first * fixed.network.outputs(), outcome.scores.size());
      EXPECT_EQ(launch.samples.size(), result.records.size());
      EXPECT_EQ(launch.answers.size(), result.records.size());
      outcome.scores.insert(outcome.scores.end(), result.scores.begin(), result.scores.end());
    });
    return outcome;
  }
  std::unique_ptr<driver::Device> device = driver::open_local("reference");
  Dataset data = test::make_dataset(150, 8, 4, 21);
  json document = test::small_network();
};

TEST_F(Session, TheNetworkLearnsTheMadeUpClasses) {
  const auto outcome = learned(document, {.end = 600, .launch_samples = 100});
  const auto& blocks = outcome.state.curve.correct;
  ASSERT_EQ(blocks.size(), 6u);
  EXPECT_GT(blocks.back(), 80u);
  EXPECT_GT(blocks.back(), blocks.front());
  EXPECT_EQ(outcome.state.counters.header.samples_learned, 600u);
}

TEST_F(Session, CheckpointsByTimeAreAtWholePiecesAndChangeNoBit) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto checkpoints = [&](std::chrono::nanoseconds after, std::uint64_t every, std::vector<std::byte>& weights) {
    SampleStream stream(data, Order::kFile, fixed.network.seed);
    LearnState state;
    state.weights = initial_weights(fixed.network, fixed.layout);
    std::vector<std::uint64_t> places;
    learn(fixed, stream, {.end = 100, .launch_samples = 30, .checkpoint_every = every, .checkpoint_after = after},
          launch_on(*device, fixed), state, [&](const LearnState& now) { places.push_back(now.position); }, {});
    weights = state.weights;
    return places;
  };
  using Places = std::vector<std::uint64_t>;
  std::vector<std::byte> alone, timed, both;
  EXPECT_EQ(checkpoints(std::chrono::hours(1), 0, alone), Places({100}));
  EXPECT_EQ(checkpoints(std::chrono::nanoseconds(1), 0, timed), Places({30, 60, 90, 100}));
  EXPECT_EQ(checkpoints(std::chrono::nanoseconds(1), 50, both), Places({30, 50, 80, 100}));
  EXPECT_EQ(timed, alone);
  EXPECT_EQ(both, alone);
}

TEST_F(Session, AnySplitOverLaunchesGivesTheSameBits) {
  const auto whole = learned(document, {.end = 330, .launch_samples = 1000});
  for (const std::uint64_t size : {1, 7, 64, 329}) {
    const auto split = learned(document, {.end = 330, .launch_samples = size});
    EXPECT_EQ(split.scores, whole.scores) << size;
    EXPECT_EQ(split.state.weights, whole.state.weights) << size;
    EXPECT_EQ(split.state.curve, whole.state.curve) << size;
    EXPECT_EQ(split.state.counters.layers[0].synaptic_operations, whole.state.counters.layers[0].synaptic_operations) << size;
  }
}

TEST_F(Session, FiltersMoveTowardsTargetsThatTheBufferOfWeightsKeeps) {
  document["shape"] = {8, 8};
  document["samples"] = "graded";
  document["steps"] = 1;
  document["layers"][0] = {
      {"kind", "convolution"}, {"channels", 6},     {"kernel", 3},        {"grid", 2},
      {"two_sided", true},     {"answer_scale", 6}, {"rule", "features"}, {"threshold", {{"raw", 5}}},
      {"slowest_rate", "1/8"}, {"contrast", 100},   {"target_shift", 7},  {"initial_amplitude", {{"raw", 20}}}};
  document["layers"][1]["learning_rate"] = 4e-4;
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto& place = fixed.layout.layers[0];
  auto initial = initial_weights(fixed.network, fixed.layout);
  std::vector<std::int8_t> table(81);
  for (std::size_t row = 0; row < 9; ++row) table[row * 9 + row] = 64;  // a target is half of the patch
  set_targets(fixed.network, fixed.layout, 0, table, std::vector<std::int32_t>(9, 128), initial);
  const auto weights_after = [&](std::uint64_t launch_samples) {
    SampleStream stream(data, Order::kFile, fixed.network.seed);
    LearnState state;
    state.weights = initial;
    learn(fixed, stream, {.end = 300, .launch_samples = launch_samples}, launch_on(*device, fixed), state, {}, {});
    return state.weights;
  };
  const auto weights = weights_after(1000);
  EXPECT_EQ(weights_after(77), weights);
  const std::size_t memory_end = fixed.layout.layers[1].weights_offset;
  for (std::size_t k = place.memory_offset; k < memory_end; ++k) ASSERT_EQ(weights[k], initial[k]) << "a target changed";
  std::size_t wins = 0;
  for (std::size_t k = 0; k < 6; ++k) {
    const std::size_t at = place.weights_offset + 9 * place.row_bytes + k;
    wins += std::to_integer<std::size_t>(weights[at]) + 256 * std::to_integer<std::size_t>(weights[at + place.row_bytes]);
    for (std::uint32_t row = 0; row < 9; ++row) {
      EXPECT_GE(weight(fixed.network, fixed.layout, weights, 0, row, static_cast<std::uint32_t>(k)), -1)
          << "not a part of a picture";
    }
  }
  EXPECT_GT(wins, 250U);
  EXPECT_LE(wins, 300U);
}

TEST_F(Session, AConvolutionalNetworkLearnsTheMadeUpClasses) {
  document["shape"] = {8, 8};
  json hidden = document["layers"][0];
  hidden.erase("neurons");
  hidden["kind"] = "convolution";
  hidden["channels"] = 12;
  hidden["kernel"] = 3;
  hidden["learning_rate"] = 2e-4;
  document["layers"][0] = hidden;
  document["layers"][1]["pool"] = 2;
  const auto whole = learned(document, {.end = 800, .launch_samples = 100});
  EXPECT_GT(whole.state.curve.correct.back(), 70u);
  EXPECT_EQ(learned(document, {.end = 800, .launch_samples = 77}).state.weights, whole.state.weights);
}

TEST_F(Session, StateThatIsKeptGoesOnOverAnySplit) {
  const auto usual = learned(document, {.end = 130, .launch_samples = 1000});
  document["keep"] = true;
  document["layers"][0]["reset"] = "subtract";
  document["layers"][1]["leak"] = 0.9;
  const auto whole = learned(document, {.end = 130, .launch_samples = 1000});
  EXPECT_NE(whole.scores, usual.scores);
  for (const std::uint64_t size : {1, 7, 129}) {
    const auto split = learned(document, {.end = 130, .launch_samples = size});
    EXPECT_EQ(split.scores, whole.scores) << size;
    EXPECT_EQ(split.state.weights, whole.state.weights) << "with the state: " << size;
  }
}

TEST_F(Session, ATestThatKeepsStateBeginsWithNoneAndGoesThroughItsSamplesInOrder) {
  document["keep"] = true;
  document["layers"][0]["leak"] = 0.95;
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  auto weights = learned(document, {.end = 60, .launch_samples = 60}).state.weights;
  const auto other = driver::open_local("reference");
  const std::vector<Launcher> launchers{launch_on(*device, fixed), launch_on(*other, fixed)};
  std::vector<std::vector<std::uint32_t>> all;
  for (const std::uint64_t size : {150, 11, 1}) {
    std::vector<std::uint32_t> scores;
    const auto note = [&](const Launched& launch) {
      scores.insert(scores.end(), launch.result.scores.begin(), launch.result.scores.end());
    };
    (void)test(fixed, data, {.samples = 100, .launch_samples = size}, weights, launchers, note);
    all.push_back(scores);
  }
  EXPECT_EQ(all[1], all[0]);
  EXPECT_EQ(all[2], all[0]);
  // Other weights of the same network, but for the state: it must not count.
  const auto before = all[0];
  const auto state = fixed.layout.layers[0].weights_offset + 65 * fixed.layout.layers[0].row_bytes;
  for (std::size_t k = 0; k < 40; ++k) weights[state + k] ^= std::byte{0x3f};
  std::vector<std::uint32_t> scores;
  (void)test(fixed, data, {.samples = 100, .launch_samples = 20}, weights, launchers, [&](const Launched& launch) {
    scores.insert(scores.end(), launch.result.scores.begin(), launch.result.scores.end());
  });
  EXPECT_EQ(scores, before);
}

TEST_F(Session, AScheduleActsAtItsSampleWhateverTheLaunches) {
  document["schedule"] = {
      {{"from_sample", 0}, {"scale", 1.0}}, {{"from_sample", 55}, {"scale", 0.25}}, {{"from_sample", 170}, {"scale", 0}}};
  const auto whole = learned(document, {.end = 200, .launch_samples = 1000});
  EXPECT_EQ(learned(document, {.end = 200, .launch_samples = 13}).state.weights, whole.state.weights);
  const auto until_end_of_learning = learned(document, {.end = 170, .launch_samples = 1000});
  EXPECT_EQ(until_end_of_learning.state.weights, whole.state.weights) << "a rate of 0 changes nothing";
  document.erase("schedule");
  EXPECT_NE(learned(document, {.end = 200, .launch_samples = 1000}).state.weights, whole.state.weights);
}

TEST_F(Session, EventsAndIntensitiesGiveTheSameBits) {
  const auto encoded = learned(document, {.end = 120, .launch_samples = 50});
  document["samples"] = "event";
  const auto events = learned(document, {.end = 120, .launch_samples = 50});
  EXPECT_EQ(events.scores, encoded.scores);
  EXPECT_EQ(events.state.weights, encoded.state.weights);
}

TEST_F(Session, GoingOnFromACheckpointGivesTheSameBits) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  for (const auto order : {Order::kFile, Order::kShuffled}) {
    const auto whole = learned(document, {.end = 400, .launch_samples = 60}, order);
    const test::TemporaryFolder folder;
    std::vector<std::uint64_t> saved;
    LearnState state;
    state.weights = initial_weights(fixed.network, fixed.layout);
    for (const std::uint64_t end : {90, 217, 400}) {
      SampleStream stream(data, order, fixed.network.seed);
      learn(fixed, stream, {.end = end, .launch_samples = 60, .checkpoint_every = 50}, launch_on(*device, fixed), state,
            [&](const LearnState& now) {
              saved.push_back(now.position);
              write_checkpoint(folder / "state",
                               {fixed.network, data.name, data.size(), 0, order, now.position, now.curve, now.weights});
            },
            {});
      auto checkpoint = read_checkpoint(folder / "state");
      state = {};
      state.position = state.number = checkpoint.position;
      state.weights = checkpoint.weights;
      state.curve = checkpoint.curve;
    }
    EXPECT_EQ(saved, (std::vector<std::uint64_t>{50, 90, 100, 150, 200, 217, 250, 300, 350, 400}));
    EXPECT_EQ(state.weights, whole.state.weights);
    EXPECT_EQ(state.curve, whole.state.curve);
  }
}

TEST_F(Session, StopsAfterTheLaunchInWhichItIsAsked) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  SampleStream stream(data, Order::kFile, 1);
  LearnState state;
  state.weights = initial_weights(fixed.network, fixed.layout);
  std::atomic<bool> stop{false};
  std::uint64_t saved = 0;
  learn(
      fixed, stream, {.end = 400, .launch_samples = 30, .checkpoint_every = 1000, .stop = &stop}, launch_on(*device, fixed),
      state, [&](const LearnState& now) { saved = now.position; }, [&](const Launched& launch) { stop = launch.first >= 60; });
  EXPECT_EQ(state.position, 90u);
  EXPECT_EQ(saved, 90u);
}

TEST_F(Session, AShuffledEpochHasEverySampleOnceInAnOrderOfItsOwn) {
  SampleStream stream(data, Order::kShuffled, 5), other(data, Order::kShuffled, 6);
  std::vector<std::vector<std::size_t>> epochs(2);
  std::size_t alike = 0;
  for (std::uint64_t position = 0; position < 300; ++position) {
    epochs[position / 150].push_back(stream.index(position));
    alike += stream.index(position) == other.index(position) ? 1 : 0;
  }
  for (const auto& epoch : epochs) EXPECT_EQ(std::set<std::size_t>(epoch.begin(), epoch.end()).size(), 150u);
  EXPECT_NE(epochs[0], epochs[1]);
  EXPECT_LT(alike, 30u);
  EXPECT_EQ(stream.index(3), epochs[0][3]) << "going back gives the same order";
}

TEST_F(Session, AnyNumberOfComputeUnitsGivesTheSameResults) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto weights = learned(document, {.end = 300, .launch_samples = 100}).state.weights;
  std::vector<std::unique_ptr<driver::Device>> devices;
  std::vector<std::uint32_t> expected;
  std::uint64_t expected_correct = 0;
  for (std::size_t units = 1; units <= 3; ++units) {
    devices.push_back(driver::open_local("reference"));
    std::vector<Launcher> launchers;
    launchers.reserve(devices.size());
    for (const auto& one : devices) launchers.push_back(launch_on(*one, fixed));
    for (const std::uint64_t size : {150, 11}) {
      std::vector<std::uint32_t> scores;
      std::uint64_t next = 0;
      const auto tested =
          test(fixed, data, {.samples = 140, .launch_samples = size}, weights, launchers, [&](const Launched& launch) {
            const auto& result = launch.result;
            EXPECT_EQ(launch.first, next) << "launches are told in order";
            next += result.records.size();
            scores.insert(scores.end(), result.scores.begin(), result.scores.end());
            EXPECT_EQ(result.records[0].sample, kFirstTestSample + launch.first);
          });
      EXPECT_EQ(tested.samples, 140u);
      if (expected.empty()) {
        expected = scores;
        expected_correct = tested.correct;
        EXPECT_GT(tested.correct, 100u);
      }
      EXPECT_EQ(scores, expected) << units << " units, launches of " << size;
      EXPECT_EQ(tested.correct, expected_correct);
    }
  }
}

TEST_F(Session, AFailingUnitEndsTheTestWithItsMessage) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto weights = initial_weights(fixed.network, fixed.layout);
  // The good unit begins when the other one has failed: alone it might be done with all samples before.
  std::atomic<bool> failed{false};
  const auto launch = launch_on(*device, fixed);
  const Launcher good = [&](std::span<const std::byte> before, std::span<const Sample> samples, const LaunchOptions& options) {
    failed.wait(false);
    return launch(before, samples, options);
  };
  const Launcher bad = [&](std::span<const std::byte>, std::span<const Sample>, const LaunchOptions&) -> LaunchResult {
    failed = true;
    failed.notify_all();
    throw DeviceError("unit on fire");
  };
  const std::vector<Launcher> launchers{bad, good};
  try {
    (void)test(fixed, data, {.samples = 100, .launch_samples = 10}, weights, launchers, {});
    FAIL() << "nothing was thrown";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(error.what(), "unit on fire");
  }
}

TEST_F(Session, KernelErrorsAreToldWithSampleAndField) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto weights = initial_weights(fixed.network, fixed.layout);
  const std::vector<Sample> samples{{data.image(0), 0}, {data.image(1), 9}};
  try {
    (void)run_launch(*device, fixed, weights, samples, {.learn = true});
    FAIL() << "label 9 of 4 classes was taken";
  } catch (const DeviceError& error) {
    test::expect_all_in(error.what(), {"reference", "sample_field", "label", "1"});
  }
}

TEST_F(Session, TracedPotentialsAgreeWithTheScores) {
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto weights = initial_weights(fixed.network, fixed.layout);
  const std::vector<Sample> samples{{data.image(0), data.labels[0]}, {data.image(1), data.labels[1]}};
  const auto result = run_launch(*device, fixed, weights, samples, {.trace = true});
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::uint32_t j = 0; j < 4; ++j) {
      const auto last = traced_potential(fixed.network, result.trace, n, 1, 7, j);
      EXPECT_EQ(result.scores[n * 4 + j] % 65536, static_cast<std::uint32_t>(last + 32768));
    }
  }
}

}  // namespace
}  // namespace phasic::runtime
