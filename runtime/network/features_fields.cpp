// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "runtime/network/layer_fields.hpp"
#include "runtime/network/shape_fields.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Of = FieldOf<LayerSpec, LayerContext>;

void read_features_rule(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const auto rule = parent.at("rule");
  if (!context.network.graded()) rule.refuse("rule \"features\" needs \"graded\" samples");
  if (!layer.has_shape()) rule.refuse("rule \"features\" is for convolutions");
  layer.rule = Rule::kFeatures;
  layer.bias = false;
  take_usual(layer, true);
}

}  // namespace

const std::vector<LayerField>& features_fields() {
  static const std::vector<LayerField> fields = [] {
    std::vector<LayerField> all = shape_fields();
    const std::vector<LayerField> others{
        {"rule", "`\"features\"`", std::string(kNeeded), read_features_rule,
         [](const LayerSpec& layer, const Network&) { return json(name(layer.rule)); }},
        layer_unit_field(),
        threshold_field(),
        Of::integer<std::int32_t>("contrast", &LayerSpec::window, {0, contract::kLayerWindowMaximum}, 0),
        Of::integer<std::uint32_t>("input_shift", &LayerSpec::input_shift,
                                   {contract::kLayerInputShiftMinimum, contract::kLayerInputShiftMaximum}, 0),
        slowest_rate_field(),
        homeostasis_field(),
        Of::integer("target_shift", &LayerSpec::target_shift,
                    {contract::kLayerTargetShiftMinimum, contract::kLayerTargetShiftMaximum}),
        Of::choice("rounding", &LayerSpec::rounding, names::kRoundings),
        initial_amplitude_field(),
    };
    all.insert(all.end(), others.begin(), others.end());
    return all;
  }();
  return fields;
}

}  // namespace phasic::runtime
