// SPDX-License-Identifier: Apache-2.0
/// Random shapes of convolutions, and what a source reaches by the formulas of the specification (section 1).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "phasic/contract.hpp"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing {

/// A position that a source reaches, and the weight row between.
struct Reached {
  unsigned row, position;
};

struct ConvolutionTwin {
  contract::Layer layer{};
  bool first = false;  ///< sources are inputs, channel after channel
  unsigned lanes = 1;
  unsigned rows = 0, columns = 0;  ///< positions

  [[nodiscard]] unsigned sources() const { return layer.source_rows * layer.source_columns * layer.source_channels; }
  [[nodiscard]] unsigned kernel() const { return layer.kernel_rows * layer.kernel_columns * layer.source_channels; }
  [[nodiscard]] unsigned row_words() const { return (layer.channels + lanes - 1) / lanes; }
  [[nodiscard]] bool bias() const { return (layer.flags & 1) != 0; }

  /// In order of position; the bias is the source after the others.
  [[nodiscard]] std::vector<Reached> reached(unsigned source) const {
    std::vector<Reached> all;
    const unsigned places = layer.source_rows * layer.source_columns;
    const unsigned place = first ? source % places : source / layer.source_channels;
    const unsigned channel = first ? source / places : source % layer.source_channels;
    const int y = static_cast<int>(place / layer.source_columns), x = static_cast<int>(place % layer.source_columns);
    for (unsigned v = 0; v < rows; ++v) {
      for (unsigned h = 0; h < columns; ++h) {
        const int ky = (y >> layer.pool) + static_cast<int>(layer.padding) - static_cast<int>(v * layer.stride);
        const int kx = (x >> layer.pool) + static_cast<int>(layer.padding) - static_cast<int>(h * layer.stride);
        const unsigned position = v * columns + h;
        if (source == sources()) {
          all.push_back({kernel(), position});
        } else if (ky >= 0 && kx >= 0 && ky < static_cast<int>(layer.kernel_rows) &&
                   kx < static_cast<int>(layer.kernel_columns)) {
          const auto at = static_cast<unsigned>(ky) * layer.kernel_columns + static_cast<unsigned>(kx);
          all.push_back({at * layer.source_channels + channel, position});
        }
      }
    }
    return all;
  }

  template <class Port>
  void drive(Port& descriptor) const {
    std::memcpy(port_bytes(descriptor).data(), &layer, std::min(sizeof descriptor, sizeof layer));
  }
};

/// With at most so many sources and rows of weights (the bias included), and at most so many words of neurons.
inline ConvolutionTwin random_convolution(std::mt19937_64& random, bool first, unsigned lanes, unsigned most_sources,
                                          unsigned most_words) {
  const auto between = [&](unsigned low, unsigned high) { return low + static_cast<unsigned>(random() % (high - low + 1)); };
  while (true) {
    ConvolutionTwin twin;
    contract::Layer& layer = twin.layer;
    twin.first = first;
    twin.lanes = lanes;
    layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
    layer.flags = between(0, 1);
    layer.source_rows = between(1, random() % 8 == 0 ? 256 : 12);
    layer.source_columns = between(1, random() % 8 == 0 ? 256 : 12);
    layer.source_channels = between(1, random() % 4 == 0 ? 40 : 4);
    layer.pool = between(0, 2);
    layer.padding = between(0, 3);
    layer.stride = between(1, 2);
    const auto room = [&](unsigned places) { return ((places + (1U << layer.pool) - 1) >> layer.pool) + 2 * layer.padding; };
    const unsigned room_rows = room(layer.source_rows), room_columns = room(layer.source_columns);
    layer.kernel_rows = random() % 6 == 0 ? room_rows : between(1, std::min(room_rows, 5U));
    layer.kernel_columns = random() % 6 == 0 ? room_columns : between(1, std::min(room_columns, 5U));
    layer.channels = between(1, random() % 2 == 0 ? 3 * lanes : 6);
    twin.rows = (room_rows - layer.kernel_rows) / layer.stride + 1;
    twin.columns = (room_columns - layer.kernel_columns) / layer.stride + 1;
    const unsigned positions = twin.rows * twin.columns;
    layer.neurons = positions * layer.channels;
    const bool fits = layer.kernel_rows <= 256 && layer.kernel_columns <= 256 && twin.sources() < most_sources &&
                      twin.kernel() < most_sources && positions * twin.row_words() <= most_words;
    if (fits) return twin;
  }
}

}  // namespace phasic::testing
