// SPDX-License-Identifier: Apache-2.0
#include "sim/systemc/locate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "driver/layout/connection.hpp"
#include "phasic/contract.hpp"

namespace phasic::platform {
namespace {

namespace argument = contract::argument;

constexpr std::uint64_t kHeaderBytes = contract::kResultsHeaderBytes;
constexpr std::uint64_t kBlockBytes = contract::kLayerCountersBytes;
constexpr std::uint64_t kRecords = layout::kRecordsOffset;

/// The program, as far as places depend on it.
struct Shape {
  contract::ProgramHeader header;
  std::vector<contract::Layer> layers;

  explicit Shape(std::span<const std::byte> program) {
    std::memcpy(&header, program.data(), std::min(program.size(), sizeof header));
    for (std::uint32_t n = 0; n < std::min(header.layers, contract::kMaxLayers); ++n) {
      contract::Layer layer;
      std::memcpy(&layer, program.data() + layout::layer_offset(n), sizeof layer);
      layers.push_back(layer);
    }
  }
  [[nodiscard]] layout::Connection connection(std::size_t n) const {
    const contract::Layer& layer = layers[n];
    const bool bias = (layer.flags & contract::kLayerFlagsBias) != 0;
    if (!has_shape(static_cast<contract::Connection>(layer.connection)))
      return layout::Connection::dense(n == 0 ? header.inputs : layers[n - 1].neurons, bias, layer.neurons);
    return layout::Connection::convolution({.sources = {layer.source_rows, layer.source_columns, layer.source_channels},
                                            .pool = layer.pool,
                                            .padding = layer.padding,
                                            .stride = layer.stride,
                                            .kernel_rows = layer.kernel_rows,
                                            .kernel_columns = layer.kernel_columns,
                                            .channels = layer.channels,
                                            .grid = layer.grid,
                                            .two_sided = (layer.flags & contract::kLayerFlagsTwoSided) != 0},
                                           bias, n == 0);
  }
};

template <std::size_t Count>
const contract::Field* field_at(const std::array<contract::Field, Count>& fields, std::uint64_t offset) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const contract::Field& field) {
    return offset >= field.offset && offset < field.offset + std::uint64_t{field.bytes} * field.count;
  });
  return found == fields.end() ? nullptr : &*found;
}

std::string field_text(const contract::Field* field, std::uint64_t offset, unsigned bit) {
  if (field == nullptr) return fmt::format("byte {}, bit {}", offset, bit);
  return fmt::format("field {}, bit {}", field->name, 8 * ((offset - field->offset) % field->bytes) + bit);
}

std::string locate_weight(const Shape& shape, std::uint32_t width, std::uint64_t offset, unsigned bit) {
  const std::uint64_t bytes = width / 8;
  for (std::size_t n = 0; n < shape.layers.size(); ++n) {
    const contract::Layer& layer = shape.layers[n];
    const layout::Connection connection = shape.connection(n);
    const std::uint64_t row_bytes = layout::weight_row_bytes(connection.row_width(), width);
    const std::uint64_t stored =
        connection.weight_rows() + layout::state_rows(static_cast<contract::Factor>(layer.factor),
                                                      (shape.header.flags & contract::kProgramHeaderFlagsKeep) != 0, width,
                                                      connection.positions(), layer.synaptic_leak != 0);
    if (offset < layer.weights_offset || offset >= layer.weights_offset + stored * row_bytes) continue;
    const std::uint64_t inside = offset - layer.weights_offset;
    const std::uint64_t row = inside / row_bytes, neuron = inside % row_bytes / bytes;
    return fmt::format("{} of layer {}, row {}, neuron {}{}, bit {}", row < connection.weight_rows() ? "weight" : "state", n,
                       row, neuron, neuron < connection.row_width() ? "" : " (padding)", 8 * (inside % bytes) + bit);
  }
  return fmt::format("byte {}, bit {}, of no layer", offset, bit);
}

std::string locate_result(const Shape& shape, std::uint64_t offset, unsigned bit) {
  if (offset < kHeaderBytes)
    return "results header: " + field_text(field_at(contract::kResultsHeaderFields, offset), offset, bit);
  if (offset < kRecords) {
    const std::uint64_t inside = (offset - kHeaderBytes) % kBlockBytes;
    return fmt::format("counters of layer {}: {}", (offset - kHeaderBytes) / kBlockBytes,
                       field_text(field_at(contract::kLayerCountersFields, inside), inside, bit));
  }
  const std::uint64_t neurons = shape.layers.empty() ? 1 : shape.layers.back().neurons;
  const std::uint64_t record = layout::record_bytes(neurons);
  const std::uint64_t sample = (offset - kRecords) / record, inside = (offset - kRecords) % record;
  if (inside < sizeof(contract::ResultRecord))
    return fmt::format("record of sample {}: {}", sample,
                       field_text(field_at(contract::kResultRecordFields, inside), inside, bit));
  const std::uint64_t neuron = (inside - sizeof(contract::ResultRecord)) / 4;
  return fmt::format("record of sample {}: score of layer {}, neuron {}{}, bit {}", sample, shape.layers.size() - 1, neuron,
                     neuron < neurons ? "" : " (padding)", 8 * (inside % 4) + bit);
}

std::string locate_potential(const Shape& shape, std::uint64_t offset, unsigned bit) {
  std::uint64_t sample_bytes = 0;
  for (const auto& layer : shape.layers) sample_bytes += shape.header.steps * layout::trace_row_bytes(layer.neurons);
  if (sample_bytes == 0) return fmt::format("byte {}, bit {}", offset, bit);
  std::uint64_t rest = offset % sample_bytes;
  for (std::size_t n = 0; n < shape.layers.size(); ++n) {
    const std::uint64_t row = layout::trace_row_bytes(shape.layers[n].neurons);
    if (rest < shape.header.steps * row)
      return fmt::format("potential of sample {}, layer {}, step {}, neuron {}, bit {}", offset / sample_bytes, n, rest / row,
                         rest % row / 2, 8 * (rest % 2) + bit);
    rest -= shape.header.steps * row;
  }
  return fmt::format("byte {}, bit {}", offset, bit);
}

bool may_differ(const contract::Field* field) {
  using contract::FieldKind;
  return field != nullptr && (field->kind == FieldKind::kTiming || field->kind == FieldKind::kBuild);
}

}  // namespace

std::string locate(std::span<const std::byte> program, std::uint32_t weight_width, std::size_t buffer, std::uint64_t offset,
                   unsigned bit) {
  const Shape shape(program);
  switch (buffer) {
    case argument::kWeights:
      return locate_weight(shape, weight_width, offset, bit);
    case argument::kResults:
      return locate_result(shape, offset, bit);
    case argument::kTrace:
      return locate_potential(shape, offset, bit);
    default:
      return fmt::format("byte {}, bit {}", offset, bit);
  }
}

bool may_differ(std::uint64_t offset) {
  if (offset < kHeaderBytes) return may_differ(field_at(contract::kResultsHeaderFields, offset));
  if (offset < kRecords) return may_differ(field_at(contract::kLayerCountersFields, (offset - kHeaderBytes) % kBlockBytes));
  return false;
}

}  // namespace phasic::platform
