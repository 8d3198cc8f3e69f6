// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/augmentation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "driver/layout/random.hpp"
#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

struct Move {
  std::int32_t rows = 0, columns = 0;
  bool mirrored = false;
};

/// -`most` to `most` of 16 random bits.
std::int32_t distance_of(std::uint16_t bits, std::uint32_t most) {
  return static_cast<std::int32_t>(bits * (2 * most + 1) >> 16) - static_cast<std::int32_t>(most);
}

Move draw(const layout::Key& key, std::uint32_t copy, const Augmentation& augmentation) {
  const auto number = static_cast<std::uint16_t>(copy);
  const auto [row_bits, column_bits] = layout::permute(key, number, 0);
  return {.rows = distance_of(row_bits, augmentation.shift),
          .columns = distance_of(column_bits, augmentation.shift),
          .mirrored = augmentation.mirror && layout::permute(key, number, 1).first >> 15 != 0};
}

void add_moved(const Dataset& data, std::size_t sample, const Move& move, std::vector<std::uint8_t>& pixels) {
  const auto image = data.image(sample);
  const auto rows = static_cast<std::int32_t>(data.rows), columns = static_cast<std::int32_t>(data.columns);
  for (std::uint32_t channel = 0; channel < data.channels; ++channel) {
    for (std::int32_t row = 0; row < rows; ++row) {
      const auto from_row = static_cast<std::size_t>(std::clamp(row - move.rows, 0, rows - 1));
      const auto line = image.subspan((std::size_t{channel} * data.rows + from_row) * data.columns, data.columns);
      for (std::int32_t column = 0; column < columns; ++column) {
        const std::int32_t from = std::clamp(column - move.columns, 0, columns - 1);
        pixels.push_back(line[static_cast<std::size_t>(move.mirrored ? columns - 1 - from : from)]);
      }
    }
  }
}

}  // namespace

Dataset augmented(const Dataset& data, const Augmentation& augmentation, std::uint64_t seed) {
  if (data.has_events()) throw InputError(data.name, "augmentation", "recordings of events cannot be moved");
  const std::size_t each = std::size_t{augmentation.copies} + 1;
  if (data.size() > std::numeric_limits<std::uint32_t>::max() / each)
    throw InputError(data.name, "augmentation",
                     fmt::format("{} copies of {} images are too many", augmentation.copies, data.size()));
  const auto purpose = layout::purpose_key(seed, static_cast<std::uint32_t>(layout::HostPurpose::kCopies), 0);
  Dataset result = data;
  result.pixels.clear();
  result.labels.clear();
  result.pixels.reserve(data.pixels.size() * each);
  result.labels.reserve(data.size() * each);
  for (std::size_t n = 0; n < data.size(); ++n) {
    const auto image = data.image(n);
    result.pixels.insert(result.pixels.end(), image.begin(), image.end());
    const auto key = layout::sample_key(purpose, static_cast<std::uint32_t>(n));
    for (std::uint32_t copy = 0; copy < augmentation.copies; ++copy)
      add_moved(data, n, draw(key, copy, augmentation), result.pixels);
    result.labels.insert(result.labels.end(), each, data.labels[n]);
  }
  result.checksum = checksum_of(result);
  return result;
}

}  // namespace phasic::runtime
