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
  const Word neurons = program.layer[program.layers - 1].neurons;
  const auto lines = static_cast<Word>(record_bytes(program) / kLineBytes);
  const Word first = kResultsWords / 16 + position * lines;
  written = true;
  for (Word at = 0; at < lines; ++at) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 65
    Line line = 0;
    for (Word word = 0; word < 16; ++word) {
#pragma HLS PIPELINE II = 1
      const Word index = 16 * at + word;
      Word value = 0;
      if (index == 0) value = number;
      if (index == 1) value = (label & 0xffff) | prediction << 16;
      if (index == 2) value = spikes;
      if (index >= 4 && index - 4 < neurons) value = scores[index - 4];
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

inline void put_counter(Word words[kResultsWords], unsigned at, std::uint64_t value) {
  words[at] = static_cast<Word>(value);
  words[at + 1] = static_cast<Word>(value >> 32) & ((1U << (kCounterWidth - 32)) - 1);
}

/// Step 8: the header and the counter blocks. Timing counters are estimates: a cycle for each word of lanes, with the layers
/// one after the other. False if the bus refused a line.
template <class Build, class Port>
bool write_header(Port& port, const ProgramSettings& program, const Fault& fault, Word samples_done, Word first_sample,
                  const RunCounts& counts, const LayerState<Build> layers[kMaxLayers], bool loaded) {
  Word words[kResultsWords];
  for (unsigned at = 0; at < kResultsWords; ++at) {
#pragma HLS PIPELINE II = 1
    words[at] = 0;
  }
  words[0] = kResultsMagic;
  words[1] = kContractVersion;
  words[2] = fault.error;
  words[3] = fault.detail;
  words[4] = fault.sample;
  words[5] = samples_done;
  words[6] = first_sample;
  put_counter(words, 16, counts.input_events);
  put_counter(words, 18, counts.samples_learned);
  std::uint64_t cycles = 0;
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (!loaded || number >= program.layers) break;
    const LayerCounts& counted = layers[number].counted;
    const unsigned base = 64 + kCounterBlockWords * number;
    const Word row_words = program.layer[number].words;
    const std::uint64_t integrating = counted.events * row_words;
    const std::uint64_t learning = counted.update_rows * (competes(program.layer[number]) ? 1 : row_words);
    put_counter(words, base, counted.events);
    put_counter(words, base + 2, counted.synaptic_operations);
    put_counter(words, base + 4, counted.spikes);
    put_counter(words, base + 6, counted.update_rows);
    put_counter(words, base + 8, counted.update_operations);
    put_counter(words, base + 10, counted.potential_saturations);
    put_counter(words, base + 12, counted.weight_saturations);
    put_counter(words, base + 16, integrating);
    put_counter(words, base + 18, learning);
    cycles += integrating + learning;
  }
  put_counter(words, 32, cycles);
  put_counter(words, 36, cycles);  // run_cycles
  bool written = true;
  for (unsigned at = 0; at < kResultsWords / 16; ++at) {
    Line line = 0;
    for (unsigned word = 0; word < 16; ++word) set_word(line, word, words[16 * at + word]);
    if (!port.write(at, line)) written = false;
  }
  return written;
}

}  // namespace phasic::hls
