// SPDX-License-Identifier: Apache-2.0
/// The shape of a convolution (docs/specification.md, section 1, convolutions).
#pragma once

#include <cstdint>

namespace phasic::layout {

/// Rows and columns of something, and how many there are at a place.
struct Extent {
  std::uint32_t rows = 0, columns = 0, channels = 0;
  [[nodiscard]] constexpr std::uint64_t count() const { return std::uint64_t{rows} * columns * channels; }
  bool operator==(const Extent&) const = default;
};

struct Shape {
  Extent sources;
  std::uint32_t pool = 0;  ///< places of sources are divided by 2 to this power
  std::uint32_t padding = 0;
  std::uint32_t stride = 1;
  std::uint32_t kernel_rows = 0, kernel_columns = 0;
  std::uint32_t channels = 0;  ///< neurons at a position, or filters
  std::uint32_t grid = 0;      ///< answers of positions are pooled over grid times grid cells; 0: they are not
  bool two_sided = false;      ///< with a grid: filters answer with either sign

  [[nodiscard]] constexpr std::uint32_t pooled_rows() const { return pooled(sources.rows); }
  [[nodiscard]] constexpr std::uint32_t pooled_columns() const { return pooled(sources.columns); }
  /// Rows and columns of positions, with their channels; none if the kernel does not fit.
  [[nodiscard]] constexpr Extent positions() const {
    return {positions_along(pooled_rows(), kernel_rows), positions_along(pooled_columns(), kernel_columns), channels};
  }
  /// How the neurons lie: those of the positions, or of the cells.
  [[nodiscard]] constexpr Extent neurons() const {
    return grid == 0 ? positions() : Extent{grid, grid, channels * (two_sided ? 2 : 1)};
  }
  /// Without that of a bias.
  [[nodiscard]] constexpr std::uint32_t weight_rows() const { return kernel_rows * kernel_columns * sources.channels; }
  bool operator==(const Shape&) const = default;

 private:
  [[nodiscard]] constexpr std::uint32_t pooled(std::uint32_t places) const { return (places + (1U << pool) - 1) >> pool; }
  [[nodiscard]] constexpr std::uint32_t positions_along(std::uint32_t places, std::uint32_t kernel) const {
    const std::uint32_t room = places + 2 * padding;
    return kernel == 0 || kernel > room ? 0 : (room - kernel) / stride + 1;
  }
};

}  // namespace phasic::layout
