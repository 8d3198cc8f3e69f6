// SPDX-License-Identifier: Apache-2.0
/// Levels that are drawn from a recipe in place of a table (section 2 of docs/specification.md, drawn levels).
#pragma once

#include "hls/storage.hpp"

namespace phasic::hls {

/// What belongs to all classes of a recipe.
struct LevelCurve {
  std::uint8_t quantiles[kRecipeCurve - kRecipeQuantiles];
  std::int8_t levels[kRecipeBytes - kRecipeCurve];
};

/// Reads it, a byte a cycle. False if the bus refuses.
template <class Port>
bool load_curve(Port& port, Word first_line, LevelCurve& curve) {
  Line line = 0;
  for (Word byte = 0; byte < kRecipeBytes; ++byte) {
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (byte % kLineBytes == 0 && !port.read(first_line + byte / kLineBytes, line)) return false;
    const auto low = static_cast<int>(8 * (byte % kLineBytes));
    const ap_uint<8> part = line.range(low + 7, low);
    const auto value = static_cast<std::uint8_t>(part.to_uint());
    if (byte < kRecipeCurve) {
      curve.quantiles[byte - kRecipeQuantiles] = value;
    } else {
      curve.levels[byte - kRecipeCurve] = static_cast<std::int8_t>(value);
    }
  }
  return true;
}

/// All levels of a class with the places of `places`, a_c in its lower half, one a cycle; lanes without a neuron become 0.
template <class Build>
void draw_class(const LayerSettings& layer, const Key& key, const LevelCurve& curve, Word places,
                std::int8_t levels[NeuronState<Build>::kWords][Build::kLanes]) {
  const auto first = static_cast<std::uint16_t>(places), second = static_cast<std::uint16_t>(places >> 16);
  std::uint16_t number = 0;
  timing::pass(kPipelineDepth);
  for (Word neuron = 0; neuron < layer.words * Build::kLanes; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const Word sum = curve.quantiles[permute(key, first, number).x >> 8] + curve.quantiles[permute(key, second, number).x >> 8];
    levels[neuron / Build::kLanes][neuron % Build::kLanes] = neuron < layer.neurons ? curve.levels[sum] : std::int8_t{0};
    number = layer.by_channel && number + 1U == layer.width ? 0 : number + 1;
  }
}

/// The levels of layer `number`. False if the bus refuses.
template <class Build, class Port>
bool draw_levels(Port& port, const ProgramSettings& program, unsigned number, WeightState<Build>& state) {
  if constexpr (has_drawn_levels<Build>()) {
    const LayerSettings& layer = program.layer[number];
    const Word first = layer.levels_offset / kLineBytes;
    LevelCurve curve;
    if (!load_curve(port, first, curve)) return false;
    const Key key = purpose_key(program.seed, kPurposeLevel, number);
    Line line = 0;
    for (Word label = 0; label < program.classes; ++label) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
      const Word at = kRecipeBytes / kLineBytes + label / kLineWords;
      if (label % kLineWords == 0 && !port.read(first + at, line)) return false;
      draw_class<Build>(layer, key, curve, word_of(line, label % kLineWords), state.levels[label]);
    }
  }
  return true;
}

}  // namespace phasic::hls
