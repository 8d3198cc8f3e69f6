// SPDX-License-Identifier: Apache-2.0
/// Results, trace and counters on their way to memory (section 4 of docs/specification.md).
#pragma once

#include "hls/sampler.hpp"

namespace phasic::hls {

/// The process that writes the record of a sample: it finds the prediction among the scores that arrive. False if the bus
/// refused a line.
template <class Build, class Port>
void write_record(Port& port, const ProgramSettings& program, Word label, Word position, Word number, TokenStream& in,
                  bool& written) {
  Word scores[Build::kMaxNeurons];
  Word spikes = 0, prediction = 0, best = 0;
  Token token = in.read();
  while (token.kind != kEndToken) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 34816
#pragma HLS PIPELINE II = 1
    if (token.kind == kSpikeToken) spikes += token.value;  // graded neurons: the sum of their values
    if (token.kind == kScoreToken) {
      scores[token.index] = token.value;
      if (token.index == 0 || token.value > best) {
        best = token.value;
        prediction = token.index;
      }
    }
    token = in.read();
  }
  constexpr Word kScoresAt = kResultRecordBytes / 4;
  const Word neurons = program.layer[program.layers - 1].neurons;
  const auto lines = static_cast<Word>(record_bytes(program) / kLineBytes);
  const Word first = kResultsBytes / kLineBytes + position * lines;
  written = true;
  for (Word at = 0; at < lines; ++at) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 65
    Line line = 0;
    for (Word word = 0; word < kLineWords; ++word) {
#pragma HLS PIPELINE II = 1
      const Word index = kLineWords * at + word;
      Word value = 0;
      if (index == kResultRecordSample / 4) value = number;
      if (index == kResultRecordLabel / 4) value = (label & 0xffff) | prediction << 16;  // two fields of 16 bits
      if (index == kResultRecordSpikes / 4) value = spikes;
      if (index >= kScoresAt && index - kScoresAt < neurons) value = scores[index - kScoresAt];
      set_word(line, word, value);
    }
    if (!port.write(first + at, line)) written = false;
  }
}

/// One row of the trace: V_j of one layer at one step.
template <class Port>
bool write_trace_row(Port& port, const LayerSettings& layer, Word first, PotentialStream& potentials) {
  bool written = true;
  Line line = 0;
  for (Word neuron = 0; neuron < layer.neurons; ++neuron) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 1024
#pragma HLS PIPELINE II = 1
    const auto low = static_cast<int>(16 * (neuron % 32));
    line.range(low + 15, low) = ap_uint<16>(static_cast<std::uint16_t>(potentials.read()));
    if (neuron % 32 == 31 || neuron + 1 == layer.neurons) {
      if (!port.write(first + neuron / 32, line)) written = false;
      line = 0;
    }
  }
  return written;
}

/// The process that writes the trace of a sample. It goes step by step through all layers, as they produce it: layer by layer,
/// a later layer would wait for room in its stream while an earlier one waits for the later.
template <class Port>
void write_trace(Port& port, const ProgramSettings& program, Word position, PotentialStream& layer0, PotentialStream& layer1,
                 PotentialStream& layer2, PotentialStream& layer3, bool& written) {
  written = true;
  if (!program.trace) return;
  const auto base = static_cast<Word>(position * trace_bytes(program) / kLineBytes);
  for (Word step = 0; step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
    Word first = base;
    for (unsigned number = 0; number < kMaxLayers; ++number) {
      if (number >= program.layers) break;
      const LayerSettings& layer = program.layer[number];
      const auto lines = static_cast<Word>(lines_of(2ULL * layer.neurons));
      const Word at = first + step * lines;
      bool row = true;
      if (number == 0) row = write_trace_row(port, layer, at, layer0);
      if (number == 1) row = write_trace_row(port, layer, at, layer1);
      if (number == 2) row = write_trace_row(port, layer, at, layer2);
      if (number == 3) row = write_trace_row(port, layer, at, layer3);
      written = written && row;
      first += program.steps * lines;
    }
  }
}

/// Counters of a run that belong to no layer.
struct RunCounts {
  std::uint64_t input_events, samples_learned;
};

inline void put_counter(Word words[kResultsBytes / 4], Word offset, std::uint64_t value) {
  words[offset / 4] = static_cast<Word>(value);
  words[offset / 4 + 1] = static_cast<Word>(value >> 32) & ((1U << (kCounterWidth - 32)) - 1);
}

/// Step 8: the header and the counter blocks. Timing counters are estimates: a cycle for each word of lanes, with the layers
/// one after the other. False if the bus refused a line.
template <class Build, class Port>
bool write_header(Port& port, const ProgramSettings& program, const Fault& fault, Word samples_done, Word first_sample,
                  const RunCounts& counts, const LayerState<Build> layers[kMaxLayers], bool loaded) {
  Word words[kResultsBytes / 4];
  for (unsigned at = 0; at < kResultsBytes / 4; ++at) {
#pragma HLS PIPELINE II = 1
    words[at] = 0;
  }
  words[kResultsHeaderMagic / 4] = kResultsMagic;
  words[kResultsHeaderVersion / 4] = kContractVersion;
  words[kResultsHeaderError / 4] = fault.error;
  words[kResultsHeaderErrorDetail / 4] = fault.detail;
  words[kResultsHeaderErrorSample / 4] = fault.sample;
  words[kResultsHeaderSamplesDone / 4] = samples_done;
  words[kResultsHeaderFirstSample / 4] = first_sample;
  put_counter(words, kResultsHeaderInputEvents, counts.input_events);
  put_counter(words, kResultsHeaderSamplesLearned, counts.samples_learned);
  std::uint64_t cycles = 0;
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (!loaded || number >= program.layers) break;
    const LayerCounts& counted = layers[number].counted;
    const Word base = kResultsHeaderBytes + number * kLayerCountersBytes;
    const Word row_words = program.layer[number].words;
    const std::uint64_t integrating = counted.events * row_words;
    const std::uint64_t learning = counted.update_rows * (competes(program.layer[number]) ? 1 : row_words);
    put_counter(words, base + kLayerCountersEvents, counted.events);
    put_counter(words, base + kLayerCountersSynapticOperations, counted.synaptic_operations);
    put_counter(words, base + kLayerCountersSpikes, counted.spikes);
    put_counter(words, base + kLayerCountersUpdateRows, counted.update_rows);
    put_counter(words, base + kLayerCountersUpdateOperations, counted.update_operations);
    put_counter(words, base + kLayerCountersPotentialSaturations, counted.potential_saturations);
    put_counter(words, base + kLayerCountersWeightSaturations, counted.weight_saturations);
    put_counter(words, base + kLayerCountersIntegrateCycles, integrating);
    put_counter(words, base + kLayerCountersLearnCycles, learning);
    cycles += integrating + learning;
  }
  put_counter(words, kResultsHeaderCycles, cycles);
  put_counter(words, kResultsHeaderRunCycles, cycles);
  bool written = true;
  for (unsigned at = 0; at < kResultsBytes / kLineBytes; ++at) {
    Line line = 0;
    for (unsigned word = 0; word < kLineWords; ++word) set_word(line, word, words[kLineWords * at + word]);
    if (!port.write(at, line)) written = false;
  }
  return written;
}

}  // namespace phasic::hls
