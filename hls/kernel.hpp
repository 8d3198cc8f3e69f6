// SPDX-License-Identifier: Apache-2.0
/// A whole run of the kernel (section 6 of docs/specification.md).
#pragma once

#include "hls/discriminant.hpp"
#include "hls/drawn_levels.hpp"
#include "hls/encoder.hpp"
#include "hls/integration.hpp"
#include "hls/neurons.hpp"
#include "hls/plasticity.hpp"
#include "hls/results.hpp"
#include "hls/sampler.hpp"
#include "hls/storage.hpp"

namespace phasic::hls {

/// Arguments by id. Only the low bits of addresses matter here: the ports know the rest.
struct RunArguments {
  Word address_low[kBuffers];
  Word bytes[kBuffers];
  Word sample_count, first_sample;
};

/// What the status registers tell at the end of a run.
struct RunStatus {
  Fault fault;
  Word samples_fetched, samples_done;
};

/// Whether memory took what a sample's writers gave it.
struct SampleWritten {
  bool record, trace;
};

/// Memory of the kernel on the chip. A run sets all that it reads.
template <class Build>
struct KernelState {
  ProgramSettings program;
  LayerState<Build> layers[Build::kEngines];
  ScatterState<Build> scatter;               ///< of the last layer
  SampleState<Build> samples[2];             ///< one is worked on, the other read
  std::uint16_t counts[Build::kMaxClasses];  ///< of the last layer, from the forward pass for the broadcast
};

/// The processes of layer `Number` and of those behind it: integration, neurons, and the sender to the next layer.
template <class Build, unsigned Number = 0>
void forward_layers(const ProgramSettings& program, const SampleState<Build>& sample, LayerState<Build> layers[Build::kEngines],
                    TokenStream after[Build::kEngines + 1], ReachStream reaches[Build::kEngines + 1],
                    TokenStream past[Build::kEngines], LayerSumStream<Build> sums[Build::kEngines],
                    AnswerStream<Build::kLanes> answers[Build::kEngines], ScoreStream scores[Build::kEngines],
                    PotentialStream<Build::kLanes> traces[Build::kEngines]) {
#pragma HLS INLINE
  if constexpr (Number < Build::kEngines) {
    const bool begin = !program.keep || sample.restart;
    const bool gated = Number == 0 && sample.gated;
    LayerState<Build>& layer = layers[Number];
    integrate<Build>(program, Number, layer.weights, layer.log, layer.positions, after[Number], reaches[Number], sums[Number],
                     past[Number]);
    run_neurons<Build>(program, Number, begin, gated, sample.open, layer.neurons, sums[Number], answers[Number], scores[Number],
                       traces[Number]);
    send_layer<Build>(program, Number, answers[Number], scores[Number], past[Number], after[Number + 1], reaches[Number + 1]);
    forward_layers<Build, Number + 1>(program, sample, layers, after, reaches, past, sums, answers, scores, traces);
  }
}

/// The forward pass of a sample: encoder, layer engines and writers at the same time, joined by streams, while the next sample
/// is read.
template <class Build, class Port>
void forward_sample(const ProgramSettings& program, Word position, Word number, const SampleState<Build>& sample,
                    Word next_position, SampleState<Build>& next, LayerState<Build> layers[Build::kEngines],
                    std::uint64_t& input_events, Port& samples, Port& results, Port& trace,
                    std::uint16_t counts[Build::kMaxClasses], SampleWritten& written) {
#pragma HLS DATAFLOW
  AnswerStream<Build::kInputLanes> inputs("inputs");
  TokenStream events("events");
  TokenStream after[Build::kEngines + 1];  // after[0] carries what the inputs send, after[n + 1] what layer n sends
  ReachStream reaches[Build::kEngines + 1];
  TokenStream past[Build::kEngines];
  LayerSumStream<Build> sums[Build::kEngines];
  AnswerStream<Build::kLanes> answers[Build::kEngines];
  ScoreStream scores[Build::kEngines];
  PotentialStream<Build::kLanes> traces[Build::kEngines];
#pragma HLS STREAM variable = after depth = 1024
#pragma HLS STREAM variable = reaches depth = 1024
#pragma HLS STREAM variable = sums depth = 32
#pragma HLS STREAM variable = answers depth = 32
  read_sample<Build>(samples, program, next_position, next);
  encode<Build>(program, sample, number, input_events, inputs, events);
  send_inputs<Build>(program, inputs, events, after[0], reaches[0]);
  forward_layers<Build>(program, sample, layers, after, reaches, past, sums, answers, scores, traces);
  write_trace<Build>(trace, program, position, traces, written.trace);
  write_record<Build>(results, program, sample.label, position, number, after[Build::kEngines], counts, written.record);
}

/// The processes with which layer `Number` and those behind it learn: a walk over the rows that learn, and the units that
/// change their weights. Those of the last layer come first, since the retrograde signal goes that way: no process reads what a
/// later one writes. None can block another for ever, however deep the streams: every update takes in its dopamine before
/// it writes anything, and then all that the layer behind tells before it asks for rows.
template <class Build, unsigned Number = 0>
void learn_layers(const ProgramSettings& program, Word number, LayerState<Build> layers[Build::kEngines],
                  DopamineStream dopamine[Build::kEngines], RowStream rows[Build::kEngines],
                  MeetingStream meetings[Build::kEngines], RowStream scatter[Build::kEngines],
                  ShareStream shares[Build::kEngines + 1]) {
#pragma HLS INLINE
  if constexpr (Number < Build::kEngines) {
    learn_layers<Build, Number + 1>(program, number, layers, dopamine, rows, meetings, scatter, shares);
    LayerState<Build>& layer = layers[Number];
    walk_rows<Build>(program, Number, number, layer.log, rows[Number], meetings[Number], scatter[Number]);
    update_layer<Build>(program, Number, number, dopamine[Number], rows[Number], meetings[Number], shares[Number + 1],
                        shares[Number], layer.features, layer.weights, layer.neurons);
  }
}

/// Learning of all layers at the same time, after all counts are known: dopamine is broadcast to each of them. A scatter learns
/// beside them.
template <class Build>
void learn_sample(const ProgramSettings& program, Word label, Word number, const std::uint16_t counts[Build::kMaxClasses],
                  LayerState<Build> layers[Build::kEngines], ScatterState<Build>& scatter) {
#pragma HLS DATAFLOW
  DopamineStream dopamine[Build::kEngines];
  RowStream rows[Build::kEngines];
  MeetingStream meetings[Build::kEngines];
  RowStream scattered[Build::kEngines];
  ShareStream shares[Build::kEngines + 1];  // shares[n] carries what layer n tells the one before
#pragma HLS STREAM variable = rows depth = 64
#pragma HLS STREAM variable = meetings depth = 64
#pragma HLS STREAM variable = scattered depth = 64
#pragma HLS STREAM variable = shares depth = 64
  broadcast<Build>(program, counts, label, dopamine);
  learn_layers<Build>(program, number, layers, dopamine, rows, meetings, scattered, shares);
  learn_scatter<Build>(program, label, scattered, scatter);
}

/// Steps 1 and 2. False if the run cannot write a header.
inline bool check_arguments(const RunArguments& arguments, Fault& fault) {
  for (Word id = 0; id < kBuffers; ++id) {
    if (arguments.address_low[id] % kLineBytes != 0) {
      fail(fault, kErrorAlignment, id);
      return false;
    }
  }
  if (arguments.bytes[kArgumentResults] < kResultsBytes) {
    fail(fault, kErrorBufferSize, kArgumentResults);
    return false;
  }
  if (arguments.bytes[kArgumentProgram] < kProgramBytes) fail(fault, kErrorBufferSize, kArgumentProgram);
  return true;
}

/// Step 3.
template <class Build, class Port>
void read_program(Port& port, ProgramSettings& program, Fault& fault) {
  Word words[program_words<Build>()];
  for (Word at = 0; at < kProgramBytes / kLineBytes; ++at) {
    Line line = 0;
    if (!port.read(at, line)) {
      fail(fault, kErrorBusRead, kArgumentProgram);
      return;
    }
    for (unsigned word = 0; word < kLineWords && at < program_words<Build>() / kLineWords; ++word)
      words[kLineWords * at + word] = word_of(line, word);
  }
  const Word field = parse_program<Build>(words, program);
  if (field != kLegal) {
    fail(fault, kErrorProgramField, field);
    return;
  }
  const Word large = first_too_large<Build>(program);
  if (large != kLegal) fail(fault, kErrorCapacity, large);
}

/// Step 5.
template <class Build>
void check_sizes(const RunArguments& arguments, const ProgramSettings& program, Fault& fault) {
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (number >= program.layers) break;
    const LayerSettings& layer = program.layer[number];
    const std::uint64_t weights = static_cast<std::uint64_t>(stored_rows(layer)) * layer.row_lines * kLineBytes;
    const std::uint64_t table_lines =
        layer.drawn ? recipe_lines(program) : static_cast<std::uint64_t>(program.classes) * layer.level_lines;
    if (layer.weights_offset + weights > arguments.bytes[kArgumentWeights]) fail(fault, kErrorBufferSize, kArgumentWeights);
    if (layer.memory_offset + memory_bytes<Build>(layer) > arguments.bytes[kArgumentWeights])
      fail(fault, kErrorBufferSize, kArgumentWeights);
    if (has_levels(layer) && layer.levels_offset + table_lines * kLineBytes > arguments.bytes[kArgumentTables])
      fail(fault, kErrorBufferSize, kArgumentTables);
  }
  const std::uint64_t count = arguments.sample_count;
  if (count * program.stride > arguments.bytes[kArgumentSamples]) fail(fault, kErrorBufferSize, kArgumentSamples);
  if (kResultsBytes + count * record_bytes(program) > arguments.bytes[kArgumentResults])
    fail(fault, kErrorBufferSize, kArgumentResults);
  if (program.trace && count * trace_bytes<Build>(program) > arguments.bytes[kArgumentTrace])
    fail(fault, kErrorBufferSize, kArgumentTrace);
}

template <class Build>
void clear_counts(LayerState<Build>& layer) {
  layer.log.tag = 0;
  for (Word row = 0; row < Build::kMaxRows; ++row) {
#pragma HLS PIPELINE II = 1
    layer.log.tags[row] = 0;
  }
  for (Word word = 0; word < PositionState<Build>::kWords; ++word) {
#pragma HLS PIPELINE II = 1
    for (Word lane = 0; lane < Build::kLanes; ++lane) {
#pragma HLS UNROLL
      layer.positions.sums[word][lane] = 0;
    }
  }
  layer.log.events = layer.log.synaptic_operations = 0;
  layer.neurons.spikes = layer.neurons.potential_saturations = 0;
  layer.weights.update_rows = layer.weights.update_operations = layer.weights.weight_saturations = 0;
}

/// Step 6: all tables, then all weights.
template <class Build, class Port>
void load_network(Port& tables, Port& weights, KernelState<Build>& state, Fault& fault) {
  const ProgramSettings& program = state.program;
  state.scatter.update_rows = state.scatter.update_operations = state.scatter.saturations = 0;
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (number >= program.layers || fault.error != kErrorNone) break;
    clear_counts<Build>(state.layers[number]);
    if (!has_levels(program.layer[number])) continue;
    WeightState<Build>& levels = state.layers[number].weights;
    const bool read = program.layer[number].drawn ? draw_levels<Build>(tables, program, number, levels)
                                                  : load_levels<Build>(tables, program, program.layer[number], levels);
    if (!read) fail(fault, kErrorBusRead, kArgumentTables);
  }
  for (unsigned number = 0; number < Build::kEngines; ++number) {
    if (number >= program.layers || fault.error != kErrorNone) break;
    const LayerSettings& layer = program.layer[number];
    if (!load_weights<Build>(weights, program, layer, state.layers[number]) ||
        (moves_filters<Build>(layer) && !load_targets<Build>(weights, layer, state.layers[number].features)) ||
        (keeps_scatter<Build>(layer) && !load_scatter<Build>(weights, layer, state.scatter))) {
      fail(fault, kErrorBusRead, kArgumentWeights);
    }
  }
}

/// Sample `position` of a run: false if the run ends with it.
template <class Build, class Port>
bool run_sample(Port& samples, Port& results, Port& trace, const RunArguments& arguments, Word position,
                const SampleState<Build>& sample, SampleState<Build>& next, KernelState<Build>& state, RunCounts& counts,
                RunStatus& status) {
  const ProgramSettings& program = state.program;
  Fault& fault = status.fault;
  fault = sample.fault;
  if (fault.error != kErrorNone) return false;
  ++status.samples_fetched;
  const Word number = arguments.first_sample + position;
  const Word next_position = position + 1 < arguments.sample_count ? position + 1 : kNoSample;
  SampleWritten written{true, true};
  timing::begin_region();
  forward_sample<Build>(program, position, number, sample, next_position, next, state.layers, counts.input_events, samples,
                        results, trace, state.counts, written);
  timing::end_region();
  if (sample.learn) {
    ++counts.samples_learned;
    timing::begin_region();
    learn_sample<Build>(program, sample.label, number, state.counts, state.layers, state.scatter);
    timing::end_region();
  }
  if (!written.trace) fail(fault, kErrorBusWrite, kArgumentTrace);
  if (!written.record) fail(fault, kErrorBusWrite, kArgumentResults);
  if (fault.error != kErrorNone) return false;
  ++status.samples_done;
  return true;
}

/// Step 7.
template <class Build, class Port>
void run_samples(Port& samples, Port& results, Port& trace, const RunArguments& arguments, KernelState<Build>& state,
                 RunCounts& counts, RunStatus& status) {
  if (arguments.sample_count == 0) return;
  timing::begin_region();
  read_sample<Build>(samples, state.program, 0, state.samples[0]);
  timing::end_region();
  bool goes_on = true;
  for (Word position = 0; goes_on && position < arguments.sample_count; ++position) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 65536
    if (position % 2 == 0) {
      goes_on = run_sample<Build>(samples, results, trace, arguments, position, state.samples[0], state.samples[1], state,
                                  counts, status);
    } else {
      goes_on = run_sample<Build>(samples, results, trace, arguments, position, state.samples[1], state.samples[0], state,
                                  counts, status);
    }
  }
}

/// A run. `Port` has read(line, Line&) and write(line, Line), which give false for a bus error; see port.hpp.
template <class Build, class Port>
RunStatus run_kernel(Port& program_port, Port& weights, Port& tables, Port& samples, Port& results, Port& trace,
                     const RunArguments& arguments, KernelState<Build>& state) {
  RunStatus status{Fault{kErrorNone, 0, 0}, 0, 0};
  Fault& fault = status.fault;
  const std::uint64_t begin = timing::now();
  if (!check_arguments(arguments, fault)) return status;
  if (fault.error == kErrorNone) read_program<Build>(program_port, state.program, fault);
  if (fault.error == kErrorNone) check_sizes<Build>(arguments, state.program, fault);
  if (fault.error == kErrorNone) load_network<Build>(tables, weights, state, fault);
  const bool loaded = fault.error == kErrorNone;
  const std::uint64_t first_sample = timing::now();
  RunCounts counts{0, 0};
  if (loaded) run_samples<Build>(samples, results, trace, arguments, state, counts, status);
  const std::uint64_t last_sample = timing::now();
  const ProgramSettings& program = state.program;
  if (loaded && (program.learn || program.keep)) {
    for (unsigned number = 0; number < Build::kEngines; ++number) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 4
      if (number >= program.layers) break;
      const LayerSettings& layer = program.layer[number];
      const bool rows = store_weights<Build>(weights, program, layer, state.layers[number]);
      const bool scatter = !keeps_scatter<Build>(layer) || store_scatter<Build>(weights, layer, state.scatter);
      if (!rows || !scatter) fail(fault, kErrorBusWrite, kArgumentWeights);
    }
  }
  const std::uint64_t end = timing::now();
  const RunCycles cycles{end - begin, first_sample - begin, last_sample - first_sample, end - last_sample};
  if (!write_header<Build>(results, program, fault, status.samples_done, arguments.first_sample, counts, cycles, state.layers,
                           state.scatter, loaded)) {
    fail(fault, kErrorBusWrite, kArgumentResults);
  }
  return status;
}

}  // namespace phasic::hls
