// SPDX-License-Identifier: Apache-2.0
/// The first half of a layer engine: it adds up the weights of the rows that spike (section 1 of docs/specification.md) and
/// logs the rows for learning.
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// Row `row` is worth `value` at `step`.
template <class Build>
void log_row(const LayerSettings& layer, Word row, Word value, Word step, RowLog<Build>& log) {
#pragma HLS INLINE
  const bool first = log.tags[row] != log.tag;
  if (first) log.row[log.rows++] = static_cast<std::uint16_t>(row);
  log.tags[row] = log.tag;
  log.steps[row] = (first ? 0 : log.steps[row]) | 1U << step;
  log.value[row] = static_cast<std::uint8_t>(value);
  ++log.events;
  log.synaptic_operations += layer.neurons;
}

/// The process that integrates for layer engine `number` during one sample: one word of lanes a cycle, events and sums in one
/// loop, so that the pipeline never runs dry. A layer that competes adds up over all steps and sends its sums at the end.
/// An engine without a layer hands its tokens on.
template <class Build>
void integrate(const ProgramSettings& program, unsigned number, const WeightState<Build>& state, RowLog<Build>& log,
               TokenStream& in, LayerSumStream<Build>& out, TokenStream& handed_on) {
  using Sum = typename Build::Sum;
  timing::begin_process();
  timing::pass(kPipelineDepth);
  const LayerSettings& layer = program.layer[number];
  const bool used = number < program.layers;
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
  bool bias_due = layer.bias, sending = false, over = false;
  Token token{kEndToken, 0, 0};
  while (!over) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 557056
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (word == 0 && !sending) {
      // After the spikes of a step come its bias row and then, in a layer that does not compete, its sums.
      if (token.kind != kStepToken) token = in.read();
      if (!used) {
        handed_on.write(token);
        over = token.kind == kEndToken;
        token.kind = kEndToken;
      } else if (token.kind == kStepToken && bias_due) {
        bias_due = false;
        log_row<Build>(layer, layer.rows - 1, bias_value(program), step, log);
      } else if (token.kind == kStepToken) {
        sending = !competes(layer) || step + 1 == program.steps;
        bias_due = layer.bias;
        ++step;
        token.kind = kEndToken;
      } else if (token.kind == kEndToken) {
        over = true;
      } else {
        log_row<Build>(layer, token.index, token.value, step, log);
      }
    }
    const bool adds_bias = token.kind == kStepToken;
    const bool adds = used && !sending && (adds_bias || token.kind == kSpikeToken);
    if (adds) {
      const Word row = adds_bias ? layer.rows - 1 : token.index;
      const auto value = static_cast<Sum>(adds_bias ? bias_value(program) : token.value);
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        sums[word][lane] += value * state.weights[row * layer.words + word][lane];
      }
    }
    if (sending) {
      SumWord<Sum, Build::kLanes> sent;
      for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
        sent.value[lane] = sums[word][lane];
        sums[word][lane] = 0;
      }
      out.write(sent);
    }
    if (adds || sending) {
      const bool last = word + 1 == layer.words;
      word = last ? 0 : word + 1;
      if (last) sending = false;
    }
  }
  timing::end_process();
}

}  // namespace phasic::hls
