// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/weight_rows.hpp"

#include "driver/shell/connection.hpp"

namespace phasic::shell {

KeptRows::KeptRows(const Program& program, const LayerProgram& layer)
    : weight_width_(program.weight_width),
      positions_(connection_of(layer).positions),
      width_(connection_of(layer).row_width),
      row_bytes_(weight_row_bytes(program, layer)),
      has_currents_(layer.synaptic_leak != 0) {}

KeptNeuron KeptRows::load(const std::byte* first, std::size_t neuron) const {
  const auto bits_of = [&](unsigned part, unsigned width) {
    std::uint32_t bits = 0;
    for (unsigned bit = 0; bit < width; bit += weight_width_, ++part) {
      const std::int16_t stored = load_weight(first + row(part, neuron), neuron % width_, weight_width_);
      bits |= std::uint32_t{static_cast<std::uint16_t>(stored) & ((1U << weight_width_) - 1)} << bit;
    }
    return bits;
  };
  const unsigned spikes = contract::kPotentialWidth / weight_width_;
  return {.potential = static_cast<std::int16_t>(bits_of(0, contract::kPotentialWidth)),
          .spiked = (bits_of(spikes, weight_width_) & 1) != 0,
          .current = has_currents_ ? static_cast<std::int32_t>(bits_of(spikes + 1, contract::kCurrentWidth)) : 0};
}

void KeptRows::store(std::byte* first, std::size_t neuron, KeptNeuron kept) const {
  const auto store_part = [&](unsigned part, std::int32_t bits) {
    store_weight(first + row(part, neuron), neuron % width_, weight_width_, static_cast<std::int16_t>(bits));
  };
  const unsigned spikes = contract::kPotentialWidth / weight_width_;
  for (unsigned part = 0; part < spikes; ++part) store_part(part, kept.potential >> part * weight_width_);
  store_part(spikes, kept.spiked ? 1 : 0);
  for (unsigned bit = 0; has_currents_ && bit < contract::kCurrentWidth; bit += weight_width_) {
    store_part(spikes + 1 + bit / weight_width_, kept.current >> bit);
  }
}

}  // namespace phasic::shell
