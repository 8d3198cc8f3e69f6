// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/program.hpp"

#include <bit>
#include <cstring>
#include <optional>

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

constexpr std::uint32_t kStrideLimit = 1U << 24;

/// Whether the build has a part of the rules, one of the constants kRules....
constexpr bool has(const Limits& limits, std::uint32_t part) { return (limits.rules & part) != 0; }

bool legal_kind(const contract::ProgramHeader& header, const Limits& limits) {
  if (header.sample_kind == static_cast<std::uint32_t>(contract::SampleKind::kGraded)) {
    return header.steps == 1 && has(limits, contract::kRulesGraded);
  }
  return header.sample_kind == static_cast<std::uint32_t>(contract::SampleKind::kIntensity) ||
         (header.sample_kind == static_cast<std::uint32_t>(contract::SampleKind::kEvent) &&
          !has(limits, contract::kRulesSerial));
}

void check_header(const contract::ProgramHeader& header, const Limits& limits, FieldCheck& check) {
  using Header = contract::ProgramHeader;
  check.require(header.magic == contract::kProgramMagic, offsetof(Header, magic));
  check.require(header.version == contract::kContractVersion, offsetof(Header, version));
  check.require_range(header.inputs, 1, limits.max_rows, offsetof(Header, inputs));
  check.require_range(header.layers, 1, limits.engines, offsetof(Header, layers));
  check.require_range(header.steps, 1, limits.max_steps, offsetof(Header, steps));
  check.require_range(header.classes, 1, limits.max_classes, offsetof(Header, classes));
  check.require(legal_kind(header, limits), offsetof(Header, sample_kind));
  const std::uint64_t least_stride = header.sample_kind == static_cast<std::uint32_t>(contract::SampleKind::kEvent)
                                         ? 0
                                         : std::uint64_t{sizeof(contract::SampleHeader)} + header.inputs;
  check.require(header.sample_stride % contract::kAlignment == 0 && header.sample_stride >= contract::kAlignment &&
                    header.sample_stride < kStrideLimit && header.sample_stride >= least_stride,
                offsetof(Header, sample_stride));
  check.require_range(header.flags, 0, has(limits, contract::kRulesSerial) ? 1 : 3, offsetof(Header, flags));
  for (std::size_t word = 0; word < std::size(header.reserved); ++word) {
    check.require(header.reserved[word] == 0, offsetof(Header, reserved) + 4 * word);
  }
}

/// What a layer's fields are checked against.
struct Surroundings {
  std::uint32_t rows_before;  ///< inputs, or neurons of the layer before
  std::uint32_t classes;
  bool last;
  bool trace;
  bool graded;
};

bool legal_factor(const contract::Layer& layer, const Surroundings& around, const Limits& limits) {
  if (layer.factor > static_cast<std::uint32_t>(contract::Factor::kCompetition)) return false;
  switch (static_cast<contract::Factor>(layer.factor)) {
    case contract::Factor::kError:
      return layer.neurons >= around.classes;
    case contract::Factor::kFeedback:
      return !around.last && has(limits, contract::kRulesFeedback);
    case contract::Factor::kCompetition:
      return around.last && !around.trace && has(limits, contract::kRulesCompetition) &&
             layer.input_shift <= contract::kCompetitionInputShift;
    default:
      return true;
  }
}

void check_layer(const contract::Layer& layer, std::size_t base, const Surroundings& around, const Limits& limits,
                 FieldCheck& check) {
  using Layer = contract::Layer;
  const bool competes = layer.factor == static_cast<std::uint32_t>(contract::Factor::kCompetition);
  const bool needs_steps = layer.factor != static_cast<std::uint32_t>(contract::Factor::kFrozen) && !competes;
  const bool all_steps = layer.span == static_cast<std::uint32_t>(contract::Span::kAllSteps);
  const bool posts = has(limits, contract::kRulesPost);
  check.require_range(layer.neurons, 1, limits.max_neurons, base + offsetof(Layer, neurons));
  check.require(layer.flags <= 1 && std::uint64_t{around.rows_before} + layer.flags <= limits.max_rows,
                base + offsetof(Layer, flags));
  check.require_range(layer.threshold, -32768, 32767, base + offsetof(Layer, threshold));
  check.require_range(layer.window, -32768, 32767, base + offsetof(Layer, window));
  check.require_range(layer.leak, 0, 256, base + offsetof(Layer, leak));
  check.require_range(layer.input_shift, 0, 15, base + offsetof(Layer, input_shift));
  check.require(legal_factor(layer, around, limits), base + offsetof(Layer, factor));
  const bool too_tall = has(limits, contract::kRulesSerial) && around.rows_before + layer.flags > contract::kSerialHistoryRows;
  check.require(
      layer.span <= 1 && !(all_steps && (around.graded || (needs_steps && (layer.neurons > limits.max_outputs || too_tall)))),
      base + offsetof(Layer, span));
  check.require_range(layer.rounding, 0, 1, base + offsetof(Layer, rounding));
  check.require_range(layer.rate, 0, 65535, base + offsetof(Layer, rate));
  check.require_range(layer.factor_shift, 0, competes ? contract::kCompetitionFactorShift : 15,
                      base + offsetof(Layer, factor_shift));
  check.require(layer.weights_offset % contract::kAlignment == 0, base + offsetof(Layer, weights_offset));
  check.require(layer.levels_offset % contract::kAlignment == 0, base + offsetof(Layer, levels_offset));
  check.require_range(layer.post, 0, posts ? 2 : 0, base + offsetof(Layer, post));
  check.require_range(layer.trace_shift, 0, posts && all_steps ? 3 : 0, base + offsetof(Layer, trace_shift));
  check.require_range(layer.homeostasis, 0, has(limits, contract::kRulesCompetition) ? 65535 : 0,
                      base + offsetof(Layer, homeostasis));
}

Fault field_fault(std::uint32_t offset) { return {contract::Error::kProgramField, offset, 0}; }

LayerProgram take_layer(const contract::Layer& layer, std::uint32_t rows_before) {
  return {.rows = rows_before + layer.flags,
          .neurons = layer.neurons,
          .bias = layer.flags == 1,
          .threshold = layer.threshold,
          .window = layer.window,
          .leak = layer.leak,
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
          .homeostasis = layer.homeostasis};
}

}  // namespace

std::uint64_t weight_row_bytes(const Program& program, const LayerProgram& layer) {
  return align(std::uint64_t{layer.neurons} * program.weight_width / 8);
}

std::uint32_t stored_rows(const Program& program, const LayerProgram& layer) {
  return layer.rows + (competes(layer) ? (contract::kSquaresWidth + contract::kWinsWidth) / program.weight_width : 0);
}

std::uint64_t weight_bytes(const Program& program, const LayerProgram& layer) {
  return stored_rows(program, layer) * weight_row_bytes(program, layer);
}

std::uint64_t level_bytes(const Program& program, const LayerProgram& layer) { return program.classes * align(layer.neurons); }

std::uint64_t record_bytes(const Program& program) {
  return align(sizeof(contract::ResultRecord) + 4 * std::uint64_t{program.layers.back().neurons});
}

std::uint64_t trace_bytes(const Program& program) {
  std::uint64_t bytes = 0;
  for (const LayerProgram& layer : program.layers) bytes += program.steps * align(2 * std::uint64_t{layer.neurons});
  return bytes;
}

std::variant<Program, Fault> parse_program(std::span<const std::byte> block, const Limits& limits) {
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
                  .learn = (header.flags & 1) != 0,
                  .trace = (header.flags & 2) != 0,
                  .layers = {},
                  .gates = has(limits, contract::kRulesGate)};
  std::uint32_t rows_before = header.inputs;
  for (std::size_t number = 0; number < header.layers; ++number) {
    const std::size_t base = sizeof header + number * sizeof(contract::Layer);
    contract::Layer layer;
    std::memcpy(&layer, block.data() + base, sizeof layer);
    const Surroundings around{rows_before, header.classes, number + 1 == header.layers, program.trace, is_graded(program)};
    check_layer(layer, base, around, limits, check);
    if (const auto offset = check.first()) return field_fault(*offset);
    program.layers.push_back(take_layer(layer, rows_before));
    rows_before = layer.neurons;
  }
  return program;
}

}  // namespace phasic::shell
