// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/weight_rows.hpp"

#include "driver/shell/connection.hpp"

namespace phasic::shell {

KeptRows::KeptRows(const Program& program, const LayerProgram& layer)
    : weight_width_(program.weight_width),
      positions_(connection_of(layer).positions),
      width_(connection_of(layer).row_width),
      row_bytes_(weight_row_bytes(program, layer)) {}

KeptNeuron KeptRows::load(const std::byte* first, std::size_t neuron) const {
  const unsigned parts = contract::kPotentialWidth / weight_width_;
  std::uint32_t potential = 0;
  for (unsigned part = 0; part < parts; ++part) {
    const std::int16_t bits = load_weight(first + row(part, neuron), neuron % width_, weight_width_);
    potential |= std::uint32_t{static_cast<std::uint16_t>(bits) & ((1U << weight_width_) - 1)} << part * weight_width_;
  }
  const std::int16_t spikes = load_weight(first + row(parts, neuron), neuron % width_, weight_width_);
  return {static_cast<std::int16_t>(potential), (spikes & 1) != 0};
}

void KeptRows::store(std::byte* first, std::size_t neuron, KeptNeuron kept) const {
  const unsigned parts = contract::kPotentialWidth / weight_width_;
  for (unsigned part = 0; part < parts; ++part) {
    store_weight(first + row(part, neuron), neuron % width_, weight_width_,
                 static_cast<std::int16_t>(kept.potential >> part * weight_width_));
  }
  store_weight(first + row(parts, neuron), neuron % width_, weight_width_, kept.spiked ? 1 : 0);
}

}  // namespace phasic::shell
