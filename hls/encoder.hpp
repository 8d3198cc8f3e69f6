// SPDX-License-Identifier: Apache-2.0
/// Spikes of the inputs (section 3 of docs/specification.md, rate coding), and the process that turns words of answers into
/// tokens, behind the encoder and behind every layer.
#pragma once

#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// Tokens of a sample of address events.
template <class Build>
void send_events(const ProgramSettings& program, const SampleState<Build>& sample, std::uint64_t& input_events,
                 TokenStream& out) {
  Word next = 0, step = 0;
  while (step < program.steps) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 16416
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const bool due = next < sample.length && sample.events[next] >> 16 == step;
    if (due) {
      out.write(Token{kSpikeToken, static_cast<std::uint16_t>(sample.events[next]), 1});
      ++next;
      ++input_events;
    } else {
      out.write(Token{kStepToken, 0, 0});
      ++step;
    }
  }
  out.write(Token{kEndToken, 0, 0});
}

/// The process that encodes a sample, step by step: words of inputs to `words`, or address events to `events`.
template <class Build>
void encode(const ProgramSettings& program, const SampleState<Build>& sample, Word number, std::uint64_t& input_events,
            AnswerStream<Build::kInputLanes>& words, TokenStream& events) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  if (program.kind == kSampleKindEvent) {
    send_events<Build>(program, sample, input_events, events);
    timing::end_process();
    return;
  }
  const Key key = sample_key(program.seed, kPurposeEncoding, 0, number);
  for (Word step = 0; step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
    for (Word first = 0; first < program.inputs; first += Build::kInputLanes) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 64
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      AnswerWord<Build::kInputLanes> word;
      unsigned spikes = 0;
      for (Word lane = 0; lane < Build::kInputLanes; ++lane) {
#pragma HLS UNROLL
        const Word input = first + lane;
        const std::uint8_t value = input < program.inputs ? sample.values[input] : std::uint8_t{0};
        const Pair random = permute(key, static_cast<std::uint16_t>(step >> 2), static_cast<std::uint16_t>(input));
        const std::uint16_t half = (step & 2) == 0 ? random.x : random.y;
        const auto byte = static_cast<std::uint8_t>((step & 1) == 0 ? half >> 8 : half);
        word.value[lane] = is_graded(program) ? value : static_cast<std::uint8_t>(value > byte ? 1 : 0);
        spikes += word.value[lane] != 0 ? 1 : 0;
      }
      input_events += spikes;
      words.write(word);
    }
  }
  timing::end_process();
}

/// Tells layer `reader` what its source `source` reaches, if the layer is a convolution.
template <class Build>
void locate(const ProgramSettings& program, unsigned reader, Word source, ReachStream& reaches) {
#pragma HLS INLINE
  if constexpr (has_convolutions<Build>()) {
    if (reader < program.layers && has_shape<Build>(program.layer[reader])) {
      reaches.write(reach_of(program.layer[reader].shape, source));
    }
  }
}

/// Sends on what comes to layer `reader`, up to the end of the sample.
template <class Build>
void pass_on(const ProgramSettings& program, unsigned reader, TokenStream& in, TokenStream& out, ReachStream& reaches) {
  unsigned char kind = kStepToken;
  while (kind != kEndToken) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 34816
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    const Token token = in.read();
    kind = token.kind;
    out.write(token);
    if (token.kind == kSpikeToken) locate<Build>(program, reader, token.index, reaches);
  }
}

/// Sends layer `reader` an event for each answer of `elements` that is not 0, step by step, and then `scores` of them.
template <class Build, Word Lanes>
void send_answers(const ProgramSettings& program, unsigned reader, Word elements, Word scores, AnswerStream<Lanes>& answers,
                  ScoreStream& values, TokenStream& out, ReachStream& reaches) {
  for (Word step = 0; step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
    AnswerWord<Lanes> word;
    Word first = 0;
    bool left = false;
    while (left || first < elements) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1088
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      if (!left) {
        word = answers.read();
        first += Lanes;
      }
      unsigned lowest = Lanes, number = 0;
      for (unsigned lane = Lanes; lane > 0; --lane) {
#pragma HLS UNROLL
        if (word.value[lane - 1] != 0) {
          lowest = lane - 1;
          ++number;
        }
      }
      if (number > 0) {
        out.write(Token{kSpikeToken, static_cast<std::uint16_t>(first - Lanes + lowest), word.value[lowest]});
        locate<Build>(program, reader, first - Lanes + lowest, reaches);
        word.value[lowest] = 0;
      }
      left = number > 1;
    }
    out.write(Token{kStepToken, 0, 0});
  }
  for (Word neuron = 0; neuron < scores; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1024
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    out.write(Token{kScoreToken, static_cast<std::uint16_t>(neuron), values.read()});
  }
  out.write(Token{kEndToken, 0, 0});
}

/// The process behind the encoder.
template <class Build>
void send_inputs(const ProgramSettings& program, AnswerStream<Build::kInputLanes>& words, TokenStream& events, TokenStream& out,
                 ReachStream& reaches) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  ScoreStream none("no scores");
  if (program.kind == kSampleKindEvent) {
    pass_on<Build>(program, 0, events, out, reaches);
  } else {
    send_answers<Build, Build::kInputLanes>(program, 0, program.inputs, 0, words, none, out, reaches);
  }
  timing::end_process();
}

/// The process behind layer engine `number`. An engine without a layer hands on what it was sent.
template <class Build>
void send_layer(const ProgramSettings& program, unsigned number, AnswerStream<Build::kLanes>& answers, ScoreStream& scores,
                TokenStream& handed_on, TokenStream& out, ReachStream& reaches) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  if (number >= program.layers) {
    pass_on<Build>(program, number + 1, handed_on, out, reaches);
  } else {
    const LayerSettings& layer = program.layer[number];
    send_answers<Build, Build::kLanes>(program, number + 1, without_potentials(layer) ? 0 : layer.neurons,
                                       number + 1 == program.layers ? layer.neurons : 0, answers, scores, out, reaches);
  }
  timing::end_process();
}

}  // namespace phasic::hls
