// SPDX-License-Identifier: Apache-2.0
// Samples a second of the reference on one core: 784-1000-10 and its variants, 20 steps, images as sparse as handwritten
// digits.
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
constexpr std::uint32_t kHidden = 1000;
constexpr std::uint32_t kClasses = 10;
constexpr std::size_t kImages = 256;

/// What differs from 8-bit weights, a first layer that learns from the last step, and one output neuron a class.
struct Variant {
  const char* name;
  std::uint32_t weight_width = 8;
  contract::Span span = contract::Span::kLastStep;
  std::uint32_t outputs = kClasses;
};

constexpr Variant kUsual{.name = "784-1000-10"};
constexpr Variant kVariants[] = {
    kUsual,
    {.name = "784-1000-10, all steps", .span = contract::Span::kAllSteps},
    {.name = "784-1000-10, 16-bit weights", .weight_width = 16},
    {.name = "784-1000-10, all steps, 16-bit weights", .weight_width = 16, .span = contract::Span::kAllSteps},
    {.name = "784-1000-1000", .outputs = 1000}};

reference::Program program(const Variant& variant) {
  // Weights of 16 bits are 256 times those of 8.
  const std::uint32_t more_bits = variant.weight_width - 8;
  reference::Program program;
  program.weight_width = variant.weight_width;
  program.seed = 1;
  program.inputs = kInputs;
  program.steps = 20;
  program.classes = kClasses;
  program.learn = true;
  LayerProgram hidden{
      .rows = kInputs, .neurons = kHidden, .threshold = 140, .window = 0, .leak = 51 * 256, .input_shift = more_bits};
  hidden.factor = contract::Factor::kLevel;
  hidden.span = variant.span;
  hidden.rate = 32;
  LayerProgram output{
      .rows = kHidden, .neurons = variant.outputs, .threshold = 140, .window = 0, .leak = 51 * 256, .input_shift = more_bits};
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
  const int one = network.program().weight_width == 8 ? 1 : 256;
  const auto random = [&](int amplitude, std::size_t count) {
    std::uniform_int_distribution<int> uniform(-amplitude * one, amplitude * one);
    std::vector<std::int16_t> values(count);
    for (std::int16_t& value : values) value = static_cast<std::int16_t>(uniform(generator));
    return values;
  };
  reference::set_weight_values(network, 0, random(30, std::size_t{kInputs} * kHidden));
  reference::set_weight_values(network, 1, random(8, std::size_t{kHidden} * network.program().layers[1].neurons));
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
  while (state.KeepRunning()) {
    network->run({.label = number % kClasses, .learn = learn, .intensities = shown[number % kImages]}, number, result);
    benchmark::DoNotOptimize(result.prediction);
    ++number;
  }
  const double samples = number;
  state.counters["samples/s"] = benchmark::Counter(samples, benchmark::Counter::kIsRate);
  state.counters["input events/step"] = static_cast<double>(network->counts().input_events) / samples / 20;
  state.counters["hidden spikes/step"] = static_cast<double>(network->counts().layers[0].spikes) / samples / 20;
}

void register_bench(const Variant& variant, bool learn, const reference::FastKernels* kernels) {
  const std::string name = std::string("reference/") + variant.name + (learn ? "/learn/" : "/infer/") +
                           (kernels == nullptr ? "plain" : kernels->name);
  benchmark::RegisterBenchmark(name.c_str(), [&variant, learn, kernels](benchmark::State& state) {
    show_samples(state,
                 kernels == nullptr ? reference::make_plain_core(program(variant))
                                    : reference::make_fast_core(program(variant), *kernels),
                 learn);
  })->Unit(benchmark::kMicrosecond);
}

void register_all() {
  const reference::FastKernels* kernels[reference::kMostFastKernels];
  const std::size_t count = reference::all_fast_kernels(kernels);
  for (const bool learn : {true, false}) {
    for (const Variant& variant : kVariants) {
      for (std::size_t k = 0; k < count; ++k) register_bench(variant, learn, kernels[k]);
    }
    register_bench(kUsual, learn, nullptr);
  }
}

[[maybe_unused]] const bool kRegistered = (register_all(), true);

}  // namespace

BENCHMARK_MAIN();
