// SPDX-License-Identifier: Apache-2.0
// The program unit of a build with convolutions against the checks that software does: random shapes, most with a field that is
// changed.
#include <cstddef>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <variant>

#include "Vprogram_convolution.h"
#include "driver/shell/connection.hpp"
#include "driver/shell/program.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing {
namespace {

struct Block {
  contract::ProgramHeader header{};
  contract::Layer layers[4]{};
};

/// The parameters of the model: state and convolutions.
contract::Limits build_limits() {
  contract::Limits limits;
  limits.lanes = 8;
  limits.weight_width = 16;
  limits.engines = 3;
  limits.max_rows = 300;
  limits.max_neurons = 200;
  limits.max_steps = 20;
  limits.max_classes = 30;
  limits.max_outputs = 40;
  limits.weight_depth = 1000;
  limits.rules = contract::kRulesState | contract::kRulesConvolution;
  return limits;
}

class RtlProgramShape : public ::testing::Test {
 protected:
  RtlProgramShape() : module_(3) {
    module_->start_i = module_->word_valid_i = module_->word_error_i = 0;
    module_->cmd_ready_i = 1;
    module_.reset();
  }

  std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random_() % (high - low + 1));
  }

  Block draw() {
    Block block;
    auto& header = block.header;
    header.magic = contract::kProgramMagic;
    header.version = contract::kContractVersion;
    header.layers = between(1, 3);
    header.steps = 4;
    header.classes = 1;
    header.sample_stride = 320;
    header.flags = between(0, 1) * contract::kProgramHeaderFlagsKeep;
    const std::uint32_t side = between(1, 12), other = between(1, 12);
    header.inputs = std::min(side * other * between(1, 3), 299U);
    if (header.inputs % (side * other) != 0) header.inputs = side * other;
    std::uint32_t before = header.inputs, rows = side, columns = other;
    for (std::uint32_t n = 0; n < header.layers; ++n) {
      auto& layer = block.layers[n];
      layer.flags = between(0, 1);
      layer.neurons = between(1, 60);
      if (between(0, 3) != 0) shape(layer, before, rows, columns);
      rows = layer.connection != 0 && layer.channels != 0 ? 1 : layer.neurons;
      columns = 1;
      before = layer.neurons;
    }
    return block;
  }

  void shape(contract::Layer& layer, std::uint32_t sources, std::uint32_t rows, std::uint32_t columns) {
    if (sources % (rows * columns) != 0 || rows > 256) rows = columns = 1;
    layer.connection = 1;
    layer.source_rows = rows;
    layer.source_columns = columns;
    layer.source_channels = sources / rows / columns;
    layer.pool = between(0, 2);
    layer.padding = between(0, 3);
    layer.stride = between(1, 2);
    shell::Shape shape{.pool = layer.pool, .padding = layer.padding, .stride = layer.stride};
    const auto kernel = [&](std::uint32_t places) {
      return between(1, shell::pooled_places(places, layer.pool) + 2 * layer.padding);
    };
    layer.kernel_rows = kernel(rows);
    layer.kernel_columns = kernel(columns);
    layer.channels = between(1, 30);
    layer.neurons = shell::positions_along(rows, layer.kernel_rows, shape) *
                    shell::positions_along(columns, layer.kernel_columns, shape) * layer.channels;
  }

  /// Error and detail.
  std::pair<std::uint32_t, std::uint32_t> check(const Block& block) {
    std::uint32_t words[144];
    std::memcpy(words, &block, sizeof block);
    module_->weights_bytes_i = module_->tables_bytes_i = module_->samples_bytes_i = module_->results_bytes_i = ~0U;
    module_->trace_bytes_i = ~0U;
    module_->sample_count_i = 1;
    module_->start_i = 1;
    std::size_t next = 0;
    for (unsigned cycle = 0; cycle < 20000; ++cycle) {
      module_->word_valid_i = next < 144 && random_() % 4 != 0;
      module_->word_i = next < 144 ? words[next] : 0;
      module_.settle();
      const bool word = module_->word_valid_i != 0 && module_->word_ready_o != 0;
      const bool done = module_->done_o != 0;
      const std::pair<std::uint32_t, std::uint32_t> verdict{module_->error_code_o, module_->error_detail_o};
      module_.edge();
      module_->start_i = 0;
      next += word ? 1 : 0;
      if (done) return verdict;
    }
    ADD_FAILURE() << "the program unit does not come to an end";
    return {};
  }

  template <class Port>
  std::uint32_t entry(Port& port, std::size_t index, std::size_t bits) {
    std::uint64_t value = 0;
    const std::size_t bit = index * bits;
    for (std::size_t k = 0; k < bits; ++k)
      value |= std::uint64_t{std::to_integer<unsigned>(port_bytes(port)[(bit + k) / 8]) >> ((bit + k) % 8) & 1} << k;
    return static_cast<std::uint32_t>(value);
  }

  std::mt19937_64 random_{17};
  Clocked<Vprogram_convolution> module_;
};

TEST_F(RtlProgramShape, ChecksAndSizesAreThoseOfSoftware) {
  const contract::Limits limits = build_limits();
  unsigned good = 0, fields = 0, crowded = 0;
  for (unsigned n = 0; n < 3000; ++n) {
    SCOPED_TRACE("program " + std::to_string(n));
    Block block = draw();
    if (n % 2 == 1) {
      const auto layer = between(0, block.header.layers - 1);
      auto* const bytes = reinterpret_cast<std::byte*>(&block.layers[layer]);
      const std::size_t at = offsetof(contract::Layer, connection) + std::size_t{4} * between(0, 11);
      std::uint32_t value = 0;
      std::memcpy(&value, bytes + at, 4);
      const std::uint32_t others[] = {
          0, 1, 2, 3, 4, value + 1, value - 1, 256, 257, ~0U, static_cast<std::uint32_t>(random_()), value << 1};
      value = others[between(0, 11)];
      std::memcpy(bytes + at, &value, 4);
    }
    const auto parsed = shell::parse_program(std::as_bytes(std::span{&block, 1}), limits);
    const auto verdict = check(block);
    if (const auto* fault = std::get_if<shell::Fault>(&parsed)) {
      ASSERT_EQ(verdict, (std::pair{static_cast<std::uint32_t>(fault->error), fault->detail}));
      ++fields;
      continue;
    }
    const auto& program = std::get<shell::Program>(parsed);
    std::pair<std::uint32_t, std::uint32_t> expected{0, 0};
    for (std::uint32_t k = 0; k < program.layers.size() && expected.first == 0; ++k) {
      const auto words =
          shell::stored_rows(program, program.layers[k]) * shell::connection_of(program.layers[k]).row_words(limits.lanes);
      if (words > limits.weight_depth) expected = {static_cast<std::uint32_t>(contract::Error::kCapacity), k};
    }
    ASSERT_EQ(verdict, expected);
    crowded += expected.first != 0;
    if (expected.first != 0) continue;
    ++good;
    for (std::size_t k = 0; k < program.layers.size(); ++k) {
      const auto& layer = program.layers[k];
      const auto connection = shell::connection_of(layer);
      ASSERT_EQ(entry(module_->sources_o, k, 16), connection.sources);
      ASSERT_EQ(entry(module_->rows_o, k, 16), connection.weight_rows);
      ASSERT_EQ(entry(module_->stored_rows_o, k, 18), shell::stored_rows(program, layer));
      ASSERT_EQ(entry(module_->row_width_o, k, 16), connection.row_width);
      ASSERT_EQ(entry(module_->row_words_o, k, 16), connection.row_words(limits.lanes));
      ASSERT_EQ(entry(module_->neuron_words_o, k, 16), connection.positions * connection.row_words(limits.lanes));
      ASSERT_EQ(entry(module_->layer_weights_o, k, 32), shell::weight_bytes(program, layer));
    }
  }
  EXPECT_GT(good, 500U);
  EXPECT_GT(fields, 500U);
  EXPECT_GT(crowded, 10U);
  RecordProperty("counts", std::to_string(good) + " " + std::to_string(fields) + " " + std::to_string(crowded));
}

}  // namespace
}  // namespace phasic::testing
