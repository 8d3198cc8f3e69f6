// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/nir/spatial.hpp"

namespace phasic::runtime::nir {
namespace {

/// Largest difference of the share that decays in a step for which a layer's neurons count as alike.
constexpr double kAlike = 0.01;

/// The decay of all elements.
double common(const std::vector<double>& decays, std::string_view what, const Chain& chain, const Stage& stage, Layer& layer) {
  const auto [least, most] = std::ranges::minmax(decays);
  if (least == most) return least;
  const double middle = (least + most) / 2;
  if (most - least > kAlike * (1 - middle))
    throw InputError(chain.file, fmt::format("{} ({})", stage.name, stage.type),
                     fmt::format("{} differ from neuron to neuron: {} to {} is kept in a step, and a layer has one value", what,
                                 least, most));
  if (most - least > 1e-6 * (1 - middle))
    layer.notes.push_back(
        fmt::format("{} differ from neuron to neuron ({} to {} kept in a step); {} for all", what, least, most, middle));
  return middle;
}

/// What the weights and the constant current of a neuron are multiplied with, and that current.
struct Scales {
  std::vector<double> weight, constant;  ///< one an element
};

Scales scales_of(const Neuron& neuron, const Dynamics& dynamics, Layer& layer) {
  const auto count = dynamics.decay.size();
  Scales scales{std::vector<double>(count), std::vector<double>(count)};
  const double first = neuron.fires ? neuron.threshold[0] - neuron.reset[0] : 1;
  layer.threshold = first;
  for (std::size_t j = 0; j < count; ++j) {
    const double relative = neuron.fires ? first / (neuron.threshold[j] - neuron.reset[j]) : 1;
    const double offset = neuron.fires ? neuron.reset[j] : 0;
    scales.weight[j] = dynamics.input[j] * dynamics.drive[j] * relative;
    // A constant goes through the synaptic current, if there is one, which multiplies it.
    scales.constant[j] = (dynamics.rest[j] - (1 - dynamics.decay[j]) * offset) * relative * (1 - dynamics.synapse_decay[j]);
  }
  return scales;
}

/// False if a weight is no number then.
bool scale(Layer& layer, const std::vector<double>& weight, const std::vector<double>& constant) {
  auto& made = layer.connection;
  for (std::size_t n = 0; n < made.weights.size(); ++n) made.weights[n] *= weight[n % made.width];
  for (std::size_t c = 0; c < made.width; ++c) made.bias[c] = made.bias[c] * weight[c] + constant[c];
  const auto is_usable = [](double weight) { return std::abs(weight) < 1e30; };
  if (!std::ranges::all_of(made.weights, is_usable) || !std::ranges::all_of(made.bias, is_usable)) return false;
  layer.has_bias = std::ranges::any_of(made.bias, [](double bias) { return bias != 0; });
  return true;
}

Layer layer_of(const Chain& chain, std::span<const Stage> between, const Sources& sources, const Stage& stage,
               const Timing& timing) {
  Layer layer;
  layer.name = stage.name;
  layer.type = stage.type;
  const auto& neuron = std::get<Neuron>(stage.what);
  const auto dynamics = dynamics_of(chain, stage, timing);
  layer.fires = neuron.fires;
  layer.decay = common(dynamics.decay, "membrane time constants", chain, stage, layer);
  layer.synapse_decay = common(dynamics.synapse_decay, "synaptic time constants", chain, stage, layer);
  auto scales = scales_of(neuron, dynamics, layer);
  const auto weight = one_a_channel(scales.weight, stage.from), constant = one_a_channel(scales.constant, stage.from);
  const bool channelwise = weight && constant;
  layer.connection = fold(chain, between, sources, stage, channelwise);
  if (!layer.connection.has_places) {
    if (sources.has_places && stage.from.size() >= 2)
      layer.notes.emplace_back(channelwise
                                   ? "its connection is no convolution of the kernel: each neuron has weights of its own"
                                   : "its neurons differ within a channel: each has weights of its own");
  }
  const bool per_channel = layer.connection.has_places;
  if (!scale(layer, per_channel ? *weight : scales.weight, per_channel ? *constant : scales.constant))
    throw InputError(chain.file, fmt::format("{} ({})", stage.name, stage.type),
                     "the weights that lead to it come together to more than 1e30");
  if (neuron.fires && std::ranges::any_of(neuron.reset, [](double reset) { return reset != 0; }))
    layer.notes.emplace_back("potentials begin at v_reset, not at 0");
  if (layer.synapse_decay != 0 && std::ranges::any_of(scales.constant, [](double value) { return value != 0; }))
    layer.notes.emplace_back(
        "v_leak acts through the synaptic current: it is felt a synaptic time constant later at the beginning");
  return layer;
}

}  // namespace

std::vector<Layer> layers_of(const Chain& chain, const Timing& timing) {
  check_timing(chain, timing);
  std::vector<Layer> layers;
  const std::span stages(chain.stages);
  auto sources = inputs_of(chain.stages.front().to);
  std::size_t begin = 1;
  for (std::size_t n = 1; n < stages.size(); ++n) {
    if (!std::holds_alternative<Neuron>(stages[n].what)) continue;
    layers.push_back(layer_of(chain, stages.subspan(begin, n - begin), sources, stages[n], timing));
    const auto& made = layers.back().connection;
    sources = {stages[n].to, made.has_places, made.element};
    begin = n + 1;
  }
  return layers;
}

}  // namespace phasic::runtime::nir
