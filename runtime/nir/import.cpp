// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/import.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/nir/export.hpp"

namespace phasic::runtime::nir {
namespace {

/// What the metadata of the graph say of things that NIR has no field for.
Timing timing_of(const Graph& graph, const ImportOptions& options) {
  Timing timing{options.step, options.reset, options.decay};
  if (!timing.step) timing.step = graph.metadata_number(metadata::kStep);
  if (timing.step && !(*timing.step > 0 && *timing.step < 1e6))
    throw InputError(graph.file, "dt", fmt::format("{} s is no time step", *timing.step));
  if (const auto text = graph.metadata_text(metadata::kReset); text && !timing.reset) {
    if (*text != "zero" && *text != "subtract")
      throw InputError(graph.file, "metadata: reset", fmt::format("\"{}\" is neither \"zero\" nor \"subtract\"", *text));
    timing.reset = *text == "zero" ? contract::Reset::kZero : contract::Reset::kSubtract;
  }
  return timing;
}

/// The network that was exported, if the file is one and nobody changed what it is made of.
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
  result.reset = layer.reset;
  return result;
}

bool same_layers(const Network& made, const Network& exported) {
  if (made.layers.size() != exported.layers.size() || made.inputs != exported.inputs) return false;
  for (std::size_t n = 0; n < made.layers.size(); ++n)
    if (learning_like(made.layers[n], exported.layers[n]) != exported.layers[n]) return false;
  return true;
}

}  // namespace

Imported import_graph(const std::filesystem::path& file, const ImportOptions& options) {
  const auto graph = read_graph(file);
  Imported imported;
  imported.chain = chain_of(graph);
  imported.timing = timing_of(graph, options);
  imported.layers = layers_of(imported.chain, imported.timing);
  const auto exported = exported_network(graph);
  QuantizeOptions quantizing;
  quantizing.name = file.stem().string();
  quantizing.reset = imported.timing.reset.value_or(contract::Reset::kZero);
  quantizing.weight_width = options.weight_width.value_or(exported ? exported->weight_width : 8);
  quantizing.steps = options.steps.value_or(exported ? exported->steps : 32);
  quantizing.samples = options.samples.value_or(exported ? exported->sample_kind : contract::SampleKind::kEvent);
  quantizing.keep = options.keep.value_or(exported ? exported->keep : quantizing.samples == contract::SampleKind::kEvent);
  if (exported && exported->weight_width == quantizing.weight_width && exported->layers.size() == imported.layers.size()) {
    for (std::size_t n = 0; n < imported.layers.size(); ++n) {
      quantizing.units.push_back({exported->layers[n].unit, exported->layers[n].input_shift});
      // A bias whose weights are all 0 is a layer with a bias still.
      imported.layers[n].has_bias = exported->layers[n].bias;
    }
    quantizing.classes = exported->classes;
  }
  imported.quantized = quantize(imported.chain, imported.layers, quantizing);
  auto& network = imported.quantized.network;
  if (exported && same_layers(network, *exported)) {
    auto whole = *exported;
    whole.steps = network.steps;
    whole.sample_kind = network.sample_kind;
    whole.keep = network.keep;
    whole.file = network.file;
    network = parse_network(canonical(whole), network.file);
  }
  return imported;
}

}  // namespace phasic::runtime::nir
