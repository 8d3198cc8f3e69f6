// SPDX-License-Identifier: Apache-2.0
/// Recordings in chunks on the reference engine: pieces are the whole.
#include <cmath>

#include "driver/shell/program.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/session.hpp"
#include "sim/reference/float_model.hpp"
#include "tests/runtime/run/made_recordings.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr std::uint32_t kWhole = 1000;  ///< steps of the recording that is computed in one piece
using Steps = std::vector<std::vector<std::uint32_t>>;

/// Inputs that spike at each step, straight from the camera's events.
Steps inputs_of(const Recording& recording, std::uint32_t steps) {
  Steps inputs(steps);
  for (const auto& event : recording.events) {
    const auto step = static_cast<std::size_t>((event.time - recording.events.front().time) / test::kStepMicroseconds);
    auto& now = inputs.at(step);
    const std::uint32_t input = (event.on ? 6u : 0u) + event.row * 3u + event.column;
    if (std::find(now.begin(), now.end(), input) == now.end()) now.push_back(input);
  }
  return inputs;
}

/// A layer of neurons as the specification has them (section 1), in plain integers, for as many steps as one likes.
class PlainLayer {
 public:
  PlainLayer(const Fixed& fixed, std::size_t layer, std::span<const std::byte> weights)
      : shape_(fixed.network.layers[layer]),
        currents_(shape_.neurons),
        potentials_(shape_.neurons),
        counts_(shape_.neurons),
        spiked_(shape_.neurons),
        rows_(fixed.network.rows(layer)) {
    for (std::uint32_t row = 0; row < rows_; ++row) {
      for (std::uint32_t j = 0; j < shape_.neurons; ++j)
        weights_.push_back(weight(fixed.network, fixed.layout, weights, layer, row, j));
    }
  }
  std::vector<std::uint32_t> step(const std::vector<std::uint32_t>& sources) {
    std::vector<std::uint32_t> spikes;
    for (std::uint32_t j = 0; j < shape_.neurons; ++j) {
      std::int64_t sum = weights_[(rows_ - 1) * shape_.neurons + j];  // the bias
      for (const auto source : sources) sum += weights_[source * shape_.neurons + j];
      currents_[j] = ((currents_[j] * shape_.synaptic_leak + 32768) >> 16) + sum;
      const std::int64_t half = shape_.input_shift > 0 ? std::int64_t{1} << (shape_.input_shift - 1) : 0;
      std::int64_t potential = potentials_[j];
      if (spiked_[j]) potential = shape_.reset == contract::Reset::kZero ? 0 : limited(potential - shape_.threshold);
      potential = (potential * shape_.leak + 32768) >> 16;
      potentials_[j] = limited(potential + ((currents_[j] + half) >> shape_.input_shift));
      spiked_[j] = potentials_[j] > shape_.threshold;
      counts_[j] += spiked_[j] ? 1 : 0;
      if (spiked_[j]) spikes.push_back(j);
    }
    return spikes;
  }
  /// After the last step, and spikes until then.
  [[nodiscard]] std::int64_t potential(std::size_t neuron) const { return potentials_[neuron]; }
  [[nodiscard]] std::int64_t count(std::size_t neuron) const { return counts_[neuron]; }

 private:
  static std::int64_t limited(std::int64_t value) { return std::clamp<std::int64_t>(value, -32768, 32767); }
  LayerSpec shape_;
  std::vector<std::int64_t> currents_, potentials_, counts_;
  std::vector<bool> spiked_;
  std::uint32_t rows_;
  std::vector<std::int64_t> weights_;
};

class ChunksRun : public ::testing::Test {
 protected:
  struct Outcome {
    LearnState state;
    Answers answers;
    bool operator==(const Outcome& other) const {
      return answers.scores == other.answers.scores && state.weights == other.state.weights &&
             state.curve == other.state.curve && state.number == other.state.number && predictions() == other.predictions();
    }
    [[nodiscard]] std::vector<std::array<std::uint64_t, 5>> predictions() const {
      std::vector<std::array<std::uint64_t, 5>> all;
      for (const auto& one : answers.answers) all.push_back({one.number, one.label, one.prediction, one.given, one.spikes});
      return all;
    }
  };
  static void append(Answers& to, const Answers& more) {
    to.answers.insert(to.answers.end(), more.answers.begin(), more.answers.end());
    to.scores.insert(to.scores.end(), more.scores.begin(), more.scores.end());
  }
  [[nodiscard]] Outcome learned(const LearnPlan& plan, Order order = Order::kFile, LearnState from = {}) const {
    SampleStream stream(data, order, fixed.network.seed);
    Outcome outcome{std::move(from), {}};
    if (outcome.state.weights.empty()) outcome.state.weights = initial_weights(fixed.network, fixed.layout);
    outcome.state.number = stream.kernel_samples_before(outcome.state.position);
    learn(fixed, stream, plan, launch_on(*device, fixed), outcome.state, {}, [&](const Launched& launch) {
      EXPECT_EQ(launch.first + launch.answers.size(), outcome.state.position);
      EXPECT_LE(launch.samples.size(), plan.launch_samples);
      append(outcome.answers, launch.answers);
    });
    return outcome;
  }
  [[nodiscard]] Answers tested(std::uint64_t size, std::size_t units = 1) const {
    std::vector<std::unique_ptr<driver::Device>> devices;
    std::vector<Launcher> launchers;
    for (std::size_t n = 0; n < units; ++n) {
      devices.push_back(test::open_wide());
      launchers.push_back(launch_on(*devices.back(), fixed));
    }
    Answers answers;
    const auto sum = test(fixed, data, {.samples = data.size(), .launch_samples = size},
                          initial_weights(fixed.network, fixed.layout), launchers, [&](const Launched& launch) {
                            EXPECT_EQ(launch.first, answers.size());
                            append(answers, launch.answers);
                          });
    EXPECT_EQ(sum.samples, data.size());
    EXPECT_EQ(sum.counters.samples, data.size());
    EXPECT_EQ(sum.correct, answers.correct());
    return answers;
  }
  Fixed fixed = make_fixed(parse_network(test::recordings_network(false), "net.json"));
  std::unique_ptr<driver::Device> device = test::open_wide();
  /// 32, 1, 4, 2, 11 and 1 chunks.
  Dataset data = test::make_chunked({1000, 20, 128, 33, 331, 32});
};

class ChunksOfNeurons : public ChunksRun, public ::testing::WithParamInterface<bool> {
 protected:
  /// With synaptic currents that last, or without.
  [[nodiscard]] static json network_of(bool frozen) {
    return GetParam() ? test::with_currents(test::recordings_network(frozen)) : test::recordings_network(frozen);
  }
  ChunksOfNeurons() { fixed = make_fixed(parse_network(network_of(false), "net.json")); }
};
INSTANTIATE_TEST_SUITE_P(Currents, ChunksOfNeurons, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Last" : "DoNotLast"; });

TEST_P(ChunksOfNeurons, TheChunksOfARecordingAreTheWholeInEveryBit) {
  fixed = make_fixed(parse_network(network_of(true), "net.json"));
  const auto& network = fixed.network;
  const auto weights = initial_weights(network, fixed.layout);
  std::vector<Sample> samples;
  append_samples(data, 0, samples);
  ASSERT_EQ(samples.size(), 32u);
  const auto result = run_launch(*device, fixed, weights, samples, {.trace = true});
  const auto inputs = inputs_of(test::make_recording(kWhole, 5), 1024);
  PlainLayer hidden(fixed, 0, weights), last(fixed, 1, weights);
  for (std::uint32_t step = 0; step < 1024; ++step) {
    (void)last.step(hidden.step(inputs[step]));
    for (const auto& [layer, plain] : {std::pair(0u, &hidden), std::pair(1u, &last)}) {
      for (std::uint32_t j = 0; j < network.layers[layer].neurons; ++j) {
        ASSERT_EQ(traced_potential(network, result.trace, step / 32, layer, step % 32, j), plain->potential(j))
            << "step " << step << ", layer " << layer << ", neuron " << j;
      }
    }
  }
  const auto answers = AnswerSums(network).add(samples, result);
  ASSERT_EQ(answers.size(), 1u);
  std::size_t best = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_EQ(answers.scores[j], static_cast<std::uint64_t>(last.count(j) * 65536 + last.potential(j) + 32768));
    if (answers.scores[j] > answers.scores[best]) best = j;
  }
  EXPECT_GT(answers.answers[0].spikes, 100u) << "the network hardly spikes";
  EXPECT_EQ(answers.answers[0].prediction, best);
  EXPECT_EQ(answers.answers[0].number, 31u);
  EXPECT_EQ(static_cast<std::int64_t>(answers.answers[0].spikes), last.count(0) + last.count(1) + last.count(2));
}

/// The same network in floating point, with a sample of so many steps.
reference::FloatNetwork float_network(const Fixed& fixed, const driver::Device& device, std::span<const std::byte> weights,
                                      std::uint32_t steps) {
  const auto block = program_block(fixed.network, fixed.layout, {.sample_stride = 64});
  auto program = std::get<shell::Program>(shell::parse_program(block, device.limits()));
  program.steps = steps;
  reference::FloatNetwork network(program);
  for (std::size_t layer = 0; layer < fixed.network.layers.size(); ++layer) {
    std::vector<float> values;
    for (std::uint32_t row = 0; row < fixed.network.rows(layer); ++row) {
      for (std::uint32_t j = 0; j < fixed.network.layers[layer].neurons; ++j)
        values.push_back(static_cast<float>(weight(fixed.network, fixed.layout, weights, layer, row, j)));
    }
    network.set_weights(layer, values);
  }
  return network;
}

/// The bound: a step rounds the leak, and with an input shift the current, by half a unit at most; a float of less than 2^15
/// has an error of 2^-9 at most, and a step has two. What a step errs by decays with the leak: sums to at most
///     (1/2 + [input_shift > 0] / 2 + 2^-8) / (1 - leak)
/// in all, as long as both fire alike, which they do where no potential is that near to the threshold. A current that lasts is
/// rounded likewise, in units of weights, of which 2^input_shift are one of the potential; a float of less than 2^18 has an
/// error of 2^-7 at most. So the current errs by (1/2 + 2^-6) / (1 - synaptic_leak) of these, and the potential at each step by
/// that much more.
TEST_P(ChunksOfNeurons, TheChunksOfARecordingAreTheWholeInFloatingPointWithinTheRoundingBound) {
  for (const std::string reset : {"zero", "subtract", "none"}) {
    SCOPED_TRACE(reset);
    auto document = network_of(true);
    document["classes"] = 6;
    document["layers"].erase(1);
    document["layers"][0]["reset"] = reset;
    fixed = make_fixed(parse_network(document, "net.json"));
    const auto weights = initial_weights(fixed.network, fixed.layout);
    std::vector<Sample> samples;
    append_samples(data, 0, samples);
    const auto result = run_launch(*device, fixed, weights, samples, {.trace = true});
    ASSERT_EQ(result.counters.layers[0].potential_saturations, 0u);
    const auto& layer = fixed.network.layers[0];
    const double current_bound =
        GetParam() ? std::ldexp((0.5 + 1.0 / 64) / (1 - layer.synaptic_leak / 65536.0), -static_cast<int>(layer.input_shift))
                   : 0;
    const double bound = (0.5 + 0.5 + 1.0 / 256 + current_bound) / (1 - layer.leak / 65536.0);
    // Step by step, and in one piece.
    auto stepped = float_network(fixed, *device, weights, 1), whole = float_network(fixed, *device, weights, kWhole);
    const auto inputs = inputs_of(test::make_recording(kWhole, 5), kWhole);
    std::vector<std::uint32_t> events;
    std::vector<double> scores, counts(6), differences;
    std::uint32_t prediction = 0;
    for (std::uint32_t step = 0; step < kWhole; ++step) {
      auto now = inputs[step];
      std::sort(now.begin(), now.end());
      for (const auto input : now) events.push_back(step << 16 | input);
      stepped.run({.events = now, .restart = step == 0}, 0, prediction, scores);
      for (std::uint32_t j = 0; j < 6; ++j) {
        const bool spikes = scores[j] >= 65536 + 32768 + layer.threshold;
        counts[j] += spikes ? 1 : 0;
        const double potential = scores[j] - (spikes ? 65536 : 0) - 32768;
        const auto traced = traced_potential(fixed.network, result.trace, step / 32, 0, step % 32, j);
        // Without a reset a spike changes no potential.
        const bool may_differ = reset == "none" && std::abs(potential - layer.threshold) <= bound;
        ASSERT_TRUE((traced > layer.threshold) == spikes || may_differ)
            << "step " << step << ", neuron " << j << ": " << potential;
        differences.push_back(std::abs(traced - potential));
        ASSERT_LE(differences.back(), bound) << "step " << step << ", neuron " << j;
      }
    }
    whole.run({.events = events, .restart = true}, 0, prediction, scores);
    for (std::uint32_t j = 0; j < 6; ++j) {
      const auto last = traced_potential(fixed.network, result.trace, (kWhole - 1) / 32, 0, (kWhole - 1) % 32, j);
      EXPECT_NEAR(scores[j] - counts[j] * 65536 - 32768, last, bound) << "neuron " << j;
    }
    EXPECT_GT(*std::max_element(counts.begin(), counts.end()), 20) << "no neuron spikes";
    EXPECT_GT(*std::max_element(differences.begin(), differences.end()), 0) << "nothing is rounded";
  }
}

TEST_P(ChunksOfNeurons, AnySplitOverLaunchesGivesTheSameBits) {
  const auto whole = learned({.end = 14, .launch_samples = 1000});
  EXPECT_EQ(whole.answers.size(), 14u) << "recordings, not chunks";
  EXPECT_EQ(whole.state.curve.samples, 14u);
  EXPECT_EQ(whole.state.counters.samples, 14u);
  EXPECT_EQ(whole.state.number, 2u * 51 + 33);
  EXPECT_EQ(whole.state.counters.header.samples_learned, whole.state.number) << "every chunk is learned";
  EXPECT_NE(whole.state.weights, initial_weights(fixed.network, fixed.layout));
  for (const std::uint64_t size : {1, 3, 32, 50}) EXPECT_EQ(learned({.end = 14, .launch_samples = size}), whole) << size;
}

TEST_F(ChunksRun, ALaunchOfAllChunksWithTheirFlagsGivesTheSameBits) {
  std::vector<Sample> samples;
  for (std::size_t n = 0; n < data.size(); ++n) append_samples(data, n, samples);
  ASSERT_EQ(samples.size(), 51u);
  std::string restarts;
  for (const auto& sample : samples) restarts += sample.restart ? '1' : '0';
  EXPECT_EQ(restarts, "1" + std::string(31, '0') + "1" + "1000" + "10" + "1" + std::string(10, '0') + "1");
  EXPECT_EQ(samples[32].label, 1u);
  EXPECT_EQ(samples[36].label, 2u);
  const auto result = run_launch(*device, fixed, initial_weights(fixed.network, fixed.layout), samples, {.learn = true});
  const auto whole = learned({.end = 6, .launch_samples = 5});
  EXPECT_EQ(whole.state.weights, result.weights);
  EXPECT_EQ(whole.answers.scores, AnswerSums(fixed.network).add(samples, result).scores);
}

TEST_F(ChunksRun, AScheduleCountsRecordings) {
  auto document = test::recordings_network(false);
  document["schedule"] = {{{"from_sample", 0}, {"scale", 1.0}}, {{"from_sample", 3}, {"scale", 0}}};
  fixed = make_fixed(parse_network(document, "net.json"));
  const auto three = learned({.end = 3, .launch_samples = 1000}), six = learned({.end = 6, .launch_samples = 1000});
  const auto weights_of = [&](const Outcome& outcome) {
    std::vector<std::int32_t> weights;
    for (std::size_t layer = 0; layer < 2; ++layer) {
      for (std::uint32_t row = 0; row < fixed.network.rows(layer); ++row) {
        for (std::uint32_t j = 0; j < fixed.network.layers[layer].neurons; ++j)
          weights.push_back(weight(fixed.network, fixed.layout, outcome.state.weights, layer, row, j));
      }
    }
    return weights;
  };
  EXPECT_EQ(weights_of(three), weights_of(six));
  EXPECT_NE(weights_of(three), weights_of(learned({.end = 1, .launch_samples = 1000})));
  EXPECT_EQ(learned({.end = 6, .launch_samples = 7}), six);
}

TEST_P(ChunksOfNeurons, GoingOnFromACheckpointGivesTheSameBits) {
  for (const auto order : {Order::kFile, Order::kShuffled}) {
    const auto whole = learned({.end = 15, .launch_samples = 10}, order);
    const test::TemporaryFolder folder;
    LearnState state;
    state.weights = initial_weights(fixed.network, fixed.layout);
    for (const std::uint64_t end : {4, 9, 15}) {
      SampleStream stream(data, order, fixed.network.seed);
      learn(fixed, stream, {.end = end, .launch_samples = 10, .checkpoint_every = 2}, launch_on(*device, fixed), state,
            [&](const LearnState& now) {
              EXPECT_EQ(now.number, stream.kernel_samples_before(now.position)) << "a checkpoint within a recording";
              write_checkpoint(folder / "state",
                               {fixed.network, data.name, data.size(), 0, order, now.position, now.curve, now.weights});
            },
            {});
      auto checkpoint = read_checkpoint(folder / "state");
      SampleStream again(data, order, fixed.network.seed);
      state = {};
      state.position = checkpoint.position;
      state.number = again.kernel_samples_before(state.position);
      state.weights = checkpoint.weights;
      state.curve = checkpoint.curve;
    }
    EXPECT_EQ(state.weights, whole.state.weights);
    EXPECT_EQ(state.curve, whole.state.curve);
  }
}

TEST_F(ChunksRun, ARunThatIsStoppedEndsItsRecording) {
  SampleStream stream(data, Order::kFile, 1);
  LearnState state;
  state.weights = initial_weights(fixed.network, fixed.layout);
  std::atomic<bool> stop{false};
  std::uint64_t saved = 0, launches = 0;
  learn(
      fixed, stream, {.end = 12, .launch_samples = 5, .checkpoint_every = 1000, .stop = &stop}, launch_on(*device, fixed),
      state, [&](const LearnState& now) { saved = now.position; },
      [&](const Launched&) {
        ++launches;
        stop = true;
      });
  EXPECT_EQ(launches, 7u) << "32 chunks";
  EXPECT_EQ(state.position, 1u);
  EXPECT_EQ(saved, 1u);
}

TEST_F(ChunksRun, TestsShareRecordingsOutAndGiveTheSameResults) {
  const auto whole = tested(1000);
  ASSERT_EQ(whole.size(), 6u);
  std::vector<std::uint32_t> numbers;
  for (const auto& answer : whole.answers) numbers.push_back(answer.number - kFirstTestSample);
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{31, 32, 36, 38, 49, 50}));
  for (const std::size_t units : {1, 3}) {
    for (const std::uint64_t size : {1, 7, 33}) {
      EXPECT_EQ(tested(size, units).scores, whole.scores) << units << " units, launches of " << size;
    }
  }
  // No recording knows of another one.
  const std::uint32_t other[] = {4, 0, 3};
  data = pick(data, other, "picked");
  const auto picked = tested(1000);
  const auto scores_of = [](const Answers& answers, std::size_t n) {
    return std::vector(answers.scores.begin() + static_cast<std::ptrdiff_t>(3 * n),
                       answers.scores.begin() + static_cast<std::ptrdiff_t>(3 * n + 3));
  };
  for (std::size_t n = 0; n < 3; ++n) EXPECT_EQ(scores_of(picked, n), scores_of(whole, other[n]));
}

TEST(AddedScore, IsThatOfBothPiecesInOne) {
  const auto score = [](std::uint64_t count, std::int64_t potential) {
    return count * 65536 + static_cast<std::uint64_t>(potential + 32768);
  };
  EXPECT_EQ(added_score(score(3, 32767), static_cast<std::uint32_t>(score(5, -32768)), false), score(8, -32768));
  EXPECT_EQ(added_score(score(3, -32768), static_cast<std::uint32_t>(score(0, 32767)), false), score(3, 32767));
  EXPECT_EQ(added_score(score(70'000, 5), static_cast<std::uint32_t>(score(32, 6)), false), score(70'032, 6))
      << "beyond 32 bits";
  EXPECT_EQ(added_score(UINT32_MAX, UINT32_MAX, true), 2 * std::uint64_t{UINT32_MAX});
}

}  // namespace
}  // namespace phasic::runtime
