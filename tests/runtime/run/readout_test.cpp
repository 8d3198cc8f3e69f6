// SPDX-License-Identifier: Apache-2.0
/// A discriminant as the last layer, on the reference engine: what it learns, and the answers that the host makes of it.
#include "runtime/run/readout.hpp"

#include <algorithm>
#include <cstring>

#include "driver/discriminant/solve.hpp"
#include "driver/layout/buffers.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/compare.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/session.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;

json network_document(std::uint32_t weight_width = 8) {
  return {{"phasic_network", 1},
          {"inputs", 64},
          {"classes", 4},
          {"steps", 1},
          {"samples", "graded"},
          {"weight_width", weight_width},
          {"layers", {{{"neurons", 4}, {"rule", "discriminant"}}}}};
}

Network parsed(const json& document) { return parse_network(document, "net.json"); }

/// The data set's samples, class after class, each class in its own order.
Dataset by_class(const Dataset& data) {
  std::vector<std::uint32_t> order(data.size());
  for (std::uint32_t n = 0; n < order.size(); ++n) order[n] = n;
  std::ranges::stable_sort(order, {}, [&](std::uint32_t n) { return data.labels[n]; });
  return pick(data, order, "by class");
}

std::int32_t offset_of(const Network& network, const Layout& layout, std::span<const std::byte> weights, std::uint32_t neuron) {
  std::uint32_t bits = 0;
  const std::uint32_t width = network.weight_width;
  for (std::uint32_t part = 0; part < 32 / width; ++part) {
    const auto value = static_cast<std::uint32_t>(
        weight(network, layout, weights, network.layers.size() - 1, network.rows(network.layers.size() - 1) + part, neuron));
    bits |= (value & ((1U << width) - 1)) << part * width;
  }
  return static_cast<std::int32_t>(bits);
}

class Readout : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  struct Outcome {
    LearnState state;
    std::vector<std::uint32_t> scores;
  };

  Readout() { open(R"({"limits": {"max_rows": 2048, "rules": 991, "weight_width": )" + std::to_string(GetParam()) + "}}"); }

  void open(const std::string& options) { device = driver::open_local("reference", options); }

  void learn_on(const Fixed& fixed, const Dataset& samples, const LearnPlan& plan, Outcome& outcome) {
    SampleStream stream(samples, Order::kFile, fixed.network.seed);
    learn(fixed, stream, plan, launch_on(*device, fixed), outcome.state, {}, [&](const Launched& launch) {
      outcome.scores.insert(outcome.scores.end(), launch.result.scores.begin(), launch.result.scores.end());
    });
  }
  Outcome learned(const Fixed& fixed, const Dataset& samples, std::uint64_t launch_samples = 1000) {
    Outcome outcome;
    outcome.state.weights = initial_weights(fixed.network, fixed.layout);
    learn_on(fixed, samples, {.end = samples.size(), .launch_samples = launch_samples}, outcome);
    return outcome;
  }
  std::uint64_t right(const Fixed& fixed, std::span<const std::byte> weights, std::uint64_t launch_samples = 1000) {
    const std::vector<Launcher> launchers{launch_on(*device, fixed), launch_on(*device, fixed)};
    return test(fixed, testing_data, {.samples = testing_data.size(), .launch_samples = launch_samples}, weights,
                std::span(launchers).first(1), {})
        .correct;
  }

  std::unique_ptr<driver::Device> device;
  Dataset data = test::make_dataset(300, 8, 4, 21);
  Dataset testing_data = test::make_dataset(200, 8, 4, 22);
};

TEST_P(Readout, LearnsClassAfterClassInOnePass) {
  const auto fixed = make_fixed(parsed(network_document(GetParam())));
  const auto outcome = learned(fixed, by_class(data));
  EXPECT_GT(right(fixed, outcome.state.weights), 190U);
  EXPECT_EQ(outcome.state.counters.header.samples_learned, 300U);
  EXPECT_EQ(outcome.state.counters.layers[0].spikes, 0U);
}

/// Classes mixed or one after the other: if each class keeps its order, nothing that is learned differs.
TEST_P(Readout, DoesNotDependOnHowClassesAreMixed) {
  const auto fixed = make_fixed(parsed(network_document(GetParam())));
  const auto mixed = learned(fixed, data);
  EXPECT_EQ(learned(fixed, by_class(data)).state.weights, mixed.state.weights);
  EXPECT_GT(right(fixed, mixed.state.weights), 190U);
}

TEST_P(Readout, KnowsNoClassAtFirstAndNeverAnswersOneThatItHasNotSeen) {
  const auto fixed = make_fixed(parsed(network_document(GetParam())));
  const auto first = initial_weights(fixed.network, fixed.layout);
  for (std::uint32_t neuron = 0; neuron < 4; ++neuron)
    EXPECT_EQ(offset_of(fixed.network, fixed.layout, first, neuron), INT32_MIN);
  EXPECT_EQ(answering_weights(fixed, first), first);
  const Dataset ordered = by_class(data);
  const auto seen = static_cast<std::size_t>(std::ranges::find(ordered.labels, 2) - ordered.labels.begin());
  const auto outcome = learned(fixed, slice(ordered, 0, seen, "two classes"));
  const auto weights = answering_weights(fixed, outcome.state.weights);
  for (std::uint32_t neuron = 0; neuron < 4; ++neuron)
    EXPECT_EQ(offset_of(fixed.network, fixed.layout, weights, neuron) == INT32_MIN, neuron > 1) << neuron;
  const std::vector<Launcher> launchers{launch_on(*device, fixed)};
  (void)test(fixed, testing_data, {.samples = 200}, outcome.state.weights, launchers, [&](const Launched& launch) {
    for (const auto& answer : launch.answers.answers) EXPECT_LT(answer.prediction, 2U);
  });
}

/// Neighbours that hardly differ, which sweeps do not tell apart.
TEST_P(Readout, IsMadeByTheMethodOfTheNetwork) {
  for (std::size_t n = 0; n < data.size(); ++n) {
    int value = 40 + static_cast<int>(n * 37 % 150);
    for (std::size_t i = 0; i < 64; ++i) {
      std::uint8_t& pixel = data.pixels[64 * n + i];
      value += static_cast<int>(pixel % 5) - 2;
      pixel = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
    }
  }
  auto document = network_document(GetParam());
  const auto swept = make_fixed(parsed(document));
  document["layers"][0]["solve"] = "elimination";
  const auto eliminated = make_fixed(parsed(document));
  const auto weights = learned(swept, data).state.weights;
  EXPECT_EQ(learned(eliminated, data).state.weights, weights) << "what is learned is the same";
  EXPECT_TRUE(answering_weights(swept, weights) != answering_weights(eliminated, weights));
}

TEST_P(Readout, GivesTheSameBitsHoweverLaunchesAreCut) {
  for (const std::uint32_t solve_every : {0U, 50U}) {
    auto document = network_document(GetParam());
    document["layers"][0]["solve_every"] = solve_every;
    const auto fixed = make_fixed(parsed(document));
    const auto whole = learned(fixed, data);
    for (const std::uint64_t size : {1, 7, 64, 299}) {
      const auto split = learned(fixed, data, size);
      EXPECT_EQ(split.scores, whole.scores) << size;
      EXPECT_EQ(split.state.weights, whole.state.weights) << size;
      EXPECT_EQ(split.state.curve, whole.state.curve) << size;
      EXPECT_EQ(right(fixed, whole.state.weights, size), right(fixed, whole.state.weights)) << size;
    }
    EXPECT_EQ(whole.state.curve.total() > 150, solve_every != 0) << "right before learning";
  }
}

TEST_P(Readout, GoesOnFromACheckpointWithTheSameBits) {
  auto document = network_document(GetParam());
  document["layers"][0]["solve_every"] = 40;
  const auto fixed = make_fixed(parsed(document));
  const auto whole = learned(fixed, data);
  const test::TemporaryFolder folder;
  for (const std::uint64_t end : {40U, 90U}) {
    Outcome outcome;
    outcome.state.weights = initial_weights(fixed.network, fixed.layout);
    learn_on(fixed, data, {.end = end}, outcome);
    write_checkpoint(folder / "state",
                     {fixed.network, "made", 300, 0, Order::kFile, end, outcome.state.curve, outcome.state.weights});
    const auto checkpoint = read_checkpoint(folder / "state");
    EXPECT_EQ(first_difference(checkpoint.network, fixed.network), "");
    outcome.state.weights = checkpoint.weights;
    learn_on(fixed, data, {.end = 300}, outcome);
    EXPECT_EQ(outcome.scores, whole.scores) << end;
    EXPECT_EQ(outcome.state.weights, whole.state.weights) << end;
  }
}

TEST_P(Readout, IsComparedBetweenEnginesInEveryBit) {
  auto document = network_document(GetParam());
  document["layers"].insert(document["layers"].begin(), json{{"neurons", 30},
                                                             {"threshold", 0.5},
                                                             {"input_shift", GetParam() == 8 ? 2 : 8},
                                                             {"rule", "naca"},
                                                             {"learning_rate", 0.01}});
  document["layers"][1]["solve_every"] = 100;
  const auto fixed = make_fixed(parsed(document));
  const auto plain = driver::open_local(
      "reference", R"({"plain": true, "limits": {"rules": 991, "weight_width": )" + std::to_string(GetParam()) + "}}");
  const auto both = launch_on_both({device.get(), "fast"}, {plain.get(), "plain"}, fixed);
  LearnState state;
  state.weights = initial_weights(fixed.network, fixed.layout);
  SampleStream stream(data, Order::kFile, 1);
  EXPECT_NO_THROW(learn(fixed, stream, {.end = 300, .launch_samples = 90}, both, state, {}, {}));
  const std::vector<Launcher> launchers{both};
  EXPECT_NO_THROW((void)test(fixed, testing_data, {.samples = 100}, state.weights, launchers, {}));
  // A difference in what it keeps beside its rows is named.
  LaunchResult a, b;
  a.weights = state.weights;
  b.weights = state.weights;
  b.weights[fixed.layout.layers[1].memory_offset + 5] ^= std::byte{1};
  expect_all_in(first_difference(fixed, {device.get(), "fast"}, a, {plain.get(), "plain"}, b, {}),
                {"memory of layer 1", "byte 5"});
}

INSTANTIATE_TEST_SUITE_P(BothWidths, Readout, ::testing::Values(8U, 16U));

TEST(ReadoutFields, AreReadPrintedAndRefused) {
  const auto network = parsed(network_document());
  EXPECT_EQ(network.layers[0].factor(), contract::Factor::kDiscriminant);
  EXPECT_FALSE(network.layers[0].bias);
  EXPECT_EQ(network.rows(0), 64U);
  EXPECT_EQ(network.stored_rows(0), 68U);
  EXPECT_EQ(network.class_of(3), 3U);
  const auto layout = layout_of(network);
  EXPECT_EQ(layout.layers[0].memory_offset, 68U * 64);
  EXPECT_EQ(layout.weights_bytes, 68U * 64 + 68 * 256 + 64);
  contract::Layer descriptor;
  const auto block = program_block(network, layout, {});
  std::memcpy(&descriptor, block.data() + layout::layer_offset(0), sizeof descriptor);
  EXPECT_EQ(descriptor.memory_offset, 68U * 64);
  EXPECT_EQ(descriptor.factor, 6U);
  auto document = network_document();
  document["layers"][0]["regularization"] = 0.25;
  document["layers"][0]["solve_every"] = 17;
  document["layers"][0]["solve"] = "elimination";
  EXPECT_EQ(parsed(document).layers[0].regularization, 1U << 18);
  EXPECT_EQ(parsed(document).layers[0].solve, discriminant::Method::kElimination);
  EXPECT_EQ(first_difference(parsed(canonical(parsed(document))), parsed(document)), "");
  EXPECT_NE(describe(parsed(document))
                .find("regularization 0.25 (262144), solved by elimination, answers made anew every 17 samples"),
            std::string::npos);

  const auto refused = [](const std::function<void(json&)>& change, const std::vector<std::string>& told) {
    auto changed = network_document();
    change(changed);
    expect_all_in(refusal([&] { (void)parsed(changed); }), told);
  };
  refused([](json& d) { d["layers"][0]["neurons"] = 3; }, {"net.json", "layers[0].neurons", "3", "4 classes"});
  refused([](json& d) { d["samples"] = "intensity"; }, {"layers[0].rule", "discriminant", "graded"});
  refused([](json& d) { d["layers"][0]["regularization"] = 1.5; }, {"layers[0].regularization", "1.5"});
  refused([](json& d) { d["layers"][0]["solve"] = "guess"; }, {"layers[0].solve", "guess", "elimination"});
  refused([](json& d) { d["layers"][0]["threshold"] = 1; }, {"layers[0]", "threshold"});
  refused([](json& d) { d["layers"].push_back(d["layers"][0]); }, {"layers[0].rule", "discriminant", "last layer"});
  refused([](json& d) { d["gate"] = {{"from", "sample"}, {"distance", 0.1}}; }, {"gate", "discriminant"});
  contract::Limits limits = contract::widest_limits();
  limits.rules &= ~contract::kRulesDiscriminant;
  expect_all_in(refusal([&] { check_limits(network, limits, "the device"); }), {"layers[0].rule", "discriminant", "512"});
  document = network_document();
  document["inputs"] = 40000;
  limits = contract::widest_limits();
  limits.rules = 991;
  expect_all_in(refusal([&] { check_limits(parsed(document), limits, "the device"); }), {"layers", "4294967295"});
}

TEST(ReadoutFields, NetworksWithoutOneStayAsTheyAre) {
  const auto fixed = make_fixed(parsed(test::small_network()));
  auto weights = initial_weights(fixed.network, fixed.layout);
  EXPECT_FALSE(has_readout(fixed.network));
  EXPECT_EQ(answering_weights(fixed, weights), weights);
}

}  // namespace
}  // namespace phasic::runtime
