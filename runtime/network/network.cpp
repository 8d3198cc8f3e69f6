// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/network.hpp"

#include <cmath>
#include <limits>

#include "driver/layout/buffers.hpp"
#include "runtime/network/names.hpp"

namespace phasic::runtime {

contract::Factor factor_of(Rule rule) {
  switch (rule) {
    case Rule::kFrozen:
      return contract::Factor::kFrozen;
    case Rule::kNaca:
    case Rule::kDrtp:
      return contract::Factor::kLevel;
    case Rule::kError:
      return contract::Factor::kError;
    case Rule::kDfa:
    case Rule::kEprop:
    case Rule::kSbp:
      return contract::Factor::kFeedback;
    case Rule::kCompetition:
      return contract::Factor::kCompetition;
    case Rule::kDiscriminant:
      return contract::Factor::kDiscriminant;
    case Rule::kFeatures:
      break;
  }
  return contract::Factor::kFeatures;
}

std::string_view name(Rule rule) { return names::name_of(names::kRules, rule); }

std::uint32_t Network::stored_rows(std::size_t layer) const {
  return connection(layer).weight_rows() + layout::state_rows(layers[layer].factor(), keep, weight_width,
                                                              connection(layer).positions(), layers[layer].synaptic_leak != 0);
}

std::uint32_t Network::class_of(std::uint32_t neuron) const {
  if (!layers.back().competes()) return neuron;
  return static_cast<std::uint32_t>(std::uint64_t{neuron} * classes / outputs());
}

std::uint32_t Network::rows(std::size_t layer) const { return connection(layer).weight_rows(); }

layout::Connection Network::connection(std::size_t layer) const {
  if (layers[layer].has_shape()) return layout::Connection::convolution(layers[layer].shape, layers[layer].bias, layer == 0);
  return layout::Connection::dense(layer == 0 ? inputs : layers[layer - 1].neurons, layers[layer].bias, layers[layer].neurons);
}

std::uint64_t Network::synapses(std::size_t layer) const {
  const auto reached = connection(layer);
  if (!layers[layer].has_shape()) return std::uint64_t{reached.inputs()} * reached.neurons();
  std::uint64_t pairs = 0;
  for (std::uint32_t source = 0; source < reached.inputs(); ++source)
    for (const layout::Target& target : reached.fan_out(source)) pairs += target.count;
  return pairs;
}

layout::Extent Network::extent_before(std::size_t layer) const {
  if (layer == 0) return shape;
  return layers[layer - 1].has_shape() ? layers[layer - 1].shape.neurons() : layout::Extent{};
}

std::uint32_t rate_at(const Network& network, std::size_t layer, std::uint64_t sample) {
  double scale = 1;
  for (const auto& entry : network.schedule) {
    if (entry.from_sample <= sample) scale = entry.scale;
  }
  return static_cast<std::uint32_t>(std::round(network.layers[layer].rate * scale));
}

std::uint64_t next_rate_change(const Network& network, std::uint64_t sample) {
  for (const auto& entry : network.schedule) {
    if (entry.from_sample > sample) return entry.from_sample;
  }
  return std::numeric_limits<std::uint64_t>::max();
}

}  // namespace phasic::runtime
