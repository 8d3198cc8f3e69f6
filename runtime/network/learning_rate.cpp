// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/learning_rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint32_t kLargestRate = contract::kLayerRateMaximum;
constexpr std::uint32_t kLargestShift = contract::kLayerFactorShiftMaximum;

void read_rate(const JsonNode& node, const Network& network, LayerSpec& layer) {
  if (node.value().is_object()) {
    node.expect_object({"raw", "factor_shift"});
    layer.rate = static_cast<std::uint32_t>(node.at("raw").integer(0, kLargestRate));
    layer.factor_shift =
        node.find("factor_shift") ? static_cast<std::uint32_t>(node.at("factor_shift").integer(0, kLargestShift)) : 0;
    return;
  }
  const double scaled = node.real(0, 1e6) * rate_per_learning_rate(network, layer);
  double largest_scale = 1;
  for (const auto& entry : network.schedule) largest_scale = std::max(largest_scale, entry.scale);
  if (std::round(scaled * largest_scale) > kLargestRate) {
    node.refuse(fmt::format("cannot be represented: the rate would be {:.0f}, and {} is the largest; {:.3g} fits",
                            scaled * largest_scale, kLargestRate,
                            kLargestRate / largest_scale / rate_per_learning_rate(network, layer)));
  }
  layer.factor_shift = 0;
  while (layer.factor_shift < kLargestShift &&
         std::round(std::ldexp(scaled * largest_scale, static_cast<int>(layer.factor_shift) + 1)) <= kLargestRate) {
    ++layer.factor_shift;
  }
  layer.rate = static_cast<std::uint32_t>(std::round(std::ldexp(scaled, static_cast<int>(layer.factor_shift))));
  if (layer.rate == 0 && scaled > 0) {
    node.refuse(fmt::format("cannot be represented: the rate would round to 0; {:.3g} is the smallest",
                            std::ldexp(0.5, -static_cast<int>(kLargestShift)) / rate_per_learning_rate(network, layer)));
  }
}

}  // namespace

double rate_per_learning_rate(const Network& network, const LayerSpec& layer) {
  const double weight_unit = layer.unit / std::exp2(layer.input_shift);
  const double fraction = std::exp2(contract::kExtendedWidth - network.weight_width);
  const double level_unit = layer.rule == Rule::kError ? 1 : kUnitsOfLevel;
  const double full = network.graded() ? contract::kGradedFull : 1;
  const double error_unit = layer.factor() == contract::Factor::kLevel ? 1 : full * network.steps;
  const double trace_unit = std::exp2(layer.trace_shift) * full;
  return fraction / weight_unit / level_unit / error_unit / trace_unit;
}

double usual_learning_rate(Rule rule, bool graded) {
  switch (rule) {
    case Rule::kNaca:
      return graded ? 5e-6 : 5e-5;
    case Rule::kError:
      return graded ? 2e-3 : 5e-4;
    case Rule::kDrtp:
      return 1e-4;
    case Rule::kDfa:
    case Rule::kEprop:
      return graded ? 5e-6 : 1e-5;
    case Rule::kSbp:
      return 1e-4;
    default:
      return 0;
  }
}

void read_learning_rate(const JsonNode& node, const Network& network, LayerSpec& layer) {
  read_rate(node, network, layer);
  if (!layer.learns()) {
    if (layer.rate != 0) node.refuse("a frozen layer does not learn: leave the learning rate out");
    layer.factor_shift = 0;
    return;
  }
  for (std::size_t n = 0; n < network.schedule.size(); ++n) {
    const double scaled = std::round(layer.rate * network.schedule[n].scale);
    if (scaled > kLargestRate) {
      node.refuse(fmt::format("with the scale {} of schedule[{}] the rate is {:.0f}; {} is the largest",
                              network.schedule[n].scale, n, scaled, kLargestRate));
    }
  }
}

}  // namespace phasic::runtime
