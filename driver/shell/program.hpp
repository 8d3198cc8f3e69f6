// SPDX-License-Identifier: Apache-2.0
/// A program block (docs/specification.md, section 4), checked and taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "phasic/contract.hpp"

namespace phasic::shell {

/// First error of a run.
struct Fault {
  contract::Error error = contract::Error::kNone;
  std::uint32_t detail = 0;  ///< what it means depends on `error`; see the specification
  std::uint32_t sample = 0;  ///< position in the run, for errors of a sample
  bool operator==(const Fault&) const = default;
};

/// What a connection with a shape looks like (specification, section 1, convolutions).
struct Shape {
  std::uint32_t source_rows = 0;
  std::uint32_t source_columns = 0;
  std::uint32_t source_channels = 0;
  std::uint32_t pool = 0;  ///< places of sources are divided by 2 to this power
  std::uint32_t padding = 0;
  std::uint32_t stride = 0;
  std::uint32_t kernel_rows = 0;
  std::uint32_t kernel_columns = 0;
  std::uint32_t channels = 0;  ///< neurons at a position
};

/// One layer. Formulas that use these values: specification, sections 1 and 2.
struct LayerProgram {
  std::uint32_t rows = 0;  ///< rows of weights, that of the bias included
  std::uint32_t neurons = 0;
  bool bias = false;  ///< the last row spikes at every step
  std::int32_t threshold = 0;
  std::int32_t window = 0;
  std::uint32_t leak = 0;  ///< in 1/65536
  contract::Reset reset = contract::Reset::kZero;
  std::uint32_t input_shift = 0;
  contract::Factor factor = contract::Factor::kFrozen;
  contract::Span span = contract::Span::kLastStep;
  contract::Rounding rounding = contract::Rounding::kStochastic;
  std::uint32_t rate = 0;
  std::uint32_t factor_shift = 0;
  std::uint32_t weights_offset = 0;
  std::uint32_t levels_offset = 0;
  contract::Post post = contract::Post::kTrit;
  std::uint32_t trace_shift = 0;
  std::uint32_t homeostasis = 0;
  contract::Connection connection = contract::Connection::kDense;
  Shape shape = {};                    ///< of a connection that has one
  std::uint32_t grid = 0;              ///< answers are pooled over grid times grid cells; 0: they are not
  bool two_sided = false;              ///< with a grid: filters answer with either sign
  std::uint32_t answer_scale = 0;      ///< with a grid
  std::uint32_t answer_shift = 0;      ///< with a grid
  std::uint32_t memory_offset = 0;     ///< of what the layer keeps beside rows of weights
  std::uint32_t target_shift = 0;      ///< with factor features
  std::uint32_t synaptic_leak = 0;     ///< in 1/65536; 0: there is no current that lasts
  std::uint32_t retrograde_limit = 0;  ///< in 1/256; 0: the layer takes no retrograde signal
  std::uint32_t retrograde_base = 0;   ///< in 1/256
  std::uint32_t retrograde_shift = 0;
  bool first = false;       ///< sources are the network's inputs
  bool drawn = false;       ///< levels are drawn from a recipe
  bool by_channel = false;  ///< and the neurons of a channel have one
};

/// A network and how its samples are read.
struct Program {
  std::uint32_t weight_width = contract::kDefaultWeightWidth;  ///< bits, from the build
  std::uint64_t seed = 0;
  std::uint32_t inputs = 0;
  std::uint32_t steps = 0;
  std::uint32_t classes = 0;
  contract::SampleKind sample_kind = contract::SampleKind::kIntensity;
  std::uint32_t sample_stride = contract::kAlignment;  ///< bytes
  bool learn = false;
  bool trace = false;
  bool keep = false;  ///< state goes on from sample to sample
  std::vector<LayerProgram> layers;
  bool gates = true;  ///< samples may have a gate, from the build
};

[[nodiscard]] constexpr bool has_shape(const LayerProgram& layer) { return contract::has_shape(layer.connection); }
/// Whether samples are graded values, shown once, and neurons answer with such values.
[[nodiscard]] constexpr bool is_graded(const Program& program) { return contract::is_graded(program.sample_kind); }
/// What a bias row sends at each step.
[[nodiscard]] constexpr std::uint32_t bias_value(const Program& program) {
  return is_graded(program) ? contract::kGradedFull : 1;
}
/// The largest count of an output neuron: what one of the sample's class should have.
[[nodiscard]] constexpr std::uint32_t full_count(const Program& program) {
  return is_graded(program) ? contract::kGradedFull : program.steps;
}

/// `bytes` rounded up to a multiple of 64.
[[nodiscard]] constexpr std::uint64_t align(std::uint64_t bytes) {
  return (bytes + contract::kAlignment - 1) / contract::kAlignment * contract::kAlignment;
}

/// Bytes of one row of weights.
[[nodiscard]] std::uint64_t weight_row_bytes(const Program& program, const LayerProgram& layer);
/// Whether the layer has a table of levels.
[[nodiscard]] constexpr bool has_levels(const LayerProgram& layer) { return contract::has_levels(layer.factor); }
[[nodiscard]] constexpr bool competes(const LayerProgram& layer) { return contract::competes(layer.factor); }
[[nodiscard]] constexpr bool moves_filters(const LayerProgram& layer) { return contract::moves_filters(layer.factor); }
/// Whether the layer has a memory beside its rows of weights.
[[nodiscard]] constexpr bool has_memory(const LayerProgram& layer) { return contract::has_memory(layer.factor); }
[[nodiscard]] constexpr bool changes_memory(const LayerProgram& layer) { return contract::changes_memory(layer.factor); }
/// Whether its factors are scaled by the retrograde signal of the layer behind it.
[[nodiscard]] constexpr bool takes_retrograde(const LayerProgram& layer) { return layer.retrograde_limit != 0; }
/// Whether its neurons have scores alone.
[[nodiscard]] constexpr bool without_potentials(const LayerProgram& layer) {
  return contract::without_potentials(layer.factor);
}
/// Rows that follow those of weights in the weights buffer: the state of neurons or filters that compete, the biases of a
/// discriminant, or the state that is kept.
[[nodiscard]] std::uint32_t state_rows(const Program& program, const LayerProgram& layer);
/// Rows of the layer in the weights buffer, those of its state included.
[[nodiscard]] std::uint32_t stored_rows(const Program& program, const LayerProgram& layer);
/// Bytes of all rows of a layer in the weights buffer.
[[nodiscard]] std::uint64_t weight_bytes(const Program& program, const LayerProgram& layer);
/// Bytes of what a layer keeps from its memory_offset on; 0 for one without such a memory.
[[nodiscard]] std::uint64_t memory_bytes(const LayerProgram& layer);
/// Bytes of the level table of a layer.
[[nodiscard]] std::uint64_t level_bytes(const Program& program, const LayerProgram& layer);
/// Bytes of the recipe of levels that are drawn.
[[nodiscard]] std::uint64_t recipe_bytes(const Program& program);
/// Bytes of a layer in the tables buffer: of its recipe or of its level table; 0 without levels.
[[nodiscard]] std::uint64_t table_bytes(const Program& program, const LayerProgram& layer);
/// Bytes from the result of one sample to that of the next.
[[nodiscard]] std::uint64_t record_bytes(const Program& program);
/// Bytes of the potential trace of one sample.
[[nodiscard]] std::uint64_t trace_bytes(const Program& program);

/// Size of a program block in bytes.
inline constexpr std::size_t kProgramBytes = sizeof(contract::ProgramHeader) + contract::kMaxLayers * sizeof(contract::Layer);

/// Checks `block` (kProgramBytes long) as in step 3 of section 6, and takes it apart.
[[nodiscard]] std::variant<Program, Fault> parse_program(std::span<const std::byte> block, const contract::Limits& limits);

}  // namespace phasic::shell
