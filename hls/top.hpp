// SPDX-License-Identifier: Apache-2.0
/// The top function for Vitis HLS. Its arguments have the names and the order of the contract. They have no offsets of their
/// own: in the kernel flow the tool chooses them, and its choice for this order and these widths is the contract's
/// (hls/vitis/sources.py holds one against the other).
#pragma once

#include "hls/port.hpp"

extern "C" void phasic_kernel(phasic::hls::Line* program, phasic::hls::Line* weights, phasic::hls::Line* tables,
                              phasic::hls::Line* samples, phasic::hls::Line* results, phasic::hls::Line* trace,
                              std::uint32_t program_bytes, std::uint32_t weights_bytes, std::uint32_t tables_bytes,
                              std::uint32_t samples_bytes, std::uint32_t results_bytes, std::uint32_t trace_bytes,
                              std::uint32_t sample_count, std::uint32_t first_sample);
