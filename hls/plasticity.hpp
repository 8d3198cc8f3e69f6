// SPDX-License-Identifier: Apache-2.0
/// Learning of a layer after its last step (section 2 of docs/specification.md), which begins when the last layer has told its
/// counts: the dopamine broadcast, and the local units that it reaches.
#pragma once

#include <type_traits>

#include "hls/features.hpp"
#include "hls/retrograde.hpp"

namespace phasic::hls {

/// The process that broadcasts dopamine to all layers: the class of the sample, then E_k for each class k, 0 where the last
/// layer has no neuron k.
template <class Build>
void broadcast(const ProgramSettings& program, const std::uint16_t counts[Build::kMaxClasses], Word label,
               DopamineStream layers[Build::kEngines]) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  const Word neurons = program.layer[program.layers - 1].neurons;
  for (Word message = 0; message <= program.classes; ++message) {
#pragma HLS LOOP_TRIPCOUNT min = 2 max = 65
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    Dopamine dopamine{static_cast<std::int32_t>(label)};
    if (message > 0) {
      const Word k = message - 1;
      const std::int32_t wanted = k == label ? static_cast<std::int32_t>(full_count(program)) : 0;
      dopamine.value = k < neurons ? wanted - counts[k] : 0;
    }
    for (unsigned number = 0; number < Build::kEngines; ++number) {
#pragma HLS UNROLL
      if (learns_weights<Build>(program, number)) layers[number].write(dopamine);
    }
  }
  timing::end_process();
}

/// Takes a broadcast in: returns the class, and the errors of the outputs.
template <class Build>
Word receive(const ProgramSettings& program, DopamineStream& dopamine, std::int32_t errors[Build::kMaxClasses]) {
  const auto label = static_cast<Word>(dopamine.read().value);
  for (Word k = 0; k < program.classes; ++k) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    errors[k] = dopamine.read().value;
  }
  return label;
}

/// f_j of every neuron: its e_j, but for a retrograde signal.
template <class Build>
void find_factors(const ProgramSettings& program, const LayerSettings& layer, Word label,
                  const std::int32_t errors[Build::kMaxClasses], const WeightState<Build>& weights,
                  const NeuronState<Build>& neurons, std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes]) {
  const Word turns = layer.factor == kFactorFeedback ? program.classes : 1;
  timing::pass(kPipelineDepth);
  for (Word word = 0; word < layer.words; ++word) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16
    std::int32_t signal[Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = signal complete
    for (Word k = 0; k < turns; ++k) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const std::int32_t wanted = word * Build::kLanes + lane == label ? static_cast<std::int32_t>(full_count(program)) : 0;
        const std::int32_t before = k == 0 ? 0 : signal[lane];
        const std::int32_t signalled = layer.factor == kFactorLevel   ? -weights.levels[label][word][lane]
                                       : layer.factor == kFactorError ? wanted - neurons.counts[word][lane]
                                                                      : weights.levels[k][word][lane] * errors[k];
        signal[lane] = before + signalled;
        const std::int64_t product = static_cast<std::int64_t>(signal[lane]) * layer.rate;
        factors[word][lane] = static_cast<std::int32_t>(limited(rounded_shift(product, layer.factor_shift), kFactorWidth));
      }
    }
  }
}

/// K_ij of a row with spikes at `steps` (and value `value` if graded).
inline std::int32_t coincidences(bool graded, const LayerSettings& layer, std::uint32_t steps, std::uint32_t value,
                                 std::uint32_t ups, std::uint32_t downs) {
#pragma HLS INLINE
  if (graded) return static_cast<std::int32_t>(value) * static_cast<std::int32_t>((ups & 1) - (downs & 1));
  const std::int32_t now = static_cast<std::int32_t>(ones(steps & ups)) - static_cast<std::int32_t>(ones(steps & downs));
  if (layer.trace_shift == 0) return now;
  const std::uint32_t later = steps << 1;
  const std::int32_t after = static_cast<std::int32_t>(ones(later & ups)) - static_cast<std::int32_t>(ones(later & downs));
  return now * (1 << layer.trace_shift) + after;
}

/// What comes beside a row that learns; in a dense layer nothing does, and the row's only source meets all neurons at once.
template <class Build>
Meeting receive_meeting(const LayerSettings& layer, const RowUpdate& update, MeetingStream& meetings) {
#pragma HLS INLINE
  if constexpr (has_convolutions<Build>()) {
    if (has_shape<Build>(layer) && !update.end) return meetings.read();
  }
  return {0, 0, true};
}

/// Changes the weights of a layer by its factors, for each row that comes: one word of lanes a cycle. In a convolution the
/// pairs of a source and a position that learn through a word of a row come one after the other; the last of them changes the
/// weights. The layer before is told of each row what `teller` asks for, and then that there are no more.
template <class Build>
void update_rows(const ProgramSettings& program, const LayerSettings& layer, const Key& key,
                 const std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes], const NeuronState<Build>& neurons,
                 RowStream& rows, MeetingStream& meetings, RowTeller teller, ShareStream& told, WeightState<Build>& state) {
  using Weight = typename Build::Weight;
  using Change = std::conditional_t<has_convolutions<Build>(), std::int64_t, std::int32_t>;
  constexpr Word kLanes = Build::kLanes;
  constexpr unsigned kFraction = kExtendedWidth - Build::kWeightWidth;
  const bool graded = is_graded(program);
  Change sums[kLanes];  // of the pairs so far
#pragma HLS ARRAY_PARTITION variable = sums complete
  for (Word lane = 0; lane < kLanes; ++lane) {
#pragma HLS UNROLL
    sums[lane] = 0;
  }
  RowUpdate update = rows.read();
  Meeting meeting = receive_meeting<Build>(layer, update, meetings);
  Word word = 0;
  while (!update.end) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1048576
#pragma HLS PIPELINE II = 1
#pragma HLS DEPENDENCE variable = state.weights inter false
    timing::pass(1);
    if (word == 0) {
      if (meeting.last) ++state.update_rows;
      state.update_operations += layer.width;
    }
    const Word first = (has_convolutions<Build>() ? meeting.first : 0) + word * kLanes;
    std::int32_t asked[kLanes];  // of each lane's neuron
#pragma HLS ARRAY_PARTITION variable = asked complete
    for (Word lane = 0; lane < kLanes; ++lane) {
#pragma HLS UNROLL
      asked[lane] = 0;
      if (word * kLanes + distance_from<kLanes>(first, lane) < layer.width) {
        const Word at = word_from<kLanes>(first, lane);
        asked[lane] = coincidences(graded, layer, update.steps, update.value, neurons.ups[at][lane], neurons.downs[at][lane]) *
                      factors[at][lane];
      }
    }
    if constexpr (has_retrograde<Build>()) {
      if (teller.tells) tell_word<kLanes>(teller, asked, update.row, word + 1 == layer.row_words, told);
    }
    const Pair random = permute(key, 0, update.row);
    unsigned saturated = 0;
    for (Word lane = 0; lane < kLanes; ++lane) {
#pragma HLS UNROLL
      const Word neuron = word * kLanes + lane;  // of those that the row has weights for
      const Change change = sums[lane] + asked[(first + lane) % kLanes];
      sums[lane] = meeting.last ? 0 : change;
      const std::int32_t rounding =
          layer.rounding == kRoundingStochastic ? rounding_word(random, neuron) >> (16 - kFraction) : 1 << (kFraction - 1);
      Weight& weight = state.weights[update.row * layer.row_words + word][lane];
      const Change unlimited = weight + ((change + rounding) >> kFraction);
      const auto result = static_cast<std::int32_t>(limited(unlimited, Build::kWeightWidth));
      if (meeting.last && neuron < layer.width) {
        saturated += result != unlimited ? 1 : 0;
        weight = static_cast<Weight>(result);
      }
    }
    state.weight_saturations += saturated;
    ++word;
    if (has_shape<Build>(layer) || word == layer.row_words) {
      update = rows.read();
      meeting = receive_meeting<Build>(layer, update, meetings);
      word = meeting.word;
    }
  }
  if constexpr (has_retrograde<Build>()) {
    if (teller.tells) told.write(ShareMessage{0, 0, true});
  }
}

/// Sends the pairs of a source that had spikes within `span` and a position that it reaches, weight row by weight row and in a
/// row word by word. It looks at one source a cycle. A pair waits for the next, to be told whether it is the last of its word.
template <class Build>
void walk_kernel(const LayerSettings& layer, std::uint32_t span, const RowLog<Build>& log, RowStream& rows,
                 MeetingStream& meetings) {
  const Shape& shape = layer.shape;
  const Word across = 1U << shape.pool;  // sources that lie side by side at a pooled place
  RowUpdate waiting{0, 0, 0, false};
  Meeting pair{0, 0, false};
  bool waits = false;
  Word row = 0, ky = 0, kx = 0, channel = 0;               // of the kernel
  Word word = 0;                                           // of the row
  Word v = 0, h = 0, first = 0, inner_y = 0, inner_x = 0;  // position, its first neuron, and a source at the pooled place
  while (row < layer.rows) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16777216
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const bool bias = layer.bias && row + 1 == layer.rows;
    // Places above and to the left of the sources become large numbers.
    const Word y = (v * shape.stride + ky - shape.padding) * across + inner_y;
    const Word x = (h * shape.stride + kx - shape.padding) * across + inner_x;
    const bool there = bias || (y < shape.source_rows && x < shape.source_columns);
    const Word source = bias ? layer.sources - 1 : there ? source_at(shape, y, x, channel) : 0;
    const std::uint32_t steps = there && log.tags[source] == log.tag ? log.steps[source] & span : 0;
    const bool begins = v == 0 && h == 0 && inner_y == 0 && inner_x == 0;
    if (waits && (begins || steps != 0)) {
      pair.last = begins;
      rows.write(waiting);
      meetings.write(pair);
      waits = false;
    }
    if (steps != 0) {
      waiting = RowUpdate{static_cast<std::uint16_t>(row), steps, log.value[source], false};
      pair = Meeting{static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(word), false};
      waits = true;
    }
    const bool last_x = bias || inner_x + 1 == across;
    const bool last_place = last_x && (bias || inner_y + 1 == across);
    const bool last_column = last_place && h + 1 == shape.columns;
    const bool last_position = last_column && v + 1 == shape.rows;
    const bool last_word = last_position && word + 1 == layer.row_words;
    const bool last_channel = last_word && channel + 1 == shape.source_channels;
    const bool last_kx = last_channel && kx + 1 == shape.kernel_columns;
    inner_x = last_x ? 0 : inner_x + 1;
    if (last_x) inner_y = last_place ? 0 : inner_y + 1;
    if (last_place) {
      h = last_column ? 0 : h + 1;
      first = last_position ? 0 : first + shape.channels;
    }
    if (last_column) v = last_position ? 0 : v + 1;
    if (last_position) word = last_word ? 0 : word + 1;
    if (last_word) {
      channel = last_channel ? 0 : channel + 1;
      ++row;
    }
    if (last_channel) kx = last_kx ? 0 : kx + 1;
    if (last_kx) ++ky;
  }
  if (waits) {
    pair.last = true;
    rows.write(waiting);
    meetings.write(pair);
  }
}

/// The process that sends the rows of layer `number` that learn from the sample, those of a scatter to `scatter`.
template <class Build>
void walk_rows(const ProgramSettings& program, unsigned number, Word sample, const RowLog<Build>& log, RowStream& rows,
               MeetingStream& meetings, RowStream& scatter) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  if (learns(program, number)) {
    const LayerSettings& layer = program.layer[number];
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): a program that was accepted has a step
    const std::uint32_t span = layer.span == kSpanLastStep && !competes(layer) ? 1U << (program.steps - 1) : 0xffffffffU;
    const bool by_kernel = has_shape<Build>(layer);
    if constexpr (has_convolutions<Build>()) {
      if (by_kernel && !moves_filters<Build>(layer)) walk_kernel<Build>(layer, span, log, rows, meetings);
    }
    if constexpr (has_grids<Build>()) {
      const Key key = sample_key(program.seed, kPurposePatch, number, sample);
      if (moves_filters<Build>(layer)) draw_patch<Build>(layer, key, log, rows);
    }
    const bool scattering = keeps_scatter<Build>(layer);
    const bool all = competes(layer) || scattering;  // rows without spikes, too
    const Word count = by_kernel ? 0 : all ? layer.rows : log.rows;
    RowStream& out = scattering ? scatter : rows;
    for (Word at = 0; at < count; ++at) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1024
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      const Word row = all ? at : log.row[at];
      const bool active = log.tags[row] == log.tag;
      const std::uint32_t steps = active ? log.steps[row] & span : 0;
      const std::uint8_t value = active ? log.value[row] : std::uint8_t{0};
      if (steps != 0 || all) out.write(RowUpdate{static_cast<std::uint16_t>(row), steps, value, false});
    }
    out.write(RowUpdate{0, 0, 0, true});
  }
  timing::end_process();
}

/// The process that changes the weights of layer `number`. It takes `shares` from the layer behind, if it has a retrograde
/// signal, and tells the layer before what that asks for.
template <class Build>
void update_layer(const ProgramSettings& program, unsigned number, Word sample, DopamineStream& dopamine, RowStream& rows,
                  MeetingStream& meetings, ShareStream& shares, ShareStream& told, const FeatureState<Build>& features,
                  WeightState<Build>& weights, NeuronState<Build>& neurons) {
  timing::begin_process();
  if (learns_weights<Build>(program, number)) {
    const LayerSettings& layer = program.layer[number];
    const Key key = sample_key(program.seed, kPurposeRounding, number, sample);
    std::int32_t errors[Build::kMaxClasses];
    const Word label = receive<Build>(program, dopamine, errors);
    if (competes(layer)) {
      learn_competition<Build>(program, layer, label, key, rows, weights, neurons);
    } else if (moves_filters<Build>(layer)) {
      if constexpr (has_grids<Build>()) learn_features<Build>(layer, key, rows, features, weights, neurons);
    } else {
      std::int32_t factors[NeuronState<Build>::kWords][Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = factors complete dim = 2
      find_factors<Build>(program, layer, label, errors, weights, neurons, factors);
      if constexpr (has_retrograde<Build>()) {
        if (takes_retrograde<Build>(layer)) scale_factors<Build>(layer, shares, factors);
      }
      timing::pass(kPipelineDepth);
      const RowTeller teller = row_teller<Build>(program, number);
      update_rows<Build>(program, layer, key, factors, neurons, rows, meetings, teller, told, weights);
    }
  }
  timing::end_process();
}

}  // namespace phasic::hls
