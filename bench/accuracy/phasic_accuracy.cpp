// SPDX-License-Identifier: Apache-2.0
/// What quantisation and what the hidden rule are worth: one pass of a network over a training set, then the test set, four
/// times: in the kernel's integers and in floating point, each with the hidden layers learning and frozen.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "driver/shell/program.hpp"
#include "runtime/data/load.hpp"
#include "runtime/network/network.hpp"
#include "runtime/network/program.hpp"
#include "runtime/run/stream.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/float_model.hpp"

namespace {

using namespace phasic;

reference::Program program_of(const runtime::Network& network, const runtime::Layout& layout) {
  const auto block = runtime::program_block(
      network, layout, {.learn = true, .sample_stride = static_cast<std::uint32_t>(layout::sample_bytes(0, network.inputs))});
  auto parsed = reference::parse_program(block, {.weight_width = network.weight_width});
  if (const auto* fault = std::get_if<reference::Fault>(&parsed))
    throw std::runtime_error(
        fmt::format("the network does not fit the reference: {}, detail {}", name(fault->error), fault->detail));
  return std::get<reference::Program>(parsed);
}

/// Learns `samples` of the training set in the order of the file, then gives the share of right predictions on the test set.
/// `run(sample, number)` gives the prediction, `rates(position)` sets the rates.
template <class Run, class Rates>
double accuracy(const runtime::Dataset& training, const runtime::Dataset& test, std::uint64_t samples, Run run, Rates rates) {
  for (std::uint64_t n = 0; n < samples; ++n) {
    rates(n);
    const std::size_t at = n % training.size();
    run({.label = training.labels[at], .learn = true, .intensities = training.image(at)}, static_cast<std::uint32_t>(n));
  }
  std::size_t right = 0;
  for (std::size_t n = 0; n < test.size(); ++n)
    right += run({.label = test.labels[n], .intensities = test.image(n)},
                 runtime::kFirstTestSample + static_cast<std::uint32_t>(n)) == test.labels[n];
  return static_cast<double>(right) / static_cast<double>(test.size());
}

double integer_accuracy(const runtime::Network& network, const runtime::Dataset& training, const runtime::Dataset& test,
                        std::uint64_t samples) {
  const auto layout = runtime::layout_of(network);
  const auto weights = runtime::initial_weights(network, layout);
  const auto tables = runtime::level_tables(network, layout);
  const auto model = reference::make_core(program_of(network, layout));
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const auto& layer = model->program().layers[l];
    model->set_weights(l, std::span(weights).subspan(layout.layers[l].weights_offset, weight_bytes(model->program(), layer)));
    if (network.layers[l].has_levels())
      model->set_levels(l, std::span(tables).subspan(layout.layers[l].levels_offset, level_bytes(model->program(), layer)));
  }
  reference::SampleResult result;
  return accuracy(
      training, test, samples,
      [&](const reference::Sample& sample, std::uint32_t number) {
        model->run(sample, number, result);
        return network.class_of(result.prediction);
      },
      [&](std::uint64_t n) {
        for (std::size_t l = 0; l < network.layers.size(); ++l)
          model->set_rate(l, runtime::rate_at(network, l, n), network.layers[l].factor_shift);
      });
}

double float_accuracy(const runtime::Network& network, const runtime::Dataset& training, const runtime::Dataset& test,
                      std::uint64_t samples) {
  const auto layout = runtime::layout_of(network);
  const auto weights = runtime::initial_weights(network, layout);
  const auto tables = runtime::level_tables(network, layout);
  reference::FloatNetwork model(program_of(network, layout));
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const std::uint32_t neurons = network.layers[l].neurons;
    std::vector<float> values;
    for (std::uint32_t i = 0; i < network.connection(l).weight_rows(); ++i)
      for (std::uint32_t j = 0; j < neurons; ++j)
        values.push_back(static_cast<float>(runtime::weight(network, layout, weights, l, i, j)));
    model.set_weights(l, values);
    if (!network.layers[l].has_levels()) continue;
    std::vector<float> levels;
    for (std::uint32_t c = 0; c < network.classes; ++c)
      for (std::uint32_t j = 0; j < neurons; ++j)
        levels.push_back(static_cast<float>(
            static_cast<std::int8_t>(tables[layout.layers[l].levels_offset + c * layout::level_row_bytes(neurons) + j])));
    model.set_levels(l, levels);
  }
  std::uint32_t prediction = 0;
  std::vector<double> scores;
  return accuracy(
      training, test, samples,
      [&](const reference::Sample& sample, std::uint32_t number) {
        model.run(sample, number, prediction, scores);
        return prediction;
      },
      [&](std::uint64_t n) {
        for (std::size_t l = 0; l < network.layers.size(); ++l)
          model.set_rate(l, runtime::rate_at(network, l, n), network.layers[l].factor_shift);
      });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Accuracy of a network after learning: integers and floating point, hidden layers learning and frozen"};
  std::string file;
  runtime::DataOptions data;
  std::uint64_t samples = 0;
  std::vector<std::uint64_t> seeds;
  bool integers_only = false;
  app.add_option("network", file, "network file (JSON)")->required();
  app.add_option("--data", data.data, "data set: fashion-mnist, mnist, or a folder")->capture_default_str();
  app.add_option("--samples", samples, "samples to learn; 0: one pass");
  app.add_option("--seeds", seeds, "seeds instead of the network's own");
  app.add_flag("--integers-only", integers_only, "leave the floating-point model out");
  CLI11_PARSE(app, argc, argv);
  try {
    runtime::Network network = runtime::load_network(file);
    const auto [training, test] = runtime::load_parts(data);
    runtime::check_fits(training, network.inputs, network.classes, file);
    runtime::check_fits(test, network.inputs, network.classes, file);
    if (samples == 0) samples = training.size();
    if (seeds.empty()) seeds.push_back(network.seed);
    fmt::print("{} samples learned, {} tested, accuracy in %\n\n", samples, test.size());
    fmt::print("| seed | {0}-bit weights | {0}-bit, hidden frozen |{1}\n", network.weight_width,
               integers_only ? "" : " floating point | floating point, hidden frozen |");
    fmt::print("|---|---|---|{}\n", integers_only ? "" : "---|---|");
    for (const std::uint64_t seed : seeds) {
      network.seed = seed;
      runtime::Network frozen = network;
      for (std::size_t l = 0; l + 1 < frozen.layers.size(); ++l) frozen.layers[l].rule = runtime::Rule::kFrozen;
      fmt::print("| {} | {:.2f} | {:.2f} |", seed, 100 * integer_accuracy(network, training, test, samples),
                 100 * integer_accuracy(frozen, training, test, samples));
      if (!integers_only)
        fmt::print(" {:.2f} | {:.2f} |", 100 * float_accuracy(network, training, test, samples),
                   100 * float_accuracy(frozen, training, test, samples));
      fmt::print("\n");
      std::fflush(stdout);
    }
  } catch (const std::exception& error) {
    std::cerr << "phasic_accuracy: " << error.what() << '\n';
    return 1;
  }
}
