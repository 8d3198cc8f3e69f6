// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/core.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "driver/shell/connection.hpp"
#include "driver/shell/weight_rows.hpp"

namespace phasic::shell {

Core::Core(Program program) : program_(std::move(program)) { counts_.layers.resize(program_.layers.size()); }

void Core::set_rate(std::size_t layer, std::uint32_t rate, std::uint32_t factor_shift) {
  const auto require = [](const std::string& field, std::uint32_t value, std::uint32_t most) {
    if (value <= most) return;
    throw std::invalid_argument(field + " is " + std::to_string(value) + ": it must be 0 to " + std::to_string(most));
  };
  require("rate", rate, contract::kLayerRateMaximum);
  require("factor_shift", factor_shift, contract::kLayerFactorShiftMaximum);
  program_.layers.at(layer).rate = rate;
  program_.layers.at(layer).factor_shift = factor_shift;
}

void Core::draw_levels(std::size_t /*layer*/, std::span<const std::byte> /*recipe*/) {
  throw std::invalid_argument("this core draws no levels");
}

void Core::set_memory(std::size_t layer, std::span<const std::byte> bytes) {
  if (bytes.size() != memory_bytes(program_.layers.at(layer))) throw std::invalid_argument("wrong size of a layer's memory");
}

void Core::get_memory(std::size_t layer, std::span<std::byte> bytes) const {
  if (bytes.size() != memory_bytes(program_.layers.at(layer))) throw std::invalid_argument("wrong size of a layer's memory");
}

void set_weight_values(Core& network, std::size_t layer, std::span<const std::int16_t> weights) {
  const Program& program = network.program();
  const LayerProgram& shape = program.layers.at(layer);
  const std::size_t width = connection_of(shape).row_width;
  if (weights.size() != std::size_t{shape.rows} * width) throw std::invalid_argument("wrong number of weights");
  const std::size_t row_bytes = weight_row_bytes(program, shape);
  std::vector<std::byte> rows(weight_bytes(program, shape));
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t neuron = 0; neuron < width; ++neuron) {
      store_weight(rows.data() + row * row_bytes, neuron, program.weight_width, weights[row * width + neuron]);
    }
  }
  network.set_weights(layer, rows);
}

std::vector<std::int16_t> weight_values(const Core& network, std::size_t layer) {
  const Program& program = network.program();
  const LayerProgram& shape = program.layers.at(layer);
  const std::size_t width = connection_of(shape).row_width;
  const std::size_t row_bytes = weight_row_bytes(program, shape);
  std::vector<std::byte> rows(weight_bytes(program, shape));
  network.get_weights(layer, rows);
  std::vector<std::int16_t> weights;
  weights.reserve(std::size_t{shape.rows} * width);
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t neuron = 0; neuron < width; ++neuron) {
      weights.push_back(load_weight(rows.data() + row * row_bytes, neuron, program.weight_width));
    }
  }
  return weights;
}

}  // namespace phasic::shell
