// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/fast/packed_filters.hpp"

#include "driver/shell/weight_rows.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {

PackedFilters::PackedFilters(const LayerContext& context, std::size_t first, std::size_t rows, bool as_bytes)
    : first_(first),
      rows_(rows),
      filters_(row_width(context.shape)),
      weight_width_(context.program.weight_width),
      at_once_(as_bytes ? 4 : 2),
      groups_((rows + at_once_ - 1) / at_once_),
      blocks_((filters_ + kFilterBlock - 1) / kFilterBlock),
      words_(blocks_ * groups_ * kFilterBlock) {}

void PackedFilters::pack(WeightRows& weights) {
  const std::size_t bits = 32 / at_once_;
  const std::uint32_t mask = bits == 8 ? 0xffU : 0xffffU;
  for (std::size_t k = 0; k < filters_; ++k) {
    std::uint32_t* const words = words_.data() + k / kFilterBlock * groups_ * kFilterBlock + k % kFilterBlock;
    for (std::size_t group = 0; group < groups_; ++group) {
      std::uint32_t word = 0;
      for (std::size_t part = 0; part < at_once_ && group * at_once_ + part < rows_; ++part) {
        const std::int16_t weight = load_weight(weights.row(first_ + group * at_once_ + part), k, weight_width_);
        word |= (static_cast<std::uint32_t>(weight) & mask) << part * bits;
      }
      words[group * kFilterBlock] = word;
    }
  }
}

PatchJob PackedFilters::job() const {
  return {.patches = nullptr,
          .patch_stride = 0,
          .weights = words_.data(),
          .weight_stride = groups_ * kFilterBlock,
          .groups = groups_,
          .blocks = blocks_,
          .sums = nullptr,
          .sum_stride = 0};
}

}  // namespace phasic::reference
