// SPDX-License-Identifier: Apache-2.0
// Milliseconds a sample of a convolution with a grid on one core: pictures of 32 x 32 places and 3 channels, 128 filters of 6 x
// 6, answers of both signs over 2 x 2 cells.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"

namespace {

using namespace phasic;
using reference::LayerProgram;

reference::Program program(std::uint32_t weight_width) {
  reference::Program program;
  program.weight_width = weight_width;
  program.seed = 1;
  program.inputs = 3 * 32 * 32;
  program.steps = 1;
  program.classes = 10;
  program.sample_kind = contract::SampleKind::kGraded;
  LayerProgram layer{.rows = 6 * 6 * 3, .neurons = 2 * 2 * 2 * 128, .threshold = 20, .input_shift = weight_width - 8};
  layer.first = true;
  layer.connection = contract::Connection::kConvolution;
  layer.shape = {.source_rows = 32,
                 .source_columns = 32,
                 .source_channels = 3,
                 .stride = 1,
                 .kernel_rows = 6,
                 .kernel_columns = 6,
                 .channels = 128};
  layer.grid = 2;
  layer.two_sided = true;
  layer.answer_scale = 1;
  program.layers = {layer};
  return program;
}

void show_pictures(benchmark::State& state, std::unique_ptr<reference::Core> network) {
  std::mt19937 generator(7);
  const int limit = 1 << (network->program().weight_width - 1);
  std::uniform_int_distribution<int> weight(-limit, limit - 1);
  std::vector<std::int16_t> weights(std::size_t{108} * 128);
  for (std::int16_t& value : weights) value = static_cast<std::int16_t>(weight(generator));
  reference::set_weight_values(*network, 0, weights);
  std::uniform_int_distribution<int> value(0, 255);
  std::vector<std::vector<std::uint8_t>> pictures(16, std::vector<std::uint8_t>(network->program().inputs));
  for (auto& picture : pictures) {
    for (std::uint8_t& pixel : picture) pixel = static_cast<std::uint8_t>(value(generator));
  }
  reference::SampleResult result;
  std::uint32_t number = 0;
  while (state.KeepRunning()) {
    network->run({.intensities = pictures[number % pictures.size()]}, number, result);
    benchmark::DoNotOptimize(result.prediction);
    ++number;
  }
  state.counters["samples/s"] = benchmark::Counter(number, benchmark::Counter::kIsRate);
  state.counters["products/s"] =
      benchmark::Counter(static_cast<double>(network->counts().layers[0].synaptic_operations), benchmark::Counter::kIsRate);
}

void register_bench(std::uint32_t weight_width, const reference::FastKernels* kernels) {
  const std::string name =
      "grid/" + std::to_string(weight_width) + "-bit weights/" + (kernels == nullptr ? "plain" : kernels->name);
  benchmark::RegisterBenchmark(name.c_str(), [weight_width, kernels](benchmark::State& state) {
    show_pictures(state, kernels == nullptr ? reference::make_plain_core(program(weight_width))
                                            : reference::make_fast_core(program(weight_width), *kernels));
  })->Unit(benchmark::kMillisecond);
}

void register_all() {
  const reference::FastKernels* kernels[reference::kMostFastKernels];
  const std::size_t count = reference::all_fast_kernels(kernels);
  for (const std::uint32_t weight_width : {8U, 16U}) {
    for (std::size_t k = 0; k < count; ++k) register_bench(weight_width, kernels[k]);
  }
  register_bench(8, nullptr);
}

[[maybe_unused]] const bool kRegistered = (register_all(), true);

}  // namespace

BENCHMARK_MAIN();
