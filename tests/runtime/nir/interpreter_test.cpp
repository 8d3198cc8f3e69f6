// SPDX-License-Identifier: Apache-2.0
/// The floating-point run of a graph, against numbers worked by hand from NIR's equations.
#include "runtime/nir/interpreter.hpp"

#include "tests/runtime/nir/graphs.hpp"

namespace phasic::test {
namespace {

using namespace runtime::nir;

std::vector<double> potentials(const Chain& chain, const Timing& timing, const std::vector<double>& inputs) {
  Interpreter interpreter(chain, timing);
  std::vector<double> result;
  for (const double value : inputs) {
    interpreter.step(std::vector<double>{value});
    result.push_back(interpreter.potentials(interpreter.layers() - 1)[0]);
  }
  return result;
}

void expect_near(const std::vector<double>& got, const std::vector<double>& right) {
  ASSERT_EQ(got.size(), right.size());
  for (std::size_t n = 0; n < got.size(); ++n) EXPECT_NEAR(got[n], right[n], 1e-12) << "step " << n;
}

Chain alone(const Node& neurons) { return chain_of(chained({input({1}), neurons, output({1})})); }

TEST(NirInterpreter, LeaksByForwardEulerOrExactly) {
  const auto chain = alone(lif("n", {1}, 0.01, 10));
  // dt / tau = 0.25: a spike adds a quarter of r, and three quarters stay.
  expect_near(potentials(chain, {.step = 0.0025, .reset = contract::Reset::kZero}, {1, 0, 1}), {0.25, 0.1875, 0.390625});
  const double kept = std::exp(-0.25);
  expect_near(potentials(chain, {.step = 0.0025, .reset = contract::Reset::kZero, .decay = Decay::kExact}, {1, 0}),
              {1 - kept, (1 - kept) * kept});
}

TEST(NirInterpreter, FiresAboveTheThresholdAndResets) {
  const auto chain = alone(integrate_and_fire("n", {1}, 1));
  const auto run = [&](contract::Reset reset) { return potentials(chain, {.reset = reset}, {0.75, 0.25, 0.75, 0.5}); };
  // 1 is not above 1; 1.75 is.
  expect_near(run(contract::Reset::kZero), {0.75, 1, 1.75, 0.5});
  expect_near(run(contract::Reset::kSubtract), {0.75, 1, 1.75, 1.25});
}

TEST(NirInterpreter, RestsAtTheLeakPotentialAndResetsToTheResetPotential) {
  auto neurons = lif("n", {1}, 0.01, 1);
  neurons.fields.arrays["v_leak"] = array({1}, {2});
  neurons.fields.arrays["v_reset"] = array({1}, {-1});
  const auto chain = alone(neurons);
  // Half of the way to 2 at each step: 1, 1.5 (fires), then from -1: 0.5.
  expect_near(potentials(chain, {.step = 0.005, .reset = contract::Reset::kZero}, {0, 0, 0}), {1, 1.5, 0.5});
  // Subtracting takes the threshold less the reset: 1.5 - 2 = -0.5, and half of the way from there.
  expect_near(potentials(chain, {.step = 0.005, .reset = contract::Reset::kSubtract}, {0, 0, 0}), {1, 1.5, 0.75});
}

TEST(NirInterpreter, LetsCurrentsLast) {
  auto neurons = lif("n", {1}, 1, 100);
  neurons.type = "CubaLIF";
  neurons.fields.arrays.erase("tau");
  neurons.fields.arrays["tau_mem"] = array({1}, {0.004});
  neurons.fields.arrays["tau_syn"] = array({1}, {0.002});
  neurons.fields.arrays["w_in"] = array({1}, {3});
  neurons.fields.arrays["r"] = array({1}, {8});
  // J: half stays, (1/2) 3 comes; v: three quarters stay, (1/4) 8 J comes.
  expect_near(potentials(alone(neurons), {.step = 0.001, .reset = contract::Reset::kZero}, {1, 0, 0}), {3, 3.75, 3.5625});
}

TEST(NirInterpreter, FiresAtOnceWhereNothingIsKept) {
  const auto chain = alone(node("n", "Threshold", {{"threshold", array({1}, {0.5})}}));
  Interpreter interpreter(chain, {});
  for (const double value : {0.4, 0.6, 0.4}) {
    interpreter.step(std::vector<double>{value});
    EXPECT_EQ(interpreter.spikes(0)[0], value > 0.5 ? 1 : 0);
  }
}

TEST(NirInterpreter, BeginsAnewAfterARestart) {
  const auto chain = alone(lif("n", {1}, 0.01, 10));
  Interpreter interpreter(chain, {.step = 0.0025, .reset = contract::Reset::kZero});
  interpreter.step(std::vector<double>{1});
  interpreter.restart();
  interpreter.step(std::vector<double>{0});
  EXPECT_EQ(interpreter.potentials(0)[0], 0);
}

/// A convolution as a frame slid over a picture, with zeros around it.
TEST(NirInterpreter, CorrelatesOverPictures) {
  const auto conv = node("conv", "Conv2d",
                         {{"weight", array({1, 1, 2, 2}, {1, 10, 100, 1000})},
                          {"bias", array({1}, {0.5})},
                          {"stride", array({2}, {1, 2})},
                          {"padding", array({2}, {1, 0})},
                          {"dilation", one(1)},
                          {"groups", one(1)}});
  const auto chain = chain_of(chained({input({1, 2, 4}), conv, integrate_and_fire("n", {1, 3, 2}, 1e9), output({1, 3, 2})}));
  Interpreter interpreter(chain, {.reset = contract::Reset::kZero});
  interpreter.step(std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8});
  const auto got = interpreter.potentials(0);
  const std::vector<double> right{2100.5, 4300.5, 1 + 20 + 500 + 6000 + 0.5, 3 + 40 + 700 + 8000 + 0.5, 65.5, 87.5};
  EXPECT_EQ(std::vector<double>(got.begin(), got.end()), right);
}

}  // namespace
}  // namespace phasic::test
