// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/nir/export.hpp"

namespace phasic::runtime::nir {
namespace {

template <class Value>
using Spellings = std::array<std::pair<std::string_view, Value>, 2>;

constexpr Spellings<contract::Reset> kResets = {{{"zero", contract::Reset::kZero}, {"subtract", contract::Reset::kSubtract}}};
constexpr Spellings<Decay> kDecays = {{{"euler", Decay::kEuler}, {"exact", Decay::kExact}}};
constexpr Spellings<contract::SampleKind> kInputs = {
    {{"event", contract::SampleKind::kEvent}, {"intensity", contract::SampleKind::kIntensity}}};

template <class Value>
Value named(std::string_view option, std::string_view text, const Spellings<Value>& names) {
  std::string known;
  for (const auto& [name, value] : names) {
    if (name == text) return value;
    known += fmt::format("{}\"{}\"", known.empty() ? "" : " or ", name);
  }
  throw InputError("", option, fmt::format("\"{}\"; {} is right", text, known));
}

/// What the metadata of the graph say of things that NIR has no field for.
Timing timing_of(const Graph& graph, const ImportOptions& options) {
  Timing timing{options.step, options.reset, options.decay};
  if (!timing.step) timing.step = graph.metadata_number(metadata::kStep);
  if (timing.step && !(*timing.step > 0 && *timing.step < 1e6))
    throw InputError(graph.file, "dt", fmt::format("{} s is no time step", *timing.step));
  const auto text = graph.metadata_text(metadata::kReset);
  if (text && !timing.reset) timing.reset = named(graph.file + ": metadata: reset", *text, kResets);
  return timing;
}

/// The network that was exported, if the file tells of one.
std::optional<Network> exported_network(const Graph& graph) {
  const auto text = graph.metadata_text(metadata::kNetwork);
  if (!text) return std::nullopt;
  return parse_network(parse_json(*text, graph.file), graph.file);
}

/// The fields of a layer that a graph does not tell: how it learns.
LayerSpec learning_like(LayerSpec layer, const LayerSpec& from) {
  auto result = from;
  result.threshold = layer.threshold;
  result.leak = layer.leak;
  result.synaptic_leak = layer.synaptic_leak;
  result.bias = layer.bias;
  result.kind = layer.kind;
  result.shape = layer.shape;
  result.neurons = layer.neurons;
  result.input_shift = layer.input_shift;
  // Without spikes there is nothing to reset.
  if (layer.reset != contract::Reset::kNone) result.reset = layer.reset;
  return result;
}

/// Whether a layer's numbers are whole ones in the units that its network had, and fit the weights.
bool is_whole_in(const Layer& layer, const LayerSpec& units, std::uint32_t weight_width) {
  const double step = units.unit / std::ldexp(1.0, static_cast<int>(units.input_shift)),
               most = std::ldexp(1.0, static_cast<int>(weight_width) - 1);
  // As far as numbers of 32 bits tell.
  const auto is_whole = [](double value) {
    return std::abs(value - std::round(value)) < 1e-6 * std::max(1.0, std::abs(value));
  };
  const auto nearly_whole = [](double value) { return std::abs(value - std::round(value)) < 0.01; };
  const auto fits = [&](double weight) {
    return is_whole(weight / step) && weight / step < most - 0.5 && weight / step > -most - 0.5;
  };
  return (!layer.fires || is_whole(layer.threshold / units.unit)) && nearly_whole(layer.decay * kDecayUnits) &&
         nearly_whole(layer.synapse_decay * kDecayUnits) && std::ranges::all_of(layer.connection.weights, fits) &&
         std::ranges::all_of(layer.connection.bias, fits);
}

bool same_layers(const Network& made, const Network& exported) {
  if (made.layers.size() != exported.layers.size() || made.inputs != exported.inputs) return false;
  for (std::size_t n = 0; n < made.layers.size(); ++n)
    if (learning_like(made.layers[n], exported.layers[n]) != exported.layers[n]) return false;
  return true;
}

/// The same network with a last layer that learns from its own errors.
Network with_learning(const Network& network, double learning_rate) {
  auto document = canonical(network);
  auto& layer = document["layers"].back();
  layer["rule"] = "error";
  layer["learning_rate"] = learning_rate;
  // Learning windows open where a network file leaves them out: above a potential of 0.
  for (const auto* field : {"window", "span"}) layer.erase(field);
  return parse_network(document, network.file);
}

}  // namespace

contract::Reset reset_named(std::string_view text) { return named("reset", text, kResets); }
Decay decay_named(std::string_view text) { return named("decay", text, kDecays); }
contract::SampleKind input_named(std::string_view text) { return named("input", text, kInputs); }

Imported import_graph(const std::filesystem::path& file, const ImportOptions& options) {
  return import_graph(read_graph(file), options);
}

Imported import_graph(const Graph& graph, const ImportOptions& options) {
  Imported imported;
  imported.chain = chain_of(graph);
  imported.timing = timing_of(graph, options);
  imported.layers = layers_of(imported.chain, imported.timing);
  const auto exported = exported_network(graph);
  QuantizeOptions quantizing;
  quantizing.name = std::filesystem::path(graph.file).stem().string();
  quantizing.reset = imported.timing.reset.value_or(contract::Reset::kZero);
  quantizing.weight_width = options.weight_width.value_or(exported ? exported->weight_width : 8);
  quantizing.steps = options.steps.value_or(exported ? exported->steps : 32);
  quantizing.samples = options.samples.value_or(exported ? exported->sample_kind : contract::SampleKind::kEvent);
  quantizing.keep = options.keep.value_or(exported ? exported->keep : quantizing.samples == contract::SampleKind::kEvent);
  bool as_exported =
      exported && exported->weight_width == quantizing.weight_width && exported->layers.size() == imported.layers.size();
  for (std::size_t n = 0; as_exported && n < imported.layers.size(); ++n)
    as_exported = is_whole_in(imported.layers[n], exported->layers[n], exported->weight_width) &&
                  (exported->layers[n].bias || !imported.layers[n].has_bias);
  if (as_exported) {
    for (std::size_t n = 0; n < imported.layers.size(); ++n) {
      quantizing.units.push_back({exported->layers[n].unit, exported->layers[n].input_shift});
      // A bias whose weights are all 0 is a layer with a bias still.
      imported.layers[n].has_bias = exported->layers[n].bias;
    }
    quantizing.classes = exported->classes;
  }
  imported.quantized = quantize(imported.chain, imported.layers, quantizing);
  auto& network = imported.quantized.network;
  if (as_exported && same_layers(network, *exported)) {
    auto whole = *exported;
    whole.steps = network.steps;
    whole.sample_kind = network.sample_kind;
    whole.keep = network.keep;
    whole.file = network.file;
    network = parse_network(canonical(whole), network.file);
  } else if (exported) {
    imported.chain.notes.emplace_back(
        "the file tells of a network that it was made of, but its nodes are not those of that network any more: units are "
        "chosen anew, and how it learned is left out");
  }
  if (options.learning_rate) {
    if (!imported.layers.back().fires)
      throw InputError(graph.file, fmt::format("{} ({})", imported.layers.back().name, imported.layers.back().type),
                       "never fires, so it has no error to learn from");
    network = with_learning(network, *options.learning_rate);
  }
  return imported;
}

}  // namespace phasic::runtime::nir
