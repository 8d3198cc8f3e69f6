// SPDX-License-Identifier: Apache-2.0
/// What is a chain that the kernel can have, and what is refused, by node and reason.
#include "runtime/nir/stage.hpp"
#include "tests/runtime/nir/graphs.hpp"

namespace phasic::test {
namespace {

using namespace runtime::nir;

Node linear(std::string name, std::size_t inputs, std::size_t outputs) {
  return node(std::move(name), "Linear", {{"weight", filled({outputs, inputs}, 0.5)}});
}

Node conv(const std::vector<std::size_t>& weight_shape, const std::map<std::string, Array>& more = {}) {
  std::map<std::string, Array> fields{{"weight", filled(weight_shape, 1)}, {"bias", filled({weight_shape[0]}, 0)},
                                      {"stride", array({2}, {1, 1})},      {"padding", array({2}, {0, 0})},
                                      {"dilation", array({2}, {1, 1})},    {"groups", one(1)}};
  for (const auto& [name, value] : more) fields[name] = value;
  return node("conv", weight_shape.size() == 4 ? "Conv2d" : "Conv1d", fields);
}

Graph good() { return chained({input({3}), linear("fc", 3, 2), lif("spikes", {2}, 0.01, 1), output({2})}); }

std::string refused(const Graph& graph) {
  return refusal([&] { (void)chain_of(graph); });
}

TEST(NirChain, FollowsEdgesInWhateverOrderTheyCome) {
  auto graph = good();
  std::reverse(graph.edges.begin(), graph.edges.end());
  std::swap(graph.nodes[0], graph.nodes[3]);
  const auto chain = chain_of(graph);
  ASSERT_EQ(chain.stages.size(), 4U);
  EXPECT_EQ(chain.stages[1].name, "fc");
  EXPECT_EQ(chain.stages[2].to, Extents{2});
}

TEST(NirChain, RefusesWhatIsNoChain) {
  auto graph = good();
  graph.edges.emplace_back("spikes", "fc");
  expect_all_in(refused(graph), {"made.nir", "is part of a loop", "recurrent"});

  graph = good();
  graph.edges.emplace_back("spikes", "spikes");
  expect_all_in(refused(graph), {"spikes: is part of a loop"});

  graph = good();
  graph.nodes.push_back(linear("side", 3, 2));
  graph.edges.emplace_back("input", "side");
  graph.edges.emplace_back("side", "spikes");
  expect_all_in(refused(graph), {"\"fc\" and \"side\"", "one"});

  graph = good();
  graph.nodes.push_back(linear("alone", 3, 2));
  expect_all_in(refused(graph), {"alone: does not lie between"});

  graph = good();
  graph.edges.push_back(graph.edges.front());
  expect_all_in(refused(graph), {"\"input\" to \"fc\"", "twice"});

  graph = good();
  graph.edges.pop_back();
  expect_all_in(refused(graph), {"spikes: nothing comes after it"});

  graph = good();
  graph.nodes.push_back(input({3}));
  graph.nodes.back().name = "other";
  expect_all_in(refused(graph), {"\"input\", \"other\"", "there can be one"});
}

TEST(NirChain, RefusesNodesThatTheKernelHasNot) {
  auto graph = chained({input({2}), node("wait", "Delay", {{"delay", filled({2}, 1)}}), lif("n", {2}, 1, 1), output({2})});
  expect_all_in(refused(graph), {"wait (Delay)", "not delayed"});
  graph = chained({input({2}), node("x", "Sigmoid"), output({2})});
  expect_all_in(refused(graph), {"x (Sigmoid)", "not known"});
  graph = chained({input({2}), node("v", "LI", {{"tau", filled({2}, 1)}, {"r", filled({2}, 1)}, {"v_leak", filled({2}, 0)}}),
                   linear("fc", 2, 2), lif("n", {2}, 1, 1), output({2})});
  expect_all_in(refused(graph), {"v (LI)", "hands potentials on to \"fc\""});
}

TEST(NirChain, RefusesParametersByNodeFieldAndValue) {
  auto graph = good();
  graph.nodes[2].fields.arrays.erase("tau");
  expect_all_in(refused(graph), {"spikes (LIF): tau", "is missing"});
  graph = good();
  graph.nodes[2].fields.arrays["tau"] = filled({2}, -0.5);
  expect_all_in(refused(graph), {"spikes (LIF): tau", "-0.5"});
  graph = good();
  graph.nodes[2].fields.arrays["tau"] = filled({3}, 1);
  expect_all_in(refused(graph), {"spikes (LIF): tau", "has the shape 3; 2 goes in"});
  graph = good();
  graph.nodes[2].fields.arrays["v_threshold"] = filled({2}, 0);
  expect_all_in(refused(graph), {"v_threshold", "would always fire"});
  graph = good();
  graph.nodes[1].fields.arrays["weight"].values[1] = std::nan("");
  expect_all_in(refused(graph), {"fc (Linear): weight", "nan"});
  graph = good();
  graph.nodes[1] = linear("fc", 4, 2);
  expect_all_in(refused(graph), {"fc (Linear): weight", "4 columns, but 3 goes in"});
  graph = good();
  graph.nodes[3] = output({3});
  expect_all_in(refused(graph), {"output (Output): shape", "is 3, but 2 goes in"});
}

TEST(NirChain, RefusesLayersOfNothing) {
  expect_all_in(
      refused(chained({input({3}), node("fc", "Linear", {{"weight", filled({0, 3}, 0)}}), lif("n", {1}, 1, 1), output({1})})),
      {"fc (Linear): weight", "has no rows"});
  expect_all_in(refused(chained({input({1, 3, 3}), conv({0, 1, 3, 3}), lif("n", {1}, 1, 1), output({1})})),
                {"conv (Conv2d): weight", "no output"});
  expect_all_in(refused(chained(
                    {input({3}), node("flat", "Flatten", {{"start_dim", array({0}, {})}}), lif("n", {3}, 1, 1), output({3})})),
                {"flat (Flatten): start_dim", "no whole number"});
}

TEST(NirChain, TakesOlderFilesWithoutResetPotentials) {
  const auto chain = chain_of(good());
  EXPECT_EQ(std::get<Neuron>(chain.stages[2].what).reset, (std::vector<double>{0, 0}));
}

TEST(NirChain, RepeatsParametersAlongSidesOfOne) {
  auto neurons = lif("n", {2, 1, 1}, 1, 1);
  neurons.fields.arrays["v_threshold"] = array({2, 1, 1}, {3, 4});
  neurons.fields.arrays["tau"] = one(0.5);
  const auto chain = chain_of(chained({input({2, 1, 3}), neurons, output({2, 1, 3})}));
  const auto& read = std::get<Neuron>(chain.stages[1].what);
  EXPECT_EQ(read.threshold, (std::vector<double>{3, 3, 3, 4, 4, 4}));
  EXPECT_EQ(read.tau, std::vector<double>(6, 0.5));
}

TEST(NirChain, KnowsPaddingAsText) {
  auto same = conv({1, 1, 4, 3});
  same.fields.arrays.erase("padding");
  same.fields.texts["padding"] = {{}, {"same"}};
  const auto chain = chain_of(chained({input({1, 6, 5}), same, integrate_and_fire("n", {1, 6, 5}), output({1, 6, 5})}));
  const auto& read = std::get<Convolution>(chain.stages[1].what);
  EXPECT_EQ(read.before, (Pair{1, 1}));
  EXPECT_EQ(read.after, (Pair{2, 1}));
  same.fields.texts["padding"] = {{}, {"full"}};
  expect_all_in(refused(chained({input({1, 6, 5}), same, integrate_and_fire("n", {1, 6, 5}), output({1, 6, 5})})),
                {"conv (Conv2d): padding", "\"full\""});
}

TEST(NirChain, RefusesConvolutionsThatDoNotFit) {
  const auto with = [](const Node& made, const std::vector<std::size_t>& shape) {
    return refused(chained({input(shape), made, integrate_and_fire("n", {1}), output({1})}));
  };
  expect_all_in(with(conv({1, 2, 3, 3}), {1, 5, 5}), {"conv (Conv2d): weight", "2 channels", "1 x 5 x 5"});
  expect_all_in(with(conv({1, 1, 6, 6}), {1, 5, 5}), {"conv (Conv2d): weight", "does not fit"});
  expect_all_in(with(conv({1, 1, 3, 3}, {{"stride", array({2}, {0, 1})}}), {1, 5, 5}), {"stride", "is 0"});
  expect_all_in(with(conv({1, 1, 3, 3}, {{"input_shape", array({2}, {5, 6})}}), {1, 5, 5}), {"input_shape", "5 x 6"});
  expect_all_in(with(conv({1, 1, 3, 3}), {5, 5}), {"[channels, rows, columns]"});
  expect_all_in(with(conv({3, 1, 3, 3}, {{"groups", one(2)}}), {2, 5, 5}), {"groups", "evenly"});
}

TEST(NirChain, AddsUpWhatNoNeuronsRead) {
  const auto chain = chain_of(chained({input({3}), linear("fc", 3, 2), output({2})}));
  ASSERT_EQ(chain.stages.size(), 4U);
  EXPECT_EQ(chain.stages[2].type, "I");
  ASSERT_EQ(chain.notes.size(), 1U);
  expect_all_in(chain.notes[0], {"fc (Linear)", "added up"});
}

}  // namespace
}  // namespace phasic::test
