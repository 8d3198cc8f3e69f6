// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/shape_fields.hpp"

#include <bit>

#include "runtime/network/grid_fields.hpp"
#include "runtime/network/network_fields.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using Of = FieldOf<LayerSpec, LayerContext>;

const std::uint32_t kMostNeurons = limit_of(&contract::Limits::max_neurons).maximum;
constexpr std::uint32_t kLargestPool = 1U << contract::kLayerPoolMaximum;

bool is_convolution(const JsonNode& parent) {
  const auto kind = parent.find("kind");
  return kind && static_cast<contract::Connection>(kind->one_of(names::kConnections)) == contract::Connection::kConvolution;
}

/// Whether a layer that is a convolution for the kernel was described as a dense one that pools.
bool pools_whole(const LayerSpec& layer) {
  return layer.has_shape() && layer.shape.kernel_rows == layer.shape.pooled_rows() &&
         layer.shape.kernel_columns == layer.shape.pooled_columns() && layer.shape.padding == 0 && layer.shape.stride == 1 &&
         layer.shape.pool != 0 && layer.shape.grid == 0;
}

std::uint32_t integer_or(const JsonNode& parent, std::string_view name, std::uint32_t least, std::uint32_t most,
                         std::uint32_t usual) {
  const auto node = parent.find(name);
  return node ? static_cast<std::uint32_t>(node->integer(least, most)) : usual;
}

std::vector<std::uint32_t> pools() {
  std::vector<std::uint32_t> sides;
  for (std::uint32_t side = 1; side <= kLargestPool; side *= 2) sides.push_back(side);
  return sides;
}

/// One of `pools`, as a power of two.
std::uint32_t read_pool(const JsonNode& parent) {
  const auto pool = parent.find("pool");
  if (!pool) return 0;
  const auto side = static_cast<std::uint32_t>(pool->integer(1, kLargestPool));
  if (!std::has_single_bit(side)) pool->refuse(fmt::format("1, 2 and so on to {} can be pooled", kLargestPool));
  return static_cast<std::uint32_t>(std::bit_width(side) - 1);
}

/// A side, or rows and columns.
void read_kernel(const JsonNode& parent, layout::Shape& shape) {
  const auto kernel = parent.at("kernel");
  if (kernel.value().is_array()) {
    kernel.expect_array(2, 2);
    shape.kernel_rows = static_cast<std::uint32_t>(kernel.at(0).integer(1, contract::kLayerKernelRowsMaximum));
    shape.kernel_columns = static_cast<std::uint32_t>(kernel.at(1).integer(1, contract::kLayerKernelColumnsMaximum));
  } else {
    shape.kernel_rows = shape.kernel_columns = static_cast<std::uint32_t>(kernel.integer(1, contract::kLayerKernelRowsMaximum));
  }
  const auto positions = shape.positions();
  if (positions.rows == 0 || positions.columns == 0) {
    kernel.refuse(fmt::format("does not fit {} rows and {} columns with a padding of {}", shape.pooled_rows(),
                              shape.pooled_columns(), shape.padding));
  }
}

void read_convolution(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  layer.kind = contract::Connection::kConvolution;
  layout::Shape& shape = layer.shape;
  shape.sources = context.network.extent_before(context.network.layers.size());
  if (shape.sources.rows == 0) {
    parent.at("kind").refuse(context.network.layers.empty() ? "the network has no shape; give it one"
                                                            : "the layer before has no rows and columns");
  }
  shape.pool = read_pool(parent);
  shape.padding = integer_or(parent, "padding", 0, contract::kLayerPaddingMaximum, 0);
  shape.stride = integer_or(parent, "stride", 1, contract::kLayerStrideMaximum, 1);
  read_kernel(parent, shape);
  const auto channels = parent.at("channels");
  shape.channels = static_cast<std::uint32_t>(channels.integer(1, kMostNeurons));
  read_grid(parent, context, layer);
  if (const auto neurons = shape.neurons(); neurons.count() > kMostNeurons) {
    channels.refuse(fmt::format("{} x {} {} then have {} neurons, and {} are the most", neurons.rows, neurons.columns,
                                shape.grid == 0 ? "positions" : "cells", neurons.count(), kMostNeurons));
  }
  layer.neurons = static_cast<std::uint32_t>(shape.neurons().count());
}

/// A dense layer behind a pool reads all that is left with a single position of a kernel of that size.
void read_dense(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  layer.neurons = static_cast<std::uint32_t>(parent.at("neurons").integer(1, kMostNeurons));
  for (const auto* field : {"channels", "kernel", "stride", "padding", "grid", "two_sided", "answer_scale", "answer_shift"}) {
    if (const auto node = parent.find(field)) node->refuse("only a layer of kind \"convolution\" has one");
  }
  const std::uint32_t pool = read_pool(parent);
  if (pool == 0) return;
  layer.kind = contract::Connection::kConvolution;
  layer.shape = {.sources = context.network.extent_before(context.network.layers.size()), .pool = pool};
  if (layer.shape.sources.rows == 0) parent.at("pool").refuse("what it reads has no rows and columns");
  layer.shape.kernel_rows = layer.shape.pooled_rows();
  layer.shape.kernel_columns = layer.shape.pooled_columns();
  layer.shape.channels = layer.neurons;
}

void read_connection(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const bool convolution = is_convolution(parent);
  if (const auto neurons = parent.find("neurons"); convolution && neurons)
    neurons->refuse("the neurons of a convolution follow from its shape and its channels");
  convolution ? read_convolution(parent, context, layer) : read_dense(parent, context, layer);
}

/// A field that `read_connection` has read; printed if the layer is described as a convolution.
LayerField of_convolution(std::string_view name, std::string values, std::string usual, json (*value)(const layout::Shape&)) {
  return {name, std::move(values), std::move(usual), [](const JsonNode&, LayerContext&, LayerSpec&) {},
          [value](const LayerSpec& layer, const Network&) -> std::optional<json> {
            if (!layer.has_shape() || pools_whole(layer)) return std::nullopt;
            return value(layer.shape);
          }};
}

}  // namespace

std::vector<LayerField> shape_fields() {
  std::vector<LayerField> fields{
      {"kind", Of::listed(names::kConnections), Of::listed(std::span(names::kConnections).first(1)), read_connection,
       [](const LayerSpec& layer, const Network&) -> std::optional<json> {
         if (!layer.has_shape() || pools_whole(layer)) return std::nullopt;
         return json(names::name_of(names::kConnections, layer.kind));
       }},
      {"neurons", fmt::format("1 to {}", kMostNeurons), "needed unless it is a convolution",
       [](const JsonNode&, LayerContext&, LayerSpec&) {},
       [](const LayerSpec& layer, const Network&) -> std::optional<json> {
         if (layer.has_shape() && !pools_whole(layer)) return std::nullopt;
         return json(layer.neurons);
       }},
      of_convolution("channels", fmt::format("1 to {}", kMostNeurons), "needed in a convolution",
                     [](const layout::Shape& shape) { return json(shape.channels); }),
      of_convolution("kernel", fmt::format("1 to {}, or [rows, columns]", contract::kLayerKernelRowsMaximum),
                     "needed in a convolution",
                     [](const layout::Shape& shape) {
                       return json{shape.kernel_rows, shape.kernel_columns};
                     }),
      of_convolution("stride", fmt::format("1 to {}", contract::kLayerStrideMaximum), "1",
                     [](const layout::Shape& shape) { return json(shape.stride); }),
      of_convolution("padding", fmt::format("0 to {}", contract::kLayerPaddingMaximum), "0",
                     [](const layout::Shape& shape) { return json(shape.padding); }),
      {"pool", fmt::format("{}", fmt::join(pools(), ", ")), "1", [](const JsonNode&, LayerContext&, LayerSpec&) {},
       [](const LayerSpec& layer, const Network&) -> std::optional<json> {
         if (!layer.has_shape()) return std::nullopt;
         return json(1U << layer.shape.pool);
       }},
  };
  for (LayerField& field : grid_fields()) fields.push_back(std::move(field));
  return fields;
}

NetworkField input_shape_field() {
  return {"shape", "[rows, columns] or [rows, columns, channels]", "none",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            const auto node = parent.find("shape");
            if (!node) return;
            node->expect_array(2, 3);
            const auto side = [&](std::size_t n, std::uint32_t most) {
              return static_cast<std::uint32_t>(node->at(n).integer(1, most));
            };
            network.shape = {side(0, contract::kLayerSourceRowsMaximum), side(1, contract::kLayerSourceColumnsMaximum),
                             node->value().size() == 3 ? side(2, kMostNeurons) : 1};
            if (network.shape.count() != network.inputs) {
              node->refuse(fmt::format("{} x {} x {} are {} inputs, and there are {}", network.shape.rows,
                                       network.shape.columns, network.shape.channels, network.shape.count(), network.inputs));
            }
          },
          [](const Network& network, const Network&) -> std::optional<json> {
            if (network.shape.rows == 0) return std::nullopt;
            return json{network.shape.rows, network.shape.columns, network.shape.channels};
          }};
}

}  // namespace phasic::runtime
