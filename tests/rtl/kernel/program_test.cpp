// SPDX-License-Identifier: Apache-2.0
// The program unit: every field at, below and above its bounds; capacity and sizes against products in 64 bits.
#include <cstddef>
#include <random>
#include <string>
#include <type_traits>

#include "Vprogram.h"
#include "Vprogram_basic.h"
#include "Vprogram_currents.h"
#include "Vprogram_graded.h"
#include "Vprogram_retrograde.h"
#include "Vprogram_rules.h"
#include "Vprogram_state.h"
#include "phasic/contract.hpp"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::program_test {
namespace {

using contract::Error;
namespace argument = contract::argument;

// The parameters of the models; one has competition, one posts and feedback, one competition, graded samples and gates, one
// competition, graded samples and state.
constexpr std::uint32_t kLanes = 8, kEngines = 3, kMaxRows = 300, kMaxNeurons = 200, kMaxSteps = 20, kMaxClasses = 30,
                        kMaxOutputs = 40;
constexpr std::uint32_t kWeightDepth = 1000, kWeightBytes = 2;

constexpr std::size_t kWords = (sizeof(contract::ProgramHeader) + contract::kMaxLayers * sizeof(contract::Layer)) / 4;
// Bytes of a descriptor that go on.
constexpr std::size_t kKept = offsetof(contract::Layer, grid);
// Where the descriptors of the first two layers begin.
constexpr std::size_t kFirst = sizeof(contract::ProgramHeader), kSecond = kFirst + sizeof(contract::Layer);

// Where the records of a run begin.
constexpr std::size_t kRecords = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);

struct Block {
  contract::ProgramHeader header{};
  contract::Layer layers[contract::kMaxLayers]{};
};
static_assert(sizeof(Block) == 4 * kWords);

struct Sizes {
  std::uint32_t weights = ~0U, tables = ~0U, samples = ~0U, results = ~0U, trace = ~0U, count = 3;
};

struct Verdict {
  Error error = Error::kNone;
  std::uint32_t detail = 0;
  bool operator==(const Verdict&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  return out << contract::name(verdict.error) << " " << verdict.detail;
}

Verdict field(std::size_t offset) { return {Error::kProgramField, static_cast<std::uint32_t>(offset)}; }

constexpr std::uint64_t align(std::uint64_t bytes) { return (bytes + 63) / 64 * 64; }

template <class Model>
class Unit : public ::testing::Test {
 protected:
  Unit() : module_(7) {
    module_->start_i = module_->word_valid_i = module_->word_error_i = module_->cmd_ready_i = 0;
    module_.reset();
  }

  Verdict check(const Block& block, const Sizes& sizes = {}, std::size_t bus_error_word = kWords) {
    std::uint32_t words[kWords];
    std::memcpy(words, &block, sizeof block);
    module_->weights_bytes_i = sizes.weights;
    module_->tables_bytes_i = sizes.tables;
    module_->samples_bytes_i = sizes.samples;
    module_->results_bytes_i = sizes.results;
    module_->trace_bytes_i = sizes.trace;
    module_->sample_count_i = sizes.count;
    module_->start_i = 1;
    std::size_t next = 0;
    unsigned commands = 0;
    for (unsigned cycle = 0; cycle < 5000; ++cycle) {
      module_->cmd_ready_i = random_() % 2;
      // A word that is offered stays.
      if (module_->word_valid_i == 0) module_->word_valid_i = commands != 0 && next < kWords && random_() % 3 != 0;
      module_->word_i = next < kWords ? words[next] : 0;
      module_->word_error_i = next == bus_error_word;
      module_.settle();
      const bool command = module_->cmd_valid_o != 0 && module_->cmd_ready_i != 0;
      const bool word = module_->word_valid_i != 0 && module_->word_ready_o != 0;
      if (command) {
        EXPECT_EQ(module_->cmd_bytes_o, sizeof(Block));
      }
      const bool done = module_->done_o != 0;
      const Verdict verdict{static_cast<Error>(module_->error_code_o), module_->error_detail_o};
      module_.edge();
      module_->start_i = 0;
      commands += command;
      if (word) {
        ++next;
        module_->word_valid_i = 0;
      }
      if (done) {
        EXPECT_EQ(commands, 1U);
        EXPECT_EQ(next, kWords) << "words are left over";
        return verdict;
      }
    }
    ADD_FAILURE() << "the program unit does not come to an end";
    return {};
  }

  /// A program that is legal and small.
  static Block legal(std::uint32_t layers = 2) {
    Block block;
    block.header.magic = contract::kProgramMagic;
    block.header.version = contract::kContractVersion;
    block.header.inputs = 50;
    block.header.layers = layers;
    block.header.steps = 10;
    block.header.classes = 10;
    block.header.sample_stride = 128;
    for (std::uint32_t n = 0; n < layers; ++n) {
      block.layers[n].neurons = 20 + n;
      block.layers[n].flags = n % 2;
    }
    return block;
  }

  /// One whose last layer competes, with its fields at their limits.
  static Block competing() {
    Block block = legal();
    block.header.flags = 1;
    contract::Layer& layer = block.layers[1];
    layer.neurons = kMaxOutputs + 1;
    layer.factor = static_cast<std::uint32_t>(contract::Factor::kCompetition);
    layer.input_shift = 6;
    layer.factor_shift = 8;
    layer.homeostasis = 65535;
    return block;
  }

  std::mt19937 random_{11};
  Clocked<Model> module_;
};
using ProgramUnit = Unit<Vprogram>;
using ProgramUnitWithRules = Unit<Vprogram_rules>;
using ProgramUnitWithGradedSamples = Unit<Vprogram_graded>;
using ProgramUnitWithState = Unit<Vprogram_state>;
using ProgramUnitWithCurrents = Unit<Vprogram_currents>;
using ProgramUnitWithRetrograde = Unit<Vprogram_retrograde>;
using ProgramUnitWithoutFurtherRules = Unit<Vprogram_basic>;

TEST_F(ProgramUnit, AcceptsALegalProgramAndGivesItsShape) {
  Block block = legal(3);
  block.header.flags = 2;
  block.layers[1].factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
  block.layers[3].neurons = ~0U;  // not used, not checked
  ASSERT_EQ(check(block), Verdict{});
  const std::uint32_t rows[] = {50, 21, 21};
  for (std::size_t n = 0; n < 3; ++n) {
    std::uint16_t value[2];
    std::memcpy(&value[0], port_bytes(module_->rows_o).data() + 2 * n, 2);
    std::memcpy(&value[1], port_bytes(module_->row_words_o).data() + 2 * n, 2);
    EXPECT_EQ(value[0], rows[n]);
    EXPECT_EQ(value[1], 3);
    std::uint32_t bytes[2];
    std::memcpy(&bytes[0], port_bytes(module_->layer_weights_o).data() + 4 * n, 4);
    std::memcpy(&bytes[1], port_bytes(module_->layer_trace_o).data() + 4 * n, 4);
    EXPECT_EQ(bytes[0], rows[n] * 64);
    EXPECT_EQ(bytes[1], 10U * 64);
  }
  EXPECT_EQ(module_->sample_trace_o, 3U * 10 * 64);
  std::uint32_t table;
  std::memcpy(&table, port_bytes(module_->layer_tables_o).data() + 4, 4);
  EXPECT_EQ(table, 10U * 64);
  EXPECT_EQ(std::memcmp(port_bytes(module_->program_o).data(), &block.header, 64), 0);
  // Of a descriptor the words before the grid go on.
  for (std::size_t n = 0; n < 3; ++n)
    EXPECT_EQ(std::memcmp(port_bytes(module_->layers_o).data() + kKept * n, &block.layers[n], kKept), 0) << "layer " << n;
}

struct FieldCase {
  std::size_t offset;
  std::vector<std::uint32_t> good, bad;
};

TEST_F(ProgramUnit, NamesTheFirstFieldOfTheHeaderThatIsOutOfRange) {
  using Header = contract::ProgramHeader;
  std::vector<FieldCase> cases{
      {offsetof(Header, magic), {contract::kProgramMagic}, {0, contract::kProgramMagic + 1, contract::kResultsMagic}},
      {offsetof(Header, version), {contract::kContractVersion}, {0, 1, 2, 4, 0x103}},
      {offsetof(Header, seed_low), {0, ~0U}, {}},
      {offsetof(Header, seed_high), {0, ~0U}, {}},
      {offsetof(Header, inputs), {1, 112}, {0, kMaxRows + 1, 0x10001, 0x80000001}},
      {offsetof(Header, layers), {1, 2}, {0, kEngines + 1, 0x101, ~0U}},
      {offsetof(Header, steps), {1, kMaxSteps}, {0, kMaxSteps + 1, 0x101}},
      {offsetof(Header, classes), {1, kMaxClasses}, {0, kMaxClasses + 1, ~0U}},
      {offsetof(Header, sample_kind), {0, 1}, {2, 0x100, ~0U}},
      {offsetof(Header, sample_stride), {128, 0xffffc0}, {0, 32, 64, 100, 0x1000000, 0x1000080, 129}},
      {offsetof(Header, flags), {0, 1, 2, 3}, {4, 0x80000000}}};
  for (std::size_t word = 0; word < std::size(Header{}.reserved); ++word) {
    cases.push_back({offsetof(Header, reserved) + 4 * word, {0}, {1, 0x80000000}});
  }
  for (const FieldCase& field_case : cases) {
    for (const std::uint32_t value : field_case.good) {
      Block block = legal();
      std::memcpy(reinterpret_cast<std::byte*>(&block) + field_case.offset, &value, 4);
      EXPECT_EQ(check(block, {.count = 0}), Verdict{}) << "offset " << field_case.offset << " value " << value;
    }
    for (const std::uint32_t value : field_case.bad) {
      Block block = legal();
      block.layers[0].leak = 65537;  // a later error
      std::memcpy(reinterpret_cast<std::byte*>(&block) + field_case.offset, &value, 4);
      EXPECT_EQ(check(block), field(field_case.offset)) << "value " << value;
    }
  }
}

TEST_F(ProgramUnit, NamesTheFirstFieldOfALayerThatIsOutOfRange) {
  using Layer = contract::Layer;
  std::vector<FieldCase> cases{{offsetof(Layer, neurons), {20, 41, 80}, {0, kMaxNeurons + 1, 0x10001}},
                               {offsetof(Layer, flags), {0, 1}, {2, 3, ~0U}},
                               {offsetof(Layer, threshold), {0, 32767, 0xffff8000}, {32768, 0xffff7fff, 0x80000000}},
                               {offsetof(Layer, window), {0, 32767, 0xffff8000}, {32768, 0xffff7fff, 0x10000}},
                               {offsetof(Layer, leak), {0, 256, 65280, 65536}, {1, 128, 257, 65535, 65537, 65792, 0x20000}},
                               {offsetof(Layer, input_shift), {0, 15}, {16, ~0U}},
                               {offsetof(Layer, factor), {0, 1, 2}, {3, 5, 6, 7, 0x100}},
                               {offsetof(Layer, span), {0, 1}, {2, ~0U}},
                               {offsetof(Layer, rounding), {0, 1}, {2, 0x100}},
                               {offsetof(Layer, rate), {0, 65535}, {65536, ~0U}},
                               {offsetof(Layer, factor_shift), {0, 15}, {16, ~0U}},
                               {offsetof(Layer, weights_offset), {0, 64, 0xffff0000}, {1, 32, 0xffffffff}},
                               {offsetof(Layer, levels_offset), {0, 64, 0xffffffc0}, {1, 32, 63}}};
  cases.push_back({offsetof(Layer, homeostasis), {0, 65535}, {65536, ~0U}});
  cases.push_back({offsetof(Layer, connection), {0}, {1, 2, 0x100, ~0U}});
  cases.push_back({offsetof(Layer, reset), {0}, {1, 2, 3, 0x100, ~0U}});
  // A dense layer has no shape.
  for (std::size_t offset = offsetof(Layer, source_rows); offset < sizeof(Layer); offset += 4) {
    cases.push_back({offset, {0}, {1, 0x80000000}});
  }
  // A build without further rules takes no others.
  for (const std::size_t offset : {offsetof(Layer, post), offsetof(Layer, trace_shift)}) {
    cases.push_back({offset, {0}, {1, 0x80000000}});
  }
  for (std::size_t layer = 0; layer < 2; ++layer) {
    for (const FieldCase& field_case : cases) {
      const std::size_t offset = kFirst + sizeof(contract::Layer) * layer + field_case.offset;
      for (const std::uint32_t value : field_case.good) {
        Block block = legal();
        std::memcpy(reinterpret_cast<std::byte*>(&block) + offset, &value, 4);
        EXPECT_EQ(check(block, {.count = 0}), Verdict{}) << "offset " << offset << " value " << value;
      }
      for (const std::uint32_t value : field_case.bad) {
        Block block = legal();
        std::memcpy(reinterpret_cast<std::byte*>(&block) + offset, &value, 4);
        EXPECT_EQ(check(block), field(offset)) << "value " << value;
      }
      // The same garbage in a layer that is not used is nobody's business.
      if (layer == 1 && !field_case.bad.empty()) {
        Block block = legal(1);
        std::memcpy(reinterpret_cast<std::byte*>(&block) + offset, &field_case.bad[0], 4);
        EXPECT_EQ(check(block), Verdict{}) << "offset " << offset;
      }
    }
  }
}

TEST_F(ProgramUnit, ChecksFieldsThatDependOnOthersAtTheirOwnPlace) {
  using contract::Factor;
  const auto set_factor = [](contract::Layer& layer, Factor factor) { layer.factor = static_cast<std::uint32_t>(factor); };

  Block block = legal();
  block.header.inputs = kMaxRows;
  block.header.sample_stride = 320;
  block.layers[0].neurons = 8;  // fits the memory
  EXPECT_EQ(check(block), Verdict{});
  block.layers[0].flags = 1;
  EXPECT_EQ(check(block), field(kFirst + offsetof(contract::Layer, flags)));

  block = legal();
  block.header.inputs = 112;
  EXPECT_EQ(check(block), Verdict{});
  block.header.inputs = 113;  // one byte past the stride of 128
  EXPECT_EQ(check(block), field(offsetof(contract::ProgramHeader, sample_stride)));
  block.header.sample_kind = 1;
  EXPECT_EQ(check(block), Verdict{});

  block = legal();
  block.header.classes = 20;
  set_factor(block.layers[0], Factor::kError);
  EXPECT_EQ(check(block), Verdict{});
  block.header.classes = 21;
  EXPECT_EQ(check(block), field(kFirst + offsetof(contract::Layer, factor)));
  set_factor(block.layers[0], Factor::kLevel);
  EXPECT_EQ(check(block), Verdict{});
  set_factor(block.layers[1], Factor::kError);
  EXPECT_EQ(check(block), Verdict{});

  block = legal();
  block.layers[1].span = 1;
  block.layers[1].neurons = kMaxOutputs + 1;
  EXPECT_EQ(check(block), Verdict{}) << "a frozen layer";
  set_factor(block.layers[1], Factor::kLevel);
  EXPECT_EQ(check(block), field(kSecond + offsetof(contract::Layer, span)));
  block.layers[1].neurons = kMaxOutputs;
  EXPECT_EQ(check(block), Verdict{});
}

TEST_F(ProgramUnitWithRules, ChecksTheFieldsOfItsRulesAndRefusesThoseOfOthers) {
  using contract::Factor;
  using Layer = contract::Layer;
  const auto verdict = [&](std::size_t layer, const Layer& fields, std::uint32_t layers) {
    Block block = legal(layers);
    const Layer before = block.layers[layer];
    block.layers[layer] = fields;
    block.layers[layer].neurons = before.neurons;
    block.layers[layer].flags = before.flags;
    return check(block);
  };
  const auto at = [](std::size_t layer, std::size_t offset) {
    return field(kFirst + sizeof(contract::Layer) * layer + offset);
  };
  for (std::uint32_t layers = 1; layers <= kEngines; ++layers) {
    for (std::size_t n = 0; n < layers; ++n) {
      SCOPED_TRACE("layer " + std::to_string(n) + " of " + std::to_string(layers));
      Layer layer{};
      layer.factor = static_cast<std::uint32_t>(Factor::kFeedback);
      EXPECT_EQ(verdict(n, layer, layers), n + 1 == layers ? at(n, offsetof(Layer, factor)) : Verdict{});
      for (const std::uint32_t factor :
           {static_cast<std::uint32_t>(Factor::kCompetition), static_cast<std::uint32_t>(Factor::kFeatures),
            static_cast<std::uint32_t>(Factor::kDiscriminant), 7U, 0x103U}) {
        layer.factor = factor;
        EXPECT_EQ(verdict(n, layer, layers), at(n, offsetof(Layer, factor))) << factor;
      }
      layer = {};
      for (const std::uint32_t post : {0U, 1U, 2U, 3U, 0x100U, ~0U}) {
        layer.post = post;
        EXPECT_EQ(verdict(n, layer, layers), post <= 2 ? Verdict{} : at(n, offsetof(Layer, post))) << post;
      }
      layer = {};
      for (const std::uint32_t span : {0U, 1U}) {
        for (const std::uint32_t shift : {0U, 1U, 3U, 4U, 0x101U, ~0U}) {
          layer.span = span;
          layer.trace_shift = shift;
          EXPECT_EQ(verdict(n, layer, layers), shift <= 3 * span ? Verdict{} : at(n, offsetof(Layer, trace_shift)))
              << "span " << span << " shift " << shift;
        }
      }
      layer = {};
      layer.homeostasis = 1;
      EXPECT_EQ(verdict(n, layer, layers), at(n, offsetof(Layer, homeostasis)));
    }
  }
  // Of several the first in order of address.
  Layer layer{};
  layer.post = 3;
  layer.trace_shift = 4;
  layer.homeostasis = 1;
  EXPECT_EQ(verdict(0, layer, 2), at(0, offsetof(Layer, post)));
  layer.post = 2;
  EXPECT_EQ(verdict(0, layer, 2), at(0, offsetof(Layer, trace_shift)));
  // Each layer has its own span.
  Block block = legal();
  block.layers[0].span = 1;
  block.layers[1].trace_shift = 1;
  EXPECT_EQ(check(block), at(1, offsetof(Layer, trace_shift)));
}

TEST_F(ProgramUnitWithRules, WantsATableForFeedback) {
  Block block = legal();
  block.layers[0].factor = static_cast<std::uint32_t>(contract::Factor::kFeedback);
  block.layers[0].levels_offset = 128;
  EXPECT_EQ(check(block, {.tables = 128 + 10 * 64}), Verdict{});
  std::uint32_t table;
  std::memcpy(&table, port_bytes(module_->layer_tables_o).data(), 4);
  EXPECT_EQ(table, 10U * 64);
  EXPECT_EQ(check(block, {.tables = 128 + 10 * 64 - 1}), (Verdict{Error::kBufferSize, argument::kTables}));
}

TEST_F(ProgramUnit, ACompetitionIsCheckedAtTheFieldsThatItNeeds) {
  using contract::Layer;
  Block block = competing();
  ASSERT_EQ(check(block), Verdict{});
  std::uint16_t rows = 0, stored = 0;
  std::memcpy(&rows, port_bytes(module_->rows_o).data() + 2, 2);
  std::memcpy(&stored, port_bytes(module_->stored_rows_o).data() + 2, 2);
  EXPECT_EQ(rows, 21);
  EXPECT_EQ(stored, 24) << "three rows of 16 bits hold the state";
  std::uint32_t bytes = 0, table = 0;
  std::memcpy(&bytes, port_bytes(module_->layer_weights_o).data() + 4, 4);
  std::memcpy(&table, port_bytes(module_->layer_tables_o).data() + 4, 4);
  EXPECT_EQ(bytes, 24U * 128);
  EXPECT_EQ(table, 10U * 64);
  block.layers[1].span = 1;
  EXPECT_EQ(check(block), Verdict{}) << "all steps for more neurons than others may have";

  constexpr std::size_t factor = kSecond + offsetof(Layer, factor);
  block = competing();
  block.layers[1].input_shift = 7;
  EXPECT_EQ(check(block), field(factor));
  block = competing();
  block.header.flags = 3;
  EXPECT_EQ(check(block), field(factor)) << "it cannot be traced";
  block = competing();
  block.header.layers = 3;
  block.layers[2].neurons = 1;
  EXPECT_EQ(check(block), field(factor)) << "not the last layer";
  block = competing();
  block.layers[1].factor = 0x104;
  EXPECT_EQ(check(block), field(factor));
  block = competing();
  block.layers[1].factor_shift = 9;
  EXPECT_EQ(check(block), field(kSecond + offsetof(Layer, factor_shift)));
  block.layers[1].factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
  block.layers[1].neurons = 20;
  EXPECT_EQ(check(block), Verdict{});
}

TEST_F(ProgramUnitWithoutFurtherRules, RefusesWhatBelongsToThem) {
  using contract::Layer;
  EXPECT_EQ(check(competing()), field(kSecond + offsetof(Layer, factor)));
  for (const std::size_t offset : {offsetof(Layer, post), offsetof(Layer, trace_shift), offsetof(Layer, homeostasis)}) {
    Block block = legal();
    const std::uint32_t value = 1;
    std::memcpy(reinterpret_cast<std::byte*>(&block) + kSecond + offset, &value, 4);
    EXPECT_EQ(check(block), field(kSecond + offset));
  }
  EXPECT_EQ(check(legal()), Verdict{});
}

constexpr auto kGraded = static_cast<std::uint32_t>(contract::SampleKind::kGraded);

TEST_F(ProgramUnitWithGradedSamples, TakesThemInASingleStep) {
  constexpr std::size_t kind = offsetof(contract::ProgramHeader, sample_kind);
  Block block = legal();
  block.header.sample_kind = kGraded;
  for (const std::uint32_t steps : {1U, 2U, 3U, 16U, 17U, kMaxSteps}) {
    block.header.steps = steps;
    EXPECT_EQ(check(block), steps == 1 ? Verdict{} : field(kind)) << steps << " steps";
  }
  block.header.steps = 1;
  for (const std::uint32_t other : {0U, 1U, 3U, 0x102U, 0x80000002U}) {
    block.header.sample_kind = other;
    EXPECT_EQ(check(block), other <= 1 ? Verdict{} : field(kind)) << other;
  }
  block.header.sample_kind = kGraded;
  block.header.inputs = 112;
  EXPECT_EQ(check(block), Verdict{});
  block.header.inputs = 113;
  EXPECT_EQ(check(block), field(offsetof(contract::ProgramHeader, sample_stride))) << "a byte past the stride of 128";
  block.header.steps = 2;
  EXPECT_EQ(check(block), field(kind)) << "the first in order of address";
}

TEST_F(ProgramUnitWithGradedSamples, LearnNothingOverAllSteps) {
  using contract::Factor;
  for (const Factor factor : {Factor::kFrozen, Factor::kLevel, Factor::kError, Factor::kCompetition}) {
    SCOPED_TRACE(contract::name(factor));
    Block block = competing();
    block.layers[1].factor = static_cast<std::uint32_t>(factor);
    block.layers[1].neurons = 20;
    block.header.steps = 1;
    block.layers[1].span = 1;
    EXPECT_EQ(check(block), Verdict{});
    block.header.sample_kind = kGraded;
    EXPECT_EQ(check(block), field(kSecond + offsetof(contract::Layer, span)));
    block.layers[1].span = 0;
    EXPECT_EQ(check(block), Verdict{});
  }
}

TEST_F(ProgramUnitWithoutFurtherRules, RefusesGradedSamples) {
  Block block = legal();
  block.header.steps = 1;
  EXPECT_EQ(check(block), Verdict{});
  block.header.sample_kind = kGraded;
  EXPECT_EQ(check(block), field(offsetof(contract::ProgramHeader, sample_kind)));
}

TEST_F(ProgramUnitWithState, TakesFineLeaksAndEveryReset) {
  for (std::size_t n = 0; n < 2; ++n) {
    const auto verdict = [&](std::size_t offset, std::uint32_t value) {
      Block block = legal();
      std::memcpy(reinterpret_cast<std::byte*>(&block.layers[n]) + offset, &value, 4);
      return check(block);
    };
    constexpr std::size_t leak = offsetof(contract::Layer, leak), reset = offsetof(contract::Layer, reset);
    for (const std::uint32_t value : {0U, 1U, 255U, 32769U, 65535U, 65536U})
      EXPECT_EQ(verdict(leak, value), Verdict{}) << value;
    for (const std::uint32_t value : {65537U, 0x20000U, ~0U})
      EXPECT_EQ(verdict(leak, value), field(kFirst + sizeof(contract::Layer) * n + leak)) << value;
    for (const std::uint32_t value : {0U, 1U, 2U}) EXPECT_EQ(verdict(reset, value), Verdict{}) << value;
    for (const std::uint32_t value : {3U, 4U, 0x101U, 0x80000001U})
      EXPECT_EQ(verdict(reset, value), field(kFirst + sizeof(contract::Layer) * n + reset)) << value;
  }
}

TEST_F(ProgramUnitWithState, KeepsStateOfSamplesThatAreNotGraded) {
  constexpr std::size_t flags = offsetof(contract::ProgramHeader, flags);
  for (const std::uint32_t value : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 12U, 0x80000004U}) {
    for (const std::uint32_t kind : {0U, 1U, kGraded}) {
      Block block = legal();
      block.header.steps = 1;
      block.header.sample_kind = kind;
      block.header.flags = value;
      EXPECT_EQ(check(block), value < (kind == kGraded ? 4U : 8U) ? Verdict{} : field(flags)) << kind << " " << value;
    }
  }
}

TEST_F(ProgramUnitWithState, RowsOfStateFollowThoseOfWeights) {
  Block block = competing();
  for (const std::uint32_t keep : {0U, 4U}) {
    block.header.flags = keep;
    ASSERT_EQ(check(block), Verdict{});
    const std::uint32_t stored[] = {keep != 0 ? 52U : 50U, 24U};
    for (std::size_t n = 0; n < 2; ++n) {
      std::uint16_t rows = 0;
      std::memcpy(&rows, port_bytes(module_->stored_rows_o).data() + 2 * n, 2);
      EXPECT_EQ(rows, stored[n]) << "layer " << n;
      std::uint32_t bytes = 0;
      std::memcpy(&bytes, port_bytes(module_->layer_weights_o).data() + 4 * n, 4);
      EXPECT_EQ(bytes, stored[n] * (n == 0 ? 64 : 128)) << "layer " << n;
    }
  }
}

TEST_F(ProgramUnitWithCurrents, TakesSynapticLeaksOfSamplesThatAreNotGraded) {
  constexpr std::size_t leak = offsetof(contract::Layer, synaptic_leak);
  for (const std::uint32_t kind : {0U, 1U, kGraded}) {
    for (std::size_t n = 0; n < 2; ++n) {
      for (const std::uint32_t value : {0U, 1U, 32768U, 65535U, 65536U, 0x10001U, ~0U}) {
        Block block = legal();
        block.header.steps = 1;
        block.header.sample_kind = kind;
        block.layers[n].synaptic_leak = value;
        const bool legal_value = value <= (kind == kGraded ? 0U : 65535U);
        EXPECT_EQ(check(block), legal_value ? Verdict{} : field(kFirst + sizeof(contract::Layer) * n + leak))
            << kind << " " << value;
      }
    }
  }
}

TEST_F(ProgramUnitWithCurrents, RowsOfCurrentsFollowThoseOfTheOtherState) {
  // A dense layer and 49 positions of a channel, in 16-bit rows: one of potentials, one of spikes, two of currents.
  Block block = legal();
  block.header.inputs = 40;
  block.layers[0].neurons = 64;
  contract::Layer& last = block.layers[1];
  last.flags = 0;
  last.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  last.source_rows = last.source_columns = 8;
  last.source_channels = last.stride = last.channels = 1;
  last.kernel_rows = last.kernel_columns = 2;
  last.neurons = 49;
  for (const std::uint32_t keep : {0U, 4U}) {
    for (const std::uint32_t lasting : {0U, 1U, 2U, 3U}) {
      block.header.flags = keep;
      block.layers[0].synaptic_leak = (lasting & 1) != 0 ? 65535 : 0;
      last.synaptic_leak = (lasting & 2) != 0 ? 1 : 0;
      ASSERT_EQ(check(block), Verdict{});
      const std::uint64_t of_state[] = {keep == 0            ? 0U
                                        : (lasting & 1) != 0 ? 4U
                                                             : 2U,
                                        keep == 0            ? 0U
                                        : (lasting & 2) != 0 ? 4U
                                                             : 2U};
      const std::uint64_t stored[] = {40 + of_state[0], 4 + 49 * of_state[1]};
      for (std::size_t n = 0; n < 2; ++n) {
        std::uint64_t rows = 0;
        std::memcpy(&rows, port_bytes(module_->stored_rows_o).data(), sizeof rows);
        EXPECT_EQ(rows >> 19 * n & 0x7ffff, stored[n]) << keep << " " << lasting << " layer " << n;
        std::uint32_t bytes = 0;
        std::memcpy(&bytes, port_bytes(module_->layer_weights_o).data() + 4 * n, 4);
        EXPECT_EQ(bytes, stored[n] * (n == 0 ? 128 : 64)) << keep << " " << lasting << " layer " << n;
      }
    }
  }
}

TEST_F(ProgramUnitWithState, RefusesSynapticLeaks) {
  constexpr std::size_t leak = offsetof(contract::Layer, synaptic_leak);
  Block block = legal();
  block.layers[1].synaptic_leak = 1;
  EXPECT_EQ(check(block), field(kSecond + leak));
}

constexpr std::size_t kRetrogradeLimit = offsetof(contract::Layer, retrograde_limit);

TEST_F(ProgramUnitWithRetrograde, TakesASignalInLayersOfLevelsAndFeedbackButTheLast) {
  using contract::Factor;
  for (const Factor factor : {Factor::kFrozen, Factor::kLevel, Factor::kError, Factor::kFeedback}) {
    for (std::size_t n = 0; n < 2; ++n) {
      if (n == 1 && factor == Factor::kFeedback) continue;
      for (const std::uint32_t value : {0U, 1U, 255U, 256U, 0x10001U, ~0U}) {
        Block block = legal();
        block.layers[1].factor = static_cast<std::uint32_t>(Factor::kError);
        block.layers[n].factor = static_cast<std::uint32_t>(factor);
        block.layers[n].retrograde_limit = value;
        const bool takes = n == 0 && (factor == Factor::kLevel || factor == Factor::kFeedback);
        EXPECT_EQ(check(block),
                  value <= (takes ? 255U : 0U) ? Verdict{} : field((n == 0 ? kFirst : kSecond) + kRetrogradeLimit))
            << "layer " << n << " factor " << static_cast<unsigned>(factor) << " limit " << value;
      }
    }
  }
}

TEST_F(ProgramUnitWithRetrograde, TakesABaseUpToTheLimitAndAShiftWithOne) {
  Block block = legal();
  block.layers[0].factor = static_cast<std::uint32_t>(contract::Factor::kFeedback);
  block.layers[1].factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
  for (const std::uint32_t limit : {0U, 1U, 200U}) {
    for (const std::uint32_t base : {0U, 1U, limit, limit + 1, 0x100U, ~0U}) {
      for (const std::uint32_t shift : {0U, 1U, 43U, 44U, 64U}) {
        block.layers[0].retrograde_limit = limit;
        block.layers[0].retrograde_base = base;
        block.layers[0].retrograde_shift = shift;
        Verdict expected;
        if (shift > (limit == 0 ? 0U : 43U)) expected = field(kFirst + offsetof(contract::Layer, retrograde_shift));
        if (base > limit) expected = field(kFirst + offsetof(contract::Layer, retrograde_base));
        EXPECT_EQ(check(block), expected) << "limit " << limit << " base " << base << " shift " << shift;
      }
    }
  }
}

TEST_F(ProgramUnitWithRetrograde, WantsADenseLayerBehindThatLearnsFromCoincidences) {
  using contract::Factor;
  for (const std::uint32_t limit : {0U, 1U}) {
    for (const Factor factor : {Factor::kFrozen, Factor::kLevel, Factor::kError, Factor::kFeedback, Factor::kCompetition}) {
      const bool last = factor == Factor::kCompetition;
      Block block = legal(last ? 2 : 3);
      block.layers[0].factor = static_cast<std::uint32_t>(Factor::kLevel);
      block.layers[0].retrograde_limit = limit;
      block.layers[1].factor = static_cast<std::uint32_t>(factor);
      const bool sends = factor != Factor::kFrozen && !last;
      EXPECT_EQ(check(block), sends || limit == 0 ? Verdict{} : field(kSecond + offsetof(contract::Layer, factor)))
          << "limit " << limit << " factor " << static_cast<unsigned>(factor);
    }
    // Four rows of five sources through a kernel of 2 x 2, in front of the layer that sends or in its place.
    Block block = legal();
    for (const std::size_t shaped : {0U, 1U}) {
      block.header.inputs = block.layers[0].neurons = 20;
      block.layers[0].factor = block.layers[1].factor = static_cast<std::uint32_t>(Factor::kLevel);
      block.layers[0].retrograde_limit = limit;
      contract::Layer& layer = block.layers[shaped];
      layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
      layer.source_rows = 4;
      layer.source_columns = 5;
      layer.source_channels = layer.stride = layer.channels = 1;
      layer.kernel_rows = layer.kernel_columns = 2;
      layer.neurons = 12;
      const bool refused = shaped == 1 && limit != 0;
      EXPECT_EQ(check(block), refused ? field(kSecond + offsetof(contract::Layer, connection)) : Verdict{})
          << "limit " << limit << " layer " << shaped;
      block = legal();
    }
  }
}

TEST_F(ProgramUnitWithCurrents, RefusesARetrogradeSignal) {
  Block block = legal();
  block.layers[0].factor = block.layers[1].factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
  for (std::size_t word = 0; word < 3; ++word) {
    auto* const fields = reinterpret_cast<std::uint32_t*>(reinterpret_cast<std::byte*>(&block.layers[0]) + kRetrogradeLimit);
    fields[word] = 1;
    EXPECT_EQ(check(block), field(kFirst + kRetrogradeLimit + 4 * word));
    fields[word] = 0;
  }
}

TEST_F(ProgramUnit, ABusErrorAnywhereInTheBlockComesFirst) {
  Block block = legal();
  block.header.magic = 0;
  for (const std::size_t word : {0U, 17U, 79U}) {
    EXPECT_EQ(check(block, {}, word), (Verdict{Error::kBusRead, argument::kProgram}));
  }
  EXPECT_EQ(check(legal()), Verdict{});
}

bool competes(const contract::Layer& layer) {
  return layer.factor == static_cast<std::uint32_t>(contract::Factor::kCompetition);
}

/// Steps 4 and 5 of a run.
Verdict twin(const Block& block, const Sizes& sizes) {
  const auto& header = block.header;
  std::uint64_t before = header.inputs;
  std::uint64_t trace = 0;
  std::vector<std::uint64_t> rows;
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    const std::uint32_t kept = (header.flags & 4) != 0 ? 2 : 0;
    rows.push_back(before + block.layers[n].flags + (competes(block.layers[n]) ? 3 : kept));
    before = block.layers[n].neurons;
    trace += header.steps * align(2 * before);
    if (rows[n] * ((before + kLanes - 1) / kLanes) > kWeightDepth) return {Error::kCapacity, n};
  }
  for (std::uint32_t n = 0; n < header.layers; ++n) {
    const contract::Layer& layer = block.layers[n];
    if (layer.weights_offset + rows[n] * align(layer.neurons * kWeightBytes) > sizes.weights)
      return {Error::kBufferSize, argument::kWeights};
    if ((layer.factor == 1 || competes(layer)) && layer.levels_offset + header.classes * align(layer.neurons) > sizes.tables)
      return {Error::kBufferSize, argument::kTables};
  }
  if (std::uint64_t{sizes.count} * header.sample_stride > sizes.samples) return {Error::kBufferSize, argument::kSamples};
  if (kRecords + sizes.count * align(16 + 4 * before) > sizes.results) return {Error::kBufferSize, argument::kResults};
  if ((header.flags & 2) != 0 && sizes.count * trace > sizes.trace) return {Error::kBufferSize, argument::kTrace};
  return {};
}

template <class Model>
class ProgramUnits : public Unit<Model> {};
using Models = ::testing::Types<Vprogram, Vprogram_state>;
TYPED_TEST_SUITE(ProgramUnits, Models);

TYPED_TEST(ProgramUnits, FindsWhatDoesNotFitAsItsTwinDoes) {
  constexpr bool kState = std::is_same_v<TypeParam, Vprogram_state>;
  constexpr unsigned kSeed = 5;
  std::mt19937 random{kSeed};
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  unsigned seen[8] = {};
  for (unsigned turn = 0; turn < 1500; ++turn) {
    Block block = this->legal(1 + random() % 3);
    block.header.flags = random() % (kState ? 8 : 4);
    block.header.inputs = 1 + random() % 112;
    block.header.sample_stride = 64 * (2 + random() % 3);
    if (random() % 8 == 0) block.header.sample_stride = 0xffffc0;
    for (std::uint32_t n = 0; n < block.header.layers; ++n) {
      block.layers[n].neurons = 1 + random() % (random() % 8 == 0 ? kMaxNeurons : 60);
      block.layers[n].flags = random() % 2;
      block.layers[n].factor = random() % 2;
      if (n + 1 == block.header.layers && (block.header.flags & 2) == 0 && random() % 3 == 0) {
        block.layers[n].factor = static_cast<std::uint32_t>(contract::Factor::kCompetition);
      }
      block.layers[n].weights_offset = random() % 16 == 0 ? 0xffffff00 : 64 * (random() % 8);
      block.layers[n].levels_offset = random() % 16 == 0 ? 0xffffff00 : 64 * (random() % 8);
    }
    Sizes sizes;
    sizes.count = random() % 4;
    if (random() % 16 == 0) sizes.count = random();
    // Raise the sizes to what is needed, or to one byte less, one after the other.
    sizes.weights = sizes.tables = sizes.samples = sizes.results = sizes.trace = 0;
    std::uint32_t* const by_argument[] = {nullptr, &sizes.weights, &sizes.tables, &sizes.samples, &sizes.results, &sizes.trace};
    for (unsigned guard = 0; guard < 8; ++guard) {
      const Verdict verdict = twin(block, sizes);
      if (verdict.error != Error::kBufferSize) break;
      std::uint32_t& size = *by_argument[verdict.detail];
      // The least size that is enough, if there is one.
      std::uint64_t low = size, high = 0x1'0000'0000;
      while (low < high) {
        const std::uint64_t middle = (low + high) / 2;
        size = static_cast<std::uint32_t>(middle);
        if (middle <= 0xffffffff && twin(block, sizes) == verdict) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      if (low > 0xffffffff) {
        size = ~0U;
        break;
      }
      size = static_cast<std::uint32_t>(low);
      if (random() % 6 == 0) {
        --size;
        break;
      }
    }
    const Verdict expected = twin(block, sizes);
    EXPECT_EQ(this->check(block, sizes), expected) << "turn " << turn;
    ++seen[expected.error == Error::kBufferSize ? expected.detail : expected.error == Error::kCapacity ? 6 : 7];
  }
  for (const unsigned kind : {1, 2, 3, 4, 5, 6, 7}) EXPECT_GT(seen[kind], 5U) << "kind " << kind << " was not tried";
}

}  // namespace
}  // namespace phasic::testing::program_test
