// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/filter_pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace phasic::runtime {
namespace {

// So that a row of results stays small.
constexpr std::uint32_t kMostFilters = 32;
constexpr std::uint32_t kMostWeights = 512;  // of a filter

}  // namespace

std::optional<nlohmann::json> filter_pictures(const Network& network, const Layout& layout,
                                              std::span<const std::byte> weights) {
  if (!network.layers.front().has_shape()) return std::nullopt;
  const layout::Shape& shape = network.layers.front().shape;
  const std::uint32_t places = shape.kernel_rows * shape.kernel_columns * shape.sources.channels;
  if (places > kMostWeights) return std::nullopt;
  const unsigned shift = network.weight_width - 8;
  nlohmann::json shown = nlohmann::json::array();
  for (std::uint32_t filter = 0; filter < std::min(shape.channels, kMostFilters); ++filter) {
    std::string text;
    for (std::uint32_t row = 0; row < places; ++row)
      text += fmt::format("{:02x}", (weight(network, layout, weights, 0, row, filter) >> shift) + 128);
    shown.push_back(text);
  }
  return nlohmann::json{{"rows", shape.kernel_rows},
                        {"columns", shape.kernel_columns},
                        {"channels", shape.sources.channels},
                        {"filters", shape.channels},
                        {"shown", std::move(shown)}};
}

}  // namespace phasic::runtime
