// SPDX-License-Identifier: Apache-2.0
/// Convolutions one behind the other as one.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "driver/layout/shape.hpp"
#include "runtime/nir/stage.hpp"

namespace phasic::runtime::nir {

/// A correlation that sees places outside as 0.
struct Spatial {
  std::array<std::size_t, 3> from{}, to{};  ///< channels, rows, columns
  Pair kernel{1, 1}, stride{1, 1};
  Pair before{};                ///< zeros before the first place
  bool borders = false;         ///< some output sees a place outside
  std::vector<double> weights;  ///< [kernel row][kernel column][from channel][to channel]
  std::vector<double> bias;     ///< [to channel]
};

/// Each channel times a number.
[[nodiscard]] Spatial scaled_channels(const std::array<std::size_t, 3>& extents, std::span<const double> factors);

/// The value of each channel (the first of `extents`) if it is the same everywhere in it but for 32-bit rounding.
[[nodiscard]] std::optional<std::vector<double>> one_a_channel(std::span<const double> values, const Extents& extents);

/// A node as such, if it is one: convolutions, pools, scales that are the same in a channel.
[[nodiscard]] std::optional<Spatial> spatial_of(const Stage& stage);

/// `second` after `first`. Nothing if the second sees places outside that are 0 for it, but not what the first would make of
/// them.
[[nodiscard]] std::optional<Spatial> behind(const Spatial& first, const Spatial& second);

/// A convolution of the kernel, with rows and columns of zeros in its weights where padding or its two sides differ.
struct Embedded {
  layout::Shape shape;
  std::vector<double> weights;  ///< [row][channel]
};
/// `pool` is that of the sources, as a power of two. Nothing if the kernel has no such convolution.
[[nodiscard]] std::optional<Embedded> embedded(const Spatial& spatial, std::uint32_t pool);

}  // namespace phasic::runtime::nir
