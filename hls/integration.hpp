// SPDX-License-Identifier: Apache-2.0
/// The first half of a layer engine: it adds up the weights of the rows that spike (section 1 of docs/specification.md) and
/// logs the rows for learning.
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// Source `row` is worth `value` at `step` and reaches `positions`.
template <class Build>
void log_row(const LayerSettings& layer, Word row, Word value, Word step, Word positions, RowLog<Build>& log) {
#pragma HLS INLINE
  const bool first = log.tags[row] != log.tag;
  if (first) log.row[log.rows++] = static_cast<std::uint16_t>(row);
  log.tags[row] = log.tag;
  log.steps[row] = (first ? 0 : log.steps[row]) | 1U << step;
  log.value[row] = static_cast<std::uint8_t>(value);
  ++log.events;
  log.synaptic_operations += layer.width * positions;
}

/// The way of an event through the positions that it reaches: a row of weights, and the first of the neurons to which it is
/// added.
struct Walk {
  Word row, first;
  Word rows, columns;           ///< positions that are left, this one included: rows, and columns of this row
  Word begin_row, begin_first;  ///< at the first position of this row
  Word row_columns;             ///< positions of a row
  bool bias;                    ///< all positions have the same row of weights, and are taken for one row of positions
};

inline Walk begin_walk(const Reach& reach, bool bias) {
#pragma HLS INLINE
  return {reach.row, reach.first, reach.rows, reach.columns, reach.row, reach.first, reach.columns, bias};
}

/// Goes on to the next position. False if that was the last one.
inline bool advance(const Shape& shape, Walk& walk) {
#pragma HLS INLINE
  if (walk.columns > 1) {
    --walk.columns;
    walk.row -= walk.bias ? 0 : shape.column_step;
    walk.first += shape.place_sums;
    return true;
  }
  if (walk.rows <= 1) return false;
  --walk.rows;
  walk.columns = walk.row_columns;
  walk.begin_row -= shape.row_step;
  walk.begin_first += shape.row_sums;
  walk.row = walk.begin_row;
  walk.first = walk.begin_first;
  return true;
}

/// The process that integrates for layer engine `number` during one sample: one word of lanes a cycle, events and sums in one
/// loop, so that the pipeline never runs dry. In a convolution an event takes as many words as a row of weights has, for each
/// position that it reaches. With a grid the sums are those of all positions, and lie in a memory instead of in registers. A
/// layer without potentials adds up over all steps and sends its sums at the end. An engine without a layer hands its tokens
/// on.
template <class Build>
void integrate(const ProgramSettings& program, unsigned number, const WeightState<Build>& state, RowLog<Build>& log,
               PositionState<Build>& positions, TokenStream& in, ReachStream& reaches, LayerSumStream<Build>& out,
               TokenStream& handed_on) {
  using Sum = typename Build::Sum;
  timing::begin_process();
  timing::pass(kPipelineDepth);
  const LayerSettings& layer = program.layer[number];
  const bool used = number < program.layers;
  const bool pooled = is_pooled<Build>(layer);
  Sum sums[NeuronState<Build>::kWords][Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = sums complete dim = 0
  for (Word word = 0; word < NeuronState<Build>::kWords; ++word) {
#pragma HLS UNROLL
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      sums[word][lane] = 0;
    }
  }
  log.rows = 0;
  ++log.tag;
  Word step = 0, word = 0;
  bool bias_due = layer.bias, adding = false, sending = false, over = false;
  Token token{kEndToken, 0, 0};
  Walk walk{0, 0, 0, 0, 0, 0, 0, false};
  Sum value = 0;
  while (!over) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 33554944
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (!adding && !sending) {
      // After the spikes of a step come its bias row and then, in a layer with potentials, its sums.
      if (token.kind != kStepToken) token = in.read();
      if (!used) {
        handed_on.write(token);
        over = token.kind == kEndToken;
        token.kind = kEndToken;
      } else if (token.kind == kStepToken && !bias_due) {
        sending = !without_potentials(layer) || step + 1 == program.steps;
        bias_due = layer.bias;
        ++step;
        token.kind = kEndToken;
      } else if (token.kind == kEndToken) {
        over = true;
      } else {
        const bool adds_bias = token.kind == kStepToken;
        if (adds_bias) bias_due = false;
        Reach reach{static_cast<std::uint16_t>(adds_bias ? layer.rows - 1 : token.index), 0, 1,
                    static_cast<std::uint16_t>(layer.positions)};
        if constexpr (has_convolutions<Build>()) {
          if (!adds_bias && has_shape<Build>(layer)) reach = reaches.read();
        }
        const Word worth = adds_bias ? bias_value(program) : token.value;
        log_row<Build>(layer, adds_bias ? layer.sources - 1 : token.index, worth, step, reach.rows * reach.columns, log);
        walk = begin_walk(reach, adds_bias);
        value = static_cast<Sum>(worth);
        adding = reach.rows != 0;
      }
    }
    if (adding) {
      typename Build::Weight weights[Build::kLanes];
#pragma HLS ARRAY_PARTITION variable = weights complete
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        weights[lane] = state.weights[walk.row * layer.row_words + word][lane];
      }
      const Word first = (has_convolutions<Build>() ? walk.first : 0) + word * Build::kLanes;
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        const Word at = distance_from<Build::kLanes>(first, lane);
        const Word to = word_from<Build::kLanes>(first, lane);
        if (word * Build::kLanes + at < layer.width) (pooled ? positions.sums[to] : sums[to])[lane] += value * weights[at];
      }
    }
    if (sending) {
      SumWord<Sum, Build::kLanes> sent;
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        Sum& sum = (pooled ? positions.sums[word] : sums[word])[lane];
        sent.value[lane] = sum;
        sum = 0;
      }
      out.write(sent);
    }
    if (adding || sending) {
      const bool last = word + 1 == (sending ? layer.sum_words : layer.row_words);
      word = last ? 0 : word + 1;
      if (last) {
        adding = adding && has_shape<Build>(layer) && advance(layer.shape, walk);
        sending = false;
      }
    }
  }
  timing::end_process();
}

}  // namespace phasic::hls
