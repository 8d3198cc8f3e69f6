// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/program.hpp"

#include <bit>
#include <cstring>
#include <optional>

#include "driver/shell/connection.hpp"

namespace phasic::shell {
namespace {

static_assert(std::endian::native == std::endian::little, "buffers are little endian and are copied as they are");

/// Remembers the first field that is not as it should be.
class FieldCheck {
 public:
  void require(bool legal, std::size_t offset) {
    if (!legal && !first_) first_ = static_cast<std::uint32_t>(offset);
  }
  void require_range(std::int64_t value, std::int64_t lowest, std::int64_t highest, std::size_t offset) {
    require(value >= lowest && value <= highest, offset);
  }
  [[nodiscard]] std::optional<std::uint32_t> first() const { return first_; }

 private:
  std::optional<std::uint32_t> first_;
};

/// Whether the build has a part of the rules, one of the constants kRules....
constexpr bool has(const contract::Limits& limits, std::uint32_t part) { return (limits.rules & part) != 0; }

/// Whether the build has what a value needs, a part of the rules or 0.
constexpr bool provides(const contract::Limits& limits, std::uint32_t needed) { return (limits.rules & needed) == needed; }

bool legal_kind(const contract::ProgramHeader& header, const contract::Limits& limits) {
  const auto kind = static_cast<contract::SampleKind>(header.sample_kind);
  return header.sample_kind <= contract::kProgramHeaderSampleKindMaximum && provides(limits, needs(kind)) &&
         (!is_graded(kind) || header.steps == 1) && (fits_serial(kind) || !has(limits, contract::kRulesSerial));
}

/// Flags that a program may have.
std::uint32_t legal_flags(const contract::ProgramHeader& header, const contract::Limits& limits) {
  if (has(limits, contract::kRulesSerial)) return contract::kProgramHeaderFlagsLearn;
  const bool keeps = has(limits, contract::kRulesState) && !is_graded(static_cast<contract::SampleKind>(header.sample_kind));
  return contract::kProgramHeaderFlagsLearn | contract::kProgramHeaderFlagsTrace |
         (keeps ? contract::kProgramHeaderFlagsKeep : 0);
}

void check_header(const contract::ProgramHeader& header, const contract::Limits& limits, FieldCheck& check) {
  using Header = contract::ProgramHeader;
  check.require(header.magic == contract::kProgramMagic, offsetof(Header, magic));
  check.require(header.version == contract::kContractVersion, offsetof(Header, version));
  check.require_range(header.inputs, 1, limits.max_rows, offsetof(Header, inputs));
  check.require_range(header.layers, 1, limits.engines, offsetof(Header, layers));
  check.require_range(header.steps, 1, limits.max_steps, offsetof(Header, steps));
  check.require_range(header.classes, 1, limits.max_classes, offsetof(Header, classes));
  check.require(legal_kind(header, limits), offsetof(Header, sample_kind));
  const std::uint64_t least_stride = by_input(static_cast<contract::SampleKind>(header.sample_kind))
                                         ? std::uint64_t{sizeof(contract::SampleHeader)} + header.inputs
                                         : 0;
  check.require(header.sample_stride % contract::kAlignment == 0 &&
                    header.sample_stride >= contract::kProgramHeaderSampleStrideMinimum &&
                    header.sample_stride <= contract::kProgramHeaderSampleStrideMaximum && header.sample_stride >= least_stride,
                offsetof(Header, sample_stride));
  check.require((header.flags & ~legal_flags(header, limits)) == 0, offsetof(Header, flags));
  for (std::size_t word = 0; word < std::size(header.reserved); ++word) {
    check.require(header.reserved[word] == 0, offsetof(Header, reserved) + 4 * word);
  }
}

/// What a layer's fields are checked against.
struct Surroundings {
  std::uint32_t sources_before;  ///< inputs, or neurons of the layer before
  std::uint32_t classes;
  bool last;
  bool trace;
  bool graded;
  bool tells;  ///< the layer before takes the retrograde signal of this one
};

/// Bias rows of a layer.
constexpr std::uint32_t bias_rows(const contract::Layer& layer) {
  return (layer.flags & contract::kLayerFlagsBias) != 0 ? 1 : 0;
}

bool is_drawn(const contract::Layer& layer) { return (layer.flags & contract::kLayerFlagsDrawn) != 0; }
bool is_by_channel(const contract::Layer& layer) { return (layer.flags & contract::kLayerFlagsByChannel) != 0; }

bool legal_flags(const contract::Layer& layer, const contract::Limits& limits) {
  const std::uint32_t legal = contract::kLayerFlagsBias |
                              (has(limits, contract::kRulesFeatures) ? contract::kLayerFlagsTwoSided : 0) |
                              (has(limits, contract::kRulesDrawn) ? contract::kLayerFlagsDrawn : 0) |
                              (is_drawn(layer) ? contract::kLayerFlagsByChannel : 0);
  return (layer.flags & ~legal) == 0;
}

bool legal_factor(const contract::Layer& layer, const Surroundings& around, const contract::Limits& limits) {
  const auto factor = static_cast<contract::Factor>(layer.factor);
  return layer.factor <= contract::kLayerFactorMaximum && provides(limits, needs(factor)) &&
         (!is_drawn(layer) || may_draw(factor)) && (!around.tells || by_coincidence(factor)) &&
         (!by_class(factor) || layer.neurons >= around.classes) && (!hidden_only(factor) || !around.last) &&
         (!last_only(factor) || around.last) && (!graded_only(factor) || around.graded) &&
         (!without_bias(factor) || bias_rows(layer) == 0) && (!without_potentials(factor) || !around.trace) &&
         (!competes(factor) || layer.input_shift <= contract::kCompetitionInputShift);
}

bool legal_span(const contract::Layer& layer, const Surroundings& around, const contract::Limits& limits) {
  if (layer.span > contract::kLayerSpanMaximum) return false;
  if (layer.span != static_cast<std::uint32_t>(contract::Span::kAllSteps)) return true;
  if (around.graded) return false;
  if (!by_coincidence(static_cast<contract::Factor>(layer.factor))) return true;
  const bool too_tall =
      has(limits, contract::kRulesSerial) && around.sources_before + bias_rows(layer) > contract::kSerialHistoryRows;
  return layer.neurons <= limits.max_outputs && !too_tall;
}

Shape take_shape(const contract::Layer& layer) {
  return {.source_rows = layer.source_rows,
          .source_columns = layer.source_columns,
          .source_channels = layer.source_channels,
          .pool = layer.pool,
          .padding = layer.padding,
          .stride = layer.stride,
          .kernel_rows = layer.kernel_rows,
          .kernel_columns = layer.kernel_columns,
          .channels = layer.channels};
}

/// The fields from source_rows to channels.
void check_shape(const contract::Layer& layer, std::size_t base, const Surroundings& around, const contract::Limits& limits,
                 FieldCheck& check) {
  using Layer = contract::Layer;
  const Shape shape = take_shape(layer);
  const bool shaped = has_shape(static_cast<contract::Connection>(layer.connection));
  const auto require = [&](std::uint32_t value, bool legal, std::size_t offset) {
    check.require(shaped ? legal : value == 0, base + offset);
  };
  const auto within = [](std::uint32_t value, std::uint32_t most) { return value >= 1 && value <= most; };
  const std::uint64_t places = std::uint64_t{shape.source_rows} * shape.source_columns;
  require(shape.source_rows, within(shape.source_rows, contract::kLayerSourceRowsMaximum), offsetof(Layer, source_rows));
  require(shape.source_columns, within(shape.source_columns, contract::kLayerSourceColumnsMaximum),
          offsetof(Layer, source_columns));
  require(shape.source_channels, places * shape.source_channels == around.sources_before, offsetof(Layer, source_channels));
  require(shape.pool, shape.pool <= contract::kLayerPoolMaximum, offsetof(Layer, pool));
  require(shape.padding, shape.padding <= contract::kLayerPaddingMaximum, offsetof(Layer, padding));
  require(shape.stride, within(shape.stride, contract::kLayerStrideMaximum), offsetof(Layer, stride));
  if (check.first()) return;
  require(shape.kernel_rows, shape.kernel_rows <= contract::kLayerKernelRowsMaximum && position_rows(shape) != 0,
          offsetof(Layer, kernel_rows));
  const std::uint64_t rows = std::uint64_t{shape.kernel_rows} * shape.kernel_columns * shape.source_channels + bias_rows(layer);
  require(
      shape.kernel_columns,
      shape.kernel_columns <= contract::kLayerKernelColumnsMaximum && position_columns(shape) != 0 && rows <= limits.max_rows,
      offsetof(Layer, kernel_columns));
  const std::uint64_t positions = std::uint64_t{position_rows(shape)} * position_columns(shape);
  // With a grid, what the neurons are is its own affair.
  const bool pooled = has(limits, contract::kRulesFeatures) && layer.grid != 0;
  require(shape.channels, pooled || positions * shape.channels == layer.neurons, offsetof(Layer, channels));
}

/// Whether the layer may have the grid that it asks for. Its shape is legal.
bool legal_grid(const contract::Layer& layer, const Surroundings& around, const contract::Limits& limits) {
  const bool two_sided = (layer.flags & contract::kLayerFlagsTwoSided) != 0;
  if (layer.grid == 0) return !two_sided;
  if (!has(limits, contract::kRulesFeatures) || layer.grid > contract::kLayerGridMaximum) return false;
  if (!around.graded || !has_shape(static_cast<contract::Connection>(layer.connection))) return false;
  if (!has_grid(static_cast<contract::Factor>(layer.factor)) || layer.threshold < 0) return false;
  const Shape shape = take_shape(layer);
  const std::uint64_t answers = std::uint64_t{layer.grid} * layer.grid * (two_sided ? 2 : 1);
  const std::uint64_t row_words = (std::uint64_t{shape.channels} + limits.lanes - 1) / limits.lanes;
  return layer.grid <= position_rows(shape) && layer.grid <= position_columns(shape) &&
         answers * shape.channels == layer.neurons &&
         std::uint64_t{position_rows(shape)} * position_columns(shape) * row_words <= limits.sum_depth;
}

/// The fields from grid to the end.
void check_answers(const contract::Layer& layer, std::size_t base, const Surroundings& around, const contract::Limits& limits,
                   FieldCheck& check) {
  using Layer = contract::Layer;
  if (check.first()) return;
  const auto factor = static_cast<contract::Factor>(layer.factor);
  const bool pooled = layer.grid != 0;
  check.require(legal_grid(layer, around, limits), base + offsetof(Layer, grid));
  check.require_range(layer.answer_scale, 0, pooled ? contract::kLayerAnswerScaleMaximum : 0,
                      base + offsetof(Layer, answer_scale));
  check.require_range(layer.answer_shift, 0, pooled ? contract::kLayerAnswerShiftMaximum : 0,
                      base + offsetof(Layer, answer_shift));
  check.require(has_memory(factor) ? layer.memory_offset % contract::kAlignment == 0 : layer.memory_offset == 0,
                base + offsetof(Layer, memory_offset));
  check.require_range(layer.target_shift, 0, moves_filters(factor) ? contract::kLayerTargetShiftMaximum : 0,
                      base + offsetof(Layer, target_shift));
  const bool currents = has(limits, contract::kRulesCurrent) && !around.graded;
  check.require_range(layer.synaptic_leak, 0, currents ? contract::kLayerSynapticLeakMaximum : 0,
                      base + offsetof(Layer, synaptic_leak));
  const bool may_take =
      has(limits, contract::kRulesRetrograde) && !around.last && may_scale(static_cast<contract::Factor>(layer.factor));
  check.require_range(layer.retrograde_limit, 0, may_take ? contract::kLayerRetrogradeLimitMaximum : 0,
                      base + offsetof(Layer, retrograde_limit));
  check.require_range(layer.retrograde_base, 0, layer.retrograde_limit, base + offsetof(Layer, retrograde_base));
  check.require_range(layer.retrograde_shift, 0, layer.retrograde_limit == 0 ? 0 : contract::kLayerRetrogradeShiftMaximum,
                      base + offsetof(Layer, retrograde_shift));
  for (std::size_t word = 0; word < std::size(layer.reserved); ++word) {
    check.require(layer.reserved[word] == 0, base + offsetof(Layer, reserved) + 4 * word);
  }
}

void check_layer(const contract::Layer& layer, std::size_t base, const Surroundings& around, const contract::Limits& limits,
                 FieldCheck& check) {
  using Layer = contract::Layer;
  const bool all_steps = layer.span == static_cast<std::uint32_t>(contract::Span::kAllSteps);
  const auto factor = static_cast<contract::Factor>(layer.factor);
  check.require_range(layer.neurons, 1, limits.max_neurons, base + offsetof(Layer, neurons));
  check.require(legal_flags(layer, limits) && std::uint64_t{around.sources_before} + bias_rows(layer) <= limits.max_rows,
                base + offsetof(Layer, flags));
  check.require_range(layer.threshold, contract::kLayerThresholdMinimum, contract::kLayerThresholdMaximum,
                      base + offsetof(Layer, threshold));
  check.require_range(layer.window, contract::kLayerWindowMinimum, contract::kLayerWindowMaximum,
                      base + offsetof(Layer, window));
  check.require(layer.leak <= contract::kLayerLeakMaximum &&
                    (layer.leak % contract::kCoarseLeak == 0 || has(limits, contract::kRulesState)),
                base + offsetof(Layer, leak));
  check.require_range(layer.input_shift, 0, contract::kLayerInputShiftMaximum, base + offsetof(Layer, input_shift));
  check.require(legal_factor(layer, around, limits), base + offsetof(Layer, factor));
  check.require(legal_span(layer, around, limits), base + offsetof(Layer, span));
  check.require_range(layer.rounding, 0, contract::kLayerRoundingMaximum, base + offsetof(Layer, rounding));
  check.require_range(layer.rate, 0, contract::kLayerRateMaximum, base + offsetof(Layer, rate));
  check.require_range(
      layer.factor_shift, 0,
      competes(factor) || moves_filters(factor) ? contract::kCompetitionFactorShift : contract::kLayerFactorShiftMaximum,
      base + offsetof(Layer, factor_shift));
  check.require(layer.weights_offset % contract::kAlignment == 0, base + offsetof(Layer, weights_offset));
  check.require(layer.levels_offset % contract::kAlignment == 0, base + offsetof(Layer, levels_offset));
  check.require(layer.post <= contract::kLayerPostMaximum && provides(limits, needs(static_cast<contract::Post>(layer.post))),
                base + offsetof(Layer, post));
  const bool traces = has(limits, contract::kRulesPost) && all_steps;
  check.require_range(layer.trace_shift, 0, traces ? contract::kLayerTraceShiftMaximum : 0,
                      base + offsetof(Layer, trace_shift));
  const bool handicaps = has(limits, contract::kRulesCompetition) || has(limits, contract::kRulesFeatures);
  check.require_range(layer.homeostasis, 0, handicaps ? contract::kLayerHomeostasisMaximum : 0,
                      base + offsetof(Layer, homeostasis));
  const auto connection = static_cast<contract::Connection>(layer.connection);
  check.require(layer.connection <= contract::kLayerConnectionMaximum && provides(limits, needs(connection)) &&
                    !(has_shape(connection) ? dense_only(factor) || around.tells : shape_only(factor) || is_by_channel(layer)),
                base + offsetof(Layer, connection));
  check.require(
      layer.reset <= contract::kLayerResetMaximum && provides(limits, needs(static_cast<contract::Reset>(layer.reset))),
      base + offsetof(Layer, reset));
  check_shape(layer, base, around, limits, check);
  check_answers(layer, base, around, limits, check);
}

Fault field_fault(std::uint32_t offset) { return {contract::Error::kProgramField, offset, 0}; }

LayerProgram take_layer(const contract::Layer& layer, std::uint32_t sources_before, bool first) {
  const bool shaped = has_shape(static_cast<contract::Connection>(layer.connection));
  const std::uint32_t rows = shaped ? layer.kernel_rows * layer.kernel_columns * layer.source_channels : sources_before;
  return {.rows = rows + bias_rows(layer),
          .neurons = layer.neurons,
          .bias = bias_rows(layer) != 0,
          .threshold = layer.threshold,
          .window = layer.window,
          .leak = layer.leak,
          .reset = static_cast<contract::Reset>(layer.reset),
          .input_shift = layer.input_shift,
          .factor = static_cast<contract::Factor>(layer.factor),
          .span = static_cast<contract::Span>(layer.span),
          .rounding = static_cast<contract::Rounding>(layer.rounding),
          .rate = layer.rate,
          .factor_shift = layer.factor_shift,
          .weights_offset = layer.weights_offset,
          .levels_offset = layer.levels_offset,
          .post = static_cast<contract::Post>(layer.post),
          .trace_shift = layer.trace_shift,
          .homeostasis = layer.homeostasis,
          .connection = static_cast<contract::Connection>(layer.connection),
          .shape = take_shape(layer),
          .grid = layer.grid,
          .two_sided = (layer.flags & contract::kLayerFlagsTwoSided) != 0,
          .answer_scale = layer.answer_scale,
          .answer_shift = layer.answer_shift,
          .memory_offset = layer.memory_offset,
          .target_shift = layer.target_shift,
          .synaptic_leak = layer.synaptic_leak,
          .retrograde_limit = layer.retrograde_limit,
          .retrograde_base = layer.retrograde_base,
          .retrograde_shift = layer.retrograde_shift,
          .first = first,
          .drawn = is_drawn(layer),
          .by_channel = is_by_channel(layer)};
}

}  // namespace

std::uint64_t weight_row_bytes(const Program& program, const LayerProgram& layer) {
  return align(std::uint64_t{connection_of(layer).row_width} * program.weight_width / 8);
}

std::uint32_t state_rows(const Program& program, const LayerProgram& layer) {
  if (competes(layer)) return (contract::kSquaresWidth + contract::kWinsWidth) / program.weight_width;
  if (moves_filters(layer)) return contract::kWinsWidth / program.weight_width;
  if (changes_memory(layer)) return contract::kMemoryWidth / program.weight_width;
  if (!program.keep) return 0;
  const std::uint32_t potential_rows = contract::kPotentialWidth / program.weight_width;
  const std::uint32_t current_rows = layer.synaptic_leak == 0 ? 0 : contract::kCurrentWidth / program.weight_width;
  return (potential_rows + 1 + current_rows) * connection_of(layer).positions;
}

std::uint32_t stored_rows(const Program& program, const LayerProgram& layer) {
  return connection_of(layer).weight_rows + state_rows(program, layer);
}

std::uint64_t weight_bytes(const Program& program, const LayerProgram& layer) {
  return stored_rows(program, layer) * weight_row_bytes(program, layer);
}

std::uint64_t memory_bytes(const LayerProgram& layer) {
  constexpr std::uint64_t kValueBytes = contract::kMemoryWidth / 8;
  const std::uint64_t rows = layer.rows;
  if (moves_filters(layer)) return rows * align(rows) + align(kValueBytes * rows);
  if (!changes_memory(layer)) return 0;
  return (rows + layer.neurons) * align(kValueBytes * rows) + align(kValueBytes * layer.neurons);
}

std::uint64_t level_bytes(const Program& program, const LayerProgram& layer) { return program.classes * align(layer.neurons); }

std::uint64_t recipe_bytes(const Program& program) {
  constexpr std::uint64_t kPlacesBytes = 2 * sizeof(std::uint16_t);
  return align(contract::kRecipeBytes + kPlacesBytes * program.classes);
}

std::uint64_t table_bytes(const Program& program, const LayerProgram& layer) {
  if (!has_levels(layer)) return 0;
  return layer.drawn ? recipe_bytes(program) : level_bytes(program, layer);
}

std::uint64_t record_bytes(const Program& program) {
  return align(sizeof(contract::ResultRecord) + 4 * std::uint64_t{program.layers.back().neurons});
}

std::uint64_t trace_bytes(const Program& program) {
  std::uint64_t bytes = 0;
  for (const LayerProgram& layer : program.layers) bytes += program.steps * align(2 * std::uint64_t{layer.neurons});
  return bytes;
}

std::variant<Program, Fault> parse_program(std::span<const std::byte> block, const contract::Limits& limits) {
  contract::ProgramHeader header;
  std::memcpy(&header, block.data(), sizeof header);
  FieldCheck check;
  check_header(header, limits, check);
  if (const auto offset = check.first()) return field_fault(*offset);

  Program program{.weight_width = limits.weight_width,
                  .seed = std::uint64_t{header.seed_high} << 32 | header.seed_low,
                  .inputs = header.inputs,
                  .steps = header.steps,
                  .classes = header.classes,
                  .sample_kind = static_cast<contract::SampleKind>(header.sample_kind),
                  .sample_stride = header.sample_stride,
                  .learn = (header.flags & contract::kProgramHeaderFlagsLearn) != 0,
                  .trace = (header.flags & contract::kProgramHeaderFlagsTrace) != 0,
                  .keep = (header.flags & contract::kProgramHeaderFlagsKeep) != 0,
                  .layers = {},
                  .gates = has(limits, contract::kRulesGate)};
  std::uint32_t sources_before = header.inputs;
  for (std::size_t number = 0; number < header.layers; ++number) {
    const std::size_t base = sizeof header + number * sizeof(contract::Layer);
    contract::Layer layer;
    std::memcpy(&layer, block.data() + base, sizeof layer);
    const Surroundings around{sources_before, header.classes,     number + 1 == header.layers,
                              program.trace,  is_graded(program), number != 0 && takes_retrograde(program.layers.back())};
    check_layer(layer, base, around, limits, check);
    if (const auto offset = check.first()) return field_fault(*offset);
    program.layers.push_back(take_layer(layer, sources_before, number == 0));
    sources_before = layer.neurons;
  }
  return program;
}

}  // namespace phasic::shell
