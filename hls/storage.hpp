// SPDX-License-Identifier: Apache-2.0
/// Level tables and weights between memory and the layer engines (section 4 of docs/specification.md).
#pragma once

#include "hls/port.hpp"
#include "hls/state.hpp"
#include "hls/timing.hpp"

namespace phasic::hls {

/// Elements of `Width` bits that move in a cycle: of those that lie in one line and in one word of lanes the largest number
/// that divides both.
template <class Build, unsigned Width>
constexpr Word elements_together() {
  return lanes_together<Build::kLanes, 8 * kLineBytes / Width>();
}

/// Reads a row of `count` signed elements into words of lanes; lanes from `count` on become 0. False if the bus refuses.
template <class Build, unsigned Width, class Element, class Port>
bool load_row(Port& port, Word first_line, Word count, Element words[][Build::kLanes]) {
  constexpr Word kPerLine = 8 * kLineBytes / Width;
  constexpr Word kTogether = elements_together<Build, Width>();
  Line line = 0;
  for (Word element = 0; element < (count + Build::kLanes - 1) / Build::kLanes * Build::kLanes; element += kTogether) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (element < count && element % kPerLine == 0 && !port.read(first_line + element / kPerLine, line)) return false;
    for (Word at = 0; at < kTogether; ++at) {
#pragma HLS UNROLL
      const auto low = static_cast<int>(Width * ((element + at) % kPerLine));
      const ap_int<Width> part = line.range(low + static_cast<int>(Width) - 1, low);
      words[element / Build::kLanes][(element + at) % Build::kLanes] =
          element + at < count ? static_cast<Element>(part.to_int()) : Element{0};
    }
  }
  return true;
}

/// False if the bus refuses.
template <class Build, class Port>
bool load_levels(Port& port, const ProgramSettings& program, const LayerSettings& layer, WeightState<Build>& state) {
  const Word first = layer.levels_offset / kLineBytes;
  for (Word label = 0; label < program.classes; ++label) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
    if (!load_row<Build, 8>(port, first + label * layer.level_lines, layer.neurons, state.levels[label])) return false;
  }
  return true;
}

/// Bit of squares and wins with which the rows begin that follow those of weights: filters that learn have wins alone, a
/// discriminant has its offsets in place of squares.
template <class Build>
Word first_state_bit(const LayerSettings& layer) {
#pragma HLS INLINE
  return moves_filters<Build>(layer) ? kSquaresWidth : 0;
}

/// Whether a layer has such rows.
template <class Build>
bool has_state_rows(const LayerSettings& layer) {
#pragma HLS INLINE
  return without_potentials(layer) || moves_filters<Build>(layer);
}

/// The rows that hold squares and wins, an element a cycle. False if the bus refuses.
template <class Build, class Port>
bool load_competition(Port& port, const LayerSettings& layer, NeuronState<Build>& state) {
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  for (Word row = layer.rows; row < stored_rows(layer); ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 3 max = 6
    const Word first = layer.weights_offset / kLineBytes + row * layer.row_lines;
    const Word bit = first_state_bit<Build>(layer) + (row - layer.rows) * Build::kWeightWidth;
    Line line = 0;
    for (Word neuron = 0; neuron < layer.width; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      if (neuron % kPerLine == 0 && !port.read(first + neuron / kPerLine, line)) return false;
      const int low = kWidth * static_cast<int>(neuron % kPerLine);
      const ap_uint<kWidth> element = line.range(low + kWidth - 1, low);
      const std::uint32_t part = element.to_uint();
      const std::uint32_t squares = bit == 0 ? 0 : state.squares[neuron];
      const std::uint32_t wins = bit <= kSquaresWidth ? 0 : state.wins[neuron];
      if (bit < kSquaresWidth) {
        state.squares[neuron] = squares | part << bit;
      } else {
        state.wins[neuron] = wins | part << (bit - kSquaresWidth);
      }
    }
  }
  return true;
}

/// Where a row of kept state stands among those of its layer: each part of the state has a row for each position.
struct StateRow {
  Word bit = 0;    ///< of the state, the potential first
  Word first = 0;  ///< neuron of the position

  /// Goes on to the next row, whose elements have `width` bits.
  void advance(const LayerSettings& layer, Word width) {
#pragma HLS INLINE
    first += layer.width;
    if (first < layer.neurons) return;
    first = 0;
    bit += width;
  }
};

/// The rows that hold potentials, spikes and currents which are kept. False if the bus refuses.
template <class Build, class Port>
bool load_kept(Port& port, const LayerSettings& layer, NeuronState<Build>& state) {
  constexpr Word kFirstCurrentBit = kPotentialWidth + Build::kWeightWidth;
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  constexpr Word kTogether = elements_together<Build, Build::kWeightWidth>();
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  StateRow part;
  for (Word row = layer.rows; row < stored_rows(layer); ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 2 max = 7168
    const Word first = layer.weights_offset / kLineBytes + row * layer.row_lines;
    Line line = 0;
    for (Word element = 0; element < layer.width; element += kTogether) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      if (element % kPerLine == 0 && !port.read(first + element / kPerLine, line)) return false;
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const Word neuron = part.first + element;
        const Word at = distance_from<Build::kLanes>(neuron, lane);
        if (at >= kTogether || element + at >= layer.width) continue;
        const int low = kWidth * static_cast<int>((element + at) % kPerLine);
        const Word word = word_from<Build::kLanes>(neuron, lane);
        const ap_uint<kWidth> bits = line.range(low + kWidth - 1, low);
        const Word value = bits.to_uint();
        if (part.bit < kPotentialWidth) {
          const Word before = part.bit == 0 ? 0 : static_cast<std::uint16_t>(state.potentials[word][lane]);
          state.potentials[word][lane] = static_cast<std::int16_t>(before | value << part.bit);
        } else if (part.bit == kPotentialWidth) {
          state.spiked[word][lane] = (value & 1) != 0;
        } else if (has_currents<Build>()) {
          const Word bit = part.bit - kFirstCurrentBit;
          const Word before = bit == 0 ? 0 : static_cast<Word>(state.currents[word][lane]);
          state.currents[word][lane] = static_cast<std::int32_t>(before | value << bit);
        }
      }
    }
    part.advance(layer, Build::kWeightWidth);
  }
  return true;
}

/// The table of targets and its offsets. False if the bus refuses.
template <class Build, class Port>
bool load_targets(Port& port, const LayerSettings& layer, FeatureState<Build>& state) {
  const Word first = layer.memory_offset / kLineBytes;
  const auto lines = static_cast<Word>(lines_of(layer.rows));
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
    if (!load_row<Build, kTargetWidth>(port, first + row * lines, layer.rows, state.table + row * layer.value_words))
      return false;
  }
  return load_row<Build, kMemoryWidth>(port, first + layer.rows * lines, layer.rows, state.offsets);
}

/// What a discriminant keeps beside its weights. False if the bus refuses.
template <class Build, class Port>
bool load_scatter(Port& port, const LayerSettings& layer, ScatterState<Build>& state) {
  const Word first = layer.memory_offset / kLineBytes, rows = layer.rows + layer.neurons;
  for (Word row = 0; row < rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 2 max = 2048
    if (!load_row<Build, kMemoryWidth>(port, first + row * layer.value_lines, layer.rows,
                                       state.values + row * layer.value_words))
      return false;
  }
  return load_row<Build, kMemoryWidth>(port, first + rows * layer.value_lines, layer.neurons, state.samples);
}

/// All rows of a layer. False if the bus refuses.
template <class Build, class Port>
bool load_weights(Port& port, const ProgramSettings& program, const LayerSettings& layer, LayerState<Build>& state) {
  const Word first = layer.weights_offset / kLineBytes;
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
    if (!load_row<Build, Build::kWeightWidth>(port, first + row * layer.row_lines, layer.width,
                                              state.weights.weights + row * layer.row_words)) {
      return false;
    }
  }
  if (has_state_rows<Build>(layer) && !load_competition<Build>(port, layer, state.neurons)) return false;
  return !keeps_state(program, layer) || load_kept<Build>(port, layer, state.neurons);
}

/// Writes a row of elements of `Width` bits, padding as 0. False if the bus refused a line.
template <class Build, unsigned Width, class Element, class Port>
bool store_row(Port& port, Word first_line, Word count, const Element words[][Build::kLanes]) {
  constexpr auto kWidth = static_cast<int>(Width);
  constexpr Word kPerLine = 8 * kLineBytes / Width;
  constexpr Word kTogether = elements_together<Build, Width>();
  bool written = true;
  Line line = 0;
  for (Word element = 0; element < count; element += kTogether) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    for (Word at = 0; at < kTogether; ++at) {
#pragma HLS UNROLL
      const int low = kWidth * static_cast<int>((element + at) % kPerLine);
      line.range(low + kWidth - 1, low) =
          ap_uint<kWidth>(static_cast<Word>(words[element / Build::kLanes][(element + at) % Build::kLanes]));
    }
    if ((element + kTogether) % kPerLine == 0 || element + kTogether >= count) {
      if (!port.write(first_line + element / kPerLine, line)) written = false;
      line = 0;
    }
  }
  return written;
}

/// Writes squares and wins, an element a cycle. False if the bus refused a line.
template <class Build, class Port>
bool store_competition(Port& port, const LayerSettings& layer, const NeuronState<Build>& state) {
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  bool written = true;
  for (Word row = layer.rows; row < stored_rows(layer); ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 3 max = 6
    const Word first = layer.weights_offset / kLineBytes + row * layer.row_lines;
    const Word bit = first_state_bit<Build>(layer) + (row - layer.rows) * Build::kWeightWidth;
    Line line = 0;
    for (Word neuron = 0; neuron < layer.width; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      const Word element = bit < kSquaresWidth ? state.squares[neuron] >> bit : state.wins[neuron] >> (bit - kSquaresWidth);
      const int low = kWidth * static_cast<int>(neuron % kPerLine);
      line.range(low + kWidth - 1, low) = ap_uint<kWidth>(element);
      if (neuron % kPerLine == kPerLine - 1 || neuron + 1 == layer.width) {
        if (!port.write(first + neuron / kPerLine, line)) written = false;
        line = 0;
      }
    }
  }
  return written;
}

/// Writes potentials, spikes and currents that are kept. False if the bus refused a line.
template <class Build, class Port>
bool store_kept(Port& port, const LayerSettings& layer, const NeuronState<Build>& state) {
  constexpr Word kFirstCurrentBit = kPotentialWidth + Build::kWeightWidth;
  constexpr Word kPerLine = 8 * kLineBytes / Build::kWeightWidth;
  constexpr Word kTogether = elements_together<Build, Build::kWeightWidth>();
  constexpr auto kWidth = static_cast<int>(Build::kWeightWidth);
  bool written = true;
  StateRow part;
  for (Word row = layer.rows; row < stored_rows(layer); ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 2 max = 7168
    const Word first = layer.weights_offset / kLineBytes + row * layer.row_lines;
    Line line = 0;
    for (Word element = 0; element < layer.width; element += kTogether) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const Word neuron = part.first + element;
        const Word at = distance_from<Build::kLanes>(neuron, lane);
        if (at >= kTogether || element + at >= layer.width) continue;
        const int low = kWidth * static_cast<int>((element + at) % kPerLine);
        const Word word = word_from<Build::kLanes>(neuron, lane);
        const Word potential = static_cast<std::uint16_t>(state.potentials[word][lane]);
        const Word current = has_currents<Build>() ? static_cast<Word>(state.currents[word][lane]) : 0;
        const Word value = part.bit < kPotentialWidth    ? potential >> part.bit
                           : part.bit == kPotentialWidth ? (state.spiked[word][lane] ? 1 : 0)
                                                         : current >> (part.bit - kFirstCurrentBit);
        line.range(low + kWidth - 1, low) = ap_uint<kWidth>(value);
      }
      if ((element + kTogether) % kPerLine == 0 || element + kTogether >= layer.width) {
        if (!port.write(first + element / kPerLine, line)) written = false;
        line = 0;
      }
    }
    part.advance(layer, Build::kWeightWidth);
  }
  return written;
}

/// Writes what a discriminant keeps. False if the bus refused a line.
template <class Build, class Port>
bool store_scatter(Port& port, const LayerSettings& layer, const ScatterState<Build>& state) {
  const Word first = layer.memory_offset / kLineBytes, rows = layer.rows + layer.neurons;
  bool written = true;
  for (Word row = 0; row <= rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 3 max = 2049
    const bool of_samples = row == rows;
    const auto* const words = of_samples ? state.samples : state.values + row * layer.value_words;
    if (!store_row<Build, kMemoryWidth>(port, first + row * layer.value_lines, of_samples ? layer.neurons : layer.rows, words))
      written = false;
  }
  return written;
}

/// Writes all rows back. False if the bus refused a line.
template <class Build, class Port>
bool store_weights(Port& port, const ProgramSettings& program, const LayerSettings& layer, const LayerState<Build>& state) {
  const Word first = layer.weights_offset / kLineBytes;
  bool written = true;
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
    if (!store_row<Build, Build::kWeightWidth>(port, first + row * layer.row_lines, layer.width,
                                               state.weights.weights + row * layer.row_words)) {
      written = false;
    }
  }
  if (has_state_rows<Build>(layer) && !store_competition<Build>(port, layer, state.neurons)) written = false;
  if (keeps_state(program, layer) && !store_kept<Build>(port, layer, state.neurons)) written = false;
  return written;
}

}  // namespace phasic::hls
