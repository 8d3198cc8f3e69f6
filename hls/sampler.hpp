// SPDX-License-Identifier: Apache-2.0
/// Reads and checks a sample (step 7 of section 6 of docs/specification.md).
#pragma once

#include "hls/port.hpp"
#include "hls/state.hpp"
#include "hls/timing.hpp"

namespace phasic::hls {

constexpr Word kNoSample = 0xffffffff;  ///< in place of a position

/// Checks the header in order of address; the byte offset of the first illegal field, or kLegal.
template <class Build>
Word check_sample_header(const ProgramSettings& program, const Line& line, SampleState<Build>& sample) {
  const Word flags = word_of(line, kSampleHeaderFlags / 4);
  sample.label = word_of(line, kSampleHeaderLabel / 4);
  sample.length = word_of(line, kSampleHeaderLength / 4);
  sample.open_count = word_of(line, kSampleHeaderOpen / 4);
  sample.learn = program.learn && (flags & kSampleLearns) != 0;
  sample.gated = (flags & kSampleIsGated) != 0;
  sample.restart = (flags & kSampleRestarts) != 0;
  const Word legal_flags =
      kSampleLearns | ((Build::kRules & kRulesGate) != 0 ? kSampleIsGated : 0) | (program.keep ? kSampleRestarts : 0);
  const bool by_event = program.kind == kSampleKindEvent;
  const std::uint64_t payload = (by_event ? 4ULL : 1ULL) * sample.length;
  const std::uint64_t gate = 4ULL * sample.open_count;
  FirstFault fault;
  fault.require(sample.label < program.classes || (sample.label == kUnlabelled && !sample.learn), kSampleHeaderLabel);
  fault.require((flags & ~legal_flags) == 0, kSampleHeaderFlags);
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

/// Reads sample `position` and tells what is wrong with it. All of it is read before its gate and its events are told to be
/// wrong: a bus error comes first.
template <class Build, class Port>
Fault fetch_sample(Port& port, const ProgramSettings& program, Word position, SampleState<Build>& sample) {
  const Fault refused{kErrorBusRead, kArgumentSamples, 0};
  const auto first = static_cast<Word>(static_cast<std::uint64_t>(position) * program.stride / kLineBytes);
  Line line = 0;
  if (!port.read(first, line)) return refused;
  const Word field = check_sample_header<Build>(program, line, sample);
  if (field != kLegal) return Fault{kErrorSampleField, field, position};
  if (sample.gated) {
    for (Word neuron = 0; neuron < program.layer[0].neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
      timing::pass(1);
      sample.open[neuron] = false;
    }
  }
  const bool by_event = program.kind == kSampleKindEvent;
  const Word payload_words = by_event ? sample.length : (sample.length + 3) / 4;
  const Word gate_end = kSampleHeaderBytes / 4 + sample.open_count;
  const Word end = gate_end + payload_words;
  Word bad_gate = kLegal, bad_event = kLegal, before = 0;
  timing::pass(kPipelineDepth);
  for (Word at = kSampleHeaderBytes / 4; at < end; ++at) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 16384
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (at % kLineWords == 0 && !port.read(first + at / kLineWords, line)) return refused;
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
  if (bad_gate != kLegal) return Fault{kErrorGate, bad_gate, position};
  if (bad_event != kLegal) return Fault{kErrorEvent, bad_event, position};
  return Fault{kErrorNone, 0, 0};
}

/// The process that reads sample `position`, if there is one, while the sample before is worked on.
template <class Build, class Port>
void read_sample(Port& port, const ProgramSettings& program, Word position, SampleState<Build>& sample) {
  timing::begin_process();
  if (position != kNoSample) sample.fault = fetch_sample<Build>(port, program, position, sample);
  timing::end_process();
}

}  // namespace phasic::hls
