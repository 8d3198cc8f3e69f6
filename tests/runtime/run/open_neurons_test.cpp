// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/open_neurons.hpp"

#include <cstring>
#include <set>

#include "runtime/network/limits.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/launch.hpp"
#include "runtime/run/session.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

std::vector<std::unique_ptr<driver::Device>> reference_devices() {
  DeviceOptions options;
  options.engine = "reference";
  return open_devices(options);
}

using nlohmann::json;
using Neurons = std::vector<std::uint32_t>;

Network gated(const json& gate, std::uint32_t inputs = 4, std::uint32_t hidden = 8, std::uint32_t classes = 2) {
  auto document = test::small_network(inputs, hidden, classes);
  document["gate"] = gate;
  return parse_network(document, "net.json");
}

TEST(Gate, OfASampleOpensTheNeuronsThatLookAtItsBrightInputs) {
  const auto network = gated({{"from", "sample"}, {"distance", 0.2}});  // 51 of 255
  const std::vector<std::uint8_t> intensities{200, 149, 150, 0};
  EXPECT_EQ(open_neurons(network, {intensities, 0}), (Neurons{0, 1, 4, 5}))
      << "149 is as far below 200 as is allowed, and one is not less";
  EXPECT_EQ(open_neurons(gated({{"from", "sample"}, {"distance", {{"raw", 52}}}}), {intensities, 0}),
            (Neurons{0, 1, 2, 3, 4, 5}));
  const std::vector<std::uint8_t> dark(4);
  EXPECT_EQ(open_neurons(network, {dark, 0}).size(), 8U) << "all are as bright as the brightest";
}

TEST(Gate, OfFewerNeuronsThanInputsLooksAtSomeInputsOnly) {
  const auto network = gated({{"from", "sample"}, {"distance", 0}}, 5, 2);
  const std::vector<std::uint8_t> intensities{1, 255, 9, 255, 255};
  EXPECT_EQ(open_neurons(network, {intensities, 0}), Neurons{}) << "0 and 2 are looked at, and none is brighter than itself";
  EXPECT_EQ(open_neurons(gated({{"from", "sample"}, {"distance", {{"raw", 1}}}}, 5, 2), {intensities, 0}), Neurons{1});
}

TEST(Gate, OfAClassIsThatOfTheLabel) {
  const auto network = gated({{"from", "class"}, {"open", {{0, 3}, json::array()}}});
  EXPECT_EQ(open_neurons(network, {{}, 0}), (Neurons{0, 3}));
  EXPECT_EQ(open_neurons(network, {{}, 1}), Neurons{});
}

TEST(Gate, TravelsBetweenHeaderAndPayload) {
  const auto network = gated({{"from", "class"}, {"open", {{0, 3}, {1, 2, 7}}}});
  const std::vector<std::uint8_t> pixels{1, 2, 3, 4};
  const auto packed = pack_samples(network, std::vector<Sample>{{pixels, 0}, {pixels, 1}}, 0, true);
  ASSERT_EQ(packed.stride, 64U);
  std::uint32_t words[8];
  std::memcpy(words, packed.bytes.data() + 64, sizeof words);
  EXPECT_EQ(std::vector<std::uint32_t>(words, words + 8), (std::vector<std::uint32_t>{1, 3, 4, 3, 1, 2, 7, 0x04030201}));
  std::memcpy(words, packed.bytes.data(), sizeof words);
  EXPECT_EQ(std::vector<std::uint32_t>(words, words + 7), (std::vector<std::uint32_t>{0, 3, 4, 2, 0, 3, 0x04030201}));
}

TEST(Gate, ShutsNeuronsOnTheDevice) {
  auto document = test::small_network(64, 40, 4);
  document["samples"] = "graded";
  document["steps"] = 1;
  document["gate"] = {{"from", "class"}, {"open", {{0}, {1}, {5}, {6}}}};
  // Sums are small, and the ramp is around 0: open neurons answer, and learn quickly.
  document["layers"][0].update({{"threshold", 0}, {"initial_amplitude", 0.05}, {"learning_rate", 0.1}});
  const auto fixed = make_fixed(parse_network(document, "net.json"));
  const auto devices = reference_devices();
  const auto weights = initial_weights(fixed.network, fixed.layout);
  const std::vector<std::uint8_t> pixels(64, 200);
  const auto result = run_launch(*devices[0], fixed, weights, std::vector<Sample>{{pixels, 2}, {pixels, 3}}, {.learn = true});
  EXPECT_EQ(result.counters.layers[0].spikes, 2U) << "one open neuron a sample";
  EXPECT_GE(result.counters.layers[1].events, 2U) << "the bias";
  std::set<std::uint32_t> learned;
  for (std::uint32_t row = 0; row < 64; ++row) {
    for (std::uint32_t neuron = 0; neuron < 40; ++neuron) {
      if (weight(fixed.network, fixed.layout, result.weights, 0, row, neuron) !=
          weight(fixed.network, fixed.layout, weights, 0, row, neuron))
        learned.insert(neuron);
    }
  }
  EXPECT_EQ(learned, (std::set<std::uint32_t>{5, 6}));
}

TEST(Gate, WrongOnesAreNamed) {
  const auto refused = [](const json& gate, const std::vector<std::string>& told) {
    test::expect_all_in(test::refusal([&] { (void)gated(gate); }), told);
  };
  refused({{"from", "batch"}}, {"gate.from", "\"sample\", \"class\"", "\"batch\""});
  refused({{"from", "sample"}}, {"gate", "distance"});
  refused({{"from", "sample"}, {"distance", 2}}, {"gate.distance", "2"});
  refused({{"from", "class"}, {"open", {{0}}}}, {"gate.open", "1 element"});
  refused({{"from", "class"}, {"open", {{0, 8}, {1}}}}, {"gate.open[0][1]", "(value 8)"});
  refused({{"from", "class"}, {"open", {{0}, {3, 3}}}}, {"gate.open[1][1]", "ascending"});
  auto limits = reference_devices()[0]->limits();
  limits.rules &= ~contract::kRulesGate;
  const auto network = gated({{"from", "sample"}, {"distance", 0.2}});
  test::expect_all_in(test::refusal([&] { check_limits(network, limits, "the device"); }), {"gate", "the device", "16"});
  EXPECT_EQ(first_difference(parse_network(canonical(network), "net.json"), network), "");
}

}  // namespace
}  // namespace phasic::runtime
