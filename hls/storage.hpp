// SPDX-License-Identifier: Apache-2.0
/// Level tables and weights between memory and the layer engines (section 4 of docs/specification.md).
#pragma once

#include "hls/layer.hpp"
#include "hls/port.hpp"

namespace phasic::hls {

/// False if the bus refuses.
template <class Build, class Port>
bool load_levels(Port& port, const ProgramSettings& program, const LayerSettings& layer, LayerState<Build>& state) {
  const Word first = layer.levels_offset / kLineBytes;
  for (Word label = 0; label < program.classes; ++label) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
    Line line = 0;
    for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
      if (neuron % kLineBytes == 0 && !port.read(first + label * layer.level_lines + neuron / kLineBytes, line)) return false;
      const auto low = static_cast<int>(8 * (neuron % kLineBytes));
      const ap_int<8> level = line.range(low + 7, low);
      state.levels[label][neuron / Build::kLanes][neuron % Build::kLanes] = static_cast<std::int8_t>(level.to_int());
    }
  }
  return true;
}

/// All rows of a layer, those of a competition's state included. False if the bus refuses.
template <class Build, class Port>
bool load_weights(Port& port, const LayerSettings& layer, LayerState<Build>& state) {
  using Weight = typename LayerState<Build>::Weight;
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  const Word first = layer.weights_offset / kLineBytes;
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
    state.squares[neuron] = 0;
    state.wins[neuron] = 0;
  }
  for (Word row = 0; row < stored_rows<Build>(layer); ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1030
    Line line = 0;
    for (Word neuron = 0; neuron < layer.words * Build::kLanes; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
      const bool used = neuron < layer.neurons;
      if (used && neuron % kPerLine == 0 && !port.read(first + row * layer.row_lines + neuron / kPerLine, line)) return false;
      const int low = kWidth * static_cast<int>(neuron % kPerLine);
      const ap_int<kWidth> element = line.range(low + kWidth - 1, low);
      if (row < layer.rows) {
        state.weights[row * layer.words + neuron / Build::kLanes][neuron % Build::kLanes] =
            used ? static_cast<Weight>(element.to_int()) : Weight{0};
      } else if (used) {
        const Word bit = (row - layer.rows) * Build::kWeightWidth;
        const auto part = static_cast<std::uint32_t>(element.to_int()) & ((1U << Build::kWeightWidth) - 1);
        if (bit < kSquaresWidth) {
          state.squares[neuron] |= part << bit;
        } else {
          state.wins[neuron] |= part << (bit - kSquaresWidth);
        }
      }
    }
  }
  return true;
}

/// Writes all rows back, padding as 0. False if the bus refused a line.
template <class Build, class Port>
bool store_weights(Port& port, const LayerSettings& layer, const LayerState<Build>& state) {
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  const Word first = layer.weights_offset / kLineBytes;
  bool written = true;
  for (Word row = 0; row < stored_rows<Build>(layer); ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1030
    Line line = 0;
    for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
      Word element;
      if (row < layer.rows) {
        element = static_cast<Word>(state.weights[row * layer.words + neuron / Build::kLanes][neuron % Build::kLanes]);
      } else {
        const Word bit = (row - layer.rows) * Build::kWeightWidth;
        element = bit < kSquaresWidth ? state.squares[neuron] >> bit : state.wins[neuron] >> (bit - kSquaresWidth);
      }
      const int low = kWidth * static_cast<int>(neuron % kPerLine);
      line.range(low + kWidth - 1, low) = ap_uint<kWidth>(element);
      if (neuron % kPerLine == kPerLine - 1 || neuron + 1 == layer.neurons) {
        if (!port.write(first + row * layer.row_lines + neuron / kPerLine, line)) written = false;
        line = 0;
      }
    }
  }
  return written;
}

}  // namespace phasic::hls
