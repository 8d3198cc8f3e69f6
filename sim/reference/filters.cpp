// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/filters.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "driver/shell/connection.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {

Filters::Filters(const Program& program, const LayerProgram& layer, unsigned number)
    : seed_(program.seed),
      weight_width_(program.weight_width),
      number_(number),
      layer_(layer),
      row_bytes_(weight_row_bytes(program, layer)),
      wins_(row_width(layer)),
      table_(std::size_t{layer.rows} * layer.rows),
      offsets_(layer.rows) {}

void Filters::set_wins(std::span<const std::byte> rows) {
  for (std::size_t k = 0; k < wins_.size(); ++k) wins_[k] = shell::load_wins(rows.data(), row_bytes_, k, weight_width_);
}

void Filters::get_wins(std::span<std::byte> rows) const {
  std::fill(rows.begin(), rows.end(), std::byte{0});
  for (std::size_t k = 0; k < wins_.size(); ++k) shell::store_wins(rows.data(), row_bytes_, k, weight_width_, wins_[k]);
}

void Filters::set_memory(std::span<const std::byte> bytes) {
  if (bytes.size() != memory_bytes(layer_)) throw std::invalid_argument("wrong size of a layer's memory");
  const std::size_t rows = layer_.rows;
  for (std::size_t row = 0; row < rows; ++row) std::memcpy(&table_[row * rows], bytes.data() + row * align(rows), rows);
  std::memcpy(offsets_.data(), bytes.data() + rows * align(rows), rows * sizeof offsets_[0]);
}

void Filters::get_memory(std::span<std::byte> bytes) const {
  if (bytes.size() != memory_bytes(layer_)) throw std::invalid_argument("wrong size of a layer's memory");
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  const std::size_t rows = layer_.rows;
  for (std::size_t row = 0; row < rows; ++row) std::memcpy(bytes.data() + row * align(rows), &table_[row * rows], rows);
  std::memcpy(bytes.data() + rows * align(rows), offsets_.data(), rows * sizeof offsets_[0]);
}

std::optional<Patch> Filters::draw(std::uint32_t number,
                                   const std::function<Patch(std::size_t v, std::size_t h)>& patch_at) const {
  const Key key = sample_key(purpose_key(seed_, contract::Purpose::kPatch, number_), number);
  for (unsigned d = 0; d < contract::kPatchDraws; ++d) {
    const PatchPosition at = patch_position(key, d, shell::position_rows(layer_.shape), shell::position_columns(layer_.shape));
    Patch patch = patch_at(at.row, at.column);
    const auto [least, most] = std::minmax_element(patch.begin(), patch.end());
    if (*most - *least >= layer_.window) return patch;
  }
  return std::nullopt;
}

std::size_t Filters::winner(std::span<const std::int64_t> sums) const {
  const auto fresh = std::find(wins_.begin(), wins_.end(), 0U);
  if (fresh != wins_.end()) return static_cast<std::size_t>(fresh - wins_.begin());
  const auto handicapped = [&](std::size_t k) { return sums[k] - std::int64_t{layer_.homeostasis} * wins_[k]; };
  std::size_t best = 0;
  for (std::size_t k = 1; k < wins_.size(); ++k) {
    if (handicapped(k) > handicapped(best)) best = k;
  }
  return best;
}

std::int32_t Filters::target(const Patch& patch, std::size_t row) const {
  std::int64_t product = 0;
  for (std::size_t from = 0; from < patch.size(); ++from) product += patch[from] * table_[from * layer_.rows + row];
  return feature_target(product, offsets_[row], layer_.target_shift, weight_width_);
}

void Filters::move(std::size_t winner, const Patch& patch, std::uint32_t number, std::span<std::int32_t> weights,
                   LayerCounts& counts) {
  const unsigned slowness = competition_shift(wins_[winner], layer_.factor_shift);
  const unsigned fraction = fraction_bits(weight_width_);
  const Key key = sample_key(purpose_key(seed_, contract::Purpose::kRounding, number_), number);
  for (std::size_t row = 0; row < patch.size(); ++row) {
    ++counts.update_rows;
    ++counts.update_operations;
    const std::int64_t change = (std::int64_t{target(patch, row)} - weights[row]) * (std::int64_t{1} << (fraction - slowness));
    const std::uint16_t random = rounding_word(row_words(key, static_cast<unsigned>(row)), static_cast<unsigned>(winner));
    const std::int32_t rounding =
        layer_.rounding == contract::Rounding::kStochastic ? stochastic_rounding(random, fraction) : nearest_rounding(fraction);
    const std::int64_t unlimited = unlimited_weight(weights[row], change, rounding, fraction);
    weights[row] = static_cast<std::int32_t>(saturate(unlimited, weight_width_));
    if (weights[row] != unlimited) ++counts.weight_saturations;
  }
  wins_[winner] = std::min(wins_[winner] + 1, kMostWins);
}

}  // namespace phasic::reference
