// SPDX-License-Identifier: Apache-2.0
#include "phasic/network.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/api/inner.hpp"
#include "runtime/base/json_node.hpp"

namespace phasic {

Network Access::wrap(runtime::Network network) {
  auto architecture = runtime::architecture(network);
  return Network(std::make_shared<const Network::Inner>(Network::Inner{std::move(network), std::move(architecture)}));
}

Network Network::from_file(const std::filesystem::path& file) {
  return translated([&] { return Access::wrap(runtime::load_network(file)); });
}

Network Network::from_json(std::string_view text) {
  constexpr const char* kName = "network";
  return translated([&] { return Access::wrap(runtime::parse_network(runtime::parse_json(text, kName), kName)); });
}

const std::string& Network::name() const { return inner_->network.name; }
std::uint32_t Network::inputs() const { return inner_->network.inputs; }
std::uint32_t Network::classes() const { return inner_->network.classes; }
std::uint32_t Network::outputs() const { return inner_->network.outputs(); }
std::uint32_t Network::steps() const { return inner_->network.steps; }
std::uint32_t Network::weight_bits() const { return inner_->network.weight_width; }
bool Network::takes_events() const { return inner_->network.sample_kind == contract::SampleKind::kEvent; }
bool Network::needs_preparation() const { return inner_->network.preparation.has_value(); }

std::vector<Layer> Network::layers() const {
  const auto& network = inner_->network;
  std::vector<Layer> layers;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const auto connection = network.connection(n);
    layers.push_back({.rule = std::string(runtime::name(layer.rule)),
                      .neurons = layer.neurons,
                      .weight_rows = connection.weight_rows(),
                      .row_width = connection.row_width(),
                      .bias = layer.bias,
                      .learns = layer.learns()});
  }
  return layers;
}

std::uint32_t Network::class_of(std::uint32_t neuron) const {
  if (neuron >= outputs()) throw InputError(fmt::format("neuron {}: the last layer has {}", neuron, outputs()));
  return inner_->network.class_of(neuron);
}

std::string Network::architecture() const { return inner_->architecture; }
std::string Network::describe() const { return runtime::describe(inner_->network); }
std::string Network::to_json() const { return runtime::canonical(inner_->network).dump(2); }

}  // namespace phasic
