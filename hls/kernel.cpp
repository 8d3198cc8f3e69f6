// SPDX-License-Identifier: Apache-2.0
// The kernel as Vitis HLS takes it. The depths are for co-simulation alone: lines of each buffer that it copies.
#include "hls/kernel.hpp"

#include "hls/build.hpp"
#include "hls/top.hpp"

#ifndef PHASIC_HLS_BUILD
#define PHASIC_HLS_BUILD DefaultBuild
#endif

using phasic::hls::Line;

extern "C" void phasic_kernel(Line* program, Line* weights, Line* tables, Line* samples, Line* results, Line* trace,
                              std::uint32_t program_bytes, std::uint32_t weights_bytes, std::uint32_t tables_bytes,
                              std::uint32_t samples_bytes, std::uint32_t results_bytes, std::uint32_t trace_bytes,
                              std::uint32_t sample_count, std::uint32_t first_sample) {
#pragma HLS INTERFACE m_axi port = program offset = slave bundle = memory0 depth = 1024
#pragma HLS INTERFACE m_axi port = weights offset = slave bundle = memory0 depth = 1024
#pragma HLS INTERFACE m_axi port = tables offset = slave bundle = memory0 depth = 1024
#pragma HLS INTERFACE m_axi port = samples offset = slave bundle = memory1 depth = 1024
#pragma HLS INTERFACE m_axi port = results offset = slave bundle = memory2 depth = 1024
#pragma HLS INTERFACE m_axi port = trace offset = slave bundle = memory3 depth = 1024
#pragma HLS INTERFACE s_axilite port = program_bytes
#pragma HLS INTERFACE s_axilite port = weights_bytes
#pragma HLS INTERFACE s_axilite port = tables_bytes
#pragma HLS INTERFACE s_axilite port = samples_bytes
#pragma HLS INTERFACE s_axilite port = results_bytes
#pragma HLS INTERFACE s_axilite port = trace_bytes
#pragma HLS INTERFACE s_axilite port = sample_count
#pragma HLS INTERFACE s_axilite port = first_sample
#pragma HLS INTERFACE s_axilite port = return
  using Build = phasic::hls::PHASIC_HLS_BUILD;
  static phasic::hls::KernelState<Build> state;
#pragma HLS ARRAY_PARTITION variable = state.layers complete dim = 1
#pragma HLS ARRAY_PARTITION variable = state.layers->weights.weights complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->weights.levels complete dim = 3
#pragma HLS ARRAY_PARTITION variable = state.layers->positions.sums complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->features.table complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->neurons.currents complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->neurons.potentials complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->neurons.spiked complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->neurons.counts complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->neurons.ups complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.layers->neurons.downs complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.scatter.values complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.scatter.differences complete dim = 2
#pragma HLS ARRAY_PARTITION variable = state.samples complete dim = 1
#pragma HLS ARRAY_PARTITION variable = state.samples->values cyclic factor = Build::kInputLanes dim = 1
  // Addresses cannot be seen behind m_axi pointers; the host aligns them.
  const phasic::hls::RunArguments arguments{
      {0, 0, 0, 0, 0, 0},
      {program_bytes, weights_bytes, tables_bytes, samples_bytes, results_bytes, trace_bytes},
      sample_count,
      first_sample};
  phasic::hls::PointerPort ports[phasic::hls::kBuffers] = {{program}, {weights}, {tables}, {samples}, {results}, {trace}};
#pragma HLS ARRAY_PARTITION variable = ports complete
  phasic::hls::run_kernel<Build>(ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], arguments, state);
}
