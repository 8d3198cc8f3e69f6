// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/export.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/network/program.hpp"
#include "runtime/nir/quantize.hpp"
#include "runtime/nir/stage.hpp"

namespace phasic::runtime::nir {
namespace {

Array number(double value) { return {{}, {value}}; }
Array pair(double value) { return {{2}, {value, value}}; }
Array list(const Extents& extents) {
  Array array{{extents.size()}, {}};
  for (const auto extent : extents) array.values.push_back(static_cast<double>(extent));
  return array;
}
Array filled(const Extents& extents, double value) { return {extents, std::vector<double>(count_of(extents), value)}; }

class Exporting {
 public:
  Exporting(const Network& network, std::span<const std::byte> weights, double step)
      : network_(network), layout_(layout_of(network)), weights_(weights), step_(step) {}

  Graph graph() {
    if (!(step_ > 0 && step_ < 1e6)) throw InputError("", "dt", fmt::format("{} s is no time step", step_));
    check();
    graph_.version = "1.0";
    extents_ = {network_.inputs};
    if (network_.layers.front().has_shape()) {
      const auto& sources = network_.layers.front().shape.sources;
      extents_ = {sources.channels, sources.rows, sources.columns};
    }
    add("input", "Input", [&](Group& fields) { fields.arrays["shape"] = list(extents_); });
    for (std::size_t n = 0; n < network_.layers.size(); ++n) {
      connection(n);
      neurons(n);
    }
    add("output", "Output", [&](Group& fields) { fields.arrays["shape"] = list(extents_); });
    graph_.metadata.arrays[metadata::kStep] = number(step_);
    graph_.metadata.texts[metadata::kReset] = {{}, {reset_ == contract::Reset::kSubtract ? "subtract" : "zero"}};
    graph_.metadata.texts[metadata::kNetwork] = {{}, {canonical(network_).dump()}};
    return std::move(graph_);
  }

 private:
  [[noreturn]] void refuse(const std::string& field, std::string_view problem) const {
    throw InputError(network_.file, field, problem);
  }

  void check() {
    if (network_.graded()) refuse("samples", "\"graded\": NIR has no node for neurons with bytes");
    if (network_.gate.source != Gate::Source::kNone) refuse("gate", "NIR has no node for one");
    bool known = false;
    for (std::size_t n = 0; n < network_.layers.size(); ++n) {
      const auto& layer = network_.layers[n];
      const auto field = fmt::format("layers[{}]", n);
      if (!layer.has_potentials()) refuse(field + ".rule", fmt::format("\"{}\": NIR has no node for it", name(layer.rule)));
      const bool fires = layer.threshold != kNeverFires;
      if (!fires && n + 1 == network_.layers.size()) continue;
      if (layer.threshold < 1)
        refuse(field + ".threshold", fmt::format("{} units: a neuron of NIR fires above its reset", layer.threshold));
      if (layer.reset == contract::Reset::kNone) refuse(field + ".reset", "\"none\": NIR has no such neuron");
      if (known && layer.reset != reset_) refuse(field + ".reset", "differs from that of the layers before");
      reset_ = layer.reset;
      known = true;
    }
  }

  template <class Fill>
  void add(const std::string& name, const std::string& type, const Fill& fill) {
    Node node{name, type, {}};
    fill(node.fields);
    if (!graph_.nodes.empty()) graph_.edges.emplace_back(graph_.nodes.back().name, name);
    graph_.nodes.push_back(std::move(node));
  }

  /// What one unit of a weight adds to a potential.
  [[nodiscard]] double weight_unit(const LayerSpec& layer) const {
    return layer.unit / std::ldexp(1.0, static_cast<int>(layer.input_shift));
  }

  [[nodiscard]] double weight_at(std::size_t n, std::uint32_t row, std::uint32_t column) const {
    return weight(network_, layout_, weights_, n, row, column) * weight_unit(network_.layers[n]);
  }

  void bias(std::size_t n, std::uint32_t rows, std::uint32_t width, Group& fields) const {
    auto& array = fields.arrays["bias"] = filled({width}, 0);
    if (!network_.layers[n].bias) return;
    for (std::uint32_t c = 0; c < width; ++c) array.values[c] = weight_at(n, rows, c);
  }

  void connection(std::size_t n) {
    const auto& layer = network_.layers[n];
    const auto& shape = layer.shape;
    if (layer.has_shape() && shape.pool != 0) {
      const std::size_t side = std::size_t{1} << shape.pool;
      if (shape.sources.rows % side != 0 || shape.sources.columns % side != 0)
        refuse(fmt::format("layers[{}].pool", n),
               fmt::format("{} x {} places are no whole squares of {}", shape.sources.rows, shape.sources.columns, side));
      add(fmt::format("pool{}", n), "SumPool2d", [&](Group& fields) {
        fields.arrays["kernel_size"] = fields.arrays["stride"] = pair(static_cast<double>(side));
        fields.arrays["padding"] = pair(0);
      });
      extents_ = {shape.sources.channels, shape.pooled_rows(), shape.pooled_columns()};
    }
    const bool whole = layer.has_shape() && shape.pool != 0 && shape.padding == 0 && shape.kernel_rows == shape.pooled_rows() &&
                       shape.kernel_columns == shape.pooled_columns();
    layer.has_shape() && !whole ? convolution(n) : dense(n);
  }

  void convolution(std::size_t n) {
    const auto& layer = network_.layers[n];
    const auto& shape = layer.shape;
    add(fmt::format("conv{}", n), "Conv2d", [&](Group& fields) {
      const std::size_t channels = shape.sources.channels, rows = shape.kernel_rows, columns = shape.kernel_columns;
      auto& weights = fields.arrays["weight"] = filled({shape.channels, channels, rows, columns}, 0);
      std::size_t at = 0;
      for (std::uint32_t to = 0; to < shape.channels; ++to)
        for (std::uint32_t from = 0; from < channels; ++from)
          for (std::uint32_t ky = 0; ky < rows; ++ky)
            for (std::uint32_t kx = 0; kx < columns; ++kx)
              weights.values[at++] = weight_at(n, static_cast<std::uint32_t>((ky * columns + kx) * channels + from), to);
      bias(n, shape.weight_rows(), shape.channels, fields);
      fields.arrays["input_shape"] = list({shape.pooled_rows(), shape.pooled_columns()});
      fields.arrays["stride"] = pair(shape.stride);
      fields.arrays["padding"] = pair(shape.padding);
      fields.arrays["dilation"] = pair(1);
      fields.arrays["groups"] = number(1);
    });
    const auto positions = shape.positions();
    extents_ = {positions.channels, positions.rows, positions.columns};
  }

  void dense(std::size_t n) {
    const auto& layer = network_.layers[n];
    if (extents_.size() > 1) {
      const auto from = extents_;
      extents_ = {count_of(from)};
      add(fmt::format("flatten{}", n), "Flatten", [&](Group& fields) {
        fields.arrays["input_type"] = list(from);
        fields.arrays["start_dim"] = number(0);
        fields.arrays["end_dim"] = number(-1);
      });
      flat_from_ = from;
    }
    const auto inputs = static_cast<std::uint32_t>(extents_[0]);
    add(fmt::format("dense{}", n), layer.bias ? "Affine" : "Linear", [&](Group& fields) {
      auto& weights = fields.arrays["weight"] = filled({layer.neurons, inputs}, 0);
      for (std::uint32_t i = 0; i < inputs; ++i)
        for (std::uint32_t j = 0; j < layer.neurons; ++j)
          weights.values[std::size_t{j} * inputs + i] = weight_at(n, row_of(n, i), j);
      if (layer.bias) bias(n, inputs, layer.neurons, fields);
    });
    flat_from_.clear();
    extents_ = {layer.neurons};
  }

  /// The row of an element that lies channel after channel in the graph; inputs do so in the kernel, too, if nothing pools
  /// them.
  [[nodiscard]] std::uint32_t row_of(std::size_t n, std::uint32_t element) const {
    if (flat_from_.empty() || (n == 0 && network_.layers[0].shape.pool == 0)) return element;
    const auto area = static_cast<std::uint32_t>(flat_from_[1] * flat_from_[2]);
    return element % area * static_cast<std::uint32_t>(flat_from_[0]) + element / area;
  }

  void neurons(std::size_t n) {
    const auto& layer = network_.layers[n];
    const bool fires = layer.threshold != kNeverFires || n + 1 != network_.layers.size();
    const bool current = layer.synaptic_leak != 0, leaks = layer.leak != contract::kLayerLeakMaximum || current;
    const std::string type = current ? (fires ? "CubaLIF" : "CubaLI") : leaks ? (fires ? "LIF" : "LI") : (fires ? "IF" : "I");
    // A decay d in steps of dt is tau = dt / (1 - d), and r then undoes the factor of Euler's step.
    const double kept = layer.leak / kDecayUnits, kept_current = layer.synaptic_leak / kDecayUnits;
    if (current && layer.leak == contract::kLayerLeakMaximum)
      refuse(fmt::format("layers[{}].leak", n),
             "1 with a synaptic leak: NIR has no current-based neuron without a time constant");
    add(fmt::format("neurons{}", n), type, [&](Group& fields) {
      fields.arrays["r"] = filled(extents_, leaks ? 1 / (1 - kept) : 1);
      if (leaks) {
        fields.arrays[current ? "tau_mem" : "tau"] = filled(extents_, step_ / (1 - kept));
        fields.arrays["v_leak"] = filled(extents_, 0);
      }
      if (current) {
        fields.arrays["tau_syn"] = filled(extents_, step_ / (1 - kept_current));
        fields.arrays["w_in"] = filled(extents_, 1 / (1 - kept_current));
      }
      if (fires) {
        fields.arrays["v_threshold"] = filled(extents_, layer.threshold * layer.unit);
        fields.arrays["v_reset"] = filled(extents_, 0);
      }
    });
  }

  const Network& network_;
  Layout layout_;
  std::span<const std::byte> weights_;
  double step_;
  contract::Reset reset_ = contract::Reset::kZero;
  Graph graph_;
  Extents extents_;    ///< of what goes into the next node
  Extents flat_from_;  ///< of what was flattened just before
};

}  // namespace

Graph export_graph(const Network& network, std::span<const std::byte> weights, double step) {
  return Exporting(network, weights, step).graph();
}

}  // namespace phasic::runtime::nir
