// SPDX-License-Identifier: Apache-2.0
/// Convolutions (section 1 of docs/specification.md): how sources and neurons lie, and what a source reaches.
#pragma once

#include "hls/words.hpp"

namespace phasic::hls {

/// Whether the build takes convolutions.
template <class Build>
constexpr bool has_convolutions() {
  return (Build::kRules & kRulesConvolution) != 0;
}

/// Whether the build takes convolutions with a grid, and filters that learn.
template <class Build>
constexpr bool has_grids() {
  return (Build::kRules & kRulesFeatures) != 0;
}

/// How the sources and the neurons of a convolution lie.
struct Shape {
  Word source_rows, source_columns, source_channels, pool, padding, stride, kernel_rows, kernel_columns, channels;
  Word rows, columns;          ///< positions of the kernel
  Word column_step, row_step;  ///< rows of weights from a position to the one before it, in a row or in a column
  Word place_sums;             ///< from the first sum of a position to that of the next
  Word row_sums;               ///< the same for a row of positions
  bool channels_outermost;     ///< the sources are inputs, which lie channel after channel
};

/// Positions of a kernel of `kernel` places along a side of `places` sources; 0 if it does not fit. Pool and stride are legal.
inline Word positions_along(const Shape& shape, Word places, Word kernel) {
#pragma HLS INLINE
  const Word room = ((places + (1U << shape.pool) - 1) >> shape.pool) + 2 * shape.padding;
  return kernel == 0 || kernel > room ? 0 : ((room - kernel) >> (shape.stride - 1)) + 1;
}

/// Number of source (y, x, channel).
inline Word source_at(const Shape& shape, Word y, Word x, Word channel) {
#pragma HLS INLINE
  if (shape.channels_outermost) return (channel * shape.source_rows + y) * shape.source_columns + x;
  return (y * shape.source_columns + x) * shape.source_channels + channel;
}

/// Positions that an event reaches: `rows` rows of `columns` positions, or none if `rows` is 0.
struct Reach {
  std::uint16_t row;  ///< of weights, at the first of them
  Word first;         ///< sum of the first of them
  std::uint16_t rows, columns;
};

/// Positions along one side that a source reaches, and the place of the kernel at which it lies in the first of them.
struct SideReach {
  Word first, count, place;
};

inline SideReach side_reach(const Shape& shape, Word place, Word kernel, Word positions) {
#pragma HLS INLINE
  const Word room = (place >> shape.pool) + shape.padding;
  const Word first = room < kernel ? 0 : ((room - kernel) >> (shape.stride - 1)) + 1;
  const Word last = room >> (shape.stride - 1);
  const Word end = last < positions ? last + 1 : positions;
  return {first, end > first ? end - first : 0, room - (first << (shape.stride - 1))};
}

/// What source `source` reaches; not the bias.
inline Reach reach_of(const Shape& shape, Word source) {
#pragma HLS INLINE
  const Word places = shape.source_rows * shape.source_columns;
  const Word place = shape.channels_outermost ? source % places : source / shape.source_channels;
  const Word channel = shape.channels_outermost ? source / places : source % shape.source_channels;
  const SideReach down = side_reach(shape, place / shape.source_columns, shape.kernel_rows, shape.rows);
  const SideReach along = side_reach(shape, place % shape.source_columns, shape.kernel_columns, shape.columns);
  const Word row = (down.place * shape.kernel_columns + along.place) * shape.source_channels + channel;
  const Word first = (down.first * shape.columns + along.first) * shape.place_sums;
  return {static_cast<std::uint16_t>(row), first, static_cast<std::uint16_t>(along.count == 0 ? 0 : down.count),
          static_cast<std::uint16_t>(along.count)};
}

}  // namespace phasic::hls
