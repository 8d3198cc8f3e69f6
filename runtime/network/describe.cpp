// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "driver/discriminant/solve.hpp"
#include "runtime/network/learning_rate.hpp"
#include "runtime/network/names.hpp"
#include "runtime/network/network.hpp"
#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

using names::name_of;

/// A layer, and where it stands.
struct Place {
  const Network& network;
  std::size_t number;
  [[nodiscard]] const LayerSpec& layer() const { return network.layers[number]; }
};

/// A real value and the kernel's integer.
std::string both(double value, std::int64_t raw) { return fmt::format("{:.4g} ({})", value, raw); }

std::string learning_rate(const Place& at) {
  const LayerSpec& layer = at.layer();
  if (!layer.learns()) return "-";
  const double rate = std::ldexp(layer.rate, -static_cast<int>(layer.factor_shift)) / rate_per_learning_rate(at.network, layer);
  return fmt::format("{:.4g} ({} / 2^{})", rate, layer.rate, layer.factor_shift);
}

std::string initial_weights_text(const Place& at) {
  const LayerSpec& layer = at.layer();
  return "+-" + both(layer.initial_amplitude * (layer.unit / std::exp2(layer.input_shift)), layer.initial_amplitude);
}

std::string neurons_text(const Place& at) {
  const LayerSpec& layer = at.layer();
  const layout::Extent neurons = layer.shape.neurons();
  if (!layer.has_shape() || (neurons.rows == 1 && neurons.columns == 1)) return std::to_string(layer.neurons);
  return fmt::format("{}x{}x{}", neurons.rows, neurons.columns, neurons.channels);
}

struct Column {
  std::string_view title;
  int width;
  std::string (*text)(const Place& at);
};

constexpr auto kCommon = std::to_array<Column>({
    {"layer", 5, [](const Place& at) { return std::to_string(at.number); }},
    {"neurons", 10, neurons_text},
    {"rows", 5, [](const Place& at) { return std::to_string(at.network.rows(at.number)); }},
});

constexpr auto kColumns = std::to_array<Column>({
    {"threshold", 16, [](const Place& at) { return both(at.layer().threshold * at.layer().unit, at.layer().threshold); }},
    {"window above", 16, [](const Place& at) { return both(at.layer().window * at.layer().unit, at.layer().window); }},
    {"leak", 13, [](const Place& at) { return both(at.layer().leak / kUnitsOfLeak, at.layer().leak); }},
    {"reset", 8, [](const Place& at) { return std::string(name_of(names::kResets, at.layer().reset)); }},
    {"shift", 5, [](const Place& at) { return std::to_string(at.layer().input_shift); }},
    {"rule", 10, [](const Place& at) { return std::string(name(at.layer().rule)); }},
    {"span", 10,
     [](const Place& at) { return at.layer().learns() ? std::string(name_of(names::kSpans, at.layer().span)) : "-"; }},
    {"learning rate", 22, learning_rate},
    {"initial weights", 16, initial_weights_text},
});

/// What is left of the synaptic currents of a layer; empty if they do not last.
std::string current_text(const LayerSpec& layer) {
  if (layer.synaptic_leak == 0) return "";
  return fmt::format("        synaptic leak {}\n", both(layer.synaptic_leak / kUnitsOfLeak, layer.synaptic_leak));
}

/// How the answers of a layer are pooled; empty if they are not.
std::string grid_text(const LayerSpec& layer, const layout::Connection& connection) {
  const layout::Shape& shape = layer.shape;
  if (shape.grid == 0) return "";
  return fmt::format("        {} filters at {} x {} positions, {} potentials, {} of {} x {} cells; root x {} / 2^{}\n",
                     shape.channels, shape.positions().rows, shape.positions().columns, connection.potentials(),
                     shape.two_sided ? "both signs" : "positive sums", shape.grid, shape.grid, layer.answer_scale,
                     layer.answer_shift);
}

/// What a layer has that draws its levels, or has one for each channel; empty if it has neither.
std::string levels_text(const LayerSpec& layer) {
  if (!layer.drawn && !layer.by_channel) return "";
  return fmt::format("        signals of each {}, {}\n", names::kSignals[layer.by_channel ? 1 : 0],
                     layer.drawn ? "drawn by the kernel" : "from a table");
}

std::string cell(const Column& column, std::string_view text) { return fmt::format("{:>{}} ", text, column.width); }

std::string line_of(const Place& at) {
  std::string line;
  for (const Column& column : kCommon) line += cell(column, column.text(at));
  const LayerSpec& layer = at.layer();
  if (layer.competes()) {
    return line + fmt::format("  competition: target {} x count / 2, slowest rate 1/{}, homeostasis {}\n",
                              1u << layer.input_shift, 1u << layer.factor_shift, layer.homeostasis);
  }
  if (layer.rule == Rule::kDiscriminant) {
    const double part = std::ldexp(layer.regularization, -static_cast<int>(discriminant::kRegularizationBits));
    line += fmt::format("  discriminant: regularization {}", both(part, layer.regularization));
    if (layer.solve == discriminant::Method::kElimination) line += ", solved by elimination";
    if (layer.solve_every != 0) line += fmt::format(", answers made anew every {} samples", layer.solve_every);
    return line + '\n';
  }
  if (layer.moves_filters()) {
    line += fmt::format(
        "  features: threshold {}, contrast {}, targets / 2^{}, slowest rate 1/{}, homeostasis {}, initial weights {}\n",
        both(layer.threshold * layer.unit, layer.threshold), layer.window, layer.target_shift, 1U << layer.factor_shift,
        layer.homeostasis, initial_weights_text(at));
    return line + grid_text(layer, at.network.connection(at.number));
  }
  for (const Column& column : kColumns) line += cell(column, column.text(at));
  line.back() = '\n';
  return line + current_text(layer) + levels_text(layer) + grid_text(layer, at.network.connection(at.number));
}

}  // namespace

std::string architecture(const Network& network) {
  const layout::Extent& inputs = network.shape;
  std::string text = std::to_string(network.inputs);
  if (inputs.rows != 0) {
    text = fmt::format("{}x{}{}", inputs.rows, inputs.columns, inputs.channels == 1 ? "" : fmt::format("x{}", inputs.channels));
  }
  for (const LayerSpec& layer : network.layers) {
    const layout::Shape& shape = layer.shape;
    if (layer.has_shape() && shape.pool != 0) text += fmt::format("-P{}", 1U << shape.pool);
    if (!layer.has_shape() || (shape.grid == 0 && shape.positions().rows == 1 && shape.positions().columns == 1)) {
      text += fmt::format("-{}", layer.neurons);
      continue;
    }
    text += fmt::format("-{}C{}", shape.channels, shape.kernel_rows);
    if (shape.kernel_columns != shape.kernel_rows) text += fmt::format("x{}", shape.kernel_columns);
    if (shape.stride != 1) text += fmt::format("s{}", shape.stride);
    if (shape.grid != 0) text += fmt::format("-G{}", shape.grid);
  }
  return text;
}

std::string describe(const Network& network) {
  auto text = fmt::format("{}: {}, {} classes, {} time steps, {}-bit weights, {} samples, seed {:#x}{}\n",
                          network.name.empty() ? "network" : network.name, architecture(network), network.classes,
                          network.steps, network.weight_width, name_of(names::kSampleKinds, network.sample_kind), network.seed,
                          network.keep ? ", state goes on from sample to sample" : "");
  for (const Column& column : kCommon) text += cell(column, column.title);
  for (const Column& column : kColumns) text += cell(column, column.title);
  text.back() = '\n';
  for (std::size_t n = 0; n < network.layers.size(); ++n) text += line_of({network, n});
  return text;
}

}  // namespace phasic::runtime
