// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/readout.hpp"

#include <cstring>

#include "driver/discriminant/solve.hpp"
#include "driver/layout/buffers.hpp"

namespace phasic::runtime {
namespace {

/// Rows of values from a place in the weights buffer on.
std::vector<std::int32_t> values_from(const std::byte* place, std::size_t rows, std::size_t row_bytes) {
  std::vector<std::int32_t> values(rows * row_bytes / sizeof(std::int32_t));
  std::memcpy(values.data(), place, rows * row_bytes);
  return values;
}

}  // namespace

bool has_readout(const Network& network) { return network.layers.back().rule == Rule::kDiscriminant; }

void make_readout(const Fixed& fixed, std::span<std::byte> weights) {
  if (!has_readout(fixed.network)) return;
  const LayerSpec& layer = fixed.network.layers.back();
  const Layout::Place& place = fixed.layout.layers.back();
  const std::uint32_t sources = fixed.network.rows(fixed.network.layers.size() - 1);
  const std::size_t row_bytes = layout::memory_row_bytes(sources);
  const std::byte* const memory = weights.data() + place.memory_offset;
  const auto scatter = values_from(memory, sources, row_bytes);
  const auto sums = values_from(memory + sources * row_bytes, layer.neurons, row_bytes);
  const auto counts = values_from(memory + (sources + layer.neurons) * row_bytes, 1, layout::memory_row_bytes(layer.neurons));
  const auto readout = discriminant::solve({.sources = sources,
                                            .classes = layer.neurons,
                                            .stride = row_bytes / sizeof(std::int32_t),
                                            .scatter = scatter.data(),
                                            .sums = sums.data(),
                                            .counts = counts.data()},
                                           layer.regularization, fixed.network.weight_width, layer.solve);
  for (std::uint32_t row = 0; row < sources; ++row) {
    for (std::uint32_t neuron = 0; neuron < layer.neurons; ++neuron) {
      put_weight(fixed.network, fixed.layout, weights, fixed.network.layers.size() - 1, row, neuron,
                 readout.weights[std::size_t{row} * layer.neurons + neuron]);
    }
  }
  put_offsets(fixed.network, fixed.layout, weights, readout.offsets);
}

void make_readout_where_due(const Fixed& fixed, std::uint64_t position, std::span<std::byte> weights) {
  const std::uint64_t every = fixed.network.layers.back().solve_every;
  if (every != 0 && position % every == 0) make_readout(fixed, weights);
}

std::vector<std::byte> answering_weights(const Fixed& fixed, std::span<const std::byte> weights) {
  std::vector<std::byte> answering(weights.begin(), weights.end());
  make_readout(fixed, answering);
  return answering;
}

}  // namespace phasic::runtime
