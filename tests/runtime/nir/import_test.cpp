// SPDX-License-Identifier: Apache-2.0
/// Graphs as networks of the kernel: integers, out and in again, and beside floating point.
#include "runtime/nir/import.hpp"

#include <fmt/format.h>

#include "runtime/network/program.hpp"
#include "runtime/nir/export.hpp"
#include "runtime/nir/fidelity.hpp"
#include "runtime/nir/report.hpp"
#include "runtime/run/devices.hpp"
#include "tests/runtime/nir/graphs.hpp"

namespace phasic::test {
namespace {

using namespace runtime::nir;
using nlohmann::json;

Imported imported(const Graph& graph, const ImportOptions& options) {
  const TemporaryFolder folder;
  write_graph(folder / "g.nir", graph);
  return import_graph(folder / "g.nir", options);
}

std::int32_t weight_of(const Imported& made, std::size_t layer, std::uint32_t row, std::uint32_t neuron) {
  const auto& network = made.quantized.network;
  return runtime::weight(network, runtime::layout_of(network), made.quantized.weights, layer, row, neuron);
}

Node linear(const std::string& name, const Array& weight) { return node(name, "Linear", {{"weight", weight}}); }

constexpr ImportOptions kZeroAtOneMillisecond{.step = 1e-3, .reset = contract::Reset::kZero};

TEST(NirImport, MakesTheThresholdAWholeNumberAndCutsNoWeightOff) {
  // The largest weight is twice the threshold: 127 units of it are 63 of the threshold.
  const auto graph =
      chained({input({2}), linear("fc", array({1, 2}, {1.0, -0.3})), integrate_and_fire("n", {1}, 0.5), output({1})});
  const auto made = imported(graph, kZeroAtOneMillisecond);
  const auto& layer = made.quantized.network.layers[0];
  EXPECT_EQ(layer.threshold, 63);
  EXPECT_EQ(layer.leak, 65536U);
  EXPECT_EQ(weight_of(made, 0, 0, 0), 126);
  EXPECT_EQ(weight_of(made, 0, 1, 0), -38);  // -37.8
  EXPECT_NEAR(made.quantized.rounding[0].weight_error, 0.2 * 0.5 / 63, 1e-9);
  EXPECT_EQ(made.quantized.rounding[0].clipped, 0U);
}

TEST(NirImport, FoldsThresholdsOfSingleNeuronsIntoWeights) {
  auto neurons = integrate_and_fire("n", {2});
  neurons.fields.arrays["v_threshold"] = array({2}, {1, 2});
  const auto made =
      imported(chained({input({1}), linear("fc", array({2, 1}, {1, 1})), neurons, output({2})}), kZeroAtOneMillisecond);
  EXPECT_EQ(weight_of(made, 0, 0, 0), 127);
  EXPECT_EQ(weight_of(made, 0, 0, 1), 64);  // 63.5
}

/// What a spike at each step adds up to after so many steps, in units of what one adds.
double sum_of(double decay, double steps) { return (1 - std::pow(decay, steps)) / (1 - decay); }

double per_spike(const Imported& made) {
  const auto& layer = made.quantized.network.layers[0];
  return weight_of(made, 0, 0, 0) / std::ldexp(1.0, static_cast<int>(layer.input_shift)) / layer.threshold;
}

Graph slow(double tau) { return chained({input({1}), linear("fc", array({1, 1}, {tau})), lif("n", {1}, tau, 1), output({1})}); }

TEST(NirImport, MakesUpForTheLeaksRoundingInTheWeights) {
  // 0.9985 is kept, and 65438/65536 is 0.998505: after 256 steps a constant current is as it should be.
  const auto made = imported(slow(1 / 0.0015), {.step = 1, .reset = contract::Reset::kZero, .weight_width = 16});
  const auto& layer = made.quantized.network.layers[0];
  EXPECT_EQ(layer.leak, 65438U);
  EXPECT_NEAR(per_spike(made) * sum_of(layer.leak / 65536.0, 256), sum_of(0.9985, 256), 1e-4 * sum_of(0.9985, 256));
  EXPECT_NE(made.layers[0].threshold, 0);
}

TEST(NirImport, KeepsWhatASpikeAddsWhereTheLeakIsSlow) {
  for (const double tau : {20000.0, 90000.0, 131000.0, 1e7}) {
    const auto made = imported(slow(tau), {.step = 1, .reset = contract::Reset::kZero, .weight_width = 16});
    EXPECT_NEAR(per_spike(made), 1, 0.01) << tau;
    EXPECT_EQ(made.quantized.notes[0].empty(), tau < 30000) << tau;
  }
}

TEST(NirImport, TellsOfABiasThatWholePotentialsLose) {
  const auto affine = node("fc", "Affine", {{"weight", array({1, 1}, {1})}, {"bias", array({1}, {0.0019})}});
  const auto made = imported(chained({input({1}), affine, integrate_and_fire("n", {1}), output({1})}),
                             {.reset = contract::Reset::kZero, .weight_width = 16});
  EXPECT_NEAR(made.quantized.rounding[0].bias_error, 0.0019, 2e-5);
  ASSERT_EQ(made.quantized.notes[0].size(), 1U);
  expect_all_in(made.quantized.notes[0][0], {"a bias", "0.0019 a step"});
}

TEST(NirImport, TellsOfPotentialsThatNeverFireByTheirValue) {
  const auto neurons = node("v", "LI", {{"tau", filled({2}, 0.01)}, {"r", filled({2}, 1)}, {"v_leak", filled({2}, 0)}});
  const auto made =
      imported(chained({input({2}), linear("fc", array({2, 2}, {1, 0, 0, 1})), neurons, output({2})}), {.step = 1e-3});
  EXPECT_EQ(made.quantized.network.layers[0].threshold, 32767);
  EXPECT_EQ(made.quantized.network.layers[0].reset, contract::Reset::kNone);
}

TEST(NirImport, TakesStepAndResetFromMetadata) {
  auto graph = chained({input({1}), lif("n", {1}, 0.01, 0.1), output({1})});
  graph.metadata.arrays["dt"] = one(1e-3);
  graph.metadata.texts["reset"] = {{}, {"subtract"}};
  const auto made = imported(graph, {});
  EXPECT_EQ(made.quantized.network.layers[0].reset, contract::Reset::kSubtract);
  EXPECT_EQ(made.quantized.network.layers[0].leak, 58982U);  // 0.9
  EXPECT_EQ(imported(graph, {.reset = contract::Reset::kZero}).quantized.network.layers[0].reset, contract::Reset::kZero);
  graph.metadata.texts["reset"] = {{}, {"halve"}};
  expect_all_in(refusal([&] { (void)imported(graph, {}); }), {"metadata: reset", "\"halve\""});
}

TEST(NirImport, RefusesMoreLayersThanTheKernelHas) {
  std::vector<Node> nodes{input({1})};
  for (int n = 0; n < 9; ++n) nodes.push_back(integrate_and_fire(fmt::format("n{}", n), {1}));
  nodes.push_back(output({1}));
  expect_all_in(refusal([&] { (void)imported(chained(nodes), kZeroAtOneMillisecond); }), {"9 layers", "8 are the most"});
}

/// Everything that a network of spikes can have and NIR can say.
json exportable(std::uint32_t width) {
  return {{"phasic_network", 1},
          {"name", "all kinds"},
          {"inputs", 2 * 8 * 8},
          {"shape", {8, 8, 2}},
          {"classes", 3},
          {"steps", 16},
          {"weight_width", width},
          {"samples", "event"},
          {"keep", true},
          {"layers",
           {{{"kind", "convolution"},
             {"channels", 5},
             {"kernel", {3, 2}},
             {"padding", 1},
             {"stride", 2},
             {"pool", 2},
             {"threshold", 0.4},
             {"leak", 0.7},
             {"reset", "subtract"},
             {"rule", "naca"},
             {"learning_rate", 1e-3},
             {"initial_amplitude", 0.3}},
            {{"kind", "convolution"},
             {"channels", 4},
             {"kernel", 2},
             {"threshold", 0.3},
             {"fine_leak", 0.98765},
             {"reset", "subtract"},
             {"bias", false},
             {"rule", "frozen"},
             {"initial_amplitude", 0.4}},
            {{"neurons", 7},
             {"threshold", 0.25},
             {"fine_leak", 0.9},
             {"synaptic_leak", 0.5},
             {"reset", "subtract"},
             {"rule", "drtp"},
             {"learning_rate", 1e-3},
             {"initial_amplitude", 0.2}},
            {{"neurons", 3},
             {"threshold", 0.5},
             {"leak", 1.0},
             {"reset", "subtract"},
             {"rule", "error"},
             {"learning_rate", 1e-3},
             {"initial_amplitude", 0.4}}}}};
}

class NirRoundTrip : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(NirRoundTrip, GivesTheSameNetworkAndTheSameWeights) {
  const auto network = parsed(exportable(GetParam()));
  const auto weights = runtime::initial_weights(network, runtime::layout_of(network));
  const auto made = imported(export_graph(network, weights, 1e-3), {});
  EXPECT_EQ(runtime::first_difference(made.quantized.network, network), "");
  EXPECT_EQ(made.quantized.weights, weights);
  for (const auto& rounding : made.quantized.rounding) EXPECT_LT(rounding.weight_error, 1e-12);
}
/// Other programs store numbers with 32 bits.
TEST_P(NirRoundTrip, GivesTheSameWeightsOfNumbersWith32Bits) {
  const auto network = parsed(exportable(GetParam()));
  const auto weights = runtime::initial_weights(network, runtime::layout_of(network));
  auto graph = export_graph(network, weights, 1e-3);
  for (auto& node : graph.nodes)
    for (auto& [name, array] : node.fields.arrays)
      for (auto& value : array.values) value = static_cast<float>(value);
  const auto made = imported(graph, {});
  EXPECT_EQ(runtime::first_difference(made.quantized.network, network), "");
  EXPECT_EQ(made.quantized.weights, weights);
}

INSTANTIATE_TEST_SUITE_P(Widths, NirRoundTrip, ::testing::Values(8U, 16U));

TEST(NirExport, OfANetworkWithoutMetadataStillMeansTheSame) {
  const auto network = parsed(exportable(16));
  const auto weights = runtime::initial_weights(network, runtime::layout_of(network));
  auto graph = export_graph(network, weights, 1e-3);
  graph.metadata = {};
  const auto made = imported(graph, {.step = 1e-3, .reset = contract::Reset::kSubtract, .weight_width = 16});
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    EXPECT_EQ(made.quantized.network.layers[n].leak, network.layers[n].leak);
    EXPECT_EQ(made.quantized.network.layers[n].synaptic_leak, network.layers[n].synaptic_leak);
    EXPECT_EQ(made.quantized.network.layers[n].shape, network.layers[n].shape);
    EXPECT_NEAR(made.layers[n].threshold, network.layers[n].threshold * network.layers[n].unit, 1e-12);
  }
}

TEST(NirRoundTrip, ChoosesUnitsAnewForAGraphThatWasChanged) {
  const auto network = parsed(exportable(8));
  auto graph = export_graph(network, runtime::initial_weights(network, runtime::layout_of(network)), 1e-3);
  for (auto& node : graph.nodes)
    if (node.name == "dense3")
      for (auto& weight : node.fields.arrays["weight"].values) weight *= 3.1;
  const auto made = imported(graph, {});
  for (const auto& rounding : made.quantized.rounding) EXPECT_EQ(rounding.clipped, 0U);
  ASSERT_EQ(made.chain.notes.size(), 1U);
  expect_all_in(made.chain.notes[0], {"not those of that network any more"});
  EXPECT_EQ(made.quantized.network.layers[0].rule, runtime::Rule::kFrozen);
}

/// A layer had no bias, and now there is one, of a whole unit.
TEST(NirRoundTrip, KeepsABiasThatWasAddedToTheGraph) {
  const auto network = parsed(exportable(8));
  auto graph = export_graph(network, runtime::initial_weights(network, runtime::layout_of(network)), 1e-3);
  for (auto& node : graph.nodes)
    if (node.name == "conv1")
      for (auto& bias : node.fields.arrays["bias"].values) bias = network.layers[1].unit;
  const auto made = imported(graph, {});
  EXPECT_TRUE(made.quantized.network.layers[1].bias);
  EXPECT_EQ(made.chain.notes.size(), 1U);
}

/// One position with a stride, and a last layer that never fires with a reset.
TEST(NirRoundTrip, KeepsWhatChangesNothing) {
  auto document = exportable(8);
  document["layers"] = {document["layers"][0], document["layers"][1], document["layers"][3]};
  document["layers"][1]["kernel"] = 2;
  document["layers"][1]["stride"] = 2;
  document["layers"][2]["threshold"] = {{"raw", 32767}};
  const auto network = parsed(document);
  const auto made = imported(export_graph(network, runtime::initial_weights(network, runtime::layout_of(network)), 1e-3), {});
  EXPECT_EQ(runtime::first_difference(made.quantized.network, network), "");
}

TEST(NirExport, RefusesWhatNirHasNoNodeFor) {
  auto document = exportable(8);
  document["layers"][1]["reset"] = "none";
  const auto refused = [](const json& text) {
    const auto network = parsed(text);
    const auto weights = runtime::initial_weights(network, runtime::layout_of(network));
    return refusal([&] { (void)export_graph(network, weights, 1e-3); });
  };
  expect_all_in(refused(document), {"net.json: layers[1].reset", "\"none\""});
  document = exportable(8);
  document["layers"][1]["reset"] = "zero";
  expect_all_in(refused(document), {"net.json: layers[1].reset", "differs"});
  document = small_network();
  document["samples"] = "graded";
  document["steps"] = 1;
  expect_all_in(refused(document), {"net.json: samples", "graded"});
  document = small_network();
  document["layers"][1] = {{"neurons", 4}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", "1/32"}};
  expect_all_in(refused(document), {"net.json: layers[1].rule", "competition"});
}

/// Event recordings of some chunks, made of noise that differs by class.
runtime::Dataset recordings(std::uint32_t inputs, std::uint32_t steps, std::uint32_t seed, std::uint32_t classes = 3) {
  std::mt19937 random(seed);
  runtime::Dataset data;
  data.name = "made";
  data.channels = 2;
  data.rows = data.columns = 8;
  data.steps = steps;
  data.step_microseconds = 1000;
  data.event_starts = {0};
  data.chunk_starts = {0};
  for (std::uint32_t n = 0; n < 6; ++n) {
    data.labels.push_back(static_cast<std::uint8_t>(n % classes));
    for (std::uint32_t chunk = 0; chunk < 2 + n % 2; ++chunk) {
      const auto before = data.events.size();
      for (std::uint32_t step = 0; step < steps; ++step)
        for (std::uint32_t i = 0; i < inputs; ++i)
          if (random() % 8 < 1 + n % 3) data.events.push_back(step << contract::kEntryStepBit | i);
      data.chunk_words.push_back(static_cast<std::uint32_t>(data.events.size() - before));
    }
    data.event_starts.push_back(data.events.size());
    data.chunk_starts.push_back(data.chunk_words.size());
  }
  return data;
}

Fidelity fidelity_of(const Imported& made, const runtime::Dataset& data) {
  const auto fixed = runtime::make_fixed(made.quantized.network);
  runtime::DeviceOptions options;
  options.weight_width = made.quantized.network.weight_width;
  const auto devices = runtime::open_devices(options);
  return measure(made, fixed, data, 0, runtime::launch_on(*devices[0], fixed));
}

/// A network whose leaks are 0 or 1, so that integers and floating point never differ.
TEST(NirFidelity, OfANetworkWithNothingToRoundHasNoSpikeThatDiffers) {
  auto document = exportable(8);
  for (auto& layer : document["layers"]) {
    layer.erase("fine_leak");
    layer.erase("synaptic_leak");
    layer["leak"] = layer.contains("pool") ? 0.0 : 1.0;
  }
  const auto network = parsed(document);
  const auto made = imported(export_graph(network, runtime::initial_weights(network, runtime::layout_of(network)), 1e-3), {});
  const auto fidelity = fidelity_of(made, recordings(network.inputs, network.steps, 5));
  EXPECT_EQ(fidelity.samples, 6U);
  EXPECT_EQ(fidelity.same_answer, 6U);
  EXPECT_EQ(fidelity.graph_right, fidelity.kernel_right);
  for (std::size_t n = 0; n < fidelity.layers.size(); ++n) {
    EXPECT_EQ(fidelity.layers[n].only_one, 0U) << "layer " << n;
    EXPECT_EQ(fidelity.layers[n].kernel, fidelity.layers[n].graph);
    EXPECT_EQ(fidelity.layers[n].kernel, fidelity.counters.layers[n].spikes) << "the kernel's own counter";
  }
  EXPECT_GT(fidelity.layers[3].kernel, 0U) << "a network that is silent shows nothing";
}

TEST(NirFidelity, CountsSpikesThatDifferWhereWeightsAreRounded) {
  // A spike of 0.301 thresholds reaches the threshold at the fourth in floating point, at 8 bits of a weight that is 127 times
  // as large never.
  const auto graph = chained({input({128}),
                              linear("fc",
                                     [] {
                                       auto weight = filled({1, 128}, 0.00301);
                                       weight.values[127] = 1;
                                       return weight;
                                     }()),
                              integrate_and_fire("n", {1}, 1), output({1})});
  const auto made = imported(graph, {.reset = contract::Reset::kZero, .steps = 16});
  EXPECT_GT(made.quantized.rounding[0].weight_error, 0.003);
  const auto fidelity = fidelity_of(made, recordings(127, 16, 6, 1));
  EXPECT_GT(fidelity.layers[0].only_one, 0U);
  const auto text = table(made, &fidelity);
  expect_all_in(text, {"n      IF", "in one of them alone", "6 samples"});
  const auto document = summary(made, &fidelity);
  EXPECT_EQ(document["layers"][0]["spikes_in_one_alone"], fidelity.layers[0].only_one);
  expect_all_in(page(made, &fidelity), {"<table>", "made, 6 samples"});
}

TEST(NirReport, WritesNamesAsTextIntoThePage) {
  const auto made = imported(chained({input({1}), integrate_and_fire("<b>&", {1}), output({1})}), kZeroAtOneMillisecond);
  expect_all_in(page(made, nullptr), {"&lt;b&gt;&amp;"});
}

}  // namespace
}  // namespace phasic::test
