// SPDX-License-Identifier: Apache-2.0
// Samples a second of the reference on one core: 784-1000-10, 20 steps, 8-bit weights, images as sparse as handwritten digits.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"

namespace {

using namespace phasic;
using reference::Core;
using reference::LayerProgram;

constexpr std::uint32_t kInputs = 784;
constexpr std::uint32_t kClasses = 10;
constexpr std::size_t kImages = 256;

reference::Program program() {
  reference::Program program;
  program.seed = 1;
  program.inputs = kInputs;
  program.steps = 20;
  program.classes = kClasses;
  program.learn = true;
  LayerProgram hidden{.rows = kInputs, .neurons = 1000, .threshold = 140, .window = 0, .leak = 51};
  hidden.factor = contract::Factor::kLevel;
  hidden.span = contract::Span::kLastStep;
  hidden.rate = 32;
  LayerProgram output{.rows = 1000, .neurons = kClasses, .threshold = 140, .window = 0, .leak = 51};
  output.factor = contract::Factor::kError;
  output.span = contract::Span::kAllSteps;
  output.rate = 32;
  program.layers = {hidden, output};
  return program;
}

/// About 19 % of the pixels are not 0 and about 103 inputs spike a step.
std::vector<std::vector<std::uint8_t>> images(std::mt19937& generator) {
  std::vector<std::vector<std::uint8_t>> images(kImages, std::vector<std::uint8_t>(kInputs));
  std::uniform_real_distribution<double> uniform(0, 1);
  for (auto& image : images) {
    for (std::uint8_t& pixel : image) {
      if (uniform(generator) < 0.19)
        pixel = uniform(generator) < 0.5 ? 253 : static_cast<std::uint8_t>(255 * uniform(generator));
    }
  }
  return images;
}

void fill(Core& network, std::mt19937& generator) {
  const auto random = [&](int amplitude, std::size_t count) {
    std::uniform_int_distribution<int> uniform(-amplitude, amplitude);
    std::vector<std::int16_t> values(count);
    for (std::int16_t& value : values) value = static_cast<std::int16_t>(uniform(generator));
    return values;
  };
  reference::set_weight_values(network, 0, random(30, std::size_t{kInputs} * 1000));
  reference::set_weight_values(network, 1, random(8, std::size_t{1000} * kClasses));
  std::vector<std::byte> levels(reference::level_bytes(network.program(), network.program().layers[0]));
  std::uniform_int_distribution<int> uniform(-77, 77);
  for (std::byte& level : levels) level = static_cast<std::byte>(uniform(generator));
  network.set_levels(0, levels);
}

void show_samples(benchmark::State& state, std::unique_ptr<Core> network, bool learn) {
  std::mt19937 generator(7);
  fill(*network, generator);
  const auto shown = images(generator);
  reference::SampleResult result;
  std::uint32_t number = 0;
  for (auto _ : state) {
    network->run({.label = number % kClasses, .learn = learn, .intensities = shown[number % kImages]}, number, result);
    benchmark::DoNotOptimize(result.prediction);
    ++number;
  }
  const double samples = number;
  state.counters["samples/s"] = benchmark::Counter(samples, benchmark::Counter::kIsRate);
  state.counters["input events/step"] = static_cast<double>(network->counts().input_events) / samples / 20;
  state.counters["hidden spikes/step"] = static_cast<double>(network->counts().layers[0].spikes) / samples / 20;
}

void register_all() {
  const reference::FastKernels* kernels[reference::kMostFastKernels];
  const std::size_t count = reference::all_fast_kernels(kernels);
  for (const bool learn : {true, false}) {
    const std::string task = learn ? "learn" : "infer";
    for (std::size_t k = 0; k < count; ++k) {
      benchmark::RegisterBenchmark(("reference/784-1000-10/" + task + "/" + kernels[k]->name).c_str(),
                                   [learn, chosen = kernels[k]](benchmark::State& state) {
                                     show_samples(state, reference::make_fast_core(program(), *chosen), learn);
                                   })
          ->Unit(benchmark::kMicrosecond);
    }
    benchmark::RegisterBenchmark(("reference/784-1000-10/" + task + "/plain").c_str(), [learn](benchmark::State& state) {
      show_samples(state, reference::make_plain_core(program()), learn);
    })->Unit(benchmark::kMicrosecond);
  }
}

const bool registered = (register_all(), true);

}  // namespace

BENCHMARK_MAIN();
