// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/filter_layer.hpp"

#include "driver/shell/weight_rows.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {

FilterLayer::FilterLayer(const LayerContext& context) : FastLayer(context), weights_(context.program, context.shape, false) {
  if (moves_filters(context.shape)) filters_.emplace(context.program, context.shape, context.number);
}

void FilterLayer::set_weights(std::span<const std::byte> rows) {
  weights_.set(rows);
  if (filters_) filters_->set_wins(rows.subspan(context_.shape.rows * weights_.row_bytes()));
}

void FilterLayer::get_weights(std::span<std::byte> rows) const {
  weights_.get(rows);
  if (filters_) filters_->get_wins(rows.subspan(context_.shape.rows * weights_.row_bytes()));
}

void FilterLayer::set_memory(std::span<const std::byte> bytes) {
  if (filters_) filters_->set_memory(bytes);
}

void FilterLayer::get_memory(std::span<std::byte> bytes) const {
  if (filters_) filters_->get_memory(bytes);
}

bool FilterLayer::move_filter(std::uint32_t number, const std::function<Patch(std::size_t v, std::size_t h)>& patch_at) {
  const std::optional<Patch> patch = filters_->draw(number, patch_at);
  if (!patch) return false;
  const unsigned width = context_.program.weight_width;
  std::vector<std::int64_t> sums(row_width(context_.shape));
  for (std::size_t row = 0; row < patch->size(); ++row) {
    if ((*patch)[row] == 0) continue;
    const std::byte* const weights = weights_.row(row);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += (*patch)[row] * load_weight(weights, k, width);
  }
  const std::size_t winner = filters_->winner(sums);
  std::vector<std::int32_t> weights(patch->size());
  for (std::size_t row = 0; row < weights.size(); ++row) weights[row] = load_weight(weights_.row(row), winner, width);
  filters_->move(winner, *patch, number, weights, context_.counts);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    store_weight(weights_.row(row), winner, width, static_cast<std::int16_t>(weights[row]));
  }
  return true;
}

}  // namespace phasic::reference
