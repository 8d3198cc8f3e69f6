// SPDX-License-Identifier: Apache-2.0
/// Random layers with a grid, and what their neurons answer by the formulas of the reference.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "sim/reference/arithmetic.hpp"
#include "tests/rtl/core/convolution_twin.hpp"

namespace phasic::testing {

/// Sums of the lanes of each word, position by position; none where nothing was added.
using SumWords = std::vector<std::optional<std::vector<std::int64_t>>>;

inline unsigned sides_of(const contract::Layer& layer) { return (layer.flags & contract::kLayerFlagsTwoSided) != 0 ? 2 : 1; }

/// With at most so many words of sums and so many neurons.
inline ConvolutionTwin random_grid(std::mt19937_64& random, unsigned lanes, unsigned most_words, unsigned most_neurons) {
  const auto between = [&](unsigned low, unsigned high) { return low + static_cast<unsigned>(random() % (high - low + 1)); };
  const bool most_cells = most_neurons >= 64 && random() % 16 == 0;
  while (true) {
    ConvolutionTwin twin = random_convolution(random, true, lanes, 4096, most_words);
    contract::Layer& layer = twin.layer;
    const unsigned most = std::min({twin.rows, twin.columns, contract::kLayerGridMaximum});
    layer.grid = most_cells || random() % 4 == 0 ? most : between(1, most);
    layer.flags = between(0, 3);
    layer.neurons = layer.grid * layer.grid * sides_of(layer) * layer.channels;
    layer.threshold = static_cast<std::int32_t>(random() % 4 == 0 ? 32767 * (random() % 2) : random() >> (49 + random() % 15));
    layer.input_shift = between(0, 15);
    layer.answer_scale = static_cast<std::uint32_t>(random() >> (48 + random() % 16));
    layer.answer_shift = between(0, 15);
    if (layer.neurons <= most_neurons && (!most_cells || layer.grid == contract::kLayerGridMaximum)) return twin;
  }
}

struct Pooled {
  std::vector<std::int32_t> potentials;  ///< word by word: each cell and side begins one
  std::uint64_t limited = 0;             ///< potentials of filters at a position
};

inline Pooled pool(const ConvolutionTwin& twin, const SumWords& sums) {
  const contract::Layer& layer = twin.layer;
  const unsigned words = twin.row_words(), sides = sides_of(layer);
  Pooled pooled;
  std::vector<std::uint32_t> cells(std::size_t{layer.grid} * layer.grid * sides * words * twin.lanes);
  for (unsigned word = 0; word < sums.size(); ++word) {
    const unsigned position = word / words, part = word % words;
    const unsigned cell = reference::cell_along(position / twin.columns, twin.rows, layer.grid) * layer.grid +
                          reference::cell_along(position % twin.columns, twin.columns, layer.grid);
    for (unsigned k = 0; k < twin.lanes && part * twin.lanes + k < layer.channels; ++k) {
      const std::int64_t unlimited =
          reference::current(sums[word] ? (*sums[word])[k] : 0, layer.input_shift + contract::kGradedShift);
      const auto potential = static_cast<std::int32_t>(reference::saturate(unlimited, 16));
      pooled.limited += potential != unlimited;
      std::uint32_t* at = &cells[(cell * sides * words + part) * twin.lanes + k];
      *at += reference::excess(potential, layer.threshold);
      if (sides == 2) at[words * twin.lanes] += reference::excess(-potential, layer.threshold);
    }
  }
  for (const std::uint32_t cell : cells)
    pooled.potentials.push_back(reference::pooled_potential(cell, layer.answer_scale, layer.answer_shift));
  return pooled;
}

}  // namespace phasic::testing
