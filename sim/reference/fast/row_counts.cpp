// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/row_counts.hpp"

#include <algorithm>

namespace phasic::reference {

RowCounts::RowCounts(const LayerContext& context)
    : context_(context), all_(padded(context.shape.rows)), rows_(all_.size()), counts_(all_.size()) {}

void RowCounts::take(const LayerInput& input) {
  const LayerProgram& shape = context_.shape;
  const Program& program = context_.program;
  if (input.lists != nullptr) {
    std::fill(all_.begin(), all_.end(), std::uint16_t{0});
    for (std::uint32_t k = 0; k < input.lists->count(); ++k) ++all_[input.lists->rows[k]];
  } else {
    const std::uint8_t* const values = input.before != nullptr ? input.before->counts.data() : input.values;
    std::copy_n(values, shape.rows - (shape.bias ? 1 : 0), all_.begin());
    if (shape.bias) all_[shape.rows - 1] = static_cast<std::uint16_t>(bias_value(program) * program.steps);
  }
  count_ = 0;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    rows_[count_] = static_cast<std::uint16_t>(row);
    counts_[count_] = all_[row];
    count_ += all_[row] != 0 ? 1 : 0;
  }
}

void RowCounts::multiply(WeightRows& weights, std::vector<std::int64_t>& products) const {
  ProductJob job{.weights = weights.data(),
                 .row_stride = weights.stride(),
                 .rows = rows_.data(),
                 .counts = counts_.data(),
                 .row_count = count_,
                 .stride = padded(context_.shape.neurons),
                 .products = products.data()};
  context_.program.weight_width == 8 ? context_.kernels.product8(job) : context_.kernels.product16(job);
}

}  // namespace phasic::reference
