// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "driver/discriminant/solve.hpp"
#include "runtime/network/layer_fields.hpp"
#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Of = FieldOf<LayerSpec, LayerContext>;

void read_rule(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const auto rule = parent.at("rule");
  if (!context.is_last) rule.refuse("only the last layer can be a discriminant");
  if (!context.network.graded()) rule.refuse("a discriminant needs graded samples");
  layer.rule = Rule::kDiscriminant;
  layer.bias = false;
}

void read_neurons(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const auto neurons = parent.at("neurons");
  layer.neurons = static_cast<std::uint32_t>(neurons.integer(1, limit_of(&contract::Limits::max_neurons).maximum));
  if (layer.neurons < context.network.classes) {
    neurons.refuse(
        fmt::format("a discriminant needs at least one neuron a class, and there are {} classes", context.network.classes));
  }
}

void read_regularization(const JsonNode& parent, LayerContext&, LayerSpec& layer) {
  const auto part = parent.find("regularization");
  if (!part) return;
  layer.regularization = static_cast<std::uint32_t>(
      read_quantity(*part, 1.0 / (1U << discriminant::kRegularizationBits), 0, 1 << discriminant::kRegularizationBits));
}

}  // namespace

const std::vector<LayerField>& discriminant_fields() {
  static const std::vector<LayerField> fields{
      {"rule", "`\"discriminant\"`", std::string(kNeeded), read_rule,
       [](const LayerSpec& layer, const Network&) { return json(name(layer.rule)); }},
      {"neurons", fmt::format("1 to {}", limit_of(&contract::Limits::max_neurons).maximum), std::string(kNeeded), read_neurons,
       [](const LayerSpec& layer, const Network&) { return json(layer.neurons); }},
      {"regularization", "0 to 1", "0.001", read_regularization,
       [](const LayerSpec& layer, const Network&) {
         return json{{"raw", layer.regularization}};
       }},
      Of::choice("solve", &LayerSpec::solve, names::kSolves),
      Of::integer<std::uint32_t>("solve_every", &LayerSpec::solve_every, {0, UINT32_MAX}, 0),
  };
  return fields;
}

}  // namespace phasic::runtime
