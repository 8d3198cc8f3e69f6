// SPDX-License-Identifier: Apache-2.0
/// Reads and checks a sample (step 7 of section 6 of docs/specification.md), and encodes it into spikes.
#pragma once

#include "hls/layer.hpp"
#include "hls/port.hpp"

namespace phasic::hls {

/// The first error of a run.
struct Fault {
  Word error, detail, sample;
};
inline void fail(Fault& fault, Word error, Word detail, Word sample = 0) {
  if (fault.error == kErrorNone) fault = Fault{error, detail, sample};
}

template <class Build>
struct SampleState {
  Word label, length, open_count;
  bool learn, gated;
  std::uint8_t values[Build::kMaxRows];  ///< intensities or graded values
  std::uint32_t events[Build::kMaxEvents];
  bool open[Build::kMaxNeurons];  ///< neurons of the first layer that the gate leaves open
};

/// Checks the header in order of address; the byte offset of the first illegal field, or kLegal.
template <class Build>
Word check_sample_header(const ProgramSettings& program, const Line& line, SampleState<Build>& sample) {
  const Word flags = word_of(line, kSampleHeaderFlags / 4);
  sample.label = word_of(line, kSampleHeaderLabel / 4);
  sample.length = word_of(line, kSampleHeaderLength / 4);
  sample.open_count = word_of(line, kSampleHeaderOpen / 4);
  sample.learn = program.learn && (flags & kSampleLearns) != 0;
  sample.gated = (flags & kSampleIsGated) != 0;
  const bool by_event = program.kind == kSampleKindEvent;
  const std::uint64_t payload = (by_event ? 4ULL : 1ULL) * sample.length;
  const std::uint64_t gate = 4ULL * sample.open_count;
  FirstFault fault;
  fault.require(sample.label < program.classes || (sample.label == kUnlabelled && !sample.learn), kSampleHeaderLabel);
  fault.require(flags <= ((Build::kRules & kRulesGate) != 0 ? kSampleLearns | kSampleIsGated : kSampleLearns),
                kSampleHeaderFlags);
  fault.require(by_event ? sample.length <= Build::kMaxEvents && kSampleHeaderBytes + payload <= program.stride
                         : sample.length == program.inputs,
                kSampleHeaderLength);
  fault.require(sample.gated ? sample.open_count <= program.layer[0].neurons &&
                                   static_cast<std::uint64_t>(sample.open_count) + sample.length <= Build::kMaxEvents &&
                                   kSampleHeaderBytes + gate + payload <= program.stride
                             : sample.open_count == 0,
                kSampleHeaderOpen);
  return fault.offset;
}

/// Reads sample `position`. All of it is read before its gate and its events are told to be wrong: a bus error comes first.
template <class Build, class Port>
bool read_sample(Port& port, const ProgramSettings& program, Word position, SampleState<Build>& sample, Fault& fault) {
  const auto first = static_cast<Word>(static_cast<std::uint64_t>(position) * program.stride / kLineBytes);
  Line line = 0;
  if (!port.read(first, line)) {
    fail(fault, kErrorBusRead, kArgumentSamples);
    return false;
  }
  const Word field = check_sample_header<Build>(program, line, sample);
  if (field != kLegal) {
    fail(fault, kErrorSampleField, field, position);
    return false;
  }
  for (Word neuron = 0; neuron < Build::kMaxNeurons; ++neuron) {
#pragma HLS PIPELINE II = 1
    sample.open[neuron] = false;
  }
  const bool by_event = program.kind == kSampleKindEvent;
  const Word payload_words = by_event ? sample.length : (sample.length + 3) / 4;
  const Word gate_end = kSampleHeaderBytes / 4 + sample.open_count;
  const Word end = gate_end + payload_words;
  Word bad_gate = kLegal, bad_event = kLegal, before = 0;
  for (Word at = kSampleHeaderBytes / 4; at < end; ++at) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 16384
    if (at % kLineWords == 0 && !port.read(first + at / kLineWords, line)) {
      fail(fault, kErrorBusRead, kArgumentSamples);
      return false;
    }
    const Word word = word_of(line, at % kLineWords);
    if (at < gate_end) {
      const Word number = at - kSampleHeaderBytes / 4;
      const bool in_range = word < program.layer[0].neurons;
      if (bad_gate == kLegal && (!in_range || (number > 0 && word <= before))) bad_gate = number;
      if (in_range) sample.open[word] = true;
    } else if (by_event) {
      const Word number = at - gate_end;
      const bool in_range = (word & 0xffff) < program.inputs && (word >> 16) < program.steps;
      if (bad_event == kLegal && (!in_range || (number > 0 && word <= before))) bad_event = number;
      sample.events[number] = word;
    } else {
      for (Word byte = 0; byte < 4; ++byte) {
#pragma HLS UNROLL
        const Word input = 4 * (at - gate_end) + byte;
        if (input < sample.length) sample.values[input] = static_cast<std::uint8_t>(word >> (8 * byte));
      }
    }
    before = word;
  }
  if (bad_gate != kLegal) fail(fault, kErrorGate, bad_gate, position);
  if (bad_event != kLegal) fail(fault, kErrorEvent, bad_event, position);
  return bad_gate == kLegal && bad_event == kLegal;
}

/// The process that sends the spikes of the inputs, step by step (section 3, rate coding).
template <class Build>
void encode(const ProgramSettings& program, const SampleState<Build>& sample, Word number, std::uint64_t& input_events,
            TokenStream& out) {
  const Key key = sample_key(program.seed, kPurposeEncoding, 0, number);
  Word next = 0;
  for (Word step = 0; step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
    if (program.kind == kSampleKindEvent) {
      while (next < sample.length && sample.events[next] >> 16 == step) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 1024
#pragma HLS PIPELINE II = 1
        out.write(Token{kSpikeToken, static_cast<std::uint16_t>(sample.events[next]), 1});
        ++next;
        ++input_events;
      }
    } else {
      for (Word input = 0; input < program.inputs; ++input) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
        const std::uint8_t value = sample.values[input];
        const Pair random = permute(key, static_cast<std::uint16_t>(step >> 2), static_cast<std::uint16_t>(input));
        const std::uint16_t half = (step & 2) == 0 ? random.x : random.y;
        const auto byte = static_cast<std::uint8_t>((step & 1) == 0 ? half >> 8 : half);
        const bool spikes = is_graded(program) ? value != 0 : value > byte;
        if (spikes) {
          out.write(Token{kSpikeToken, static_cast<std::uint16_t>(input), is_graded(program) ? value : 1U});
          ++input_events;
        }
      }
    }
    out.write(Token{kStepToken, 0, 0});
  }
  out.write(Token{kEndToken, 0, 0});
}

}  // namespace phasic::hls
