// SPDX-License-Identifier: Apache-2.0
#include "driver/layout/connection.hpp"

namespace phasic::layout {
namespace {

/// A position along one side and the kernel's row or column that a source meets there.
struct Meeting {
  std::uint32_t position, offset;
};

std::vector<Meeting> meetings(const Shape& shape, std::uint32_t place, std::uint32_t kernel, std::uint32_t positions) {
  const std::uint32_t room = (place >> shape.pool) + shape.padding;
  std::vector<Meeting> all;
  for (std::uint32_t position = 0; position < positions && position * shape.stride <= room; ++position) {
    const std::uint32_t offset = room - position * shape.stride;
    if (offset < kernel) all.push_back({position, offset});
  }
  return all;
}

}  // namespace

std::vector<Target> Connection::fan_out(std::uint32_t source) const {
  if (!shape_) return {{source, 0, neurons_}};
  std::vector<Target> targets;
  if (is_bias(source)) {
    for (std::uint32_t position = 0; position < positions_; ++position) targets.push_back({rows_, position * width_, width_});
    return targets;
  }
  const Extent& sources = shape_->sources;
  const std::uint32_t places = sources.rows * sources.columns;
  const std::uint32_t channel = first_ ? source / places : source % sources.channels;
  const std::uint32_t place = first_ ? source % places : source / sources.channels;
  const Extent positions = shape_->positions();
  for (const Meeting& row : meetings(*shape_, place / sources.columns, shape_->kernel_rows, positions.rows)) {
    for (const Meeting& column : meetings(*shape_, place % sources.columns, shape_->kernel_columns, positions.columns)) {
      targets.push_back({(row.offset * shape_->kernel_columns + column.offset) * sources.channels + channel,
                         (row.position * positions.columns + column.position) * width_, width_});
    }
  }
  return targets;
}

}  // namespace phasic::layout
