// SPDX-License-Identifier: Apache-2.0
/// Layers of the kernel against the graph's own nodes: what a list of spikes adds to every neuron.
#include "runtime/nir/layers.hpp"

#include <fmt/format.h>

#include "driver/layout/connection.hpp"
#include "runtime/nir/linear.hpp"
#include "tests/runtime/nir/graphs.hpp"

namespace phasic::test {
namespace {

using namespace runtime::nir;

/// Draws graphs of nodes without neurons.
class Drawing {
 public:
  explicit Drawing(std::uint32_t seed) : random_(seed) {}

  std::size_t number(std::size_t least, std::size_t most) { return least + random_() % (most - least + 1); }
  double real() { return (static_cast<double>(random_() % 2001) - 1000) / 500; }
  Array reals(const std::vector<std::size_t>& shape) {
    auto made = filled(shape, 0);
    for (auto& value : made.values) value = real();
    return made;
  }
  Array pair(std::size_t least, std::size_t most) {
    return array({2}, {static_cast<double>(number(least, most)), static_cast<double>(number(least, most))});
  }

  Node convolution(const std::string& name, std::size_t channels) {
    const std::size_t groups = channels % 2 == 0 ? number(1, 2) : 1, outputs = groups * number(1, 2);
    return node(name, "Conv2d",
                {{"weight", reals({outputs, channels / groups, number(1, 3), number(1, 3)})},
                 {"bias", number(0, 1) == 0 ? filled({outputs}, 0) : reals({outputs})},
                 {"stride", pair(1, 2)},
                 {"padding", pair(0, 2)},
                 {"dilation", pair(1, 2)},
                 {"groups", one(static_cast<double>(groups))}});
  }
  Node pool(const std::string& name) {
    const auto side = static_cast<double>(number(2, 3));
    const bool plain = number(0, 2) != 0;
    return node(name, number(0, 1) == 0 ? "SumPool2d" : "AvgPool2d",
                {{"kernel_size", array({2}, {side, side})},
                 {"stride", plain ? array({2}, {side, side}) : pair(1, 2)},
                 {"padding", plain ? array({2}, {0, 0}) : pair(0, 1)}});
  }
  Node scale(const std::string& name, const Extents& extents) {
    return node(name, "Scale", {{"scale", number(0, 1) == 0 ? reals({extents[0], 1, 1}) : reals(extents)}});
  }

 private:
  std::mt19937 random_;
};

/// Neurons with a threshold and r of their own, in each channel or in each place.
Node neurons(const std::string& name, const Extents& extents, Drawing& drawing) {
  auto made = integrate_and_fire(name, extents);
  Extents shape = extents;
  if (drawing.number(0, 1) == 0)
    for (std::size_t side = 1; side < shape.size(); ++side) shape[side] = 1;
  made.fields.arrays["r"] = drawing.reals(shape);
  auto threshold = drawing.reals(shape);
  for (auto& value : threshold.values) value = std::abs(value) + 0.1;
  made.fields.arrays["v_threshold"] = threshold;
  return made;
}

/// What a node makes of extents; empty if it does not fit them.
Extents after(const Extents& extents, const Node& made) {
  try {
    const auto chain = chain_of(chained({input(extents), made, node("end", "Output", {{"shape", one(1)}})}));
    return chain.stages[1].to;
  } catch (const runtime::InputError& error) {
    const std::string text = error.what();
    if (const auto at = text.find(", but "); at != std::string::npos && text.find("end (Output)") != std::string::npos) {
      Extents sides;
      for (const char* place = text.c_str() + at + 6; *place >= '0' && *place <= '9';) {
        char* end = nullptr;
        sides.push_back(std::strtoul(place, &end, 10));
        place = *end == ' ' && end[1] == 'x' ? end + 3 : end;
      }
      return sides;
    }
    return {};
  }
}

/// Sums that the kernel's connection makes of spikes, in the graph's order, with the layer's weights.
std::vector<double> sums_of(const Layer& layer, const layout::Connection& connection,
                            const std::vector<std::uint32_t>& element_of_source, const std::vector<double>& spikes) {
  const auto& made = layer.connection;
  std::vector<double> sums(made.element.size());
  for (std::uint32_t source = 0; source < element_of_source.size(); ++source) {
    if (spikes[element_of_source[source]] == 0) continue;
    for (const auto& target : connection.fan_out(source))
      for (std::uint32_t c = 0; c < target.count; ++c)
        sums[made.element[target.first + c]] += made.weights[std::size_t{target.row} * made.width + c];
  }
  for (std::size_t j = 0; j < sums.size(); ++j) sums[made.element[j]] += made.bias[j % made.width];
  return sums;
}

/// The same by the graph's nodes, times r and in thresholds of the first neuron.
std::vector<double> wanted(std::span<const Stage> between, const Neuron& neuron, std::vector<double> values) {
  std::vector<double> next;
  for (const auto& stage : between) {
    next.assign(count_of(stage.to), 0);
    apply(stage, values, next);
    std::swap(values, next);
  }
  for (std::size_t j = 0; j < values.size(); ++j) values[j] *= neuron.resistance[j] * neuron.threshold[0] / neuron.threshold[j];
  return values;
}

/// All layers of a chain, each with three lists of spikes.
void expect_the_sums_of_the_graph(const std::vector<Node>& nodes, Drawing& drawing) {
  const auto chain = chain_of(chained(nodes));
  const auto layers = layers_of(chain, {.step = 1.0, .reset = contract::Reset::kZero});
  std::size_t begin = 1;
  auto sources = inputs_of(chain.stages.front().to).element;
  for (std::size_t n = 0, at = 1; n < layers.size(); ++at) {
    if (!std::holds_alternative<Neuron>(chain.stages[at].what)) continue;
    const auto& made = layers[n].connection;
    const auto connection = made.has_shape ? layout::Connection::convolution(made.shape, false, n == 0)
                                           : layout::Connection::dense(static_cast<std::uint32_t>(sources.size()), false,
                                                                       static_cast<std::uint32_t>(made.element.size()));
    ASSERT_EQ(connection.inputs(), sources.size());
    ASSERT_EQ(connection.neurons(), made.element.size());
    ASSERT_EQ(connection.weight_rows(), made.rows);
    for (int trial = 0; trial < 3; ++trial) {
      std::vector<double> spikes(sources.size());
      for (auto& spike : spikes) spike = drawing.number(0, 2) == 0 ? 1 : 0;
      const auto got = sums_of(layers[n], connection, sources, spikes);
      const auto right =
          wanted(std::span(chain.stages).subspan(begin, at - begin), std::get<Neuron>(chain.stages[at].what), spikes);
      ASSERT_EQ(got.size(), right.size());
      for (std::size_t j = 0; j < got.size(); ++j)
        ASSERT_NEAR(got[j], right[j], 1e-9 * (1 + std::abs(right[j]))) << "layer " << n << ", element " << j;
    }
    sources = made.element;
    begin = at + 1;
    ++n;
  }
}

void expect_the_sums_of_a_drawn_graph(std::uint32_t seed) {
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Drawing drawing(seed);
  Extents extents{drawing.number(1, 3), drawing.number(4, 9), drawing.number(4, 9)};
  std::vector<Node> nodes{input(extents)};
  for (int layer = 0; layer < 2; ++layer) {
    for (std::size_t left = drawing.number(0, 3); left > 0; --left) {
      const auto name = fmt::format("{}.{}", layer, left);
      auto next = drawing.number(0, 3) == 0   ? drawing.scale(name, extents)
                  : drawing.number(0, 1) == 0 ? drawing.pool(name)
                                              : drawing.convolution(name, extents[0]);
      const auto to = after(extents, next);
      if (to.empty()) continue;
      nodes.push_back(std::move(next));
      extents = to;
    }
    nodes.push_back(neurons(fmt::format("neurons{}", layer), extents, drawing));
  }
  nodes.push_back(output(extents));
  expect_the_sums_of_the_graph(nodes, drawing);
}

TEST(NirLayers, AddUpWhatTheNodesOfTheGraphDo) {
  for (std::uint32_t seed = 0; seed < 200 && !HasFailure(); ++seed) expect_the_sums_of_a_drawn_graph(seed);
}

/// A pool before neurons that differ: one list of neurons for the kernel, though the graph has rows and columns behind it, too.
TEST(NirLayer, BehindNeuronsWithWeightsOfTheirOwnIsOneToo) {
  Drawing drawing(7);
  const auto pool =
      node("pool", "SumPool2d",
           {{"kernel_size", array({2}, {2, 2})}, {"stride", array({2}, {2, 2})}, {"padding", array({2}, {0, 0})}});
  auto differing = integrate_and_fire("differing", {2, 4, 4});
  differing.fields.arrays["v_threshold"] = drawing.reals({2, 4, 4});
  for (auto& value : differing.fields.arrays["v_threshold"].values) value = std::abs(value) + 0.1;
  auto later = pool;
  later.name = "later";
  const auto conv = node("conv", "Conv2d",
                         {{"weight", drawing.reals({3, 2, 2, 2})},
                          {"bias", drawing.reals({3})},
                          {"stride", one(1)},
                          {"padding", one(0)},
                          {"dilation", one(1)},
                          {"groups", one(1)}});
  expect_the_sums_of_the_graph(
      {input({2, 8, 8}), pool, differing, later, integrate_and_fire("n", {2, 2, 2}), output({2, 2, 2})}, drawing);
  expect_the_sums_of_the_graph({input({2, 8, 8}), pool, differing, conv, integrate_and_fire("n", {3, 3, 3}), output({3, 3, 3})},
                               drawing);
}

TEST(NirLayer, WithMorePlacesThanAConvolutionOfTheKernelIsDense) {
  Drawing drawing(8);
  const auto pool =
      node("pool", "SumPool2d",
           {{"kernel_size", array({2}, {2, 2})}, {"stride", array({2}, {2, 2})}, {"padding", array({2}, {0, 0})}});
  const auto fc = node("fc", "Linear", {{"weight", drawing.reals({3, 300})}});
  expect_the_sums_of_the_graph({input({1, 2, 600}), pool, node("flat", "Flatten", {{"start_dim", one(0)}}), fc,
                                integrate_and_fire("n", {3}), output({3})},
                               drawing);
}

TEST(NirLayer, RefusesWhatIsTooLargeByItsNode) {
  const auto refused = [](std::vector<Node> nodes) {
    return refusal(
        [&] { (void)layers_of(chain_of(chained(std::move(nodes))), {.step = 1.0, .reset = contract::Reset::kZero}); });
  };
  expect_all_in(refused({input({4194304, 4194304, 1048576}), integrate_and_fire("n", {1}), output({1})}),
                {"input (Input)", "elements"});
  expect_all_in(refused({input({30000, 2}), integrate_and_fire("n", {30000, 2}), output({30000, 2})}), {"n (IF)", "too many"});
  const auto wide = node("conv", "Conv2d",
                         {{"weight", filled({1, 1, 1, 1}, 1)},
                          {"bias", filled({1}, 0)},
                          {"stride", one(1)},
                          {"padding", one(20000)},
                          {"dilation", one(1)},
                          {"groups", one(1)}});
  expect_all_in(refused({input({1, 5, 5}), wide, integrate_and_fire("n", {1}), output({1})}),
                {"conv (Conv2d)", "elements come out"});
  const auto huge = node("a", "Linear", {{"weight", filled({1, 1}, 1e200)}});
  auto again = huge;
  again.name = "b";
  expect_all_in(refused({input({1}), huge, again, integrate_and_fire("n", {1}), output({1})}), {"n (IF)", "1e30"});
}

Folded folded(std::vector<Node> nodes, std::size_t layer = 0) {
  return layers_of(chain_of(chained(std::move(nodes))), {.step = 1.0, .reset = contract::Reset::kZero}).at(layer).connection;
}

TEST(NirLayer, TakesPoolsOfTwoAndFourAsTheKernelsOwn) {
  const auto pool = [](double side) {
    return node(
        "pool", "AvgPool2d",
        {{"kernel_size", array({2}, {side, side})}, {"stride", array({2}, {side, side})}, {"padding", array({2}, {0, 0})}});
  };
  const auto fc = node("fc", "Linear", {{"weight", filled({3, 8}, 4)}});
  auto made = folded({input({2, 4, 4}), pool(2), node("flat", "Flatten", {{"start_dim", one(0)}}), fc,
                      integrate_and_fire("n", {3}), output({3})});
  EXPECT_EQ(made.shape.pool, 1U);
  EXPECT_EQ(made.rows, 8U);
  EXPECT_EQ(made.weights, std::vector<double>(24, 1.0)) << "a quarter of 4 for a mean of four";
  made = folded({input({2, 8, 8}), pool(4), node("flat", "Flatten", {{"start_dim", one(0)}}), fc, integrate_and_fire("n", {3}),
                 output({3})});
  EXPECT_EQ(made.shape.pool, 2U);
  EXPECT_EQ(made.weights, std::vector<double>(24, 0.25));
}

TEST(NirLayer, HasARowOfPlacesForOneDimension) {
  const auto made = folded({input({2, 9}),
                            node("conv", "Conv1d",
                                 {{"weight", filled({4, 2, 3}, 1)},
                                  {"bias", filled({4}, 0)},
                                  {"stride", one(1)},
                                  {"padding", one(1)},
                                  {"dilation", one(1)},
                                  {"groups", one(1)}}),
                            integrate_and_fire("n", {4, 9}), output({4, 9})});
  ASSERT_TRUE(made.has_shape);
  EXPECT_EQ(made.shape.positions(), (layout::Extent{1, 9, 4}));
}

TEST(NirLayer, ReadsAConvolutionInTheGraphsOrderOfElements) {
  // Channel 1 alone goes on: element 1 * 4 + place in the graph, place * 2 + 1 in the kernel.
  auto fc = node("fc", "Linear", {{"weight", filled({1, 8}, 0)}});
  fc.fields.arrays["weight"].values[6] = 1;
  const auto conv = node("conv", "Conv2d",
                         {{"weight", filled({2, 1, 1, 1}, 1)},
                          {"bias", filled({2}, 0)},
                          {"stride", one(1)},
                          {"padding", one(0)},
                          {"dilation", one(1)},
                          {"groups", one(1)}});
  const auto made = folded({input({1, 2, 2}), conv, integrate_and_fire("a", {2, 2, 2}),
                            node("flat", "Flatten", {{"start_dim", one(0)}}), fc, integrate_and_fire("b", {1}), output({1})},
                           1);
  EXPECT_EQ(made.weights, (std::vector<double>{0, 0, 0, 0, 0, 1, 0, 0}));
}

TEST(NirLayer, RefusesTimeConstantsThatDiffer) {
  auto neurons = lif("n", {2}, 0.01, 1);
  neurons.fields.arrays["tau"] = array({2}, {0.01, 0.02});
  const auto chain = chain_of(chained({input({2}), neurons, output({2})}));
  expect_all_in(refusal([&] { (void)layers_of(chain, {.step = 1e-3, .reset = contract::Reset::kZero}); }),
                {"n (LIF)", "differ from neuron to neuron", "0.9 to 0.95"});
}

TEST(NirLayer, NeedsAStepAndAResetWhereTheFileDoesNotTell) {
  const auto chain = chain_of(chained({input({1}), lif("n", {1}, 0.01, 1), output({1})}));
  expect_all_in(refusal([&] { (void)layers_of(chain, {.reset = contract::Reset::kZero}); }), {"n (LIF)", "--dt"});
  expect_all_in(refusal([&] { (void)layers_of(chain, {.step = 1e-3}); }), {"n (LIF)", "--reset"});
  expect_all_in(refusal([&] { (void)layers_of(chain, {.step = 0.02, .reset = contract::Reset::kZero}); }),
                {"n (LIF)", "0.02 s is longer than"});
}

}  // namespace
}  // namespace phasic::test
