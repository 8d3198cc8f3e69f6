// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/level_fields.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Of = FieldOf<LayerSpec, LayerContext>;

/// The place of a field's value among `names`; 0 if it is left out.
std::size_t read_choice(const JsonNode& parent, std::string_view field, std::span<const std::string_view> names,
                        const LayerSpec& layer) {
  const auto node = parent.find(field);
  if (!node) return 0;
  const auto choice = node->one_of(names);
  if (choice != 0 && !may_draw(layer.factor())) node->refuse(fmt::format("rule \"{}\" draws no signals", name(layer.rule)));
  return choice;
}

void read_levels(const JsonNode& parent, LayerContext&, LayerSpec& layer) {
  layer.drawn = read_choice(parent, "levels", names::kLevels, layer) != 0;
}

void read_signals(const JsonNode& parent, LayerContext&, LayerSpec& layer) {
  layer.by_channel = read_choice(parent, "signals", names::kSignals, layer) != 0;
  if (layer.by_channel && !layer.has_shape()) parent.at("signals").refuse("only a convolution has channels");
}

/// A field that is left out if it is the first of the names.
auto print_choice(bool LayerSpec::*member, std::span<const std::string_view> names) {
  return [=](const LayerSpec& layer, const Network&) -> std::optional<json> {
    if (!(layer.*member)) return std::nullopt;
    return json(names[1]);
  };
}

}  // namespace

std::vector<LayerField> level_fields() {
  const std::span levels(names::kLevels), signals(names::kSignals);
  return {
      {"levels", Of::listed(levels), Of::listed(levels.first(1)), read_levels, print_choice(&LayerSpec::drawn, levels)},
      {"signals", Of::listed(signals), Of::listed(signals.first(1)), read_signals,
       print_choice(&LayerSpec::by_channel, signals)},
  };
}

}  // namespace phasic::runtime
