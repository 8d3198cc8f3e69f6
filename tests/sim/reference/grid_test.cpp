// SPDX-License-Identifier: Apache-2.0
// Convolutions with a grid: each way of the fast core, with weights and values at their limits.
#include "tests/sim/reference/compare_cores.hpp"

namespace phasic::reference::test::grid_test {
namespace {

/// Two layers of graded values: a convolution with a grid over 9 x 8 places of 3 channels, and another over its cells.
Program grids(std::uint32_t weight_width, std::uint32_t pool, bool bias, std::uint32_t kernel) {
  Program program;
  program.weight_width = weight_width;
  program.inputs = 9 * 8 * 3;
  program.steps = 1;
  program.classes = 2;
  program.sample_kind = contract::SampleKind::kGraded;
  LayerProgram layer;
  layer.first = true;
  layer.bias = bias;
  layer.connection = contract::Connection::kConvolution;
  layer.shape = {.source_rows = 9,
                 .source_columns = 8,
                 .source_channels = 3,
                 .pool = pool,
                 .padding = 2,
                 .stride = 1,
                 .kernel_rows = kernel,
                 .kernel_columns = kernel,
                 .channels = 21};
  layer.rows = kernel * kernel * 3 + (bias ? 1 : 0);
  layer.grid = 3;
  layer.two_sided = true;
  layer.answer_scale = 3;
  layer.answer_shift = 1;
  layer.input_shift = weight_width - 8;
  layer.threshold = 12;
  layer.neurons = 9 * 2 * 21;
  LayerProgram next = layer;
  next.first = false;
  next.shape = {.source_rows = 3,
                .source_columns = 3,
                .source_channels = 42,
                .stride = 1,
                .kernel_rows = 2,
                .kernel_columns = 2,
                .channels = 2};
  next.rows = 2 * 2 * 42 + (bias ? 1 : 0);
  next.grid = 1;
  next.two_sided = false;
  next.neurons = 2;
  program.layers = {layer, next};
  return program;
}

OwnedSample sample_of(Generator& generator, const Program& program, std::int64_t density) {
  OwnedSample sample;
  sample.label = contract::kUnlabelled;
  for (std::uint32_t input = 0; input < program.inputs; ++input) {
    const bool sent = uniform(generator, 0, 99) < density;
    sample.intensities.push_back(static_cast<std::uint8_t>(sent ? uniform(generator, 1, 255) : 0));
  }
  return sample;
}

/// Rows of weights of any size, so that filters find something.
std::vector<std::byte> large_rows(Generator& generator, const Program& program, const LayerProgram& layer) {
  const std::int64_t limit = std::int64_t{1} << (program.weight_width - 1);
  std::vector<std::byte> rows(weight_bytes(program, layer));
  for (std::size_t row = 0; row < layer.rows; ++row) {
    for (std::size_t k = 0; k < row_width(layer); ++k) {
      store_weight(rows.data() + row * weight_row_bytes(program, layer), k, program.weight_width,
                   static_cast<std::int16_t>(uniform(generator, -limit, limit - 1)));
    }
  }
  return rows;
}

TEST(Grids, AreTheSameInEveryWay) {
  Generator generator(chosen_seed());
  for (const std::uint32_t width : {8U, 16U}) {
    for (const std::uint32_t pool : {0U, 1U, 2U}) {
      for (const bool bias : {false, true}) {
        SCOPED_TRACE(std::to_string(width) + " bits, pool " + std::to_string(pool) + (bias ? ", bias" : ""));
        const Program program = grids(width, pool, bias, pool == 2 ? 3 : 4);
        Cores cores(program);
        for (std::size_t layer = 0; layer < program.layers.size(); ++layer)
          cores.set_weights(layer, large_rows(generator, program, program.layers[layer]));
        for (std::uint32_t number = 0; number < 6; ++number) {
          cores.show(sample_of(generator, program, number % 2 == 0 ? 100 : 40), number, true);
        }
        EXPECT_GT(cores.plain().counts().layers[1].events, 0U) << "no neuron of a cell answers";
      }
    }
  }
}

TEST(Grids, HoldTheLargestSums) {
  for (const std::uint32_t width : {8U, 16U}) {
    for (const std::uint32_t pool : {0U, 2U}) {
      for (const bool negative : {false, true}) {
        Program program = grids(width, pool, true, 5 - pool);
        for (LayerProgram& layer : program.layers) {
          layer.threshold = 0;
          layer.input_shift = 0;
        }
        Cores cores(program);
        for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
          const LayerProgram& shape = program.layers[layer];
          const std::int32_t limit = 1 << (width - 1);
          std::vector<std::byte> rows(weight_bytes(program, shape));
          for (std::size_t row = 0; row < shape.rows; ++row) {
            for (std::size_t k = 0; k < row_width(shape); ++k) {
              store_weight(rows.data() + row * weight_row_bytes(program, shape), k, width,
                           static_cast<std::int16_t>(negative ? -limit : limit - 1));
            }
          }
          cores.set_weights(layer, rows);
        }
        OwnedSample sample;
        sample.label = contract::kUnlabelled;
        sample.intensities.assign(program.inputs, 255);
        cores.show(sample, 0, true);
        if (width == 16) {
          EXPECT_GT(cores.plain().counts().layers[0].potential_saturations, 0U);
        }
      }
    }
  }
}

TEST(Grids, PotentialsOfLongKernelsNeedMoreThan32Bits) {
  // 40 x 40 places of one channel and one position: 1600 rows of 16 bits.
  Program program = grids(16, 0, false, 4);
  program.layers.resize(1);
  program.inputs = 1600;
  LayerProgram& layer = program.layers[0];
  layer.shape = {.source_rows = 40,
                 .source_columns = 40,
                 .source_channels = 1,
                 .stride = 1,
                 .kernel_rows = 39,
                 .kernel_columns = 40,
                 .channels = 3};
  layer.rows = 39 * 40;
  layer.grid = 1;
  layer.neurons = 6;
  layer.input_shift = 15;
  Generator generator(3);
  Cores cores(program);
  std::vector<std::byte> rows(weight_bytes(program, layer));
  for (std::size_t row = 0; row < layer.rows; ++row) {
    for (std::size_t k = 0; k < 3; ++k) {
      store_weight(rows.data() + row * weight_row_bytes(program, layer), k, 16,
                   static_cast<std::int16_t>(k == 2   ? uniform(generator, -32768, 32767)
                                             : k == 0 ? 32767
                                                      : -32768));
    }
  }
  cores.set_weights(0, rows);
  OwnedSample sample;
  sample.label = contract::kUnlabelled;
  sample.intensities.assign(program.inputs, 255);
  cores.show(sample, 0, true);
  EXPECT_GT(cores.plain().counts().layers[0].spikes, 0U);
}

}  // namespace
}  // namespace phasic::reference::test::grid_test
