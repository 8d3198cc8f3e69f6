// SPDX-License-Identifier: Apache-2.0
/// Cycles a sample of an RTL engine against the limit, those in which the busiest layer's lanes add weights, with and without
/// learning, and how fast the simulation runs. Weights and samples are random, with as many events a step as an MNIST digit
/// has.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "driver/layout/buffers.hpp"
#include "phasic/contract.hpp"
#include "runtime/base/files.hpp"

namespace {

using namespace phasic;
namespace argument = contract::argument;
namespace reg = contract::reg;

struct Shape {
  std::vector<std::uint32_t> neurons{784, 1000, 10};  ///< inputs, then each layer
  std::uint32_t steps = 20;
  std::uint32_t samples = 24;
  double events = 103;      ///< input events a step
  bool retrograde = false;  ///< layers but the last take the retrograde signal
};

struct Figures {
  double cycles = 0;       ///< a sample, from the first one asked for to the last result
  double events = 0;       ///< spikes of the inputs, a sample
  double spikes = 0;       ///< spikes of layers that have one behind them, a sample
  double operations = 0;   ///< synaptic operations a sample, of all layers
  double limit = 0;        ///< a sample, of the layer with the most work
  double utilisation = 0;  ///< share of the run in which that layer's lanes add weights
  double learning = 0;     ///< share of the run in which that layer's lanes update weights
  double kilohertz = 0;    ///< simulated clock, per second of processor time
};

/// Buffers of a run, by argument id.
using Buffers = std::array<std::vector<std::byte>, 6>;

template <class T>
void put(std::vector<std::byte>& buffer, std::uint64_t at, const T& value) {
  std::memcpy(buffer.data() + at, &value, sizeof value);
}

Buffers make_buffers(const Shape& shape, std::uint32_t weight_width, bool learn) {
  std::mt19937 random(1);
  Buffers buffers;
  contract::ProgramHeader header;
  const auto layers = static_cast<std::uint32_t>(shape.neurons.size() - 1);
  header.magic = contract::kProgramMagic;
  header.version = contract::kContractVersion;
  header.seed_low = 1;
  header.inputs = shape.neurons[0];
  header.layers = layers;
  header.steps = shape.steps;
  header.classes = std::min(shape.neurons.back(), 10u);
  header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kIntensity);
  header.sample_stride = static_cast<std::uint32_t>(layout::sample_bytes(0, header.inputs));
  header.flags = learn ? contract::kProgramHeaderFlagsLearn : 0;
  auto& program = buffers[argument::kProgram];
  program.resize(layout::kProgramBytes);
  put(program, 0, header);
  auto& weights = buffers[argument::kWeights];
  auto& tables = buffers[argument::kTables];
  double active = shape.events;
  for (std::uint32_t n = 0; n < layers; ++n) {
    contract::Layer layer;
    const std::uint32_t rows = shape.neurons[n];
    layer.neurons = shape.neurons[n + 1];
    const bool last = n + 1 == layers;
    layer.leak = 51 * 256;
    layer.factor = static_cast<std::uint32_t>(last ? contract::Factor::kError : contract::Factor::kLevel);
    layer.span = static_cast<std::uint32_t>(last ? contract::Span::kAllSteps : contract::Span::kLastStep);
    layer.rate = 200;
    if (shape.retrograde && !last) {
      layer.retrograde_limit = contract::kLayerRetrogradeLimitMaximum;
      layer.retrograde_shift = 8;
    }
    layer.weights_offset = static_cast<std::uint32_t>(weights.size());
    layer.levels_offset = static_cast<std::uint32_t>(tables.size());
    // Weights uniform in +-40: the sum of a step has a deviation of about 23 sqrt(active); a tenth of the neurons spikes.
    layer.threshold = static_cast<std::int32_t>(1.3 * 23 * std::sqrt(active));
    layer.window = layer.threshold / 2;
    const std::uint64_t row_bytes = layout::weight_row_bytes(layer.neurons, weight_width);
    weights.resize(weights.size() + rows * row_bytes);
    for (std::uint32_t i = 0; i < rows; ++i)
      for (std::uint32_t j = 0; j < layer.neurons; ++j) {
        const int weight = static_cast<int>(random() % 81) - 40;
        const std::uint64_t at = layer.weights_offset + i * row_bytes + std::uint64_t{j} * weight_width / 8;
        if (weight_width == 8)
          put(weights, at, static_cast<std::int8_t>(weight));
        else
          put(weights, at, static_cast<std::int16_t>(weight));
      }
    if (!last) {
      tables.resize(tables.size() + header.classes * layout::level_row_bytes(layer.neurons));
      for (std::uint64_t at = layer.levels_offset; at < tables.size(); ++at)
        tables[at] = static_cast<std::byte>(random() % 129 - 64);
    }
    active = 0.1 * layer.neurons;
    put(program, layout::layer_offset(n), layer);
  }
  auto& samples = buffers[argument::kSamples];
  samples.resize(std::uint64_t{header.sample_stride} * shape.samples);
  // A fifth of the inputs is lit.
  const double lit = 0.2;
  const double intensity = std::min(255.0, 256 * shape.events / (lit * header.inputs));
  for (std::uint32_t s = 0; s < shape.samples; ++s) {
    const std::uint64_t at = std::uint64_t{s} * header.sample_stride;
    put(samples, at, contract::SampleHeader{s % header.classes, learn ? 1u : 0u, header.inputs, 0});
    for (std::uint32_t i = 0; i < header.inputs; ++i)
      if (static_cast<double>(random() % 1000) < 1000 * lit)
        samples[at + sizeof(contract::SampleHeader) + i] = static_cast<std::byte>(intensity);
  }
  buffers[argument::kResults].resize(layout::kRecordsOffset + shape.samples * layout::record_bytes(shape.neurons.back()));
  return buffers;
}

Figures measure(const std::string& name, const std::string& options, const Shape& shape, bool learn) {
  engine::BankedMemory memory;
  const auto engine = engine::make_engine(name, memory, options);
  const Buffers buffers = make_buffers(shape, engine->read_register(reg::kLimitWeightWidth), learn);
  for (std::uint32_t id = 0; id < buffers.size(); ++id) {
    const std::uint64_t base = std::uint64_t{id + 1} << 32;
    const auto& bytes = buffers[id];
    if (!bytes.empty()) {
      memory.add_bank(base, bytes.size());
      std::copy(bytes.begin(), bytes.end(), memory.bank(base).begin());
    }
    engine->write_register(contract::kArguments[id].offset, static_cast<std::uint32_t>(base));
    engine->write_register(contract::kArguments[id].offset + 4, static_cast<std::uint32_t>(base >> 32));
    engine->write_register(contract::kArguments[argument::kProgramBytes + id].offset, static_cast<std::uint32_t>(bytes.size()));
  }
  engine->write_register(reg::kSampleCount, shape.samples);
  engine->write_register(reg::kFirstSample, 0);
  const std::clock_t start = std::clock();
  engine->write_register(reg::kControl, 1);
  while (engine->advance(1'000'000)) {
  }
  // Processor time: the simulation is one thread, and other work on the machine does not count.
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const std::uint32_t error = engine->read_register(reg::kError);
  if (error != 0)
    throw std::runtime_error(fmt::format("{}: error {}, detail {}", name, contract::name(static_cast<contract::Error>(error)),
                                         engine->read_register(reg::kErrorDetail)));

  const auto results = memory.bank(std::uint64_t{argument::kResults + 1} << 32);
  contract::ResultsHeader header;
  std::memcpy(&header, results.data(), sizeof header);
  Figures figures;
  figures.cycles = static_cast<double>(header.run_cycles) / shape.samples;
  figures.events = static_cast<double>(header.input_events) / shape.samples;
  figures.kilohertz = static_cast<double>(header.cycles) / seconds / 1000;
  for (std::uint32_t n = 0; n + 1 < shape.neurons.size(); ++n) {
    contract::LayerCounters counters;
    std::memcpy(&counters, results.data() + sizeof header + n * sizeof counters, sizeof counters);
    if (n + 2 < shape.neurons.size()) figures.spikes += static_cast<double>(counters.spikes) / shape.samples;
    figures.operations += static_cast<double>(counters.synaptic_operations) / shape.samples;
    // Each event takes its layer's lanes for ceil(neurons / lanes) cycles, or is one of several that narrow layers of some
    // builds take at once.
    const double limit = static_cast<double>(counters.integrate_cycles) / shape.samples;
    if (limit < figures.limit) continue;
    figures.limit = limit;
    figures.utilisation = static_cast<double>(counters.integrate_cycles) / static_cast<double>(header.run_cycles);
    figures.learning = static_cast<double>(counters.learn_cycles) / static_cast<double>(header.run_cycles);
  }
  return figures;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Cycles a sample of RTL engines against the limit, and the speed of the simulation"};
  Shape shape;
  std::vector<std::string> engines{"rtl64"};
  std::string timing = "ideal", json;
  app.add_option("--engine", engines, "RTL engines")->capture_default_str();
  app.add_option("--neurons", shape.neurons, "Inputs and neurons of each layer")
      ->expected(2, contract::kMaxLayers + 1)
      ->capture_default_str();
  app.add_option("--steps", shape.steps, "Time steps of a sample")->capture_default_str();
  app.add_option("--samples", shape.samples, "Samples of a run")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--events", shape.events, "Input events a step")->capture_default_str();
  app.add_flag("--retrograde", shape.retrograde, "Layers but the last take the retrograde signal");
  app.add_option("--timing", timing, "Timing of the memory")->check(CLI::IsMember({"ideal", "random"}))->capture_default_str();
  app.add_option("--json", json, "File for the figures");
  CLI11_PARSE(app, argc, argv);

  std::string network;
  for (const std::uint32_t size : shape.neurons) network += fmt::format("{}{}", network.empty() ? "" : "-", size);
  fmt::print("{}, {} steps, {} samples, {} memory\n", network, shape.steps, shape.samples, timing);
  fmt::print("{:<12} {:<10} {:>14} {:>14} {:>12} {:>10} {:>10}\n", "engine", "mode", "cycles/sample", "limit", "utilisation",
             "learning", "kHz");
  nlohmann::json report = nlohmann::json::array();
  for (const std::string& engine : engines) {
    double inference = 0;
    for (const bool learn : {false, true}) {
      const Figures f = measure(engine, fmt::format(R"({{"timing": "{}"}})", timing), shape, learn);
      fmt::print("{:<12} {:<10} {:>14.0f} {:>14.0f} {:>10.1f} % {:>8.1f} % {:>10.0f}\n", engine,
                 learn ? "learning" : "inference", f.cycles, f.limit, 100 * f.utilisation, 100 * f.learning, f.kilohertz);
      report.push_back({{"engine", engine},
                        {"network", network},
                        {"learning", learn},
                        {"cycles_per_sample", f.cycles},
                        {"input_events_per_sample", f.events},
                        {"hidden_spikes_per_sample", f.spikes},
                        {"synaptic_operations_per_sample", f.operations},
                        {"limit", f.limit},
                        {"utilisation", f.utilisation},
                        {"kilohertz", f.kilohertz}});
      if (!learn) inference = f.cycles;
      if (learn)
        fmt::print("{:<12} learning costs {:.1f} % more cycles than inference\n", engine, 100 * (f.cycles / inference - 1));
      std::fflush(stdout);
    }
  }
  if (!json.empty()) runtime::write_file(json, report.dump(2) + "\n");
  return 0;
} catch (const std::exception& error) {
  std::cerr << "phasic_cycles: " << error.what() << '\n';
  return 1;
}
