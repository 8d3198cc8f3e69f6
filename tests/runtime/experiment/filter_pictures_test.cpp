// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/filter_pictures.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

json convolution(std::uint32_t channels, std::uint32_t weight_width) {
  auto document = test::small_network();
  document["shape"] = {8, 4, 2};
  document["weight_width"] = weight_width;
  auto& first = document["layers"][0];
  first.erase("neurons");
  first["kind"] = "convolution";
  first["channels"] = channels;
  first["kernel"] = {2, 3};
  return document;
}

TEST(FilterPictures, HaveTheWeightsOfAFilterPlaceByPlace) {
  for (const std::uint32_t width : {8U, 16U}) {
    const Network network = parse_network(convolution(3, width), "n.json");
    const Layout layout = layout_of(network);
    std::vector<std::byte> weights(layout.weights_bytes);
    // Weight of row r and filter 1: r - 5, times 256 with 16 bits; of the others 0.
    for (std::size_t row = 0; row < 12; ++row) {
      const std::size_t at = layout.layers[0].weights_offset + row * layout.layers[0].row_bytes + width / 8;
      weights[at + width / 8 - 1] = static_cast<std::byte>(static_cast<int>(row) - 5);
    }
    const auto pictures = filter_pictures(network, layout, weights);
    ASSERT_TRUE(pictures.has_value());
    EXPECT_EQ(*pictures,
              (json{{"rows", 2},
                    {"columns", 3},
                    {"channels", 2},
                    {"filters", 3},
                    {"shown", {"808080808080808080808080", "7b7c7d7e7f80818283848586", "808080808080808080808080"}}}));
  }
}

TEST(FilterPictures, AreThoseOfTheFirstFiltersOfAFirstConvolutionAlone) {
  const Network many = parse_network(convolution(40, 8), "n.json");
  const Layout layout = layout_of(many);
  const auto pictures = filter_pictures(many, layout, initial_weights(many, layout));
  ASSERT_TRUE(pictures.has_value());
  EXPECT_EQ((*pictures)["shown"].size(), 32U);
  EXPECT_EQ((*pictures)["filters"], 40);
  const Network dense = parse_network(test::small_network(), "n.json");
  const Layout flat = layout_of(dense);
  EXPECT_FALSE(filter_pictures(dense, flat, initial_weights(dense, flat)).has_value());
}

}  // namespace
}  // namespace phasic::runtime
