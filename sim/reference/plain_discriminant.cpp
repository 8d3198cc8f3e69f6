// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/plain_discriminant.hpp"

#include <algorithm>

#include "driver/shell/memory_rows.hpp"
#include "sim/reference/arithmetic.hpp"

namespace phasic::reference {

using shell::DiscriminantPlaces;
using shell::load_value;
using shell::store_value;

PlainDiscriminant::PlainDiscriminant(const LayerProgram& layer)
    : layer_(layer),
      scatter_(layer.rows, std::vector<std::int32_t>(layer.rows)),
      sums_(layer.neurons, std::vector<std::int32_t>(layer.rows)),
      counts_(layer.neurons) {}

void PlainDiscriminant::set(std::span<const std::byte> memory) {
  const DiscriminantPlaces places(layer_);
  for (std::size_t i = 0; i < layer_.rows; ++i) {
    for (std::size_t j = 0; j < layer_.rows; ++j) scatter_[i][j] = load_value(&memory[places.scatter(i)], j);
  }
  for (std::size_t c = 0; c < layer_.neurons; ++c) {
    for (std::size_t i = 0; i < layer_.rows; ++i) sums_[c][i] = load_value(&memory[places.sums(c)], i);
    counts_[c] = load_value(&memory[places.counts()], c);
  }
}

void PlainDiscriminant::get(std::span<std::byte> memory) const {
  const DiscriminantPlaces places(layer_);
  std::fill(memory.begin(), memory.end(), std::byte{0});
  for (std::size_t i = 0; i < layer_.rows; ++i) {
    for (std::size_t j = 0; j < layer_.rows; ++j) store_value(&memory[places.scatter(i)], j, scatter_[i][j]);
  }
  for (std::size_t c = 0; c < layer_.neurons; ++c) {
    for (std::size_t i = 0; i < layer_.rows; ++i) store_value(&memory[places.sums(c)], i, sums_[c][i]);
    store_value(&memory[places.counts()], c, counts_[c]);
  }
}

void PlainDiscriminant::learn(std::span<const std::uint32_t> values, std::uint32_t label, LayerCounts& counts) {
  if (!learns_more(counts_[label])) return;
  std::vector<std::int32_t> differences;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::int32_t& sum = sums_[label][i];
    differences.push_back(difference_from_mean(values[i], sum, counts_[label]));
    sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + values[i]);
  }
  ++counts_[label];
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (differences[i] == 0) continue;
    ++counts.update_rows;
    for (std::size_t j = 0; j < values.size(); ++j) {
      ++counts.update_operations;
      const std::int64_t unlimited = std::int64_t{scatter_[i][j]} + std::int64_t{differences[i]} * differences[j];
      const std::int64_t limited = saturate(unlimited, contract::kMemoryWidth);
      if (limited != unlimited) ++counts.weight_saturations;
      scatter_[i][j] = static_cast<std::int32_t>(limited);
    }
  }
}

}  // namespace phasic::reference
