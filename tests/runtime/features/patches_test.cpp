// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/patches.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "driver/layout/connection.hpp"

namespace phasic::runtime {
namespace {

std::vector<std::uint8_t> drawn(std::size_t count, std::uint32_t seed) {
  std::mt19937 draw(seed);
  std::vector<std::uint8_t> values(count);
  for (auto& value : values) value = static_cast<std::uint8_t>(draw() % 256);
  return values;
}

/// By the events that a kernel would see: each source adds its value to all that it reaches.
Eigen::MatrixXf by_fan_out(const layout::Shape& shape, const std::vector<std::uint8_t>& values) {
  const auto connection = layout::Connection::convolution(shape, false, true);
  Eigen::MatrixXf patches = Eigen::MatrixXf::Zero(connection.weight_rows(), connection.positions());
  for (std::uint32_t source = 0; source < connection.inputs(); ++source)
    for (const auto& target : connection.fan_out(source))
      patches(target.row, target.first / connection.row_width()) += static_cast<float>(values[source]);
  return patches;
}

TEST(Patches, HoldWhatMeetsEachWeightRowAtEachPosition) {
  for (const layout::Shape& shape : {
           layout::Shape{.sources = {5, 7, 3}, .kernel_rows = 2, .kernel_columns = 3, .channels = 2},
           layout::Shape{.sources = {6, 5, 1}, .padding = 2, .stride = 2, .kernel_rows = 3, .kernel_columns = 3, .channels = 1},
           layout::Shape{.sources = {7, 9, 2}, .pool = 1, .padding = 1, .kernel_rows = 2, .kernel_columns = 2, .channels = 4},
           layout::Shape{.sources = {8, 8, 1}, .pool = 2, .kernel_rows = 2, .kernel_columns = 1, .channels = 4},
       }) {
    const auto values = drawn(shape.sources.count(), 5);
    EXPECT_EQ(patches_of(shape, values), by_fan_out(shape, values));
  }
}

}  // namespace
}  // namespace phasic::runtime
