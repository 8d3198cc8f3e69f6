// SPDX-License-Identifier: Apache-2.0
// The program unit of builds with convolutions, and with grids and memories beside weights, against the checks that software
// does: random shapes, half of them with a field that is changed.
#include <cstddef>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <variant>

#include "Vprogram_answers.h"
#include "Vprogram_answers_odd.h"
#include "Vprogram_convolution.h"
#include "driver/shell/connection.hpp"
#include "driver/shell/program.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::program_shape_test {
namespace {

/// All rules that the RTL has.
constexpr std::uint32_t kAllRules = 3039;

struct Block {
  contract::ProgramHeader header{};
  contract::Layer layers[contract::kMaxLayers]{};
};

/// The parameters of the models.
contract::Limits build_limits(std::uint32_t rules, std::uint32_t lanes) {
  contract::Limits limits;
  limits.lanes = lanes;
  limits.weight_width = 16;
  limits.engines = 3;
  limits.max_rows = 300;
  limits.max_neurons = 200;
  limits.max_steps = 20;
  limits.max_classes = 30;
  limits.max_outputs = 40;
  limits.weight_depth = 1000;
  limits.rules = rules;
  limits.sum_depth = 90;
  limits.memory_depth = 700;
  return limits;
}

template <class Model>
class ProgramUnit : public ::testing::Test {
 protected:
  explicit ProgramUnit(std::uint32_t rules, std::uint32_t lanes = 8) : limits_(build_limits(rules, lanes)), module_(3) {
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
    if (answers() && between(0, 5) != 0) {
      header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kGraded);
      header.steps = 1;
    } else {
      header.flags = between(0, 1) * contract::kProgramHeaderFlagsKeep;
    }
    const std::uint32_t side = between(1, 12), other = between(1, 12);
    header.inputs = std::min(side * other * between(1, 3), 299U);
    if (header.inputs % (side * other) != 0) header.inputs = side * other;
    std::uint32_t before = header.inputs, rows = side, columns = other;
    for (std::uint32_t n = 0; n < header.layers; ++n) {
      auto& layer = block.layers[n];
      layer.flags = between(0, 1);
      layer.neurons = between(1, 60);
      if (between(0, 3) != 0) shape(layer, before, rows, columns);
      if (answers()) keep(layer, n + 1 == header.layers);
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

  bool answers() const { return (limits_.rules & contract::kRulesFeatures) != 0; }

  /// Grids, filters that learn, discriminants: as they may be, for the most part.
  void keep(contract::Layer& layer, bool last) {
    if (layer.connection != 0 && between(0, 2) != 0) {
      const shell::Shape shape{.pool = layer.pool, .padding = layer.padding, .stride = layer.stride};
      const std::uint32_t along = shell::positions_along(layer.source_rows, layer.kernel_rows, shape);
      const std::uint32_t across = shell::positions_along(layer.source_columns, layer.kernel_columns, shape);
      layer.grid = between(1, std::min({along, across, 4U}));
      layer.flags |= between(0, 1) * contract::kLayerFlagsTwoSided;
      layer.neurons = layer.grid * layer.grid * ((layer.flags & contract::kLayerFlagsTwoSided) != 0 ? 2 : 1) * layer.channels;
      layer.answer_scale = between(0, 300);
      layer.answer_shift = between(0, 15);
    }
    if (layer.connection != 0 && between(0, 2) == 0) {
      layer.factor = static_cast<std::uint32_t>(contract::Factor::kFeatures);
      layer.target_shift = between(0, 31);
    } else if (last && layer.connection == 0 && between(0, 1) == 0) {
      layer.factor = static_cast<std::uint32_t>(contract::Factor::kDiscriminant);
    } else {
      return;
    }
    layer.flags &= ~contract::kLayerFlagsBias;
    layer.memory_offset = 64 * between(0, 100);
  }

  /// Error and detail.
  std::pair<std::uint32_t, std::uint32_t> check(const Block& block, std::uint32_t weights_bytes = ~0U) {
    std::uint32_t words[sizeof block / 4];
    std::memcpy(words, &block, sizeof block);
    module_->tables_bytes_i = module_->samples_bytes_i = module_->results_bytes_i = ~0U;
    module_->weights_bytes_i = weights_bytes;
    module_->trace_bytes_i = ~0U;
    module_->sample_count_i = 1;
    module_->start_i = 1;
    std::size_t next = 0;
    for (unsigned cycle = 0; cycle < 20000; ++cycle) {
      module_->word_valid_i = next < std::size(words) && random_() % 4 != 0;
      module_->word_i = next < std::size(words) ? words[next] : 0;
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

  /// As many programs as that, half of them spoiled. `expect_at_least` of each outcome.
  void run(unsigned programs, unsigned expect_at_least);

  contract::Limits limits_;
  std::mt19937_64 random_{17};
  Clocked<Model> module_;
};

template <class Model>
void ProgramUnit<Model>::run(unsigned programs, unsigned expect_at_least) {
  unsigned good = 0, fields = 0, crowded = 0, kept = 0;
  for (unsigned n = 0; n < programs; ++n) {
    SCOPED_TRACE("program " + std::to_string(n));
    Block block = draw();
    if (n % 2 == 1) {
      const auto layer = between(0, block.header.layers - 1);
      auto* const bytes = reinterpret_cast<std::byte*>(&block.layers[layer]);
      const bool anywhere = answers() && between(0, 1) == 0;
      const std::size_t at =
          std::size_t{4} * (anywhere ? between(0, 31) : offsetof(contract::Layer, connection) / 4 + between(0, 11));
      std::uint32_t value = 0;
      std::memcpy(&value, bytes + at, 4);
      const std::uint32_t others[] = {
          0, 1, 2, 3, 4, value + 1, value - 1, 256, 257, ~0U, static_cast<std::uint32_t>(random_()), value << 1};
      value = others[between(0, 11)];
      std::memcpy(bytes + at, &value, 4);
    }
    const auto parsed = shell::parse_program(std::as_bytes(std::span{&block, 1}), limits_);
    const auto verdict = check(block);
    if (const auto* fault = std::get_if<shell::Fault>(&parsed)) {
      ASSERT_EQ(verdict, (std::pair{static_cast<std::uint32_t>(fault->error), fault->detail}));
      ++fields;
      continue;
    }
    const auto& program = std::get<shell::Program>(parsed);
    std::pair<std::uint32_t, std::uint32_t> expected{0, 0};
    for (std::uint32_t k = 0; k < program.layers.size() && expected.first == 0; ++k) {
      const auto& layer = program.layers[k];
      auto words = shell::stored_rows(program, layer) * shell::connection_of(layer).row_words(limits_.lanes);
      const std::uint64_t value_words = (layer.rows + limits_.lanes - 1) / limits_.lanes;
      if (moves_filters(layer)) words += layer.rows * value_words;
      const bool deep = changes_memory(layer) && (layer.rows + layer.neurons) * value_words > limits_.memory_depth;
      if (words > limits_.weight_depth || deep) expected = {static_cast<std::uint32_t>(contract::Error::kCapacity), k};
    }
    ASSERT_EQ(verdict, expected);
    crowded += expected.first != 0;
    if (expected.first != 0) continue;
    ++good;
    for (std::size_t k = 0; k < program.layers.size(); ++k) {
      const auto& layer = program.layers[k];
      const auto connection = shell::connection_of(layer);
      const std::uint64_t row_words = connection.row_words(limits_.lanes);
      const std::uint64_t sums = connection.positions * row_words;
      ASSERT_EQ(entry(module_->sources_o, k, 16), connection.sources);
      ASSERT_EQ(entry(module_->rows_o, k, 16), connection.weight_rows);
      ASSERT_EQ(entry(module_->stored_rows_o, k, 18), shell::stored_rows(program, layer));
      ASSERT_EQ(entry(module_->row_width_o, k, 16), connection.row_width);
      ASSERT_EQ(entry(module_->row_words_o, k, 16), row_words);
      ASSERT_EQ(entry(module_->sum_words_o, k, 32), sums);
      ASSERT_EQ(entry(module_->neuron_words_o, k, 16),
                layer.grid == 0 ? sums : layer.grid * layer.grid * (layer.two_sided ? 2 : 1) * row_words);
      ASSERT_EQ(entry(module_->layer_weights_o, k, 32), shell::weight_bytes(program, layer));
      if (!has_memory(layer)) continue;
      ++kept;
      const std::uint64_t values = moves_filters(layer) ? layer.rows : layer.neurons;
      ASSERT_EQ(entry(module_->layer_memory_o, k, 32), shell::memory_bytes(layer) - (4 * values + 63) / 64 * 64);
    }
  }
  EXPECT_GT(good, expect_at_least);
  EXPECT_GT(fields, expect_at_least);
  EXPECT_GT(crowded, 10U);
  if (answers()) {
    EXPECT_GT(kept, expect_at_least);
  }
  this->RecordProperty("counts", std::to_string(good) + " " + std::to_string(fields) + " " + std::to_string(crowded));
}

struct RtlProgramShape : ProgramUnit<Vprogram_convolution> {
  RtlProgramShape() : ProgramUnit(contract::kRulesState | contract::kRulesConvolution) {}
};
struct RtlProgramAnswers : ProgramUnit<Vprogram_answers> {
  RtlProgramAnswers() : ProgramUnit(kAllRules) {}
};
struct RtlProgramAnswersOddLanes : ProgramUnit<Vprogram_answers_odd> {
  RtlProgramAnswersOddLanes() : ProgramUnit(kAllRules, 5) {}
};

TEST_F(RtlProgramShape, ChecksAndSizesAreThoseOfSoftware) { run(3000, 500); }
TEST_F(RtlProgramAnswers, ChecksAndSizesAreThoseOfSoftware) { run(4000, 500); }
TEST_F(RtlProgramAnswersOddLanes, ChecksAndSizesAreThoseOfSoftware) { run(5000, 500); }

TEST_F(RtlProgramAnswers, AMemoryEndsWithinTheWeightsBuffer) {
  Block block{};
  block.header = {.magic = contract::kProgramMagic,
                  .version = contract::kContractVersion,
                  .seed_low = 0,
                  .seed_high = 0,
                  .inputs = 20,
                  .layers = 1,
                  .steps = 1,
                  .classes = 1,
                  .sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kGraded),
                  .sample_stride = 64,
                  .flags = 0,
                  .reserved = {}};
  contract::Layer& layer = block.layers[0];
  layer.neurons = 3;
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kDiscriminant);
  layer.memory_offset = 4096;
  // Two lines for each of 20 rows and 3 classes, and one of numbers of samples.
  const std::uint32_t end = 4096 + 23 * 128 + 64;
  EXPECT_EQ(check(block, end), (std::pair{0U, 0U}));
  EXPECT_EQ(check(block, end - 1),
            (std::pair{static_cast<std::uint32_t>(contract::Error::kBufferSize), contract::argument::kWeights}));
  layer.memory_offset = 0xffffffc0;
  EXPECT_EQ(check(block, ~0U),
            (std::pair{static_cast<std::uint32_t>(contract::Error::kBufferSize), contract::argument::kWeights}));
}

}  // namespace
}  // namespace phasic::testing::program_shape_test
