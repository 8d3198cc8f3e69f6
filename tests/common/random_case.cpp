// SPDX-License-Identifier: Apache-2.0
#include "tests/common/random_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

namespace phasic::testing {
namespace {

namespace argument = contract::argument;
using contract::Layer;
using contract::ProgramHeader;

constexpr std::size_t kProgramBytes = sizeof(ProgramHeader) + contract::kMaxLayers * sizeof(Layer);
constexpr std::size_t kRecordsOffset = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);

template <class T>
void put(std::vector<std::byte>& buffer, std::uint64_t offset, const T& value) {
  std::memcpy(buffer.data() + offset, &value, sizeof value);
}

template <class T>
T get(const std::vector<std::byte>& buffer, std::uint64_t offset) {
  T value{};
  if (offset + sizeof value <= buffer.size()) std::memcpy(&value, buffer.data() + offset, sizeof value);
  return value;
}

void fill_garbage(std::vector<std::byte>& bytes, Dice& dice) {
  for (std::byte& value : bytes) value = static_cast<std::byte>(dice.any());
}

/// A size from 1 to max, often near multiples of the lanes, small, or the most.
std::uint32_t random_size(Dice& dice, const contract::Limits& limits, std::uint32_t max) {
  const std::uint32_t usual = std::min(max, std::clamp<std::uint32_t>(limits.lanes * 3, 56, 600));
  std::int64_t size = 1;
  switch (dice.below(10)) {
    case 0:
      size = dice.between(1, 3);
      break;
    case 1:
      size = max <= 256 ? max : usual;
      break;
    case 2:
    case 3:
      size = static_cast<std::int64_t>(dice.between(1, 3) * limits.lanes) + dice.between(-1, 1);
      break;
    default:
      size = dice.between(2, usual);
  }
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(size, 1, max <= 256 ? max : usual));
}

struct Network {
  ProgramHeader header;
  std::array<Layer, contract::kMaxLayers> layers;
};

bool is_convolution(const Layer& layer) { return contract::has_shape(static_cast<contract::Connection>(layer.connection)); }

/// Rows of weights, the bias included, of a layer with so many sources before it.
std::uint32_t kernel_rows(const Layer& layer, std::uint32_t sources) {
  const std::uint32_t rows = is_convolution(layer) ? layer.kernel_rows * layer.kernel_columns * layer.source_channels : sources;
  return rows + (layer.flags & 1);
}

/// Groups of neurons that share the rows. Not of a layer with a grid.
std::uint32_t positions_of(const Layer& layer) {
  return is_convolution(layer) && layer.channels != 0 ? layer.neurons / layer.channels : 1;
}

/// Positions of the kernel along one side.
std::uint32_t positions_along(const Layer& layer, std::uint32_t places, std::uint32_t kernel) {
  const std::uint32_t room = ((places + (1U << layer.pool) - 1) >> layer.pool) + 2 * layer.padding;
  return (room - kernel) / layer.stride + 1;
}

std::uint32_t rows_of(const Network& network, std::size_t index) {
  return kernel_rows(network.layers[index], index == 0 ? network.header.inputs : network.layers[index - 1].neurons);
}

/// Whether the build is a serial one, whose layers share its memories.
bool serial(const contract::Limits& limits) { return (limits.rules & contract::kRulesSerial) != 0; }

bool competes(const Layer& layer) { return contract::competes(static_cast<contract::Factor>(layer.factor)); }
bool changes_memory(const Layer& layer) { return contract::changes_memory(static_cast<contract::Factor>(layer.factor)); }
bool has_levels(const Layer& layer) { return contract::has_levels(static_cast<contract::Factor>(layer.factor)); }
bool may_draw(const Layer& layer) { return contract::may_draw(static_cast<contract::Factor>(layer.factor)); }
bool is_drawn(const Layer& layer) { return (layer.flags & contract::kLayerFlagsDrawn) != 0; }
/// Bytes of a layer in the tables buffer: its levels or the recipe of them.
std::uint64_t table_bytes(const ProgramHeader& header, const Layer& layer) {
  if (!has_levels(layer)) return 0;
  return is_drawn(layer) ? align(contract::kRecipeBytes + 4 * std::uint64_t{header.classes})
                         : header.classes * align(layer.neurons);
}
bool is_graded(const ProgramHeader& header) {
  return contract::is_graded(static_cast<contract::SampleKind>(header.sample_kind));
}
bool moves_filters(const Layer& layer) { return contract::moves_filters(static_cast<contract::Factor>(layer.factor)); }
constexpr std::uint32_t kStateBits = contract::kSquaresWidth + contract::kWinsWidth;
/// Rows that hold the state of neurons that compete, or that is kept.
std::uint32_t state_rows(const ProgramHeader& header, const Layer& layer, std::uint32_t weight_width) {
  if (competes(layer)) return kStateBits / weight_width;
  if (moves_filters(layer)) return contract::kWinsWidth / weight_width;
  if (changes_memory(layer)) return contract::kMemoryWidth / weight_width;
  if ((header.flags & contract::kProgramHeaderFlagsKeep) == 0) return 0;
  const std::uint32_t current_rows = layer.synaptic_leak == 0 ? 0 : contract::kCurrentWidth / weight_width;
  return (contract::kPotentialWidth / weight_width + 1 + current_rows) * positions_of(layer);
}

/// A divisor of `number`, at most `most`.
std::uint32_t random_divisor(Dice& dice, std::uint32_t number, std::uint32_t most) {
  std::vector<std::uint32_t> divisors;
  for (std::uint32_t divisor = 1; divisor <= std::min(number, most); ++divisor)
    if (number % divisor == 0) divisors.push_back(divisor);
  return divisors[dice.below(divisors.size())];
}

/// Turns a layer with so many sources before it into a convolution, if the build has room for what is drawn.
void draw_convolution(Dice& dice, const contract::Limits& limits, const ProgramHeader& header, std::uint32_t sources, bool last,
                      Layer& layer) {
  Layer drawn = layer;
  drawn.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  drawn.source_rows = random_divisor(dice, sources, 256);
  drawn.source_columns = random_divisor(dice, sources / drawn.source_rows, 256);
  drawn.source_channels = sources / drawn.source_rows / drawn.source_columns;
  drawn.pool = static_cast<std::uint32_t>(dice.one_in(2) ? 0 : dice.between(1, 2));
  drawn.padding = static_cast<std::uint32_t>(dice.below(4));
  drawn.stride = static_cast<std::uint32_t>(dice.between(1, 2));
  std::uint32_t positions = 1;
  for (const bool row : {true, false}) {
    const std::uint32_t places = row ? drawn.source_rows : drawn.source_columns;
    const std::uint32_t room = ((places + (1U << drawn.pool) - 1) >> drawn.pool) + 2 * drawn.padding;
    const auto kernel = static_cast<std::uint32_t>(dice.one_in(5) ? std::min(room, 256U) : dice.between(1, std::min(room, 7U)));
    (row ? drawn.kernel_rows : drawn.kernel_columns) = kernel;
    positions *= (room - kernel) / drawn.stride + 1;
  }
  const std::uint32_t rows = kernel_rows(drawn, sources);
  const std::uint32_t parts = state_rows(header, layer, limits.weight_width);
  // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a kernel has rows
  const std::uint64_t words = limits.weight_depth / (rows + std::uint64_t{parts} * positions);
  const std::uint64_t most =
      std::max<std::uint64_t>(std::uint64_t{random_size(dice, limits, limits.max_neurons)} / positions, 1);
  const std::uint64_t room = (last ? limits.max_neurons : std::min(limits.max_neurons, limits.max_rows)) / positions;
  const std::uint64_t channels = std::min({words * limits.lanes, most, room});
  if (rows > limits.max_rows || channels == 0) return;
  layer = drawn;
  layer.channels = static_cast<std::uint32_t>(channels);
  layer.neurons = layer.channels * positions;
}

/// Gives a convolution a grid, if the build has room for its neurons; they may be fewer than those of the positions or more.
void draw_grid(Dice& dice, const contract::Limits& limits, bool last, Layer& layer) {
  const std::uint32_t rows = positions_along(layer, layer.source_rows, layer.kernel_rows);
  const std::uint32_t columns = positions_along(layer, layer.source_columns, layer.kernel_columns);
  Layer drawn = layer;
  drawn.grid = static_cast<std::uint32_t>(dice.between(1, std::min({rows, columns, contract::kLayerGridMaximum})));
  const std::uint32_t sides = dice.one_in(2) ? 2 : 1;
  if (sides == 2) drawn.flags |= contract::kLayerFlagsTwoSided;
  const std::uint32_t most = last ? limits.max_neurons : std::min(limits.max_neurons, limits.max_rows);
  const std::uint32_t cells = drawn.grid * drawn.grid * sides;
  if (dice.one_in(3) && cells <= most) {
    // More filters than neurons of all positions would allow, so that there are more words of sums than of neurons.
    drawn.channels = static_cast<std::uint32_t>(dice.between(1, std::min(40U, most / cells)));
  } else if (dice.one_in(2)) {
    drawn.channels = std::min(layer.channels, static_cast<std::uint32_t>(dice.between(1, 40)));
  }
  drawn.neurons = cells * drawn.channels;
  if (drawn.neurons > most) return;
  const std::uint32_t words = (drawn.channels + limits.lanes - 1) / limits.lanes;
  if (std::uint64_t{kernel_rows(drawn, 0)} * words > limits.weight_depth) return;
  if (std::uint64_t{rows} * columns * words > limits.sum_depth) return;
  drawn.answer_scale = static_cast<std::uint32_t>(dice.one_in(6) ? dice.below(65536) : dice.below(300));
  drawn.answer_shift = static_cast<std::uint32_t>(dice.one_in(6) ? dice.below(16) : dice.below(6));
  layer = drawn;
}

/// Whether the layers of a network may have synaptic currents.
bool may_last(const contract::Limits& limits, const ProgramHeader& header) {
  return (limits.rules & contract::kRulesCurrent) != 0 && !is_graded(header);
}

/// Nothing is drawn for builds that have no currents.
std::uint32_t draw_synaptic_leak(Dice& dice, const contract::Limits& limits, const ProgramHeader& header) {
  if (!may_last(limits, header) || dice.one_in(2)) return 0;
  return static_cast<std::uint32_t>(dice.one_in(4) ? dice.pick({1, 32768, 65534, 65535}) : dice.between(1, 65535));
}

/// Sizes, neuron constants and rules; offsets and the stride come later. With `filters` graded samples, and mostly
/// convolutions.
Network random_network(Dice& dice, const contract::Limits& limits, bool filters = false) {
  Network network{};
  ProgramHeader& header = network.header;
  header.magic = contract::kProgramMagic;
  header.version = contract::kContractVersion;
  header.seed_low = static_cast<std::uint32_t>(dice.any());
  header.seed_high = static_cast<std::uint32_t>(dice.any());
  header.layers = static_cast<std::uint32_t>(dice.between(1, std::min(limits.engines, contract::kMaxLayers)));
  header.steps = static_cast<std::uint32_t>(dice.one_in(8)    ? dice.between(1, 2)
                                            : dice.one_in(12) ? limits.max_steps
                                                              : dice.between(2, std::min<std::uint32_t>(limits.max_steps, 9)));
  header.classes =
      static_cast<std::uint32_t>(dice.between(1, std::min<std::uint32_t>(limits.max_classes, dice.pick({3, 12, 64}))));
  header.sample_kind = static_cast<std::uint32_t>(dice.below(2));
  if ((limits.rules & contract::kRulesGraded) != 0 && (filters || dice.one_in(4))) {
    header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kGraded);
    header.steps = 1;
  }
  header.flags = static_cast<std::uint32_t>((dice.one_in(4) ? 0 : 1) | (dice.one_in(3) ? 2 : 0));
  if (serial(limits)) {
    header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kIntensity);
    header.flags &= 1;
  }
  if ((limits.rules & contract::kRulesState) != 0 && !is_graded(header) && dice.one_in(3))
    header.flags |= contract::kProgramHeaderFlagsKeep;
  Layer most_rows{};
  most_rows.synaptic_leak = may_last(limits, header) ? 1 : 0;
  const std::uint32_t kept = state_rows(header, most_rows, limits.weight_width);
  header.inputs =
      random_size(dice, limits, std::min(limits.max_rows, limits.weight_depth - std::min(kept + 1, limits.weight_depth - 1)));
  std::uint32_t before = header.inputs;
  std::uint32_t used = 0;  // words of a serial build
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    Layer& layer = network.layers[n];
    layer.flags = dice.one_in(2) && before < limits.max_rows ? 1 : 0;
    layer.synaptic_leak = draw_synaptic_leak(dice, limits, header);
    const std::uint32_t rows = before + layer.flags;
    const std::uint32_t words =
        std::max<std::uint32_t>((limits.weight_depth - used) / std::max<std::uint32_t>(rows + kept, 1), 1);
    layer.neurons = random_size(dice, limits, std::min(limits.max_neurons, words * limits.lanes));
    if (n + 1 < header.layers) layer.neurons = std::min(layer.neurons, limits.max_rows);
    if (serial(limits)) used += rows * ((layer.neurons + limits.lanes - 1) / limits.lanes);
    if ((limits.rules & contract::kRulesConvolution) != 0 && (filters ? !dice.one_in(5) : dice.one_in(3)))
      draw_convolution(dice, limits, header, before, n + 1 == header.layers, layer);
    if ((limits.rules & contract::kRulesFeatures) != 0 && is_graded(header) && is_convolution(layer) && dice.one_in(2))
      draw_grid(dice, limits, n + 1 == header.layers, layer);
    before = layer.neurons;
  }
  return network;
}

/// Turns a layer into one that competes, if the build has room for it.
void draw_competition(Dice& dice, const contract::Limits& limits, ProgramHeader& header, std::uint32_t rows, Layer& layer) {
  const std::uint32_t words = (layer.neurons + limits.lanes - 1) / limits.lanes;
  if ((rows + kStateBits / limits.weight_width) * words > limits.weight_depth) return;
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kCompetition);
  layer.span = static_cast<std::uint32_t>(is_graded(header) ? 0 : dice.below(2));
  if (layer.span == 0) layer.trace_shift = 0;
  layer.factor_shift = static_cast<std::uint32_t>(dice.below(contract::kCompetitionFactorShift + 1));
  layer.homeostasis = static_cast<std::uint32_t>(dice.one_in(3) ? 0 : dice.one_in(2) ? dice.below(65536) : dice.below(300));
  header.flags &= ~contract::kProgramHeaderFlagsTrace;
}

/// Lets the filters of a convolution compete over a patch, if the build has room for their wins.
void draw_features(Dice& dice, const contract::Limits& limits, std::uint32_t rows, Layer& layer) {
  const std::uint32_t words = (layer.channels + limits.lanes - 1) / limits.lanes;
  const std::uint32_t weight_rows = rows - (layer.flags & contract::kLayerFlagsBias);
  const std::uint32_t targets = weight_rows * ((weight_rows + limits.lanes - 1) / limits.lanes);
  if ((weight_rows + contract::kWinsWidth / limits.weight_width) * words + targets > limits.weight_depth) return;
  layer.flags &= ~contract::kLayerFlagsBias;
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kFeatures);
  layer.factor_shift = static_cast<std::uint32_t>(dice.below(contract::kCompetitionFactorShift + 1));
  layer.homeostasis = static_cast<std::uint32_t>(dice.one_in(3) ? 0 : dice.one_in(2) ? dice.below(65536) : dice.below(300));
  layer.target_shift = static_cast<std::uint32_t>(dice.one_in(10) ? dice.below(32) : dice.between(5, 13));
}

/// Wins of filters, some of which have none, and a table of targets with its offsets.
void draw_filters(Dice& dice, const contract::Limits& limits, std::uint32_t rows, const Layer& layer,
                  std::vector<std::byte>& weights) {
  const std::uint64_t row_bytes = weight_row_bytes(layer.channels, limits.weight_width);
  const std::uint64_t bytes = limits.weight_width / 8;
  const std::uint64_t most_wins = dice.pick({2, 20, 65535});
  const std::uint64_t few = dice.pick({1, 4, 1000});
  for (std::uint32_t filter = 0; filter < layer.channels; ++filter) {
    const std::uint64_t wins = dice.one_in(few) ? 0 : dice.one_in(12) ? 65535 : dice.below(most_wins + 1);
    for (std::uint64_t byte = 0; byte < 2; ++byte) {
      const std::uint64_t at = layer.weights_offset + (rows + byte / bytes) * row_bytes + filter * bytes + byte % bytes;
      put(weights, at, static_cast<std::uint8_t>(wins >> 8 * byte));
    }
  }
  // The table is any bytes that were there before.
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::int64_t offset = dice.one_in(20) ? static_cast<std::int32_t>(dice.any()) : dice.between(-20000, 20000);
    put(weights, layer.memory_offset + rows * align(rows) + 4 * std::uint64_t{row}, static_cast<std::int32_t>(offset));
  }
}

/// From a row of values of 32 bits to the next.
constexpr std::uint64_t value_row_bytes(std::uint64_t values) { return align(4 * values); }

/// Bytes that a layer with so many rows of weights keeps beside them.
std::uint64_t memory_bytes(const Layer& layer, std::uint64_t rows) {
  if (moves_filters(layer)) return rows * align(rows) + value_row_bytes(rows);
  if (!changes_memory(layer)) return 0;
  return (rows + layer.neurons) * value_row_bytes(rows) + value_row_bytes(layer.neurons);
}

/// Turns a layer into a discriminant, if the build has room for it.
void draw_discriminant(const contract::Limits& limits, ProgramHeader& header, std::uint32_t sources, Layer& layer) {
  const std::uint32_t words = (layer.neurons + limits.lanes - 1) / limits.lanes;
  if ((sources + contract::kMemoryWidth / limits.weight_width) * words > limits.weight_depth) return;
  if (layer.neurons < header.classes) return;
  if (std::uint64_t{sources + layer.neurons} * ((sources + limits.lanes - 1) / limits.lanes) > limits.memory_depth) return;
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kDiscriminant);
  layer.flags = 0;
  header.flags &= ~contract::kProgramHeaderFlagsTrace;
}

void draw_rules(Dice& dice, const contract::Limits& limits, const ProgramHeader& header, std::uint32_t rows, bool last,
                Layer& layer) {
  std::vector<contract::Factor> factors;
  for (const contract::Factor factor : contract::kAllFactor) {
    if (by_coincidence(factor) && (limits.rules & needs(factor)) == needs(factor) &&
        (!by_class(factor) || layer.neurons >= header.classes) && !(last ? hidden_only(factor) : last_only(factor)))
      factors.push_back(factor);
  }
  const bool frozen = dice.one_in(6) || layer.grid != 0;
  layer.factor = static_cast<std::uint32_t>(frozen ? contract::Factor::kFrozen : factors[dice.below(factors.size())]);
  const bool graded = is_graded(header);
  const bool too_tall = serial(limits) && rows > contract::kSerialHistoryRows;
  layer.span = !graded && (frozen || (layer.neurons <= limits.max_outputs && !too_tall)) && dice.one_in(2) ? 1 : 0;
  layer.rounding = dice.one_in(3) ? 1 : 0;
  if ((limits.rules & contract::kRulesPost) != 0) {
    layer.post = static_cast<std::uint32_t>(dice.below(3));
    if (layer.span == 1) layer.trace_shift = static_cast<std::uint32_t>(dice.one_in(2) ? 0 : dice.between(1, 3));
  }
  if (dice.one_in(8)) {
    layer.rate = static_cast<std::uint32_t>(dice.pick({0, 1, 65535, 65534, 32768}));
    layer.factor_shift = static_cast<std::uint32_t>(dice.pick({0, 0, 1, 2, 15}));
    return;
  }
  // A typical signal shall give a factor that changes weights by anything from a small part of one to many.
  const int fraction = 24 - static_cast<int>(limits.weight_width);
  const double full = graded ? contract::kGradedFull : header.steps;
  const double signal = layer.factor == static_cast<std::uint32_t>(contract::Factor::kLevel) ? 40.0 : std::max(1.0, full / 2.0);
  const double factor = std::exp2(fraction - (graded ? 10 : 4) + 8 * dice.unit());
  layer.factor_shift = static_cast<std::uint32_t>(dice.below(16));
  while (layer.factor_shift > 0 && factor * std::exp2(layer.factor_shift) / signal > 65535) --layer.factor_shift;
  layer.rate = static_cast<std::uint32_t>(std::min(65535.0, std::max(1.0, factor * std::exp2(layer.factor_shift) / signal)));
}

/// Weights of `spread` around `centre` and thresholds that about a part of the neurons passes.
void draw_neurons(Dice& dice, const contract::Limits& limits, bool graded, std::uint32_t rows, Layer& layer, double& spread,
                  double& centre) {
  const double limit = std::exp2(limits.weight_width - 1) - 1;
  spread = limit * dice.pick({0.05, 0.3, 1.0, 2.0});
  centre = limit * dice.pick({0.0, 0.0, 0.02, 0.2, -0.05});
  const double active = std::max(1.0, rows * 0.3);
  // What is left of a current is there again, over a few steps.
  const double lasting = layer.synaptic_leak / 65536.0;
  const double sum = (spread * 0.58 * std::sqrt(active) + std::abs(centre) * active) * (1 + 2 * lasting);
  int shift = 0;
  const double wanted = graded && dice.one_in(2) ? 200 : 6000;
  while (shift < 15 && sum * std::exp2(-shift) > wanted) ++shift;
  if (dice.one_in(6)) shift = static_cast<int>(dice.below(16));
  if (dice.one_in(6)) shift = 0;  // large sums, which saturate the potential
  layer.input_shift = static_cast<std::uint32_t>(shift);
  const double current = sum * std::exp2(-shift);
  const auto potential = [&](double x) { return static_cast<std::int32_t>(std::clamp(x, -32768.0, 32767.0)); };
  layer.threshold = potential(current * (dice.unit() * 1.6 - 0.4));
  layer.window = potential(layer.threshold - current * (dice.unit() * 1.2 - 0.2));
  layer.leak = static_cast<std::uint32_t>(256 * (dice.one_in(5) ? dice.pick({0, 1, 255, 256}) : dice.between(0, 256)));
  if ((limits.rules & contract::kRulesState) != 0) {
    if (dice.one_in(2))
      layer.leak = static_cast<std::uint32_t>(dice.one_in(5) ? dice.pick({1, 65535}) : dice.between(0, 65536));
    if (dice.one_in(2)) layer.reset = static_cast<std::uint32_t>(dice.below(contract::kLayerResetMaximum + 1));
  }
  if (dice.one_in(15)) layer.threshold = dice.pick({-32768, 32767, 0, -1});
  // What finds nothing is of no interest, so half of the thresholds of grids are low.
  if (layer.grid != 0 && dice.one_in(2)) layer.threshold = static_cast<std::int32_t>(dice.below(30));
  if (dice.one_in(15)) layer.window = dice.pick({-32768, 32767, 0, -1});
  // A spike is often followed by a negative trit.
  if (dice.one_in(4)) layer.window = layer.threshold;
  if (dice.one_in(8)) {
    // Potentials that drift to one of their limits and stay there.
    const bool negative = dice.one_in(2);
    centre = negative ? -limit : limit;
    spread = limit * 0.2;
    layer.input_shift = 0;
    layer.leak = 256 * dice.pick({255u, 256u});
    layer.threshold = negative ? dice.pick({-32768, 0, 1000}) : dice.pick({32767, 32766});
    layer.window = negative ? dice.pick({-32768, -32767}) : dice.pick({32767, 32766});
  }
  if (layer.grid != 0) layer.threshold = std::max(layer.threshold, 0);
}

void draw_weights(Dice& dice, const contract::Limits& limits, std::uint32_t rows, const Layer& layer, double spread,
                  double centre, std::vector<std::byte>& weights) {
  const std::uint64_t row_bytes = weight_row_bytes(row_width(layer), limits.weight_width);
  const double limit = std::exp2(limits.weight_width - 1);
  const bool extremes = dice.one_in(10);
  for (std::uint32_t row = 0; row < rows; ++row)
    for (std::uint32_t neuron = 0; neuron < row_width(layer); ++neuron) {
      double value = std::floor(std::clamp(centre + spread * (2 * dice.unit() - 1), -limit, limit - 1));
      if (extremes) value = dice.one_in(2) ? limit - 1 : -limit;
      const std::uint64_t at = layer.weights_offset + row * row_bytes + std::uint64_t{neuron} * limits.weight_width / 8;
      if (limits.weight_width == 8)
        put(weights, at, static_cast<std::int8_t>(value));
      else
        put(weights, at, static_cast<std::int16_t>(value));
    }
}

/// Potentials and currents that are common or not, and rows of spikes of which more than the lowest bit is set.
void draw_kept(Dice& dice, const contract::Limits& limits, std::uint32_t rows, const Layer& layer,
               std::vector<std::byte>& weights) {
  const std::uint64_t row_bytes = weight_row_bytes(row_width(layer), limits.weight_width);
  const std::uint64_t bytes = limits.weight_width / 8;
  const std::uint64_t part_bytes = positions_of(layer) * row_bytes;
  for (std::uint32_t neuron = 0; neuron < layer.neurons; ++neuron) {
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a row has weights
    const std::uint32_t position = neuron / row_width(layer), channel = neuron % row_width(layer);
    const std::uint64_t first = layer.weights_offset + (rows + position) * row_bytes + channel * bytes;
    const auto potential = static_cast<std::uint32_t>(dice.one_in(3) ? dice.any() : dice.between(-500, 500));
    for (std::uint64_t byte = 0; byte < 2; ++byte) {
      put(weights, first + byte / bytes * part_bytes + byte % bytes, static_cast<std::uint8_t>(potential >> 8 * byte));
    }
    const std::uint64_t spikes = first + 2 / bytes * part_bytes;
    put(weights, spikes, static_cast<std::uint8_t>(dice.one_in(4) ? dice.any() : dice.below(2)));
    if (bytes == 2) put(weights, spikes + 1, static_cast<std::uint8_t>(dice.one_in(4) ? dice.any() : 0));
    if (layer.synaptic_leak == 0) continue;
    const std::int64_t near = dice.between(-3000, 3000);
    const auto current = static_cast<std::uint32_t>(dice.one_in(4)   ? dice.pick({INT32_MAX, INT32_MIN})
                                                    : dice.one_in(4) ? static_cast<std::int64_t>(dice.any())
                                                                     : near);
    for (std::uint64_t byte = 0; byte < 4; ++byte) {
      put(weights, spikes + (1 + byte / bytes) * part_bytes + byte % bytes, static_cast<std::uint8_t>(current >> 8 * byte));
    }
  }
}

/// What a discriminant has learned: sums that its samples may have, or anything; a scatter that is often at its limits;
/// offsets.
void draw_memory(Dice& dice, const contract::Limits& limits, std::uint32_t rows, const Layer& layer,
                 std::vector<std::byte>& weights) {
  const std::uint64_t row_bytes = value_row_bytes(rows), sums = layer.memory_offset + rows * row_bytes;
  const std::int64_t most = dice.one_in(3) ? 0x7fffffff : std::int64_t{1} << dice.below(31);
  const bool anything = dice.one_in(6);
  for (std::uint64_t row = 0; row < rows; ++row) {
    for (std::uint64_t k = 0; k < rows; ++k) {
      const std::int64_t value = dice.one_in(4) ? dice.pick({most, -most - 1}) : dice.between(-most, most);
      put(weights, layer.memory_offset + row * row_bytes + 4 * k, static_cast<std::int32_t>(value));
    }
  }
  for (std::uint64_t neuron = 0; !anything && neuron < layer.neurons; ++neuron) {
    const std::int64_t last = contract::kMostSamples - 1;
    const std::int64_t count = dice.one_in(3) ? 0 : dice.one_in(8) ? dice.between(last - 1, last + 1) : dice.between(1, 500);
    put(weights, sums + layer.neurons * row_bytes + 4 * neuron, static_cast<std::int32_t>(count));
    for (std::uint64_t row = 0; row < rows; ++row) {
      const auto sum =
          static_cast<std::int32_t>(dice.one_in(20) ? static_cast<std::int64_t>(dice.any()) : dice.between(0, 255 * count));
      put(weights, sums + neuron * row_bytes + 4 * row, sum);
    }
  }
  const std::uint64_t weight_row = weight_row_bytes(layer.neurons, limits.weight_width);
  const std::uint64_t bytes = limits.weight_width / 8;
  for (std::uint32_t neuron = 0; neuron < layer.neurons; ++neuron) {
    const auto offset =
        static_cast<std::uint32_t>(dice.one_in(3) ? dice.any() : dice.pick<std::uint64_t>({0, 0x80000000U, 0x7fffffffU}));
    for (std::uint64_t byte = 0; byte < 4; ++byte) {
      const std::uint64_t at = layer.weights_offset + (rows + byte / bytes) * weight_row + neuron * bytes + byte % bytes;
      put(weights, at, static_cast<std::uint8_t>(offset >> 8 * byte));
    }
  }
}

/// Squares that fit the weights or do not, and wins: some neurons have none.
void draw_state(Dice& dice, const contract::Limits& limits, std::uint32_t rows, Layer& layer, std::vector<std::byte>& weights) {
  layer.input_shift = static_cast<std::uint32_t>(dice.below(contract::kCompetitionInputShift + 1));
  const std::uint64_t row_bytes = weight_row_bytes(layer.neurons, limits.weight_width);
  const std::uint64_t bytes = limits.weight_width / 8;
  const std::uint64_t most_wins = dice.pick({2, 20, 65535});
  const std::uint64_t few = dice.pick({1, 4, 1000});
  for (std::uint32_t neuron = 0; neuron < layer.neurons; ++neuron) {
    std::uint32_t squares = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::uint64_t at = layer.weights_offset + row * row_bytes + neuron * bytes;
      const std::int32_t weight = bytes == 1 ? get<std::int8_t>(weights, at) : get<std::int16_t>(weights, at);
      squares += static_cast<std::uint32_t>(weight * weight);
    }
    if (dice.one_in(12)) squares = static_cast<std::uint32_t>(dice.any());
    const std::uint64_t wins = dice.one_in(few) ? 0 : dice.one_in(12) ? 65535 : dice.below(most_wins + 1);
    const std::uint64_t state = wins << 32 | squares;
    for (std::uint64_t byte = 0; byte < 6; ++byte) {
      const std::uint64_t at = layer.weights_offset + (rows + byte / bytes) * row_bytes + neuron * bytes + byte % bytes;
      put(weights, at, static_cast<std::uint8_t>(state >> 8 * byte));
    }
  }
  // Twins have equal matches, of which the first must win.
  if (!dice.one_in(3)) return;
  const std::uint32_t all_rows = rows + kStateBits / limits.weight_width;
  for (std::uint32_t neuron = 1; neuron < layer.neurons; ++neuron) {
    if (!dice.one_in(2)) continue;
    const std::uint64_t twin = dice.below(neuron);
    for (std::uint32_t row = 0; row < all_rows; ++row) {
      const std::uint64_t first = layer.weights_offset + row * row_bytes;
      for (std::uint64_t byte = 0; byte < bytes; ++byte) {
        put(weights, first + neuron * bytes + byte, get<std::uint8_t>(weights, first + twin * bytes + byte));
      }
    }
  }
}

/// Places parts of the given sizes in random order with gaps; returns the size of the whole.
std::uint64_t place(Dice& dice, const std::vector<std::uint64_t>& sizes, std::vector<std::uint64_t>& offsets) {
  std::vector<std::size_t> order(sizes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[dice.below(i)]);
  offsets.assign(sizes.size(), 0);
  std::uint64_t end = 0;
  for (const std::size_t i : order) {
    if (dice.one_in(4)) end += 64 * dice.below(4);
    offsets[i] = end;
    end += sizes[i];
  }
  return end + (dice.one_in(4) ? 64 * dice.below(3) : 0);
}

std::vector<std::uint32_t> random_events(Dice& dice, const ProgramHeader& header, std::uint32_t most) {
  std::vector<std::uint32_t> events;
  const double density = dice.pick({0.0, 0.05, 0.2, 0.5, 1.0});
  for (std::uint32_t step = 0; step < header.steps; ++step)
    for (std::uint32_t input = 0; input < header.inputs && events.size() < most; ++input)
      if (dice.unit() < density) events.push_back(step << 16 | input);
  return events;
}

/// Neurons of the first layer that a sample's gate leaves open.
std::vector<std::uint32_t> random_gate(Dice& dice, std::uint32_t neurons, std::uint32_t most) {
  std::vector<std::uint32_t> open;
  const double density = dice.pick({0.0, 0.05, 0.5, 0.95, 1.0});
  for (std::uint32_t neuron = 0; neuron < neurons && open.size() < most; ++neuron)
    if (dice.unit() < density) open.push_back(neuron);
  return open;
}

void draw_samples(Dice& dice, const contract::Limits& limits, Network& network, RandomCase& result) {
  ProgramHeader& header = network.header;
  const bool by_event = header.sample_kind == static_cast<std::uint32_t>(contract::SampleKind::kEvent);
  std::vector<std::vector<std::uint32_t>> events(result.sample_count);
  std::uint64_t payload = header.inputs;
  if (by_event) {
    payload = 0;
    for (auto& list : events) {
      list = random_events(dice, header, limits.max_events);
      payload = std::max<std::uint64_t>(payload, 4 * list.size());
    }
  }
  const bool gates = (limits.rules & contract::kRulesGate) != 0 && dice.one_in(2);
  std::vector<std::vector<std::uint32_t>> gate(result.sample_count);
  std::vector<bool> gated(result.sample_count);
  std::size_t most_open = 0;
  for (std::uint32_t n = 0; gates && n < result.sample_count; ++n) {
    const std::uint64_t length = by_event ? events[n].size() : header.inputs;
    gated[n] = length <= limits.max_events && !dice.one_in(3);
    if (gated[n])
      gate[n] = random_gate(dice, network.layers[0].neurons, limits.max_events - static_cast<std::uint32_t>(length));
    most_open = std::max(most_open, gate[n].size());
  }
  header.sample_stride = static_cast<std::uint32_t>(align(sizeof(contract::SampleHeader) + 4 * most_open + payload));
  if (dice.one_in(4)) header.sample_stride += static_cast<std::uint32_t>(64 * dice.below(3));
  auto& samples = result.buffers[argument::kSamples];
  samples.resize(std::uint64_t{header.sample_stride} * result.sample_count + (dice.one_in(4) ? 64 : 0));
  fill_garbage(samples, dice);
  for (std::uint32_t n = 0; n < result.sample_count; ++n) {
    contract::SampleHeader sample{};
    sample.flags = dice.one_in(4) ? 0 : 1;
    if (gated[n]) sample.flags |= contract::kSampleHeaderFlagsGate;
    if ((header.flags & contract::kProgramHeaderFlagsKeep) != 0 && dice.one_in(4))
      sample.flags |= contract::kSampleHeaderFlagsRestart;
    sample.open = static_cast<std::uint32_t>(gate[n].size());
    sample.label = static_cast<std::uint32_t>(dice.below(header.classes));
    if ((sample.flags & header.flags & 1) == 0 && dice.one_in(2)) sample.label = contract::kUnlabelled;
    sample.length = by_event ? static_cast<std::uint32_t>(events[n].size()) : header.inputs;
    const std::uint64_t at = std::uint64_t{n} * header.sample_stride;
    put(samples, at, sample);
    if (!gate[n].empty()) std::memcpy(samples.data() + at + sizeof sample, gate[n].data(), 4 * gate[n].size());
    const std::uint64_t first = at + sizeof sample + 4 * gate[n].size();
    if (by_event) {
      if (!events[n].empty()) std::memcpy(samples.data() + first, events[n].data(), 4 * events[n].size());
    } else {
      const double density = dice.pick({0.0, 0.1, 0.5, 1.0});
      const auto style = static_cast<unsigned>(dice.below(3));
      for (std::uint32_t i = 0; i < header.inputs; ++i) {
        const unsigned value = dice.unit() >= density ? 0 : style == 0 ? 255 : style == 1 ? dice.below(256) : dice.below(48);
        samples[first + i] = static_cast<std::byte>(value);
      }
    }
  }
}

std::uint64_t trace_bytes(const Network& network) {
  std::uint64_t bytes = 0;
  for (std::uint32_t n = 0; n < network.header.layers; ++n)
    bytes += network.header.steps * align(2 * std::uint64_t{network.layers[n].neurons});
  return bytes;
}

// Planted faults.

void plant_word(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  auto& program = result.buffers[argument::kProgram];
  const std::uint32_t layers = result.header().layers;
  const std::uint64_t words = (sizeof(ProgramHeader) + std::min(layers, contract::kMaxLayers) * sizeof(Layer)) / 4;
  std::uint64_t at = 4 * dice.below(words);
  // A third of a descriptor are words that are reserved. Half of the rest is its connection, which is seldom of interest
  // without convolutions.
  const auto within_layer = [&] { return (at - sizeof(ProgramHeader)) % sizeof(Layer); };
  if (at >= sizeof(ProgramHeader) && within_layer() >= offsetof(Layer, reserved) && !dice.one_in(8))
    at -= offsetof(Layer, reserved);
  const std::uint64_t in_layer = within_layer();
  const bool shapes = (limits.rules & contract::kRulesConvolution) != 0;
  if (at >= sizeof(ProgramHeader) && in_layer >= offsetof(Layer, connection) && !shapes && !dice.one_in(4))
    at -= offsetof(Layer, connection);
  const auto old = get<std::uint32_t>(program, at);
  const auto value = dice.pick<std::uint32_t>({0u,
                                               1u,
                                               2u,
                                               3u,
                                               4u,
                                               5u,
                                               16u,
                                               64u,
                                               256u,
                                               257u,
                                               65536u,
                                               old + 1,
                                               old - 1,
                                               old + 64,
                                               old ^ (1u << dice.below(32)),
                                               static_cast<std::uint32_t>(dice.any()),
                                               0x80000000u,
                                               0xffffffffu,
                                               limits.max_rows,
                                               limits.max_rows + 1,
                                               limits.max_neurons,
                                               limits.max_neurons + 1,
                                               limits.max_steps + 1,
                                               limits.max_classes + 1,
                                               1u << 24});
  put(program, at, value);
  result.planted += fmt::format(" program word at {} = {:#x} (was {:#x});", at, value, old);
}

/// Graded samples where they may not be, or what they exclude.
void plant_graded(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  auto& program = result.buffers[argument::kProgram];
  const ProgramHeader header = result.header();
  const std::uint64_t layer =
      sizeof(ProgramHeader) + sizeof(Layer) * dice.below(std::clamp(header.layers, 1u, contract::kMaxLayers));
  if ((limits.rules & contract::kRulesCurrent) != 0 && dice.one_in(2)) {
    put(program, offsetof(ProgramHeader, sample_kind), static_cast<std::uint32_t>(contract::SampleKind::kGraded));
    put(program, offsetof(ProgramHeader, steps), 1U);
    put(program, offsetof(ProgramHeader, flags), header.flags & ~contract::kProgramHeaderFlagsKeep);
    for (std::uint32_t n = 0; n < std::min(header.layers, contract::kMaxLayers); ++n)
      put(program, sizeof(ProgramHeader) + sizeof(Layer) * n + offsetof(Layer, span), 0U);
    put(program, layer + offsetof(Layer, synaptic_leak), 1U);
    result.planted += " graded samples with a synaptic leak;";
    return;
  }
  switch (dice.below(3)) {
    case 0:
      put(program, offsetof(ProgramHeader, sample_kind), static_cast<std::uint32_t>(contract::SampleKind::kGraded));
      break;
    case 1:
      put(program, offsetof(ProgramHeader, steps), header.steps + 1);
      break;
    default:
      put(program, layer + offsetof(Layer, span), static_cast<std::uint32_t>(contract::Span::kAllSteps));
  }
  result.planted += " graded samples, one step more, or all steps;";
}

/// Levels that are drawn, or one for each channel, where there may be none; or a table in place of a recipe.
void plant_drawn(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  if ((limits.rules & contract::kRulesDrawn) == 0) return;
  auto& program = result.buffers[argument::kProgram];
  const std::uint64_t at = sizeof(ProgramHeader) +
                           sizeof(Layer) * dice.below(std::clamp(result.header().layers, 1u, contract::kMaxLayers)) +
                           offsetof(Layer, flags);
  const auto flags = dice.pick({contract::kLayerFlagsDrawn, contract::kLayerFlagsByChannel,
                                contract::kLayerFlagsDrawn | contract::kLayerFlagsByChannel});
  put(program, at, get<std::uint32_t>(program, at) ^ flags);
  result.planted += fmt::format(" drawn and by_channel turned with {:#x};", flags);
}

/// A retrograde signal where it may not be, or behind it a layer that sends none.
void plant_retrograde(Dice& dice, RandomCase& result) {
  auto& program = result.buffers[argument::kProgram];
  const std::uint32_t layers = std::clamp(result.header().layers, 1u, contract::kMaxLayers);
  const auto number = static_cast<std::uint32_t>(dice.below(layers));
  const std::uint64_t layer = sizeof(ProgramHeader) + sizeof(Layer) * number;
  const std::uint64_t behind = layer + (number + 1 < layers ? sizeof(Layer) : 0);
  const auto limit = static_cast<std::uint32_t>(dice.between(1, 256));
  put(program, layer + offsetof(Layer, retrograde_limit), limit);
  switch (dice.below(5)) {
    case 0:
      put(program, layer + offsetof(Layer, retrograde_base), limit + static_cast<std::uint32_t>(dice.below(2)));
      break;
    case 1:
      put(program, layer + offsetof(Layer, retrograde_shift), static_cast<std::uint32_t>(dice.between(43, 44)));
      break;
    case 2:
      put(program, layer + offsetof(Layer, retrograde_limit), 0U);
      put(program, layer + offsetof(Layer, retrograde_shift), 1U);
      break;
    case 3:
      put(program, behind + offsetof(Layer, connection), static_cast<std::uint32_t>(contract::Connection::kConvolution));
      break;
    default:
      put(program, behind + offsetof(Layer, factor), static_cast<std::uint32_t>(dice.below(7)));
  }
  result.planted += fmt::format(" a retrograde signal of at most {} for layer {};", limit, number);
}

void plant_large_layer(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  auto& program = result.buffers[argument::kProgram];
  put(program, offsetof(ProgramHeader, inputs), limits.max_rows - static_cast<std::uint32_t>(dice.below(2)));
  put(program, sizeof(ProgramHeader) + offsetof(Layer, neurons),
      limits.max_neurons - static_cast<std::uint32_t>(dice.below(3)));
  put(program, offsetof(ProgramHeader, sample_stride), static_cast<std::uint32_t>(align(limits.max_rows + 16)));
  result.planted += " largest first layer;";
}

/// A first layer that competes, with room for its weights but not for the state beside them, if the build can have one.
void plant_crowded_competition(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  const Layer layer = result.layer(0);
  const std::uint32_t words = std::max<std::uint32_t>(limits.max_neurons / limits.lanes, 1);
  const auto rows = limits.weight_depth / words -
                    static_cast<std::uint32_t>(dice.below(state_rows(result.header(), layer, limits.weight_width)));
  if (rows < 2 || rows > limits.max_rows) return;
  const std::uint32_t inputs = rows - (layer.flags & contract::kLayerFlagsBias);
  auto& program = result.buffers[argument::kProgram];
  put(program, offsetof(ProgramHeader, inputs), inputs);
  put(program, sizeof(ProgramHeader) + offsetof(Layer, neurons), std::min(words * limits.lanes, limits.max_neurons));
  put(program, offsetof(ProgramHeader, sample_stride), static_cast<std::uint32_t>(align(inputs + 16)));
  result.planted += " no room for the state of a competition;";
}

/// A first layer of one position, whose kernel has as many rows as there may be, with or without one of the bias.
void plant_full_kernel(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  Layer layer = result.layer(0);
  layer.kernel_rows = 1;
  for (std::uint32_t divisor = 1; divisor * divisor <= limits.max_rows; ++divisor)
    if (limits.max_rows % divisor == 0) layer.kernel_rows = divisor;
  layer.kernel_columns = limits.max_rows / layer.kernel_rows;
  layer.pool = 0;
  layer.padding = std::min(3U, (layer.kernel_rows - 1) / 2);
  layer.stride = layer.source_channels = 1;
  layer.source_rows = layer.kernel_rows - 2 * layer.padding;
  layer.source_columns = layer.kernel_columns - 2 * layer.padding;
  layer.channels = layer.neurons;
  layer.flags = static_cast<std::uint32_t>(dice.below(2));
  auto& program = result.buffers[argument::kProgram];
  put(program, offsetof(ProgramHeader, inputs), layer.source_rows * layer.source_columns);
  put(program, offsetof(ProgramHeader, sample_stride), static_cast<std::uint32_t>(align(limits.max_rows + 16)));
  put(program, sizeof(ProgramHeader), layer);
  result.planted += " largest kernel;";
}

void plant_size(Dice& dice, RandomCase& result) {
  const std::uint64_t buffer = dice.below(kBuffers);
  auto& bytes = result.buffers[buffer];
  const std::size_t old = bytes.size();
  std::size_t size = 0;
  switch (dice.below(4)) {
    case 0:
      size = old >= 64 ? old - 64 : 0;
      break;
    case 1:
      size = old >= 1 ? old - 1 : 0;
      break;
    case 2:
      size = 0;
      break;
    default:
      size = old == 0 ? 0 : dice.below(old);
  }
  bytes.resize(size);
  result.planted += fmt::format(" {} has {} bytes (was {});", contract::kArguments[buffer].name, size, old);
}

void plant_address(Dice& dice, RandomCase& result) {
  const std::uint64_t buffer = dice.below(kBuffers);
  result.addresses[buffer] += static_cast<std::uint64_t>(dice.pick({1, 4, 8, 16, 32, 63}));
  result.planted += fmt::format(" {} at {:#x};", contract::kArguments[buffer].name, result.addresses[buffer]);
}

void plant_sample(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  const ProgramHeader header = result.header();
  auto& samples = result.buffers[argument::kSamples];
  if (result.sample_count == 0) return;
  const std::uint64_t sample = dice.below(result.sample_count);
  const std::uint64_t base = sample * header.sample_stride;
  std::uint64_t at = base + 4 * dice.below(4);
  std::uint32_t value = 0;
  const auto length = get<std::uint32_t>(samples, base + offsetof(contract::SampleHeader, length));
  const auto open = get<std::uint32_t>(samples, base + offsetof(contract::SampleHeader, open));
  const std::uint64_t payload = base + sizeof(contract::SampleHeader) + 4 * std::uint64_t{open};
  const bool by_event = header.sample_kind == static_cast<std::uint32_t>(contract::SampleKind::kEvent);
  if (open > 0 && dice.one_in(2)) {
    const std::uint64_t entry = dice.below(open);
    at = base + sizeof(contract::SampleHeader) + 4 * entry;
    const auto old = get<std::uint32_t>(samples, at);
    const auto before = get<std::uint32_t>(samples, at - (entry > 0 ? 4 : 0));
    value = dice.pick<std::uint32_t>({before, before, before - 1, before - 1, old + 1, old - 1, result.layer(0).neurons,
                                      old ^ 1u << 16, old ^ 1u << 31, 0u, static_cast<std::uint32_t>(dice.any())});
  } else if (by_event && length > 0 && dice.one_in(2)) {
    const std::uint64_t event = dice.below(length);
    at = payload + 4 * event;
    const auto old = get<std::uint32_t>(samples, at);
    const auto other = get<std::uint32_t>(samples, payload + 4 * dice.below(length));
    const auto before = get<std::uint32_t>(samples, at - (event > 0 ? 4 : 0));
    value = dice.pick<std::uint32_t>({before, before, old + 1, old - 1, other, old ^ 1u << 24, old ^ 1u << 31, header.inputs,
                                      header.steps << 16, (old & 0xff0000u) | header.inputs,
                                      (old & 0xffffu) | header.steps << 16, 0u, static_cast<std::uint32_t>(dice.any())});
  } else {
    const auto old = get<std::uint32_t>(samples, at);
    value = dice.pick<std::uint32_t>({0u, 1u, 2u, 3u, 4u, old + 1, old - 1, header.classes, header.classes - 1,
                                      contract::kUnlabelled, 0x1ffffu, limits.max_events, limits.max_events + 1, 0x40000000u,
                                      0xffffffffu, (header.sample_stride - 16) / 4, (header.sample_stride - 16) / 4 + 1,
                                      static_cast<std::uint32_t>(dice.any())});
  }
  if (at + 4 > samples.size()) return;
  result.planted +=
      fmt::format(" sample {} word at {} = {:#x} (was {:#x});", sample, at - base, value, get<std::uint32_t>(samples, at));
  put(samples, at, value);
}

void plant_read_failure(Dice& dice, RandomCase& result) {
  const ProgramHeader header = result.header();
  // Another planted fault may have spoilt the sizes that a place is drawn from.
  if (header.layers == 0 || header.layers > contract::kMaxLayers || header.classes == 0) return;
  BusFailure failure{false, argument::kProgram, 64 * dice.below(kProgramBytes / 64), 64};
  switch (dice.below(4)) {
    case 0:
      break;
    case 1: {
      const std::size_t index = dice.below(header.layers);
      const Layer layer = result.layer(index);
      failure.buffer = argument::kWeights;
      const std::uint64_t rows = layer_rows(result, index);
      if (rows == 0) return;
      failure.offset = layer.weights_offset + 64 * dice.below(rows);  // every line holds weights
      break;
    }
    case 2: {
      const std::size_t index = dice.below(header.layers);
      const Layer layer = result.layer(index);
      if (!has_levels(layer)) return;
      failure.buffer = argument::kTables;
      failure.offset = layer.levels_offset + (is_drawn(layer) ? 64 * dice.below(table_bytes(header, layer) / 64)
                                                              : align(layer.neurons) * dice.below(header.classes));
      break;
    }
    default:
      if (result.sample_count == 0) return;
      failure.buffer = argument::kSamples;
      failure.offset = std::uint64_t{header.sample_stride} * dice.below(result.sample_count);
  }
  result.bus_failures.push_back(failure);
  result.planted += fmt::format(" reading {} + {:#x} fails;", contract::kArguments[failure.buffer].name, failure.offset);
}

void plant_write_failure(Dice& dice, const contract::Limits& limits, RandomCase& result) {
  const std::uint32_t buffer = dice.pick({argument::kWeights, argument::kResults, argument::kResults, argument::kTrace});
  if (result.buffers[buffer].size() < 64) return;
  std::uint64_t offset = 64 * dice.below(result.buffers[buffer].size() / 64);
  const std::size_t last = result.header().layers - 1;
  const Layer layer = result.layer(last);
  const std::uint32_t state = state_rows(result.header(), layer, limits.weight_width);
  if (buffer == argument::kWeights && state != 0 && dice.one_in(2)) {  // the few rows of its state
    const std::uint64_t row_bytes = weight_row_bytes(row_width(layer), limits.weight_width);
    const std::uint64_t row = layer_rows(result, last) + dice.below(state);
    offset = layer.weights_offset + row * row_bytes + 64 * dice.below(row_bytes / 64);
  }
  result.bus_failures.push_back({true, buffer, offset, 64});
  result.planted += fmt::format(" writing {} + {:#x} fails;", contract::kArguments[buffer].name, offset);
}

}  // namespace

std::uint32_t row_width(const Layer& layer) { return is_convolution(layer) ? layer.channels : layer.neurons; }

std::uint64_t weight_row_bytes(std::uint32_t weights, std::uint32_t weight_width) {
  return align(std::uint64_t{weights} * weight_width / 8);
}

std::uint32_t layer_rows(const RandomCase& random_case, std::size_t index) {
  return kernel_rows(random_case.layer(index), index == 0 ? random_case.header().inputs : random_case.layer(index - 1).neurons);
}

std::uint32_t stored_rows(const RandomCase& random_case, std::size_t index, std::uint32_t weight_width) {
  return layer_rows(random_case, index) + state_rows(random_case.header(), random_case.layer(index), weight_width);
}

std::uint64_t memory_bytes(const RandomCase& random_case, std::size_t index) {
  return memory_bytes(random_case.layer(index), layer_rows(random_case, index));
}

ProgramHeader RandomCase::header() const { return get<ProgramHeader>(buffers[argument::kProgram], 0); }

Layer RandomCase::layer(std::size_t index) const {
  return get<Layer>(buffers[argument::kProgram], sizeof(ProgramHeader) + index * sizeof(Layer));
}

bool RandomCase::timing_decides() const {
  return std::any_of(bus_failures.begin(), bus_failures.end(), [](const BusFailure& failure) { return failure.write; });
}

std::string RandomCase::describe() const {
  const ProgramHeader head = header();
  std::string text = fmt::format("{}", head.inputs);
  std::string rules;
  for (std::uint32_t n = 0; n < std::min(head.layers, contract::kMaxLayers); ++n) {
    const Layer l = layer(n);
    text += fmt::format("-{}{}", l.neurons, (l.flags & 1) != 0 ? "b" : "");
    if (is_convolution(l)) {
      text += fmt::format(" ({}x{}x{} pool {} padding {} stride {} kernel {}x{} channels {})", l.source_rows, l.source_columns,
                          l.source_channels, l.pool, l.padding, l.stride, l.kernel_rows, l.kernel_columns, l.channels);
      if (l.grid != 0) text += fmt::format(" grid {}{}", l.grid, (l.flags & 2) != 0 ? " two-sided" : "");
    }
    rules += fmt::format(" {}{}/{}/{}", is_drawn(l) ? "drawn " : "", name(static_cast<contract::Factor>(l.factor)),
                         name(static_cast<contract::Span>(l.span)), name(static_cast<contract::Rounding>(l.rounding)));
    if (l.synaptic_leak != 0) rules += fmt::format("/synaptic_leak {}", l.synaptic_leak);
    if (l.retrograde_limit != 0)
      rules += fmt::format("/retrograde {} {} {}", l.retrograde_limit, l.retrograde_base, l.retrograde_shift);
  }
  text += fmt::format(", {} steps, {} classes, kind {}, flags {}, {} samples from {},{}", head.steps, head.classes,
                      head.sample_kind, head.flags, sample_count, first_sample, rules);
  if (!planted.empty()) text += "; planted:" + planted;
  return text;
}

namespace {

/// One layer that needs as many words of neurons as there can be: with convolutions a channel at each of as many positions as
/// the build may have neurons, else as many neurons.
Network network_of_most_words(Dice& dice, const contract::Limits& limits) {
  Network network = random_network(dice, limits);
  network.header.layers = 1;
  Layer& layer = network.layers[0];
  layer = Layer{};
  layer.neurons = limits.max_neurons;
  layer.synaptic_leak = draw_synaptic_leak(dice, limits, network.header);
  if ((limits.rules & contract::kRulesConvolution) == 0) {
    const std::uint32_t room = limits.weight_depth / ((limits.max_neurons + limits.lanes - 1) / limits.lanes);
    const std::uint32_t kept = state_rows(network.header, layer, limits.weight_width);
    if (room <= kept) network.header.flags &= ~contract::kProgramHeaderFlagsKeep;
    network.header.inputs = std::min(network.header.inputs, room <= kept ? room : room - kept);
    return network;
  }
  layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  layer.channels = layer.kernel_rows = layer.kernel_columns = layer.source_channels = layer.stride = 1;
  std::uint32_t rows = 1;  // of positions, at most a square's
  for (std::uint32_t divisor = 1; divisor * divisor <= limits.max_neurons; ++divisor)
    if (limits.max_neurons % divisor == 0) rows = divisor;
  layer.padding = static_cast<std::uint32_t>(dice.below(std::min(4U, (rows + 1) / 2)));
  layer.source_rows = rows - 2 * layer.padding;
  layer.source_columns = limits.max_neurons / rows - 2 * layer.padding;
  network.header.inputs = layer.source_rows * layer.source_columns;
  layer.flags = network.header.inputs < limits.max_rows && dice.one_in(2) ? 1 : 0;
  if (state_rows(network.header, layer, limits.weight_width) + 2 > limits.weight_depth)
    network.header.flags &= ~contract::kProgramHeaderFlagsKeep;
  return network;
}

/// Lets about half of the layers that may take the retrograde signal do so.
void draw_retrograde(Dice& dice, Network& network) {
  for (std::uint32_t n = 0; n + 1 < network.header.layers; ++n) {
    Layer& layer = network.layers[n];
    const Layer& behind = network.layers[n + 1];
    if (!contract::may_scale(static_cast<contract::Factor>(layer.factor)) || is_convolution(behind) ||
        !contract::by_coincidence(static_cast<contract::Factor>(behind.factor)) || dice.one_in(2))
      continue;
    layer.retrograde_limit = static_cast<std::uint32_t>(dice.one_in(2) ? 255 : dice.between(1, 255));
    if (dice.one_in(2)) layer.retrograde_base = static_cast<std::uint32_t>(dice.below(layer.retrograde_limit + 1));
    layer.retrograde_shift = static_cast<std::uint32_t>(dice.one_in(4) ? dice.below(44) : dice.between(6, 26));
  }
}

/// A run of a network that has its header and the sizes of its layers. With `filters` most convolutions have filters that
/// compete. With `pieces` there are so many samples, and no layer competes.
RandomCase run_of(Dice& dice, const contract::Limits& limits, Network network, bool filters = false, std::uint32_t pieces = 0) {
  RandomCase result;
  ProgramHeader& header = network.header;
  result.sample_count = pieces != 0 ? pieces : static_cast<std::uint32_t>(dice.one_in(20) ? 0 : dice.between(1, 6));
  result.first_sample = static_cast<std::uint32_t>(dice.one_in(4) ? -dice.between(1, 3) : dice.between(0, 70000));

  std::vector<std::uint64_t> weight_sizes, table_sizes, offsets;
  std::uint64_t levels = 0;  // of a serial build
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    Layer& layer = network.layers[n];
    const bool last = n + 1 == header.layers;
    draw_rules(dice, limits, header, rows_of(network, n), last, layer);
    if (has_levels(layer)) levels += std::uint64_t{header.classes} * ((std::uint64_t{layer.neurons} + 7) / 8 * 8);
    if (serial(limits) && levels > contract::kSerialLevels)
      layer.factor = static_cast<std::uint32_t>(contract::Factor::kFrozen);
    if (last && !is_convolution(layer) && (limits.rules & contract::kRulesCompetition) != 0 && pieces == 0 && dice.one_in(3)) {
      draw_competition(dice, limits, header, rows_of(network, n), layer);
    }
    if ((limits.rules & contract::kRulesFeatures) != 0 && is_graded(header) && is_convolution(layer) &&
        (filters ? !dice.one_in(5) : dice.one_in(3)))
      draw_features(dice, limits, rows_of(network, n), layer);
    if (last && !is_convolution(layer) && is_graded(header) && (limits.rules & contract::kRulesDiscriminant) != 0 &&
        dice.one_in(2)) {
      draw_discriminant(limits, header, n == 0 ? header.inputs : network.layers[n - 1].neurons, layer);
    }
    weight_sizes.push_back((rows_of(network, n) + state_rows(header, layer, limits.weight_width)) *
                           weight_row_bytes(row_width(layer), limits.weight_width));
    if ((limits.rules & contract::kRulesDrawn) != 0 && may_draw(layer) && dice.one_in(2)) {
      layer.flags |= contract::kLayerFlagsDrawn;
      if (is_convolution(layer) && dice.one_in(2)) layer.flags |= contract::kLayerFlagsByChannel;
    }
    table_sizes.push_back(table_bytes(header, layer));
  }
  if ((limits.rules & contract::kRulesRetrograde) != 0) draw_retrograde(dice, network);
  // Memories follow the layers, so that a case without them is what it was.
  std::vector<std::uint32_t> with_memory;
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    if (!moves_filters(network.layers[n]) && !changes_memory(network.layers[n])) continue;
    with_memory.push_back(n);
    weight_sizes.push_back(memory_bytes(network.layers[n], rows_of(network, n)));
  }
  auto& weights = result.buffers[argument::kWeights];
  weights.resize(place(dice, weight_sizes, offsets));
  fill_garbage(weights, dice);
  for (std::uint32_t n = 0; n < header.layers; ++n) network.layers[n].weights_offset = static_cast<std::uint32_t>(offsets[n]);
  for (std::size_t k = 0; k < with_memory.size(); ++k)
    network.layers[with_memory[k]].memory_offset = static_cast<std::uint32_t>(offsets[header.layers + k]);
  auto& tables = result.buffers[argument::kTables];
  tables.resize(place(dice, table_sizes, offsets));
  fill_garbage(tables, dice);
  for (std::uint32_t n = 0; n < header.layers; ++n) network.layers[n].levels_offset = static_cast<std::uint32_t>(offsets[n]);
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    double spread = 0, centre = 0;
    draw_neurons(dice, limits, is_graded(header), rows_of(network, n), network.layers[n], spread, centre);
    draw_weights(dice, limits, rows_of(network, n), network.layers[n], spread, centre, weights);
    if (competes(network.layers[n])) {
      draw_state(dice, limits, rows_of(network, n), network.layers[n], weights);
    } else if (changes_memory(network.layers[n])) {
      draw_memory(dice, limits, rows_of(network, n), network.layers[n], weights);
    } else if (moves_filters(network.layers[n])) {
      draw_filters(dice, limits, rows_of(network, n), network.layers[n], weights);
      // The least contrast of a patch; without a grid also where ramps begin.
      network.layers[n].window = static_cast<std::int32_t>(dice.one_in(8) ? dice.between(200, 900) : dice.below(100));
      // A patch of zeros can then be one, too.
      if (filters && dice.one_in(4)) network.layers[n].window = -static_cast<std::int32_t>(dice.below(2));
    } else if (state_rows(header, network.layers[n], limits.weight_width) != 0) {
      draw_kept(dice, limits, rows_of(network, n), network.layers[n], weights);
    }
  }
  draw_samples(dice, limits, network, result);

  auto& program = result.buffers[argument::kProgram];
  program.resize(kProgramBytes + (dice.one_in(4) ? 64 : 0));
  fill_garbage(program, dice);  // descriptors that are not used are not checked
  put(program, 0, header);
  for (std::uint32_t n = 0; n < header.layers; ++n) put(program, sizeof header + n * sizeof(Layer), network.layers[n]);
  auto& results = result.buffers[argument::kResults];
  const std::uint64_t record =
      align(sizeof(contract::ResultRecord) + 4 * std::uint64_t{network.layers[header.layers - 1].neurons});
  results.resize(kRecordsOffset + result.sample_count * record + (dice.one_in(4) ? 64 : 0));
  fill_garbage(results, dice);
  auto& trace = result.buffers[argument::kTrace];
  trace.resize((header.flags & 2) != 0 ? result.sample_count * trace_bytes(network) : dice.one_in(4) ? 128 : 0);
  fill_garbage(trace, dice);

  // Each buffer in a bank of its own, anywhere, often just below a 4 KiB boundary.
  for (std::size_t buffer = 0; buffer < kBuffers; ++buffer) {
    const std::uint64_t bank = (buffer + 1 + 8 * dice.below(1 << 12)) << 32;
    result.addresses[buffer] = bank + 64 * dice.below(1 << 14) + (dice.one_in(4) ? 0 : dice.one_in(3) ? 4096 - 64 : 0);
  }
  return result;
}

}  // namespace

RandomCase random_case(std::uint64_t seed, const contract::Limits& limits) {
  Dice dice(seed);
  RandomCase result = run_of(dice, limits, random_network(dice, limits));
  result.seed = seed;
  return result;
}

RandomCase most_words_case(std::uint64_t seed, const contract::Limits& limits) {
  Dice dice(seed);
  RandomCase result = run_of(dice, limits, network_of_most_words(dice, limits));
  result.seed = seed;
  return result;
}

RandomCase trace_case(std::uint64_t seed, const contract::Limits& limits) {
  constexpr std::uint32_t kSteps = 1000;
  Dice dice(seed);
  Network network = random_network(dice, limits);
  while ((network.header.flags & contract::kProgramHeaderFlagsKeep) == 0) network = random_network(dice, limits);
  ProgramHeader& header = network.header;
  header.layers = std::min(header.layers, 2U);
  header.steps = limits.max_steps;
  header.flags = contract::kProgramHeaderFlagsKeep | contract::kProgramHeaderFlagsTrace;
  RandomCase result = run_of(dice, limits, network, false, (kSteps + header.steps - 1) / header.steps);
  result.seed = seed;
  auto& samples = result.buffers[argument::kSamples];
  for (std::uint32_t n = 0; n < result.sample_count; ++n) {
    const std::uint64_t at = std::uint64_t{n} * result.header().sample_stride;
    auto sample = get<contract::SampleHeader>(samples, at);
    sample.flags &= ~contract::kSampleHeaderFlagsRestart;
    put(samples, at, sample);
  }
  return result;
}

RandomCase filters_case(std::uint64_t seed, const contract::Limits& limits) {
  Dice dice(seed);
  RandomCase result = run_of(dice, limits, random_network(dice, limits, true), true);
  result.seed = seed;
  return result;
}

RandomCase retrograde_case(std::uint64_t seed, const contract::Limits& limits) {
  Dice dice(seed);
  for (;;) {
    RandomCase result = run_of(dice, limits, random_network(dice, limits));
    result.seed = seed;
    const ProgramHeader header = result.header();
    if (result.sample_count == 0 || (header.flags & contract::kProgramHeaderFlagsLearn) == 0) continue;
    for (std::uint32_t n = 0; n < header.layers; ++n)
      if (result.layer(n).retrograde_limit != 0) return result;
  }
}

RandomCase random_illegal_case(std::uint64_t seed, const contract::Limits& limits) {
  RandomCase result = random_case(seed, limits);
  Dice dice(~seed);
  if (dice.one_in(10)) {
    plant_write_failure(dice, limits, result);
    return result;
  }
  for (std::uint64_t faults = dice.one_in(5) ? 2 : 1; faults > 0; --faults) {
    if (competes(result.layer(0)) && dice.one_in(4)) {
      plant_crowded_competition(dice, limits, result);
      continue;
    }
    if (is_convolution(result.layer(0)) && dice.one_in(6)) {
      plant_full_kernel(dice, limits, result);
      continue;
    }
    if (dice.one_in(12)) {
      plant_drawn(dice, limits, result);
      continue;
    }
    if ((limits.rules & contract::kRulesRetrograde) != 0 && dice.one_in(8)) {
      plant_retrograde(dice, result);
      continue;
    }
    switch (dice.below(12)) {
      case 0:
        plant_large_layer(dice, limits, result);
        break;
      case 1:
        plant_size(dice, result);
        break;
      case 2:
        plant_address(dice, result);
        break;
      case 3:
      case 4:
      case 5:
        plant_sample(dice, limits, result);
        break;
      case 6:
        plant_read_failure(dice, result);
        break;
      case 7:
        plant_graded(dice, limits, result);
        break;
      default:
        plant_word(dice, limits, result);
    }
  }
  return result;
}

}  // namespace phasic::testing
