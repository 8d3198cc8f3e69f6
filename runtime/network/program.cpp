// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/program.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "driver/discriminant/solve.hpp"
#include "driver/layout/buffers.hpp"
#include "driver/layout/random.hpp"
#include "runtime/network/levels.hpp"
#include "runtime/network/recipe.hpp"

namespace phasic::runtime {

static_assert(std::endian::native == std::endian::little, "buffers are little endian");

namespace {

void put_shape(const layout::Shape& shape, contract::Layer& layer) {
  layer.source_rows = shape.sources.rows;
  layer.source_columns = shape.sources.columns;
  layer.source_channels = shape.sources.channels;
  layer.pool = shape.pool;
  layer.padding = shape.padding;
  layer.stride = shape.stride;
  layer.kernel_rows = shape.kernel_rows;
  layer.kernel_columns = shape.kernel_columns;
  layer.channels = shape.channels;
  layer.grid = shape.grid;
}

}  // namespace

std::uint32_t weights_checksum(const Network& network, const Layout& layout, std::span<const std::byte> weights, bool stored) {
  auto sum = ::crc32_z(0, nullptr, 0);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto factor = network.layers[n].factor();
    const auto& place = layout.layers[n];
    auto bytes = place.row_bytes * network.stored_rows(n);
    if (!stored || changes_memory(factor)) bytes += layout::memory_bytes(factor, network.rows(n), network.layers[n].neurons);
    sum = ::crc32_z(sum, reinterpret_cast<const Bytef*>(weights.data() + place.weights_offset), bytes);
  }
  return static_cast<std::uint32_t>(sum);
}

Layout layout_of(const Network& network) {
  Layout layout;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const auto row_bytes = layout::weight_row_bytes(network.connection(n).row_width(), network.weight_width);
    const bool levels = layer.has_levels();
    layout.layers.push_back({layout.weights_bytes, row_bytes, levels ? layout.tables_bytes : 0, 0});
    layout.weights_bytes += row_bytes * network.stored_rows(n);
    if (has_memory(layer.factor())) layout.layers.back().memory_offset = layout.weights_bytes;
    layout.weights_bytes += layout::memory_bytes(layer.factor(), network.rows(n), layer.neurons);
    if (!levels) continue;
    layout.tables_bytes +=
        layer.drawn ? layout::recipe_bytes(network.classes) : layout::level_row_bytes(layer.neurons) * network.classes;
  }
  return layout;
}

std::vector<std::byte> program_block(const Network& network, const Layout& layout, const ProgramOptions& options) {
  contract::ProgramHeader header{};
  header.magic = contract::kProgramMagic;
  header.version = contract::kContractVersion;
  header.seed_low = static_cast<std::uint32_t>(network.seed);
  header.seed_high = static_cast<std::uint32_t>(network.seed >> 32);
  header.inputs = network.inputs;
  header.layers = static_cast<std::uint32_t>(network.layers.size());
  header.steps = network.steps;
  header.classes = network.classes;
  header.sample_kind = static_cast<std::uint32_t>(network.sample_kind);
  header.sample_stride = options.sample_stride;
  header.flags = (options.learn ? contract::kProgramHeaderFlagsLearn : 0) |
                 (options.trace ? contract::kProgramHeaderFlagsTrace : 0) |
                 (network.keep ? contract::kProgramHeaderFlagsKeep : 0);

  std::vector<std::byte> block(layout::kProgramBytes);
  std::memcpy(block.data(), &header, sizeof header);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& spec = network.layers[n];
    contract::Layer layer{};
    layer.neurons = spec.neurons;
    // Levels of a table that are alike in a channel are the host's affair.
    layer.flags = (spec.bias ? contract::kLayerFlagsBias : 0) | (spec.shape.two_sided ? contract::kLayerFlagsTwoSided : 0) |
                  (spec.drawn ? contract::kLayerFlagsDrawn : 0) |
                  (spec.drawn && spec.by_channel ? contract::kLayerFlagsByChannel : 0);
    layer.threshold = spec.threshold;
    layer.window = spec.window;
    layer.leak = spec.leak;
    layer.synaptic_leak = spec.synaptic_leak;
    layer.retrograde_limit = spec.retrograde_limit;
    layer.retrograde_base = spec.retrograde_base;
    layer.retrograde_shift = spec.retrograde_shift;
    layer.input_shift = spec.input_shift;
    layer.factor = static_cast<std::uint32_t>(spec.factor());
    layer.span = static_cast<std::uint32_t>(spec.span);
    layer.rounding = static_cast<std::uint32_t>(spec.rounding);
    layer.rate = rate_at(network, n, options.stream_sample);
    layer.factor_shift = spec.factor_shift;
    layer.weights_offset = static_cast<std::uint32_t>(layout.layers[n].weights_offset);
    layer.levels_offset = static_cast<std::uint32_t>(layout.layers[n].levels_offset);
    layer.post = static_cast<std::uint32_t>(spec.post);
    layer.trace_shift = spec.trace_shift;
    layer.homeostasis = spec.homeostasis;
    layer.memory_offset = static_cast<std::uint32_t>(layout.layers[n].memory_offset);
    layer.reset = static_cast<std::uint32_t>(spec.reset);
    layer.connection = static_cast<std::uint32_t>(spec.kind);
    if (spec.has_shape()) put_shape(spec.shape, layer);
    layer.target_shift = spec.target_shift;
    layer.answer_scale = spec.answer_scale;
    layer.answer_shift = spec.answer_shift;
    std::memcpy(block.data() + layout::layer_offset(n), &layer, sizeof layer);
  }
  return block;
}

std::vector<std::byte> initial_weights(const Network& network, const Layout& layout) {
  std::vector<std::byte> weights(layout.weights_bytes);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto key = layout::purpose_key(network.seed, static_cast<std::uint32_t>(layout::HostPurpose::kWeights),
                                         static_cast<std::uint32_t>(n));
    const auto amplitude = static_cast<std::int32_t>(network.layers[n].initial_amplitude);
    const std::uint64_t values = 2 * static_cast<std::uint64_t>(amplitude) + 1;
    const layout::Connection connection = network.connection(n);
    for (std::uint32_t i = 0; i < connection.weight_rows(); ++i) {
      for (std::uint32_t j = 0; j < connection.row_width(); ++j) {
        const auto [x, y] = layout::permute(key, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(j));
        const auto word = (std::uint64_t{x} << 16) | y;
        const auto value = static_cast<std::int32_t>((word * values) >> 32) - amplitude;
        put_weight(network, layout, weights, n, i, j, value);
      }
    }
  }
  if (network.layers.back().rule == Rule::kDiscriminant)
    put_offsets(network, layout, weights, std::vector<std::int32_t>(network.outputs(), discriminant::kUnseen));
  return weights;
}

void set_targets(const Network& network, const Layout& layout, std::size_t layer, std::span<const std::int8_t> table,
                 std::span<const std::int32_t> offsets, std::span<std::byte> weights) {
  const std::size_t rows = network.rows(layer);
  if (!network.layers.at(layer).moves_filters() || table.size() != rows * rows || offsets.size() != rows ||
      weights.size() != layout.weights_bytes)
    throw std::invalid_argument("targets of another layer or size");
  std::byte* to = weights.data() + layout.layers[layer].memory_offset;
  for (std::size_t row = 0; row < rows; ++row, to += layout::align(rows)) std::memcpy(to, table.data() + row * rows, rows);
  std::memcpy(to, offsets.data(), offsets.size_bytes());
}

std::vector<std::byte> level_tables(const Network& network, const Layout& layout) {
  std::vector<std::byte> tables(layout.tables_bytes);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    if (!network.layers[n].has_levels()) continue;
    if (network.layers[n].drawn) {
      const auto recipe = recipe_bytes(level_recipe(network, n));
      std::memcpy(tables.data() + layout.layers[n].levels_offset, recipe.data(), recipe.size());
      continue;
    }
    const auto levels = level_table(network, n);
    const auto neurons = network.layers[n].neurons;
    for (std::uint32_t c = 0; c < network.classes; ++c) {
      std::memcpy(tables.data() + layout.layers[n].levels_offset + c * layout::level_row_bytes(neurons),
                  levels.data() + std::size_t{c} * neurons, neurons);
    }
  }
  return tables;
}

std::int32_t weight(const Network& network, const Layout& layout, std::span<const std::byte> weights, std::size_t layer,
                    std::uint32_t row, std::uint32_t neuron) {
  const auto* place = weights.data() + layout.layers[layer].weights_offset + row * layout.layers[layer].row_bytes;
  if (network.weight_width == 8) return static_cast<std::int8_t>(place[neuron]);
  std::int16_t value;
  std::memcpy(&value, place + 2 * std::size_t{neuron}, 2);
  return value;
}

void put_weight(const Network& network, const Layout& layout, std::span<std::byte> weights, std::size_t layer,
                std::uint32_t row, std::uint32_t neuron, std::int32_t value) {
  auto* place = weights.data() + layout.layers[layer].weights_offset + row * layout.layers[layer].row_bytes;
  if (network.weight_width == 8) {
    place[neuron] = static_cast<std::byte>(value);
  } else {
    const auto narrow = static_cast<std::int16_t>(value);
    std::memcpy(place + 2 * std::size_t{neuron}, &narrow, 2);
  }
}

void put_offsets(const Network& network, const Layout& layout, std::span<std::byte> weights,
                 std::span<const std::int32_t> offsets) {
  const std::size_t layer = network.layers.size() - 1;
  for (std::uint32_t part = 0; part < contract::kMemoryWidth / network.weight_width; ++part) {
    for (std::uint32_t neuron = 0; neuron < offsets.size(); ++neuron) {
      put_weight(network, layout, weights, layer, network.rows(layer) + part, neuron,
                 offsets[neuron] >> part * network.weight_width);
    }
  }
}

}  // namespace phasic::runtime
