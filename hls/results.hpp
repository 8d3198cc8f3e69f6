// SPDX-License-Identifier: Apache-2.0
/// Results, trace and counters on their way to memory (section 4 of docs/specification.md).
#pragma once

#include "hls/port.hpp"
#include "hls/state.hpp"
#include "hls/streams.hpp"

namespace phasic::hls {

/// The process that writes the record of a sample: it finds the prediction among the scores that arrive. `counts` gets the
/// spike counts of the first neurons of the last layer, those of neurons without potentials as 0. `written` is false if the bus
/// refused a line.
template <class Build, class Port>
void write_record(Port& port, const ProgramSettings& program, Word label, Word position, Word number, TokenStream& in,
                  std::uint16_t counts[Build::kMaxClasses], bool& written) {
  timing::begin_process();
  timing::pass(kPipelineDepth);
  const bool counting = !without_potentials(program.layer[program.layers - 1]);
  Word scores[Build::kMaxNeurons];
  Word spikes = 0, prediction = 0, best = 0;
  Token token = in.read();
  while (token.kind != kEndToken) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 34816
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (token.kind == kSpikeToken) spikes += token.value;  // graded neurons: the sum of their values
    if (token.kind == kScoreToken) {
      scores[token.index] = token.value;
      if (token.index < Build::kMaxClasses) counts[token.index] = counting ? static_cast<std::uint16_t>(token.value >> 16) : 0;
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
      timing::pass(1);
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
  timing::end_process();
}

/// One row of the trace: V_j of one layer at one step. A word of lanes fills lines, or several fill one.
template <class Build, class Port>
bool write_trace_row(Port& port, const LayerSettings& layer, Word first, PotentialStream<Build::kLanes>& potentials) {
  constexpr Word kPerLine = kLineBytes / 2;
  constexpr Word kTogether = lanes_together<Build::kLanes, kPerLine>();
  bool written = true;
  Line line = 0;
  PotentialWord<Build::kLanes> word;
  for (Word neuron = 0; neuron < layer.neurons; neuron += kTogether) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
#pragma HLS PIPELINE II = 1
    timing::pass(1);
    if (neuron % Build::kLanes == 0) word = potentials.read();
    for (Word at = 0; at < kTogether; ++at) {
#pragma HLS UNROLL
      const auto low = static_cast<int>(16 * ((neuron + at) % kPerLine));
      line.range(low + 15, low) = ap_uint<16>(static_cast<std::uint16_t>(word.value[(neuron + at) % Build::kLanes]));
    }
    if ((neuron + kTogether) % kPerLine == 0 || neuron + kTogether >= layer.neurons) {
      if (!port.write(first + neuron / kPerLine, line)) written = false;
      line = 0;
    }
  }
  return written;
}

/// The process that writes the trace of a sample. It goes step by step through all layers, as they produce it: layer by layer,
/// a later layer would wait for room in its stream while an earlier one waits for the later.
template <class Build, class Port>
void write_trace(Port& port, const ProgramSettings& program, Word position,
                 PotentialStream<Build::kLanes> traces[Build::kEngines], bool& written) {
  timing::begin_process();
  written = true;
  const auto base = static_cast<Word>(position * trace_bytes<Build>(program) / kLineBytes);
  for (Word step = 0; program.trace && step < program.steps; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 32
    Word first = base;
    for (unsigned number = 0; number < Build::kEngines; ++number) {
#pragma HLS UNROLL
      if (number >= program.layers) break;
      const LayerSettings& layer = program.layer[number];
      const auto lines = static_cast<Word>(lines_of(2ULL * layer.neurons));
      const Word at = first + step * lines;
      const bool row = write_trace_row<Build>(port, layer, at, traces[number]);
      written = written && row;
      first += program.steps * lines;
    }
  }
  timing::end_process();
}

/// Counters of a run that belong to no layer.
struct RunCounts {
  std::uint64_t input_events, samples_learned;
};

inline void put_counter(Word words[kResultsBytes / 4], Word offset, std::uint64_t value) {
  words[offset / 4] = static_cast<Word>(value);
  words[offset / 4 + 1] = static_cast<Word>(value >> 32) & ((1U << (kCounterWidth - 32)) - 1);
}

/// Clock cycles of the phases of a run; 0 where no clock is kept.
struct RunCycles {
  std::uint64_t all, load, run, store;
};

/// Step 8: the header and the counter blocks. False if the bus refused a line.
template <class Build, class Port>
bool write_header(Port& port, const ProgramSettings& program, const Fault& fault, Word samples_done, Word first_sample,
                  const RunCounts& counts, const RunCycles& cycles, const LayerState<Build> layers[Build::kEngines],
                  const ScatterState<Build>& scatter, bool loaded) {
  Word words[kResultsBytes / 4];
  for (Word& word : words) {
#pragma HLS PIPELINE II = 1
    word = 0;
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
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (!loaded || number >= program.layers) break;
    const LayerState<Build>& layer = layers[number];
    // Learning changes either the weights of a layer or the scatter.
    const bool scattering = keeps_scatter<Build>(program.layer[number]);
    const std::uint64_t update_rows = scattering ? scatter.update_rows : layer.weights.update_rows;
    const std::uint64_t update_operations = scattering ? scatter.update_operations : layer.weights.update_operations;
    const std::uint64_t saturations = scattering ? scatter.saturations : layer.weights.weight_saturations;
    const Word base = kResultsHeaderBytes + number * kLayerCountersBytes;
    const LayerSettings& settings = program.layer[number];
    std::uint64_t integrating = layer.log.events * settings.row_words;
    const bool moving = moves_filters<Build>(settings);
    const Word learning_words = competes(settings) ? 1
                                : scattering       ? settings.value_words
                                : moving           ? patch_words(settings)
                                                   : settings.row_words;
    std::uint64_t learning = update_rows * learning_words;
    if (has_shape<Build>(settings)) {
      integrating = layer.log.synaptic_operations / settings.width * settings.row_words;
      if (!moving) learning = update_operations / settings.width * settings.row_words;
    }
    put_counter(words, base + kLayerCountersEvents, layer.log.events);
    put_counter(words, base + kLayerCountersSynapticOperations, layer.log.synaptic_operations);
    put_counter(words, base + kLayerCountersSpikes, layer.neurons.spikes);
    put_counter(words, base + kLayerCountersUpdateRows, update_rows);
    put_counter(words, base + kLayerCountersUpdateOperations, update_operations);
    put_counter(words, base + kLayerCountersPotentialSaturations, layer.neurons.potential_saturations);
    put_counter(words, base + kLayerCountersWeightSaturations, saturations);
    put_counter(words, base + kLayerCountersIntegrateCycles, integrating);
    put_counter(words, base + kLayerCountersLearnCycles, learning);
  }
  put_counter(words, kResultsHeaderCycles, cycles.all);
  put_counter(words, kResultsHeaderLoadCycles, cycles.load);
  put_counter(words, kResultsHeaderRunCycles, cycles.run);
  put_counter(words, kResultsHeaderStoreCycles, cycles.store);
  bool written = true;
  for (unsigned at = 0; at < kResultsBytes / kLineBytes; ++at) {
    Line line = 0;
    for (unsigned word = 0; word < kLineWords; ++word) set_word(line, word, words[kLineWords * at + word]);
    if (!port.write(at, line)) written = false;
  }
  return written;
}

}  // namespace phasic::hls
