// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/weight_changes.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace phasic::runtime {
namespace {

/// Odd, so that no change is the middle of a bin.
constexpr std::int32_t kBins = 171;

/// The smallest odd number of values with which the bins hold every change from -largest to largest.
std::int32_t bin_width(std::int32_t largest) {
  const std::int32_t width = (2 * largest + kBins) / kBins;
  return width % 2 == 1 ? width : width + 1;
}

}  // namespace

nlohmann::json weight_changes(const Network& network, const Layout& layout, std::span<const std::byte> before,
                              std::span<const std::byte> after) {
  const std::int32_t width = bin_width((1 << network.weight_width) - 1);
  // Edges lie between whole numbers.
  const std::int32_t lowest = -(kBins * width) / 2;
  nlohmann::json edges = nlohmann::json::array();
  for (std::int32_t bin = 0; bin <= kBins; ++bin) edges.push_back(lowest + bin * width - 0.5);
  nlohmann::json layers = nlohmann::json::array();
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    if (!network.layers[layer].learns()) continue;
    std::vector<std::uint64_t> counts(kBins);
    const layout::Connection connection = network.connection(layer);
    for (std::uint32_t row = 0; row < connection.weight_rows(); ++row) {
      for (std::uint32_t neuron = 0; neuron < connection.row_width(); ++neuron) {
        const std::int32_t change =
            weight(network, layout, after, layer, row, neuron) - weight(network, layout, before, layer, row, neuron);
        ++counts[static_cast<std::size_t>((change - lowest) / width)];
      }
    }
    layers.push_back({{"layer", layer + 1}, {"edges", edges}, {"counts", counts}});
  }
  return layers;
}

}  // namespace phasic::runtime
