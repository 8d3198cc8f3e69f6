// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/grid_fields.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr std::uint32_t kUsualScale = 1;

/// A field of a layer with a grid; printed if there is one.
LayerField of_grid(std::string_view name, std::string values, std::string usual, json (*value)(const LayerSpec&)) {
  return {name, std::move(values), std::move(usual), [](const JsonNode&, LayerContext&, LayerSpec&) {},
          [value](const LayerSpec& layer, const Network&) -> std::optional<json> {
            if (layer.shape.grid == 0) return std::nullopt;
            return value(layer);
          }};
}

}  // namespace

std::vector<LayerField> grid_fields() {
  return {
      of_grid("grid", fmt::format("0 to {}", contract::kLayerGridMaximum), "0",
              [](const LayerSpec& layer) { return json(layer.shape.grid); }),
      of_grid("two_sided", "true, false", "false", [](const LayerSpec& layer) { return json(layer.shape.two_sided); }),
      of_grid("answer_scale", fmt::format("0 to {}", contract::kLayerAnswerScaleMaximum), fmt::format("{}", kUsualScale),
              [](const LayerSpec& layer) { return json(layer.answer_scale); }),
      of_grid("answer_shift", fmt::format("0 to {}", contract::kLayerAnswerShiftMaximum), "0",
              [](const LayerSpec& layer) { return json(layer.answer_shift); }),
  };
}

void read_grid(const JsonNode& parent, const LayerContext& context, LayerSpec& layer) {
  layout::Shape& shape = layer.shape;
  const auto grid = parent.find("grid");
  shape.grid = grid ? static_cast<std::uint32_t>(grid->integer(0, contract::kLayerGridMaximum)) : 0;
  if (shape.grid == 0) {
    for (const auto* field : {"two_sided", "answer_scale", "answer_shift"}) {
      if (const auto node = parent.find(field)) node->refuse("only a layer with a grid has one");
    }
    return;
  }
  if (!context.network.graded()) grid->refuse("only a network with \"graded\" samples has grids");
  if (const auto positions = shape.positions(); shape.grid > positions.rows || shape.grid > positions.columns)
    grid->refuse(fmt::format("there are {} x {} positions", positions.rows, positions.columns));
  if (const auto two_sided = parent.find("two_sided")) shape.two_sided = two_sided->boolean();
  const auto integer_or = [&](std::string_view name, std::uint32_t most, std::uint32_t usual) {
    const auto node = parent.find(name);
    return node ? static_cast<std::uint32_t>(node->integer(0, most)) : usual;
  };
  layer.answer_scale = integer_or("answer_scale", contract::kLayerAnswerScaleMaximum, kUsualScale);
  layer.answer_shift = integer_or("answer_shift", contract::kLayerAnswerShiftMaximum, 0);
}

}  // namespace phasic::runtime
