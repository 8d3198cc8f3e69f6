// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/smoothing.hpp"

#include <algorithm>
#include <vector>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

/// Sums of `size` neighbours along a line of `count` values that are `step` apart.
void sum_along(const std::uint32_t* from, std::uint32_t* to, std::size_t count, std::size_t step, std::uint32_t size) {
  const std::size_t reach = size / 2;
  std::uint32_t sum = 0;
  for (std::size_t k = 0; k < std::min(reach, count); ++k) sum += from[k * step];
  for (std::size_t k = 0; k < count; ++k) {
    if (k + reach < count) sum += from[(k + reach) * step];
    if (k > reach) sum -= from[(k - reach - 1) * step];
    to[k * step] = sum;
  }
}

}  // namespace

void smooth(Dataset& data, const Smoothing& smoothing) {
  if (smoothing == Smoothing{}) return;
  if (data.has_events()) throw InputError(data.name, "smoothing", "recordings of events cannot be smoothed");
  const std::size_t plane = std::size_t{data.rows} * data.columns;
  const std::uint32_t area = smoothing.size * smoothing.size;
  std::vector<std::uint32_t> values(plane);
  std::vector<std::uint32_t> sums(plane);
  for (std::size_t first = 0; first < data.pixels.size(); first += plane) {
    std::copy_n(data.pixels.begin() + static_cast<std::ptrdiff_t>(first), plane, values.begin());
    for (std::size_t row = 0; row < data.rows; ++row) {
      sum_along(values.data() + row * data.columns, sums.data() + row * data.columns, data.columns, 1, smoothing.size);
    }
    for (std::size_t column = 0; column < data.columns; ++column) {
      sum_along(sums.data() + column, values.data() + column, data.rows, data.columns, smoothing.size);
    }
    for (std::size_t k = 0; k < plane; ++k) {
      data.pixels[first + k] =
          static_cast<std::uint8_t>(std::min<std::uint32_t>(255, (smoothing.gain * values[k] + area / 2) / area));
    }
  }
  data.checksum = checksum_of(data);
}

}  // namespace phasic::runtime
