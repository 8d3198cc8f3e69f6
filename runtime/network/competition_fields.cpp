// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "runtime/network/layer_fields.hpp"
#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Of = FieldOf<LayerSpec, LayerContext>;

void read_competition_rule(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  if (!context.is_last) parent.at("rule").refuse("only the last layer can compete");
  layer.rule = Rule::kCompetition;
  take_usual(layer, context.network.graded());
}

}  // namespace

LayerField slowest_rate_field() {
  return {"slowest_rate", "`\"1/32\"`, 0.03125, or `{\"raw\": 5}`", std::string(kNeeded),
          [](const JsonNode& parent, LayerContext&, LayerSpec& layer) {
            layer.factor_shift = read_slowest_rate(parent.at("slowest_rate"));
          },
          [](const LayerSpec& layer, const Network&) {
            return json{{"raw", layer.factor_shift}};
          }};
}

LayerField homeostasis_field() {
  return Of::integer<std::uint32_t>("homeostasis", &LayerSpec::homeostasis,
                                    {contract::kLayerHomeostasisMinimum, contract::kLayerHomeostasisMaximum}, 0);
}

const std::vector<LayerField>& competition_fields() {
  static const std::vector<LayerField> fields{
      {"rule", "`\"competition\"`", std::string(kNeeded), read_competition_rule,
       [](const LayerSpec& layer, const Network&) { return json(name(layer.rule)); }},
      Of::integer("neurons", &LayerSpec::neurons, up_to(&contract::Limits::max_neurons)),
      Of::truth("bias", &LayerSpec::bias, false),
      layer_unit_field(),
      Of::integer("input_shift", &LayerSpec::input_shift, {0, contract::kCompetitionInputShift}),
      slowest_rate_field(),
      homeostasis_field(),
      Of::choice("rounding", &LayerSpec::rounding, names::kRoundings),
  };
  return fields;
}

}  // namespace phasic::runtime
