// SPDX-License-Identifier: Apache-2.0
/// What the positions of a convolution see of a sample, for the host's own sums over many samples.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>

#include "driver/layout/shape.hpp"

namespace phasic::runtime {

/// A sample's patches: row r is what is met through weight row r, column v * columns + h the patch of position (v, h). Values
/// are whole numbers, up to 255 times the square of the pool, so that sums of products with weights of 8 bits are exact.
/// `values` are the inputs of a first layer, channel after channel.
[[nodiscard]] Eigen::MatrixXf patches_of(const layout::Shape& shape, std::span<const std::uint8_t> values);

}  // namespace phasic::runtime
