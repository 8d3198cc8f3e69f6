// SPDX-License-Identifier: Apache-2.0
/// A whole run of the kernel (section 6 of docs/specification.md).
#pragma once

#include "hls/competition.hpp"
#include "hls/plasticity.hpp"
#include "hls/results.hpp"
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

/// Memory of the kernel on the chip. A run sets all that it reads.
template <class Build>
struct KernelState {
  ProgramSettings program;
  LayerState<Build> layers[kMaxLayers];
  SampleState<Build> sample;
};

/// The forward pass of one sample: encoder, layer engines and writers at the same time, joined by streams.
template <class Build, class Port>
void forward_sample(const ProgramSettings& program, Word position, Word number, const SampleState<Build>& sample,
                    LayerState<Build>& layer0, LayerState<Build>& layer1, LayerState<Build>& layer2, LayerState<Build>& layer3,
                    std::uint64_t& input_events, Port& results, Port& trace, bool& record_written, bool& trace_written) {
#pragma HLS DATAFLOW
  TokenStream inputs("inputs"), after0("layer 0"), after1("layer 1"), after2("layer 2"), after3("layer 3");
  PotentialStream trace0("trace 0"), trace1("trace 1"), trace2("trace 2"), trace3("trace 3");
#pragma HLS STREAM variable = inputs depth = 1024
#pragma HLS STREAM variable = after0 depth = 1024
#pragma HLS STREAM variable = after1 depth = 1024
#pragma HLS STREAM variable = after2 depth = 1024
#pragma HLS STREAM variable = after3 depth = 64
  encode<Build>(program, sample, number, input_events, inputs);
  layer_forward<Build>(program, 0, sample.gated, sample.open, layer0, inputs, after0, trace0);
  layer_forward<Build>(program, 1, false, sample.open, layer1, after0, after1, trace1);
  layer_forward<Build>(program, 2, false, sample.open, layer2, after1, after2, trace2);
  layer_forward<Build>(program, 3, false, sample.open, layer3, after2, after3, trace3);
  write_trace(trace, program, position, trace0, trace1, trace2, trace3, trace_written);
  write_record<Build>(results, program, sample.label, position, number, after3, record_written);
}

/// Learning of one sample, after all counts are known.
template <class Build>
void learn_sample(const ProgramSettings& program, Word label, Word number, LayerState<Build> layers[kMaxLayers]) {
  std::int32_t errors[Build::kMaxClasses];
  output_errors<Build>(program, layers[program.layers - 1], label, errors);
  for (unsigned layer = 0; layer < kMaxLayers; ++layer) {
#pragma HLS UNROLL
    if (layer < program.layers) {
      if (competes(program.layer[layer])) {
        learn_competition<Build>(program, layer, label, number, layers[layer]);
      } else if (program.layer[layer].factor != kFactorFrozen) {
        learn_layer<Build>(program, layer, label, number, errors, layers[layer]);
      }
    }
  }
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
  Word words[kProgramBytes / 4];
  for (Word at = 0; at < kProgramBytes / kLineBytes; ++at) {
    Line line = 0;
    if (!port.read(at, line)) {
      fail(fault, kErrorBusRead, kArgumentProgram);
      return;
    }
    for (unsigned word = 0; word < 16; ++word) words[16 * at + word] = word_of(line, word);
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
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers) break;
    const LayerSettings& layer = program.layer[number];
    const std::uint64_t weights = static_cast<std::uint64_t>(stored_rows<Build>(layer)) * layer.row_lines * kLineBytes;
    const std::uint64_t levels = static_cast<std::uint64_t>(program.classes) * layer.level_lines * kLineBytes;
    if (layer.weights_offset + weights > arguments.bytes[kArgumentWeights]) fail(fault, kErrorBufferSize, kArgumentWeights);
    if (has_levels(layer) && layer.levels_offset + levels > arguments.bytes[kArgumentTables])
      fail(fault, kErrorBufferSize, kArgumentTables);
  }
  const std::uint64_t count = arguments.sample_count;
  if (count * program.stride > arguments.bytes[kArgumentSamples]) fail(fault, kErrorBufferSize, kArgumentSamples);
  if (kResultsBytes + count * record_bytes(program) > arguments.bytes[kArgumentResults])
    fail(fault, kErrorBufferSize, kArgumentResults);
  if (program.trace && count * trace_bytes(program) > arguments.bytes[kArgumentTrace])
    fail(fault, kErrorBufferSize, kArgumentTrace);
}

/// Step 6: all tables, then all weights.
template <class Build, class Port>
void load_network(Port& tables, Port& weights, KernelState<Build>& state, Fault& fault) {
  const ProgramSettings& program = state.program;
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers || fault.error != kErrorNone) break;
    state.layers[number].counted = LayerCounts{0, 0, 0, 0, 0, 0, 0};
    if (has_levels(program.layer[number]) &&
        !load_levels<Build>(tables, program, program.layer[number], state.layers[number])) {
      fail(fault, kErrorBusRead, kArgumentTables);
    }
  }
  for (unsigned number = 0; number < kMaxLayers; ++number) {
    if (number >= program.layers || fault.error != kErrorNone) break;
    if (!load_weights<Build>(weights, program.layer[number], state.layers[number]))
      fail(fault, kErrorBusRead, kArgumentWeights);
  }
}

/// A run. `Port` has read(line, Line&) and write(line, Line), which give false for a bus error; see port.hpp.
template <class Build, class Port>
RunStatus run_kernel(Port& program_port, Port& weights, Port& tables, Port& samples, Port& results, Port& trace,
                     const RunArguments& arguments, KernelState<Build>& state) {
  RunStatus status{Fault{kErrorNone, 0, 0}, 0, 0};
  Fault& fault = status.fault;
  if (!check_arguments(arguments, fault)) return status;
  if (fault.error == kErrorNone) read_program<Build>(program_port, state.program, fault);
  if (fault.error == kErrorNone) check_sizes<Build>(arguments, state.program, fault);
  if (fault.error == kErrorNone) load_network<Build>(tables, weights, state, fault);
  const bool loaded = fault.error == kErrorNone;
  RunCounts counts{0, 0};
  const ProgramSettings& program = state.program;
  const Word count = loaded ? arguments.sample_count : 0;
  for (Word position = 0; position < count; ++position) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 65536
    if (!read_sample<Build>(samples, program, position, state.sample, fault)) break;
    ++status.samples_fetched;
    const Word number = arguments.first_sample + position;
    bool record_written = true, trace_written = true;
    forward_sample<Build>(program, position, number, state.sample, state.layers[0], state.layers[1], state.layers[2],
                          state.layers[3], counts.input_events, results, trace, record_written, trace_written);
    if (state.sample.learn) {
      ++counts.samples_learned;
      learn_sample<Build>(program, state.sample.label, number, state.layers);
    }
    if (!trace_written) fail(fault, kErrorBusWrite, kArgumentTrace);
    if (!record_written) fail(fault, kErrorBusWrite, kArgumentResults);
    if (fault.error != kErrorNone) break;
    ++status.samples_done;
  }
  if (loaded && program.learn) {
    for (unsigned number = 0; number < kMaxLayers; ++number) {
      if (number >= program.layers) break;
      if (!store_weights<Build>(weights, program.layer[number], state.layers[number]))
        fail(fault, kErrorBusWrite, kArgumentWeights);
    }
  }
  if (!write_header<Build>(results, program, fault, status.samples_done, arguments.first_sample, counts, state.layers,
                           loaded)) {
    fail(fault, kErrorBusWrite, kArgumentResults);
  }
  return status;
}

}  // namespace phasic::hls
