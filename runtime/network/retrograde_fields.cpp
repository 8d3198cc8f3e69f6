// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/retrograde_fields.hpp"

#include <fmt/format.h>

namespace phasic::runtime {
namespace {

using nlohmann::json;

void read_retrograde(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  if (layer.rule != Rule::kSbp && !parent.find("retrograde")) return;
  const JsonNode node = parent.at("retrograde");
  node.expect_object({"shift", "base", "limit"});
  if (!contract::may_scale(layer.factor()))
    node.refuse(fmt::format("a layer with rule \"{}\" takes no retrograde signal", name(layer.rule)));
  if (context.is_last) node.refuse("there is no layer behind the last one that could send a retrograde signal");
  layer.retrograde_shift = static_cast<std::uint32_t>(node.at("shift").integer(0, contract::kLayerRetrogradeShiftMaximum));
  layer.retrograde_limit = contract::kLayerRetrogradeLimitMaximum;
  if (const auto limit = node.find("limit"))
    layer.retrograde_limit = static_cast<std::uint32_t>(limit->integer(1, contract::kLayerRetrogradeLimitMaximum));
  if (const auto base = node.find("base"))
    layer.retrograde_base = static_cast<std::uint32_t>(base->integer(0, layer.retrograde_limit));
}

std::optional<json> print_retrograde(const LayerSpec& layer, const Network&) {
  if (!layer.takes_retrograde()) return std::nullopt;
  return json{{"shift", layer.retrograde_shift}, {"base", layer.retrograde_base}, {"limit", layer.retrograde_limit}};
}

}  // namespace

LayerField retrograde_field() { return {"retrograde", "object", "none; needed for `sbp`", read_retrograde, print_retrograde}; }

void check_tells(const JsonNode& node, const Network& network, const LayerSpec& layer) {
  if (network.layers.empty() || !network.layers.back().takes_retrograde()) return;
  const std::string receiver = fmt::format("layers[{}] takes a retrograde signal", network.layers.size() - 1);
  if (!contract::by_coincidence(layer.factor()))
    node.at("rule").refuse(fmt::format("{}, and a layer with rule \"{}\" sends none", receiver, name(layer.rule)));
  if (layer.has_shape()) node.refuse(fmt::format("{}, and only a dense layer that does not pool sends one", receiver));
}

}  // namespace phasic::runtime
