// SPDX-License-Identifier: Apache-2.0
/// Filters of a convolution that compete over a patch of the sample (section 2 of docs/specification.md, features).
#pragma once

#include "hls/competition.hpp"

namespace phasic::hls {

/// The patch of position (v, h), a source a cycle. Returns its contrast.
template <class Build>
Word gather_patch(const LayerSettings& layer, Word v, Word h, const RowLog<Build>& log, std::uint16_t patch[Build::kMaxRows]) {
  const Shape& shape = layer.shape;
  const Word across = 1U << shape.pool;  // sources that lie side by side at a pooled place
  Word ky = 0, kx = 0, channel = 0;      // of the kernel
  Word inner_y = 0, inner_x = 0;         // a source at the pooled place
  Word row = 0, sum = 0, least = 0xffffffff, most = 0;
  timing::pass(kPipelineDepth);
  while (row < layer.rows) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16384
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    // Places above and to the left of the sources become large numbers.
    const Word y = (v * shape.stride + ky - shape.padding) * across + inner_y;
    const Word x = (h * shape.stride + kx - shape.padding) * across + inner_x;
    const bool there = y < shape.source_rows && x < shape.source_columns;
    const Word source = there ? source_at(shape, y, x, channel) : 0;
    sum += there && log.tags[source] == log.tag ? log.value[source] : 0;
    const bool last_x = inner_x + 1 == across;
    const bool last_place = last_x && inner_y + 1 == across;
    const bool last_channel = last_place && channel + 1 == shape.source_channels;
    const bool last_kx = last_channel && kx + 1 == shape.kernel_columns;
    if (last_place) {
      patch[row] = static_cast<std::uint16_t>(sum);
      least = sum < least ? sum : least;
      most = sum > most ? sum : most;
      sum = 0;
      ++row;
    }
    inner_x = last_x ? 0 : inner_x + 1;
    if (last_x) inner_y = last_place ? 0 : inner_y + 1;
    if (last_place) channel = last_channel ? 0 : channel + 1;
    if (last_channel) kx = last_kx ? 0 : kx + 1;
    if (last_kx) ++ky;
  }
  return most - least;
}

/// Sends the first patch that is drawn with enough contrast, row by row; nothing if there is none. `key` is that of the sample
/// for purpose patch.
template <class Build>
void draw_patch(const LayerSettings& layer, const Key& key, const RowLog<Build>& log, RowStream& rows) {
  std::uint16_t patch[Build::kMaxRows];
  bool found = false;
  for (unsigned draw = 0; draw < kPatchDraws && !found; ++draw) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 8
    const Pair place = permute(key, 0, static_cast<std::uint16_t>(draw));
    const Word contrast =
        gather_patch<Build>(layer, place.x * layer.shape.rows >> 16, place.y * layer.shape.columns >> 16, log, patch);
    found = static_cast<std::int32_t>(contrast) >= layer.window;
  }
  for (Word row = 0; found && row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    rows.write(RowUpdate{static_cast<std::uint16_t>(row), 1, patch[row], false});
  }
}

/// What filters and targets make of a patch.
template <class Build>
struct PatchSums {
  std::int64_t filters[NeuronState<Build>::kWords][Build::kLanes];      ///< A of the patch's position
  std::int64_t targets[FeatureState<Build>::kRowWords][Build::kLanes];  ///< the product of the patch and the table of targets
};

/// Takes a patch in: a word of filters and one of targets a cycle. False if there was none.
template <class Build>
bool take_patch(const LayerSettings& layer, const WeightState<Build>& weights, const FeatureState<Build>& features,
                RowStream& rows, PatchSums<Build>& sums) {
  const Word words = patch_words(layer);
  RowUpdate update = rows.read();
  const bool found = !update.end;
  Word word = 0;
  while (!update.end) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 16384
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const auto value = static_cast<std::int32_t>(update.value);
    const bool first = update.row == 0;
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      if (word < layer.row_words) {
        const auto weight = weights.weights[update.row * layer.row_words + word][lane];
        sums.filters[word][lane] = (first ? 0 : sums.filters[word][lane]) + std::int64_t{value} * weight;
      }
      if (word < layer.value_words) {
        const auto entry = features.table[update.row * layer.value_words + word][lane];
        sums.targets[word][lane] = (first ? 0 : sums.targets[word][lane]) + value * entry;
      }
    }
    const bool last = word + 1 == words;
    word = last ? 0 : word + 1;
    if (last) update = rows.read();
  }
  return found;
}

/// The filter that wins a patch: the lowest without wins, or else that with the largest sum less its handicap.
template <class Build>
Word find_filter(const LayerSettings& layer, const PatchSums<Build>& sums, const NeuronState<Build>& state) {
  Word winner = 0;
  bool fresh = false;
  std::int64_t best = 0;
  timing::pass(kPipelineDepth);
  for (Word filter = 0; filter < layer.width; ++filter) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const std::uint32_t wins = state.wins[filter];
    const std::int64_t value = sums.filters[filter / Build::kLanes][filter % Build::kLanes] -
                               static_cast<std::int64_t>(layer.homeostasis) * static_cast<std::int64_t>(wins);
    if (!fresh && (filter == 0 || wins == 0 || value > best)) {
      winner = filter;
      best = value;
      fresh = wins == 0;
    }
  }
  return winner;
}

/// t_r: what the winner's weight of a row moves towards. `product` is that of the patch and the table of targets.
template <class Build>
std::int32_t feature_target(const LayerSettings& layer, std::int64_t product, std::int32_t offset) {
#pragma HLS INLINE
  const std::int64_t unscaled = limited(rounded_shift(product - offset, layer.target_shift), kTargetWidth);
  return static_cast<std::int32_t>(unscaled * (1 << (Build::kWeightWidth - kTargetWidth)));
}

/// Moves the winner's weight of every row towards its target, a row a cycle, if a patch comes.
template <class Build>
void learn_features(const LayerSettings& layer, const Key& key, RowStream& rows, const FeatureState<Build>& features,
                    WeightState<Build>& state, NeuronState<Build>& neurons) {
  using Weight = typename Build::Weight;
  constexpr unsigned kFraction = kExtendedWidth - Build::kWeightWidth;
  PatchSums<Build> sums;
#pragma HLS ARRAY_PARTITION variable = sums.filters complete dim = 2
#pragma HLS ARRAY_PARTITION variable = sums.targets complete dim = 2
  timing::pass(kPipelineDepth);
  if (!take_patch<Build>(layer, state, features, rows, sums)) return;
  const Word winner = find_filter<Build>(layer, sums, neurons);
  const std::int32_t step = 1 << (kFraction - slowness(neurons.wins[winner], layer.factor_shift));
  const Word word = winner / Build::kLanes, lane = winner % Build::kLanes;
  timing::pass(kPipelineDepth);
  for (Word row = 0; row < layer.rows; ++row) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.weights inter false
    timing::pass(1);
    const Word at = row / Build::kLanes, column = row % Build::kLanes;
    const std::int32_t target = feature_target<Build>(layer, sums.targets[at][column], features.offsets[at][column]);
    Weight& weight = state.weights[row * layer.row_words + word][lane];
    const Weight before = weight;
    const std::int32_t rounding =
        layer.rounding == kRoundingStochastic
            ? rounding_word(permute(key, 0, static_cast<std::uint16_t>(row)), winner) >> (16 - kFraction)
            : 1 << (kFraction - 1);
    const std::int32_t unlimited = before + (((target - before) * step + rounding) >> kFraction);
    const auto result = static_cast<std::int32_t>(limited(unlimited, Build::kWeightWidth));
    if (result != unlimited) ++state.weight_saturations;
    weight = static_cast<Weight>(result);
  }
  state.update_rows += layer.rows;
  state.update_operations += layer.rows;
  if (neurons.wins[winner] < kMostWins) ++neurons.wins[winner];
}

}  // namespace phasic::hls
