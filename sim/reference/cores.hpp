// SPDX-License-Identifier: Apache-2.0
/// The reference's cores, equal in every bit to each other and to the kernel.
#pragma once

#include <memory>

#include "driver/shell/core.hpp"
#include "driver/shell/program.hpp"
#include "driver/shell/weight_rows.hpp"

namespace phasic::reference {

// What a core shares with the shell around it.
using contract::Limits;
using shell::align;
using shell::changes_memory;
using shell::Competitor;
using shell::Core;
using shell::Counts;
using shell::Fault;
using shell::has_memory;
using shell::has_shape;
using shell::is_graded;
using shell::KeptNeuron;
using shell::KeptRows;
using shell::kMostWins;
using shell::kProgramBytes;
using shell::LayerCounts;
using shell::LayerProgram;
using shell::level_bytes;
using shell::load_competitor;
using shell::load_offset;
using shell::load_weight;
using shell::memory_bytes;
using shell::moves_filters;
using shell::parse_program;
using shell::Potentials;
using shell::Program;
using shell::Sample;
using shell::SampleResult;
using shell::set_weight_values;
using shell::Shape;
using shell::state_rows;
using shell::store_competitor;
using shell::store_offset;
using shell::store_weight;
using shell::stored_rows;
using shell::weight_bytes;
using shell::weight_row_bytes;
using shell::weight_values;
using shell::without_potentials;

/// The fast one, for the instruction set of this processor.
[[nodiscard]] std::unique_ptr<Core> make_core(Program program);
struct FastKernels;
/// The fast one with the given inner loops, so that tests can compare them all.
[[nodiscard]] std::unique_ptr<Core> make_fast_core(Program program, const FastKernels& kernels);
/// The definition: plain code that follows the specification line by line; slow.
[[nodiscard]] std::unique_ptr<Core> make_plain_core(Program program);

}  // namespace phasic::reference
