// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/preparation_fields.hpp"

#include <fmt/format.h>

#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using OfPreparation = FieldOf<Preparation, PreparationContext>;

constexpr std::uint32_t kMostSamples = 1'000'000;

}  // namespace

const std::vector<PreparationField>& preparation_fields() {
  static const std::vector<PreparationField> fields{
      OfPreparation::integer<std::uint32_t>("layers", &Preparation::layers, {1, contract::kMaxLayers}, 1),
      OfPreparation::choice("filters", &Preparation::filters, names::kFilters),
      OfPreparation::integer<std::uint64_t>("samples", &Preparation::samples, {1, kMostSamples}, 2000),
      OfPreparation::integer<std::uint64_t>("measured", &Preparation::measured, {1, kMostSamples}, 500),
      OfPreparation::real("regularization", &Preparation::regularization, 1e-6, 1e6, 0.3),
      OfPreparation::integer<std::uint32_t>("contrast", &Preparation::contrast, {0, contract::kLayerWindowMaximum}, 0),
      {"slowest_rate", "as of a layer that competes", "`\"1/32\"`",
       [](const JsonNode& parent, PreparationContext&, Preparation& to) {
         if (const auto node = parent.find("slowest_rate")) to.slowest_rate = read_slowest_rate(*node);
       },
       [](const Preparation& from, const Network&) {
         return json{{"raw", from.slowest_rate}};
       }},
      OfPreparation::integer<std::uint32_t>("homeostasis", &Preparation::homeostasis,
                                            {contract::kLayerHomeostasisMinimum, contract::kLayerHomeostasisMaximum}, 0),
      OfPreparation::real("threshold", &Preparation::threshold, 0, 100, 0.5),
      OfPreparation::real("full", &Preparation::full, 0, 1000, 5),
  };
  return fields;
}

Preparation read_preparation(const JsonNode& node, const Network& network) {
  Preparation preparation;
  PreparationContext context{network};
  read_fields(node, preparation_fields(), context, preparation);
  if (preparation.layers > network.layers.size())
    node.at("layers").refuse(fmt::format("there are {} layers", network.layers.size()));
  for (std::uint32_t number = 0; number < preparation.layers; ++number) {
    const LayerSpec& layer = network.layers[number];
    const auto refuse = [&](std::string_view why) { node.refuse(fmt::format("layer {} {}", number + 1, why)); };
    if (layer.shape.grid == 0) refuse("is no convolution with a grid");
    if (layer.learns()) refuse("is prepared, then frozen: its rule is \"frozen\"");
    if (!layer.bias) refuse("needs its bias: it brings the mean of a filter's potential to 0");
  }
  return preparation;
}

}  // namespace phasic::runtime
