// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/weight_changes.hpp"

#include <numeric>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

/// A network with 8-bit weights, and its initial ones.
struct Weights {
  Network network;
  Layout layout;
  std::vector<std::byte> initial;
  explicit Weights(const json& document)
      : network(parse_network(document, "n.json")), layout(layout_of(network)), initial(initial_weights(network, layout)) {}
  [[nodiscard]] std::vector<std::byte> with(std::size_t layer, std::uint32_t row, std::uint32_t neuron, int value) const {
    auto changed = initial;
    changed[layout.layers[layer].weights_offset + row * layout.layers[layer].row_bytes + neuron] =
        static_cast<std::byte>(value);
    return changed;
  }
};

std::uint64_t all_counts(const json& histogram) {
  const auto counts = histogram["counts"].get<std::vector<std::uint64_t>>();
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

TEST(WeightChanges, CountEveryWeightOnceInTheBinOfItsChange) {
  const Weights weights(test::small_network());
  const auto none = weight_changes(weights.network, weights.layout, weights.initial, weights.initial);
  ASSERT_EQ(none.size(), 2U);
  const auto bins = none[0]["counts"].size();
  EXPECT_EQ(none[0]["edges"].size(), bins + 1);
  EXPECT_EQ(none[0]["counts"][bins / 2], 65 * 40) << "nothing changed, bias row included";
  EXPECT_EQ(all_counts(none[1]), 41U * 4);

  const int old = weight(weights.network, weights.layout, weights.initial, 1, 2, 3);
  for (int value = -128; value <= 127; ++value) {
    const auto changed = weight_changes(weights.network, weights.layout, weights.initial, weights.with(1, 2, 3, value));
    EXPECT_EQ(all_counts(changed[1]), 41U * 4);
    const auto& edges = changed[1]["edges"];
    std::size_t bin = 0;
    while (edges[bin + 1].get<double>() < value - old) ++bin;
    ASSERT_LT(edges[bin].get<double>(), value - old);
    EXPECT_EQ(changed[1]["counts"][bin].get<std::uint64_t>() - none[1]["counts"][bin].get<std::uint64_t>(),
              bin == bins / 2 ? 0U : 1U)
        << value - old;
  }
}

TEST(WeightChanges, HoldTheLargestChangesOfBothWidths) {
  for (const int width : {8, 16}) {
    auto document = test::small_network();
    document["weight_width"] = width;
    const Weights weights(document);
    const std::vector<std::byte> lowest(weights.initial.size(), std::byte{0x80}),
        highest(weights.initial.size(), std::byte{0x7f});
    for (const bool up : {false, true}) {
      const auto changes = weight_changes(weights.network, weights.layout, up ? lowest : highest, up ? highest : lowest);
      for (const auto& layer : changes) {
        const auto& counts = layer["counts"];
        EXPECT_EQ((up ? counts.back() : counts.front()).get<std::uint64_t>(), all_counts(layer)) << width;
      }
    }
  }
}

TEST(WeightChanges, LeaveLayersOutThatDoNotLearn) {
  auto document = test::small_network();
  document["layers"][0]["rule"] = "frozen";
  document["layers"][0].erase("learning_rate");
  const Weights weights(document);
  const auto changes = weight_changes(weights.network, weights.layout, weights.initial, weights.initial);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0]["layer"], 2);
}

}  // namespace
}  // namespace phasic::runtime
