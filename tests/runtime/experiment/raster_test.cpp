// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/raster.hpp"

#include <set>

#include "runtime/run/devices.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

/// The raster of one sample on the reference, and its counters.
struct Shown {
  json raster;
  Counters counters;
};

Shown show(const json& document, const Dataset& data) {
  const Fixed fixed = make_fixed(parse_network(document, "n.json"));
  DeviceOptions options;
  options.engine = "reference";
  const auto devices = open_devices(options);
  const Launcher launcher = launch_on(*devices[0], fixed);
  const auto weights = initial_weights(fixed.network, fixed.layout);
  const Sample sample = sample_of(data, 0);
  return {raster_of(fixed, sample, kFirstTestSample, weights, launcher),
          launcher(weights, std::span(&sample, 1), {.first_sample = kFirstTestSample}).counters};
}

TEST(Raster, HasEverySpikeThatTheCountersCount) {
  auto network = test::small_network();
  network["layers"][0]["neurons"] = 20;
  const auto data = test::make_dataset(1, 8, 4, 5);
  for (const std::string samples : {"intensity", "event"}) {
    network["samples"] = samples;
    const auto [raster, counters] = show(network, data);
    ASSERT_EQ(raster.size(), 3U);
    EXPECT_EQ(raster[0]["name"], "input");
    EXPECT_EQ(raster[2]["name"], "layer 2");
    EXPECT_EQ(raster[0]["spikes"].size(), counters.header.input_events);
    EXPECT_EQ(raster[1]["spikes"].size(), counters.layers[0].spikes);
    EXPECT_EQ(raster[2]["spikes"].size(), counters.layers[1].spikes);
    EXPECT_GT(counters.layers[0].spikes, 0U);
    for (const json& part : raster) {
      EXPECT_EQ(part["every"], 1);
      for (const json& spike : part["spikes"]) {
        EXPECT_LT(spike[0], part["steps"]);
        EXPECT_LT(spike[1], part["neurons"]);
      }
    }
  }
}

TEST(Raster, HasNoSpikesOfNeuronsThatAGateShuts) {
  auto network = test::small_network();
  network["layers"][0]["neurons"] = 20;
  const auto data = test::make_dataset(1, 8, 4, 5);
  const auto before = show(network, data).raster;
  network["gate"] = {{"from", "class"}, {"open", {{1, 4, 9, 16}, {1, 4, 9, 16}, {1, 4, 9, 16}, {1, 4, 9, 16}}}};
  const auto [raster, counters] = show(network, data);
  EXPECT_LT(raster[1]["spikes"].size(), before[1]["spikes"].size());
  EXPECT_EQ(raster[1]["spikes"].size(), counters.layers[0].spikes);
  for (const json& spike : raster[1]["spikes"]) EXPECT_EQ(std::set<int>({1, 4, 9, 16}).count(spike[1]), 1U);
}

TEST(Raster, OfManySpikesHasSomeNeuronsWholly) {
  const auto data = test::make_dataset(1, 28, 4, 5);
  const auto [raster, counters] = show(test::small_network(28 * 28, 500), data);
  ASSERT_GT(counters.layers[0].spikes, 600U);
  for (const json& part : raster) {
    const auto every = part["every"].get<std::uint32_t>();
    EXPECT_LE(part["spikes"].size(), 300U);
    for (const json& spike : part["spikes"]) EXPECT_EQ(spike[1].get<std::uint32_t>() % every, 0U);
  }
  EXPECT_GT(raster[1]["every"], 1);
  EXPECT_GT(raster[1]["spikes"].size(), 0U);
  EXPECT_LT(raster.dump().size(), 10'000U);
}

TEST(Raster, OfNeuronsThatCompeteHasTheInputAlone) {
  const json network = {{"phasic_network", 1},
                        {"inputs", 64},
                        {"classes", 4},
                        {"steps", 8},
                        {"layers", {{{"neurons", 12}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", "1/16"}}}}};
  const auto [raster, counters] = show(network, test::make_dataset(1, 8, 4, 5));
  ASSERT_EQ(raster.size(), 1U);
  EXPECT_EQ(raster[0]["spikes"].size(), counters.header.input_events);
}

TEST(Raster, OfGradedSamplesIsEmpty) {
  auto network = parse_network(test::small_network(), "n.json");
  network.sample_kind = contract::SampleKind::kGraded;
  EXPECT_EQ(raster_of(make_fixed(network), {}, 0, {}, {}), json::array());
}

}  // namespace
}  // namespace phasic::runtime
