// SPDX-License-Identifier: Apache-2.0
// Strides between sources and the start of the first position against the numbering of sources in the specification.
#include <random>
#include <string>

#include "Vconvolution_shape.h"
#include "Vconvolution_shape_first.h"
#include "tests/rtl/core/convolution_twin.hpp"

namespace phasic::testing::convolution_shape_test {
namespace {

template <class Model>
void compare(bool first, unsigned row_bits) {
  std::mt19937_64 random{13};
  Clocked<Model> module{13};
  const unsigned numbers = 1U << row_bits;
  for (unsigned n = 0; n < 500; ++n) {
    SCOPED_TRACE("shape " + std::to_string(n));
    const auto twin = random_convolution(random, first, 4, numbers - 1, 1U << 16);
    const contract::Layer& layer = twin.layer;
    const auto source = [&](unsigned y, unsigned x, unsigned channel) {
      return first ? (channel * layer.source_rows + y) * layer.source_columns + x
                   : (y * layer.source_columns + x) * layer.source_channels + channel;
    };
    const auto edge = static_cast<unsigned>(layer.padding << layer.pool);
    twin.drive(module->descriptor_i);
    module.edge();
    module.edge();
    ASSERT_EQ(module->last_row_o, twin.rows - 1);
    ASSERT_EQ(module->last_column_o, twin.columns - 1);
    ASSERT_EQ(module->y_stride_o, source(1, 0, 0) % numbers);
    ASSERT_EQ(module->x_stride_o, source(0, 1, 0) % numbers);
    ASSERT_EQ(module->channel_stride_o, source(0, 0, 1) % numbers);
    ASSERT_EQ((module->y_start_o + source(edge, 0, 0)) % numbers, 0U);
    ASSERT_EQ((module->x_start_o + source(0, edge, 0)) % numbers, 0U);
    ASSERT_EQ((module->place_start_o + edge) % 4096, 0U);
  }
}

TEST(RtlConvolutionShape, TellsWhereSourcesLie) { compare<Vconvolution_shape>(false, 10); }
TEST(RtlConvolutionShape, TellsWhereInputsLie) { compare<Vconvolution_shape_first>(true, 9); }

}  // namespace
}  // namespace phasic::testing::convolution_shape_test
