// SPDX-License-Identifier: Apache-2.0
// Whole runs over a memory, as section 6 of the specification has them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <string>

#include "driver/engine/banked_memory.hpp"
#include "sim/reference/engine.hpp"
#include "tests/sim/reference/random_network.hpp"

namespace phasic::reference::test {
namespace {

namespace argument = contract::argument;
namespace reg = contract::reg;
using contract::Error;

/// Where the records of a run begin.
constexpr std::size_t kRecords = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);

TEST(Core, TakesRatesThatALayerRecordMayHoldAndNamesOthers) {
  Program program;
  program.inputs = 4;
  program.layers = {LayerProgram{.rows = 4, .neurons = 2}};
  const auto core = make_plain_core(program);
  core->set_rate(0, contract::kLayerRateMaximum, contract::kLayerFactorShiftMaximum);
  EXPECT_EQ(core->program().layers[0].rate, contract::kLayerRateMaximum);
  EXPECT_EQ(core->program().layers[0].factor_shift, contract::kLayerFactorShiftMaximum);
  const auto refused = [&](std::uint32_t rate, std::uint32_t factor_shift) -> std::string {
    try {
      core->set_rate(0, rate, factor_shift);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refused(contract::kLayerRateMaximum + 1, 0), "rate is 65536: it must be 0 to 65535");
  EXPECT_EQ(refused(0, contract::kLayerFactorShiftMaximum + 1), "factor_shift is 16: it must be 0 to 15");
  EXPECT_EQ(core->program().layers[0].rate, contract::kLayerRateMaximum);
}

/// Everything that a run needs, laid out in memory.
struct Case {
  contract::Limits limits;
  contract::ProgramHeader header;
  std::vector<contract::Layer> layers;
  std::array<std::vector<std::byte>, 6> buffers;  ///< by argument id; the program is made from header and layers
  std::array<std::uint64_t, 6> address{0x1000'0000, 0x1100'0000, 0x1200'0000, 0x1300'0000, 0x3'1400'0000, 0x1500'0000};
  std::array<std::uint32_t, 6> bytes{};  ///< sizes told to the kernel
  std::uint32_t sample_count = 0;
  std::uint32_t first_sample = 0;
};

struct Outcome {
  Fault fault;
  std::uint32_t samples_fetched = 0;
  std::uint32_t samples_done = 0;
  contract::ResultsHeader header;
  std::array<contract::LayerCounters, contract::kMaxLayers> counters;
  std::array<std::vector<std::byte>, 6> buffers;
  std::uint64_t refused = 0;  ///< accesses outside the buffers
};

contract::Layer descriptor(const LayerProgram& layer) {
  contract::Layer block;
  block.neurons = layer.neurons;
  block.flags = (layer.bias ? contract::kLayerFlagsBias : 0) | (layer.two_sided ? contract::kLayerFlagsTwoSided : 0);
  block.threshold = layer.threshold;
  block.window = layer.window;
  block.leak = layer.leak;
  block.reset = static_cast<std::uint32_t>(layer.reset);
  block.input_shift = layer.input_shift;
  block.factor = static_cast<std::uint32_t>(layer.factor);
  block.span = static_cast<std::uint32_t>(layer.span);
  block.rounding = static_cast<std::uint32_t>(layer.rounding);
  block.rate = layer.rate;
  block.factor_shift = layer.factor_shift;
  block.weights_offset = layer.weights_offset;
  block.levels_offset = layer.levels_offset;
  block.post = static_cast<std::uint32_t>(layer.post);
  block.trace_shift = layer.trace_shift;
  block.homeostasis = layer.homeostasis;
  block.connection = static_cast<std::uint32_t>(layer.connection);
  block.source_rows = layer.shape.source_rows;
  block.source_columns = layer.shape.source_columns;
  block.source_channels = layer.shape.source_channels;
  block.pool = layer.shape.pool;
  block.padding = layer.shape.padding;
  block.stride = layer.shape.stride;
  block.kernel_rows = layer.shape.kernel_rows;
  block.kernel_columns = layer.shape.kernel_columns;
  block.channels = layer.shape.channels;
  block.grid = layer.grid;
  block.answer_scale = layer.answer_scale;
  block.answer_shift = layer.answer_shift;
  block.memory_offset = layer.memory_offset;
  block.target_shift = layer.target_shift;
  return block;
}

std::vector<std::byte> sample_block(const Program& program, const OwnedSample& sample, bool gates) {
  std::vector<std::byte> block(program.sample_stride);
  contract::SampleHeader header;
  header.label = sample.label;
  header.flags = sample.learn ? 1 : 0;
  const bool gated = gates && sample.gated;
  if (gated) header.flags |= 2;
  if (sample.restart) header.flags |= 4;
  header.open = gated ? static_cast<std::uint32_t>(sample.open.size()) : 0;
  const bool events = program.sample_kind == contract::SampleKind::kEvent;
  header.length = static_cast<std::uint32_t>(events ? sample.events.size() : sample.intensities.size());
  std::memcpy(block.data(), &header, sizeof header);
  if (gated) std::memcpy(block.data() + sizeof header, sample.open.data(), 4 * sample.open.size());
  std::byte* const payload = block.data() + sizeof header + 4 * header.open;
  if (events) {
    std::memcpy(payload, sample.events.data(), 4 * sample.events.size());
  } else {
    std::memcpy(payload, sample.intensities.data(), sample.intensities.size());
  }
  return block;
}

Case make_case(Generator& generator, const Program& program, std::uint32_t samples, bool gates = false) {
  Case c;
  c.limits.weight_width = program.weight_width;
  c.limits.max_rows = 65528;
  c.limits.max_neurons = 65535;
  c.limits.max_outputs = 65535;
  c.limits.max_events = 1 << 20;
  c.limits.weight_depth = 1 << 20;
  c.limits.rules |=
      contract::kRulesState | contract::kRulesConvolution | contract::kRulesFeatures | contract::kRulesDiscriminant;
  c.header.magic = contract::kProgramMagic;
  c.header.version = contract::kContractVersion;
  c.header.seed_low = static_cast<std::uint32_t>(program.seed);
  c.header.seed_high = static_cast<std::uint32_t>(program.seed >> 32);
  c.header.inputs = program.inputs;
  c.header.layers = static_cast<std::uint32_t>(program.layers.size());
  c.header.steps = program.steps;
  c.header.classes = program.classes;
  c.header.sample_kind = static_cast<std::uint32_t>(program.sample_kind);
  c.header.sample_stride = program.sample_stride;
  c.header.flags = (program.learn ? 1U : 0U) | (program.trace ? 2U : 0U) | (program.keep ? 4U : 0U);
  auto& weights = c.buffers[argument::kWeights];
  auto& tables = c.buffers[argument::kTables];
  for (const LayerProgram& layer : program.layers) {
    c.layers.push_back(descriptor(layer));
    weights.resize(layer.weights_offset + weight_bytes(program, layer));
    for (std::size_t k = layer.weights_offset; k < weights.size(); ++k)
      weights[k] = static_cast<std::byte>(generator() % 64 - 28);
    if (has_memory(layer)) {
      weights.resize(layer.memory_offset);
      const std::vector<std::byte> memory = random_memory(generator, layer);
      weights.insert(weights.end(), memory.begin(), memory.end());
    }
    tables.resize(layer.levels_offset + level_bytes(program, layer));
    for (std::size_t k = layer.levels_offset; k < tables.size(); ++k) tables[k] = static_cast<std::byte>(generator());
  }
  for (std::uint32_t n = 0; n < samples; ++n) {
    const auto block = sample_block(program, random_sample(generator, program), gates);
    c.buffers[argument::kSamples].insert(c.buffers[argument::kSamples].end(), block.begin(), block.end());
  }
  c.buffers[argument::kProgram].resize(kProgramBytes);
  c.buffers[argument::kResults].resize(kRecords + samples * record_bytes(program), std::byte{0xee});
  c.buffers[argument::kTrace].resize(program.trace ? samples * trace_bytes(program) : 0, std::byte{0xee});
  for (std::size_t id = 0; id < 6; ++id) c.bytes[id] = static_cast<std::uint32_t>(c.buffers[id].size());
  c.sample_count = samples;
  c.first_sample = 77;
  return c;
}

using Plant = std::function<void(engine::BankedMemory&)>;

Outcome run(Case c, bool plain = true, const Plant& plant = {}) {
  engine::BankedMemory memory;
  auto& program = c.buffers[argument::kProgram];
  if (program.size() >= kProgramBytes) {
    std::memcpy(program.data(), &c.header, sizeof c.header);
    std::memcpy(program.data() + sizeof c.header, c.layers.data(), c.layers.size() * sizeof(contract::Layer));
  }
  for (std::size_t id = 0; id < 6; ++id) {
    if (c.buffers[id].empty()) continue;
    const std::uint64_t base = c.address[id] / 64 * 64;
    memory.add_bank(base, c.buffers[id].size());
    std::memcpy(memory.bank(base).data(), c.buffers[id].data(), c.buffers[id].size());
  }
  if (plant) plant(memory);
  const auto engine = make_reference_engine(memory, c.limits, plain);
  for (std::uint32_t id = 0; id < 6; ++id) {
    engine->write_register(contract::kArguments[id].offset, static_cast<std::uint32_t>(c.address[id]));
    engine->write_register(contract::kArguments[id].offset + 4, static_cast<std::uint32_t>(c.address[id] >> 32));
    engine->write_register(contract::kArguments[id + 6].offset, c.bytes[id]);
  }
  engine->write_register(reg::kSampleCount, c.sample_count);
  engine->write_register(reg::kFirstSample, c.first_sample);
  EXPECT_EQ(engine->read_register(reg::kControl), 0b0100U) << "idle before the run";
  engine->write_register(reg::kControl, 1);
  EXPECT_EQ(engine->read_register(reg::kControl) & 0b111, 0b001U) << "running";
  while (engine->advance(1)) {
  }
  EXPECT_EQ(engine->read_register(reg::kControl), 0b1110U) << "done, idle and ready";
  EXPECT_EQ(engine->read_register(reg::kControl), 0b0100U) << "done clears when it is read";
  EXPECT_EQ(engine->read_register(reg::kPhase), 0U);

  Outcome outcome;
  outcome.fault = {static_cast<Error>(engine->read_register(reg::kError)), engine->read_register(reg::kErrorDetail),
                   engine->read_register(reg::kErrorSample)};
  outcome.samples_fetched = engine->read_register(reg::kSamplesFetched);
  outcome.samples_done = engine->read_register(reg::kSamplesDone);
  outcome.refused = memory.errors();
  for (std::size_t id = 0; id < 6; ++id) {
    if (c.buffers[id].empty()) continue;
    const auto bank = memory.bank(c.address[id] / 64 * 64);
    outcome.buffers[id].assign(bank.begin(), bank.end());
  }
  const auto& results = outcome.buffers[argument::kResults];
  if (results.size() >= kRecords) {
    std::memcpy(&outcome.header, results.data(), sizeof outcome.header);
    std::memcpy(outcome.counters.data(), results.data() + 256, sizeof outcome.counters);
  }
  return outcome;
}

/// 20 inputs, a hidden and an output layer; intensities.
Program small_program() {
  Program program;
  program.seed = 3;
  program.inputs = 20;
  program.steps = 5;
  program.classes = 3;
  program.sample_stride = 64;
  program.learn = true;
  LayerProgram hidden{.rows = 21, .neurons = 12, .bias = true, .threshold = 60, .leak = 51 * 256};
  hidden.factor = contract::Factor::kLevel;
  hidden.rate = 3000;
  LayerProgram output{.rows = 12, .neurons = 3, .threshold = 30, .leak = 51 * 256};
  output.factor = contract::Factor::kError;
  output.span = contract::Span::kAllSteps;
  output.rate = 9000;
  output.weights_offset = 21 * 64;
  output.levels_offset = 3 * 64;
  program.layers = {hidden, output};
  return program;
}

Case small_case(std::uint32_t samples = 4) {
  Generator generator(11);
  Case c = make_case(generator, small_program(), samples);
  c.limits = {};
  return c;
}

void expect_fault(const Outcome& outcome, Error error, std::uint32_t detail, const std::string& what) {
  EXPECT_EQ(name(outcome.fault.error), name(error)) << what;
  EXPECT_EQ(outcome.fault.detail, detail) << what;
}

TEST(KernelRun, LearnsAndTellsItInHeaderCountersAndRecords) {
  const Case c = small_case();
  const Outcome outcome = run(c);
  EXPECT_EQ(outcome.fault, Fault{});
  EXPECT_EQ(outcome.header.magic, contract::kResultsMagic);
  EXPECT_EQ(outcome.header.version, 3U);
  EXPECT_EQ(outcome.header.samples_done, 4U);
  EXPECT_EQ(outcome.samples_done, 4U);
  EXPECT_EQ(outcome.samples_fetched, 4U);
  EXPECT_EQ(outcome.header.first_sample, 77U);
  EXPECT_EQ(outcome.counters[0].events, outcome.header.input_events + 4 * 5) << "the bias row spikes at every step";
  EXPECT_EQ(outcome.counters[0].synaptic_operations, 12 * outcome.counters[0].events);
  EXPECT_EQ(outcome.counters[1].events, outcome.counters[0].spikes);
  EXPECT_EQ(outcome.counters[2], contract::LayerCounters{});
  EXPECT_NE(outcome.buffers[argument::kWeights], c.buffers[argument::kWeights]);
  for (std::uint32_t n = 0; n < 4; ++n) {
    contract::ResultRecord record;
    std::memcpy(&record, outcome.buffers[argument::kResults].data() + kRecords + 64 * n, sizeof record);
    EXPECT_EQ(record.sample, 77 + n);
    EXPECT_LT(record.prediction, 3);
    EXPECT_EQ(record.reserved, 0U);
  }
  EXPECT_EQ(outcome.refused, 0U);
}

TEST(KernelRun, ASerialBuildRefusesWhatItCannotDo) {
  Case c = small_case();
  for (contract::Layer& layer : c.layers) layer.post = layer.trace_shift = 0;
  const Outcome wide = run(c);
  ASSERT_EQ(wide.fault, Fault{});
  c.limits.lanes = 8;
  c.limits.engines = 2;
  c.limits.max_neurons = 128;
  c.limits.max_classes = 16;
  c.limits.max_outputs = 16;
  c.limits.rules = contract::kRulesSerial;
  c.limits.weight_depth = 54;  // 21 rows of two words and 12 of one
  const Outcome serial = run(c);
  EXPECT_EQ(serial.fault, Fault{});
  EXPECT_EQ(serial.buffers, wide.buffers);

  Case other = c;
  other.limits.weight_depth = 53;
  expect_fault(run(other), Error::kCapacity, 1, "words of both layers");
  other.limits.rules = 0;
  EXPECT_EQ(run(other).fault, Fault{}) << "layers of other builds have memories of their own";

  other = c;
  other.header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kEvent);
  expect_fault(run(other), Error::kProgramField, offsetof(contract::ProgramHeader, sample_kind), "address events");
  other = c;
  other.header.flags |= 2;
  expect_fault(run(other), Error::kProgramField, offsetof(contract::ProgramHeader, flags), "trace");

  other = c;
  other.limits.weight_depth = 16384;
  other.layers[0].flags = 1;
  other.layers[0].span = static_cast<std::uint32_t>(contract::Span::kAllSteps);
  other.header.inputs = contract::kSerialHistoryRows - 1;
  other.header.sample_stride = 320;
  expect_fault(run(other), Error::kBufferSize, argument::kWeights, "as many rows as can learn from all steps");
  other.header.inputs = contract::kSerialHistoryRows;
  expect_fault(run(other), Error::kProgramField, sizeof(contract::ProgramHeader) + offsetof(contract::Layer, span),
               "one row more");

  other = c;
  other.limits.weight_depth = 16384;
  other.header.classes = 16;
  other.layers[0].neurons = 128;
  other.layers[1].neurons = 1;
  for (contract::Layer& layer : other.layers) {
    layer.factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
    layer.span = 0;
  }
  expect_fault(run(other), Error::kCapacity, 1, "levels of both layers");
  other.layers[1].factor = static_cast<std::uint32_t>(contract::Factor::kFrozen);
  expect_fault(run(other), Error::kBufferSize, argument::kWeights, "as many levels as there is room for");
}

TEST(KernelRun, PaddingOfWeightsIsIgnoredAndWrittenAsZero) {
  const Case c = small_case();
  Case other = c;
  for (std::size_t k = 0; k < other.buffers[argument::kWeights].size(); ++k) {
    if (k % 64 >= (k < 21 * 64 ? 12 : 3)) other.buffers[argument::kWeights][k] = std::byte{0x55};
  }
  for (const bool plain : {true, false}) {
    const Outcome outcome = run(c, plain);
    EXPECT_EQ(run(other, plain).buffers[argument::kWeights], outcome.buffers[argument::kWeights]);
    EXPECT_EQ(run(other, plain).buffers[argument::kResults], outcome.buffers[argument::kResults]);
    for (std::size_t row = 0; row < 21; ++row) {
      for (std::size_t k = 12; k < 64; ++k) ASSERT_EQ(outcome.buffers[argument::kWeights][row * 64 + k], std::byte{0});
    }
  }
}

TEST(KernelRun, WithoutTheFlagNothingIsLearnedOrWrittenBack) {
  Case c = small_case();
  c.header.flags = 0;
  const Outcome outcome = run(c);
  EXPECT_EQ(outcome.fault, Fault{});
  EXPECT_EQ(outcome.buffers[argument::kWeights], c.buffers[argument::kWeights]);
  EXPECT_EQ(outcome.header.samples_learned, 0U);
  EXPECT_EQ(outcome.counters[0].update_rows, 0U);
}

TEST(KernelRun, NoSamplesStillChecksLoadsAndWritesBack) {
  Case c = small_case();
  c.sample_count = 0;
  const Outcome outcome = run(c);
  EXPECT_EQ(outcome.fault, Fault{});
  EXPECT_EQ(outcome.header.samples_done, 0U);
  EXPECT_EQ(outcome.buffers[argument::kWeights][12], std::byte{0}) << "written back, so padding is 0";
}

TEST(KernelRun, EveryProgramFieldIsChecked) {
  constexpr std::uint32_t kBase = 64;
  struct Illegal {
    std::uint32_t offset;
    std::vector<std::uint32_t> values;
  };
  const auto number = [](std::int32_t value) { return static_cast<std::uint32_t>(value); };
  std::vector<Illegal> illegal{{0, {0, 0x43534851}},
                               {4, {0, 1, 2, 4}},
                               {16, {0, 1025}},
                               {20, {0, 5}},
                               {24, {0, 33}},
                               {28, {0, 65}},
                               {32, {2}},
                               {36, {0, 32, 65, 1U << 24, 1U << 31}},
                               {40, {4, 5, 8, 1U << 31}}};
  for (std::uint32_t word = 44; word < 64; word += 4) illegal.push_back({word, {1}});
  for (const std::uint32_t base : {kBase, kBase + static_cast<std::uint32_t>(sizeof(contract::Layer))}) {
    illegal.push_back({base + 0, {0, 1025}});
    illegal.push_back({base + 4, {2, 4, 8, 16}});
    illegal.push_back({base + 8, {number(-32769), 32768}});
    illegal.push_back({base + 12, {number(-32769), 32768}});
    illegal.push_back({base + 16, {1, 257, 65535, 65792}});
    illegal.push_back({base + 20, {16}});
    illegal.push_back({base + 24, {base == kBase ? 4U : 3U, 5}});
    illegal.push_back({base + 28, {2}});
    illegal.push_back({base + 32, {2}});
    illegal.push_back({base + 36, {65536}});
    illegal.push_back({base + 40, {16}});
    illegal.push_back({base + 44, {32, 63}});
    illegal.push_back({base + 48, {32, 1}});
    illegal.push_back({base + 52, {3}});
    illegal.push_back({base + 56, {4}});
    illegal.push_back({base + 60, {65536}});
    illegal.push_back({base + 64, {1, 2, 256}});
    illegal.push_back({base + 68, {1, 2, 3}});
    for (std::uint32_t word = 72; word < sizeof(contract::Layer); word += 4) illegal.push_back({base + word, {1}});
  }
  for (const Illegal& field : illegal) {
    for (const std::uint32_t value : field.values) {
      Case c = small_case();
      c.limits.rules &= ~contract::kRulesState;
      auto* const bytes = field.offset < kBase ? reinterpret_cast<std::byte*>(&c.header) + field.offset
                                               : reinterpret_cast<std::byte*>(c.layers.data()) + field.offset - kBase;
      std::memcpy(bytes, &value, sizeof value);
      const Outcome outcome = run(c);
      expect_fault(outcome, Error::kProgramField, field.offset,
                   "offset " + std::to_string(field.offset) + ", " + std::to_string(value));
      EXPECT_EQ(outcome.header.error, static_cast<std::uint32_t>(Error::kProgramField)) << "told in the results header too";
      EXPECT_EQ(outcome.header.error_detail, field.offset);
      EXPECT_EQ(outcome.buffers[argument::kWeights], c.buffers[argument::kWeights]);
    }
  }
}

TEST(KernelRun, FieldsThatDependOnOthersAreToldAtTheirOwnPlace) {
  Case rows = small_case();
  rows.limits.max_rows = 20;
  expect_fault(run(rows), Error::kProgramField, 64 + 4, "20 inputs and a bias are more than 20 rows");
  Case stride = small_case();
  stride.header.inputs = 49;
  expect_fault(run(stride), Error::kProgramField, 36, "49 inputs do not fit a stride of 64");
  Case classes = small_case();
  classes.header.classes = 4;
  expect_fault(run(classes), Error::kProgramField, 256 + 24, "factor error needs a neuron a class");
  Case span = small_case();
  span.limits.max_outputs = 2;
  expect_fault(run(span), Error::kProgramField, 256 + 28, "too many neurons for all_steps");
  span.layers[1].factor = 0;
  EXPECT_EQ(run(span).fault, Fault{}) << "a frozen layer may have any span";
}

TEST(KernelRun, CompetitionHasLimitsOfItsOwn) {
  Case c = small_case();
  c.header.flags = 1;
  contract::Layer& layer = c.layers[1];
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kCompetition);
  layer.span = 0;
  layer.input_shift = 6;
  layer.factor_shift = 8;
  for (const std::uint32_t id : {argument::kTables, argument::kWeights}) {
    c.buffers[id].resize(std::size_t{1} << 16);
    c.bytes[id] = 1U << 16;
  }
  EXPECT_EQ(run(c).fault, Fault{});
  const auto refused = [&c](auto change, std::uint32_t detail, const char* why) {
    Case changed = c;
    change(changed);
    expect_fault(run(changed), Error::kProgramField, detail, why);
  };
  constexpr std::uint32_t kFactor = 256 + 24;
  refused([](Case& k) { k.layers[1].input_shift = 7; }, kFactor, "input_shift is at most 6");
  refused([](Case& k) { k.header.flags = 3; }, kFactor, "it cannot be traced");
  refused([](Case& k) { k.limits.rules = 3; }, kFactor, "the build has no competition");
  refused([](Case& k) { k.layers[1].factor_shift = 9; }, 256 + 40, "factor_shift is at most 8");
  Case buffer = c;
  const auto rows = c.layers[0].neurons + (layer.flags & 1);
  buffer.bytes[argument::kWeights] = layer.weights_offset + 64 * (rows + 6) - 1;
  expect_fault(run(buffer), Error::kBufferSize, argument::kWeights, "squares and wins follow the weights");
}

TEST(KernelRun, RulesThatABuildLacksAreRefused) {
  const auto refused = [](std::uint32_t rules, auto change, std::uint32_t detail) {
    Case c = small_case();
    change(c);
    EXPECT_EQ(run(c).fault.error, Error::kNone) << detail;
    c.limits.rules = rules;
    expect_fault(run(c), Error::kProgramField, detail, "");
  };
  refused(
      6, [](Case& c) { c.layers[0].post = 1; }, 64 + 52);
  refused(
      6,
      [](Case& c) {
        c.layers[1].span = 1;
        c.layers[1].trace_shift = 2;
      },
      256 + 56);
  refused(
      5, [](Case& c) { c.layers[0].factor = 3; }, 64 + 24);
  refused(
      3, [](Case& c) { c.layers[0].homeostasis = 1; }, 64 + 60);
}

/// A small case whose first layer, 3 x 4 positions of a kernel, draws its levels.
Case drawing_case(std::uint32_t flags) {
  Case c = small_case();
  c.limits.rules |= contract::kRulesDrawn | contract::kRulesConvolution;
  contract::Layer& layer = c.layers[0];
  layer.flags |= flags;
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
  layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  layer.source_rows = 4;
  layer.source_columns = 5;
  layer.source_channels = layer.stride = layer.channels = 1;
  layer.kernel_rows = layer.kernel_columns = 2;
  layer.levels_offset = 0;
  c.buffers[argument::kTables].resize(1024);
  c.bytes[argument::kTables] = 1024;
  return c;
}

TEST(KernelRun, LevelsThatAreDrawnHaveFieldsAndSizesOfTheirOwn) {
  constexpr std::uint32_t kDrawn = contract::kLayerFlagsDrawn, kByChannel = contract::kLayerFlagsByChannel;
  for (const std::uint32_t flags : {0U, kDrawn, kDrawn | kByChannel})
    EXPECT_EQ(run(drawing_case(flags)).fault, Fault{}) << flags;
  const auto refused = [](std::uint32_t flags, auto change, std::uint32_t detail, const char* why) {
    Case c = drawing_case(flags);
    change(c);
    expect_fault(run(c), Error::kProgramField, detail, why);
  };
  const auto nothing = [](Case&) {};
  const auto without_rule = [](Case& c) { c.limits.rules &= ~contract::kRulesDrawn; };
  const auto dense = [](Case& c) {
    contract::Layer& layer = c.layers[0];
    layer.connection = layer.source_rows = layer.source_columns = layer.source_channels = layer.stride = 0;
    layer.kernel_rows = layer.kernel_columns = layer.channels = 0;
  };
  refused(kByChannel, nothing, 64 + 4, "levels of a table are no affair of the kernel's");
  refused(kDrawn, without_rule, 64 + 4, "the build draws none");
  refused(kDrawn | kByChannel, without_rule, 64 + 4, "the build draws none");
  refused(
      kDrawn, [](Case& c) { c.layers[0].factor = 0; }, 64 + 24, "a frozen layer has no levels");
  refused(
      0, [](Case& c) { c.layers[1].flags |= kDrawn; }, 256 + 24, "nor has one with factor error");
  refused(kDrawn | kByChannel, dense, 64 + 64, "a dense layer has no channels");
  Case c = drawing_case(kDrawn);
  dense(c);
  EXPECT_EQ(run(c).fault, Fault{});
  // 768 bytes and four for each of three classes.
  c.bytes[argument::kTables] = 832;
  EXPECT_EQ(run(c).fault, Fault{});
  c.bytes[argument::kTables] = 831;
  expect_fault(run(c), Error::kBufferSize, argument::kTables, "the recipe does not fit");
  c.bytes[argument::kTables] = 832;
  const auto broken = [&](engine::BankedMemory& memory) { memory.fail_reads(c.address[argument::kTables] + 768, 64); };
  const Outcome outcome = run(c, true, broken);
  EXPECT_EQ(outcome.fault.error, Error::kBusRead);
  EXPECT_EQ(outcome.fault.detail, argument::kTables);
}

/// A small case whose first layer takes the retrograde signal of the second.
Case retrograde_case() {
  Case c = small_case();
  c.limits.rules |= contract::kRulesRetrograde | contract::kRulesConvolution | contract::kRulesCompetition;
  contract::Layer& layer = c.layers[0];
  layer.factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
  layer.retrograde_limit = layer.retrograde_base = 255;
  layer.retrograde_shift = 43;
  c.buffers[argument::kTables].resize(4096);
  c.bytes[argument::kTables] = 4096;
  return c;
}

TEST(KernelRun, TheRetrogradeSignalHasFieldsOfItsOwn) {
  EXPECT_EQ(run(retrograde_case()).fault, Fault{});
  const auto refused = [](auto change, std::uint32_t detail, const char* why) {
    Case c = retrograde_case();
    change(c);
    expect_fault(run(c), Error::kProgramField, detail, why);
  };
  refused([](Case& c) { c.limits.rules &= ~contract::kRulesRetrograde; }, 64 + 132, "the build has none");
  refused([](Case& c) { c.layers[0].retrograde_limit = 256; }, 64 + 132, "a share has 8 bits");
  refused([](Case& c) { c.layers[0].retrograde_limit = 254; }, 64 + 136, "the base is above the limit");
  refused([](Case& c) { c.layers[0].retrograde_shift = 44; }, 64 + 140, "the shift is at most 43");
  refused([](Case& c) { c.layers[0].retrograde_limit = c.layers[0].retrograde_base = 0; }, 64 + 140, "a shift without a limit");
  refused([](Case& c) { c.layers[0].retrograde_limit = 0; }, 64 + 136, "a base without a limit");
  refused([](Case& c) { c.layers[0].factor = static_cast<std::uint32_t>(contract::Factor::kFrozen); }, 64 + 132,
          "a frozen layer has no factor");
  refused(
      [](Case& c) {
        c.layers[1].factor = static_cast<std::uint32_t>(contract::Factor::kLevel);
        c.layers[1].retrograde_limit = 1;
      },
      256 + 132, "there is no layer behind the last one");
  for (const auto factor : {contract::Factor::kFrozen, contract::Factor::kCompetition}) {
    refused([=](Case& c) { c.layers[1].factor = static_cast<std::uint32_t>(factor); }, 256 + 24, "the layer behind sends none");
  }
  refused([](Case& c) { c.layers[1].connection = static_cast<std::uint32_t>(contract::Connection::kConvolution); }, 256 + 64,
          "nor does a convolution");
}

TEST(KernelRun, StateHasFieldsOfItsOwn) {
  constexpr std::uint32_t kKeep = contract::kProgramHeaderFlagsKeep;
  constexpr std::uint32_t kRestart = contract::kSampleHeaderFlagsRestart;
  Case c = small_case();
  c.limits.rules |= contract::kRulesState;
  const auto changed = [&](auto change) {
    Case other = c;
    change(other);
    return run(other);
  };
  for (const std::uint32_t leak : {0U, 1U, 257U, 65535U, 65536U}) {
    EXPECT_EQ(changed([&](Case& other) { other.layers[1].leak = leak; }).fault, Fault{}) << leak;
  }
  for (const std::uint32_t reset : {0U, 1U, 2U}) {
    EXPECT_EQ(changed([&](Case& other) { other.layers[0].reset = reset; }).fault, Fault{}) << reset;
  }
  const auto leaky = changed([](Case& other) { other.layers[0].leak = 65537; });
  expect_fault(leaky, Error::kProgramField, 64 + 16, "a leak of more than 1");
  const auto unknown = changed([](Case& other) { other.layers[1].reset = 3; });
  expect_fault(unknown, Error::kProgramField, 256 + 68, "a reset that there is not");
  const auto restart = [](Case& other) { other.buffers[argument::kSamples][4] |= static_cast<std::byte>(kRestart); };
  expect_fault(changed(restart), Error::kSampleField, 4, "nothing is kept");

  const auto keep = [](Case& other) {
    other.header.flags |= kKeep;
    // Rows of state follow those of weights.
    other.layers[1].weights_offset = 24 * 64;
    other.buffers[argument::kWeights].assign((24 + 15) * 64, std::byte{1});
    other.bytes[argument::kWeights] = (24 + 15) * 64;
  };
  EXPECT_EQ(changed(keep).fault, Fault{});
  const auto restarted = [&](Case& other) {
    keep(other);
    restart(other);
  };
  EXPECT_EQ(changed(restarted).fault, Fault{});
  const auto small = [&](Case& other) {
    keep(other);
    other.bytes[argument::kWeights] -= 64;
  };
  expect_fault(changed(small), Error::kBufferSize, argument::kWeights, "the last row of state");
  const auto crowded = [&](Case& other) {
    keep(other);
    other.limits.weight_depth = 23;
  };
  expect_fault(changed(crowded), Error::kCapacity, 0, "21 rows of weights and three of state");
  const auto graded = [&](Case& other) {
    keep(other);
    other.header.sample_kind = 2;
    other.header.steps = 1;
  };
  expect_fault(changed(graded), Error::kProgramField, 40, "graded samples");
}

/// 4 x 5 inputs with a rim of 1, a kernel of 4 x 3 that moves by 2: 2 x 3 positions of two neurons.
Case convolution_case() {
  Case c = small_case();
  c.limits.rules |= contract::kRulesConvolution;
  contract::Layer& layer = c.layers[0];
  layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  layer.source_rows = 4;
  layer.source_columns = 5;
  layer.source_channels = 1;
  layer.padding = 1;
  layer.stride = 2;
  layer.kernel_rows = 4;
  layer.kernel_columns = 3;
  layer.channels = 2;
  layer.neurons = 2 * 3 * 2;
  return c;
}

TEST(KernelRun, FieldsOfAConvolutionAreChecked) {
  EXPECT_EQ(run(convolution_case()).fault, Fault{});
  const auto refused = [](std::uint32_t offset, std::uint32_t value) {
    Case c = convolution_case();
    std::memcpy(reinterpret_cast<std::byte*>(c.layers.data()) + offset, &value, sizeof value);
    expect_fault(run(c), Error::kProgramField, 64 + offset, "byte " + std::to_string(offset) + ", " + std::to_string(value));
  };
  for (const std::uint32_t value : {0U, 257U}) {
    refused(72, value);
    refused(76, value);
  }
  for (const std::uint32_t value : {0U, 2U, 1U << 31}) refused(80, value);
  Case product = convolution_case();
  product.layers[0].source_rows = 256;
  expect_fault(run(product), Error::kProgramField, 64 + 80, "legal by itself: what does not fit is the product");
  refused(84, 3);
  refused(88, 4);
  for (const std::uint32_t value : {0U, 3U}) refused(92, value);
  for (const std::uint32_t value : {0U, 7U, 257U}) refused(96, value);
  for (const std::uint32_t value : {0U, 8U, 257U}) refused(100, value);
  for (const std::uint32_t value : {0U, 1U, 3U}) refused(104, value);
  for (std::uint32_t word = 108; word < 128; word += 4) refused(word, 1);
  refused(64, 2);
  Case lacking = convolution_case();
  lacking.limits.rules &= ~contract::kRulesConvolution;
  expect_fault(run(lacking), Error::kProgramField, 64 + 64, "a build without convolutions");
  Case rows = convolution_case();
  rows.limits.max_rows = 21;
  rows.layers[0].source_rows = 2;
  rows.layers[0].source_columns = 2;
  rows.layers[0].source_channels = 5;
  rows.layers[0].kernel_rows = 3;
  rows.layers[0].kernel_columns = 2;
  expect_fault(run(rows), Error::kProgramField, 64 + 100, "30 rows of weights");
  Case crowded = convolution_case();
  crowded.limits.weight_depth = 12;
  expect_fault(run(crowded), Error::kCapacity, 0, "12 rows and that of the bias");
  crowded.limits.weight_depth = 13;
  EXPECT_EQ(run(crowded).fault, Fault{});
}

TEST(KernelRun, KeptStateIsWrittenBackWithoutLearning) {
  Case c = small_case();
  c.limits.rules |= contract::kRulesState;
  c.header.flags = contract::kProgramHeaderFlagsKeep;
  c.layers[1].weights_offset = 24 * 64;
  c.buffers[argument::kWeights].assign((24 + 15) * 64, std::byte{3});
  c.bytes[argument::kWeights] = (24 + 15) * 64;
  const Outcome outcome = run(c);
  EXPECT_EQ(outcome.fault, Fault{});
  const auto& weights = outcome.buffers[argument::kWeights];
  bool changed = false;
  for (std::size_t neuron = 0; neuron < 12; ++neuron) {
    EXPECT_EQ(weights[neuron], std::byte{3}) << "a weight";
    changed = changed || weights[21 * 64 + neuron] != std::byte{3};
    EXPECT_LE(weights[23 * 64 + neuron], std::byte{1}) << "a spike";
  }
  EXPECT_TRUE(changed);
  EXPECT_EQ(weights[21 * 64 + 12], std::byte{0}) << "padding";
}

TEST(KernelRun, UnusedDescriptorsAreNotChecked) {
  Case c = small_case();
  c.layers.resize(4);
  c.layers[2].neurons = c.layers[3].neurons = 0xffff'ffff;
  c.layers[2].post = c.layers[3].factor = 9;
  EXPECT_EQ(run(c).fault, Fault{});
}

TEST(KernelRun, AddressesAndSizesAreCheckedInOrder) {
  for (std::uint32_t id = 0; id < 6; ++id) {
    Case c = small_case();
    c.address[id] += 32;
    const Outcome outcome = run(c);
    expect_fault(outcome, Error::kAlignment, id, "address " + std::to_string(id));
    EXPECT_NE(outcome.header.magic, contract::kResultsMagic) << "no header";
  }
  Case traced = small_case();
  traced.header.flags |= 2;
  traced.buffers[argument::kTrace].resize(4 * trace_bytes(small_program()));
  traced.bytes[argument::kTrace] = static_cast<std::uint32_t>(traced.buffers[argument::kTrace].size());
  EXPECT_EQ(run(traced).fault, Fault{});
  traced.bytes[argument::kTables] = 3 * 64;
  for (std::uint32_t id = 0; id < 6; ++id) {
    Case c = traced;
    --c.bytes[id];
    const Outcome outcome = run(c);
    expect_fault(outcome, Error::kBufferSize, id, "size of " + std::to_string(id));
    EXPECT_EQ(outcome.refused, 0U) << "nothing outside the buffers is touched";
  }
  Case no_header = small_case();
  no_header.bytes[argument::kResults] = kRecords - 1;
  no_header.bytes[argument::kProgram] = 0;
  const Outcome outcome = run(no_header);
  expect_fault(outcome, Error::kBufferSize, argument::kResults, "results before program");
  EXPECT_NE(outcome.header.magic, contract::kResultsMagic);
}

TEST(KernelRun, SynapseMemoryLimitsRowsTimesWords) {
  Case c = small_case();
  c.limits.lanes = 8;
  c.limits.weight_depth = 42;  // 21 rows of 2 words
  EXPECT_EQ(run(c).fault, Fault{});
  c.limits.weight_depth = 41;
  expect_fault(run(c), Error::kCapacity, 0, "first layer");
  c.header.inputs = 2;
  c.layers[0].neurons = 1;
  c.layers[1].neurons = 400;
  c.buffers[argument::kWeights].resize(1 << 16);
  c.bytes[argument::kWeights] = 1 << 16;
  c.layers[1].factor = 0;
  expect_fault(run(c), Error::kCapacity, 1, "second layer");
}

TEST(KernelRun, SampleFieldsAndEventsAreChecked) {
  const auto with = [](Case c, std::uint32_t sample, std::uint32_t offset, std::uint32_t value) {
    std::memcpy(c.buffers[argument::kSamples].data() + sample * c.header.sample_stride + offset, &value, sizeof value);
    return c;
  };
  Case c = with(with(small_case(), 2, 4, 1), 2, 0, 1);
  EXPECT_EQ(run(c).fault, Fault{});
  const auto expect = [&](const Case& illegal, Error error, std::uint32_t detail, const std::string& what) {
    const Outcome outcome = run(illegal);
    expect_fault(outcome, error, detail, what);
    EXPECT_EQ(outcome.fault.sample, 2U) << what;
    EXPECT_EQ(outcome.header.error_sample, 2U) << what;
    EXPECT_EQ(outcome.samples_done, 2U) << what;
    EXPECT_EQ(outcome.header.samples_done, 2U) << "the samples before are finished";
    EXPECT_EQ(outcome.buffers[argument::kWeights][12], std::byte{0}) << "weights are written back";
  };
  expect(with(c, 2, 0, 3), Error::kSampleField, 0, "label");
  expect(with(c, 2, 0, contract::kUnlabelled), Error::kSampleField, 0, "learned without a label");
  expect(with(c, 2, 4, 4), Error::kSampleField, 4, "flags");
  expect(with(c, 2, 8, 19), Error::kSampleField, 8, "length");
  expect(with(c, 2, 12, 1), Error::kSampleField, 12, "open neurons without a gate");
  EXPECT_EQ(run(with(with(c, 2, 0, contract::kUnlabelled), 2, 4, 0)).fault, Fault{}) << "a test sample needs no label";

  Case events = with(with(c, 2, 4, 1), 2, 8, 3);
  events.header.sample_kind = 1;
  for (std::uint32_t sample : {0U, 1U, 3U}) events = with(events, sample, 8, 0);
  events = with(with(with(events, 2, 16, 0x00000005), 2, 20, 0x00020001), 2, 24, 0x00040013);
  EXPECT_EQ(run(events).fault, Fault{});
  expect(with(events, 2, 24, 0x00040014), Error::kEvent, 2, "input out of range");
  expect(with(events, 2, 24, 0x00050000), Error::kEvent, 2, "step out of range");
  expect(with(events, 2, 24, 0x01040001), Error::kEvent, 2, "upper byte");
  expect(with(events, 2, 20, 0x00000005), Error::kEvent, 1, "twice");
  expect(with(events, 2, 20, 0x00000004), Error::kEvent, 1, "backwards");
  expect(with(events, 2, 8, 13), Error::kSampleField, 8, "longer than the stride");
  events.limits.max_events = 2;
  expect(events, Error::kSampleField, 8, "more than max_events");
}

/// Puts a gate in front of a sample's payload.
void open_only(Case& c, std::uint32_t sample, const std::vector<std::uint32_t>& open) {
  std::byte* const block = c.buffers[argument::kSamples].data() + std::size_t{sample} * c.header.sample_stride;
  contract::SampleHeader header;
  std::memcpy(&header, block, sizeof header);
  header.flags |= 2;
  header.open = static_cast<std::uint32_t>(open.size());
  std::memcpy(block, &header, sizeof header);
  const std::size_t bytes = 4 * open.size(), payload = c.header.sample_stride - sizeof header;
  if (bytes > payload) return;
  std::memmove(block + sizeof header + bytes, block + sizeof header, payload - bytes);
  if (bytes != 0) std::memcpy(block + sizeof header, open.data(), bytes);
}

TEST(KernelRun, GatesAreChecked) {
  using List = std::vector<std::uint32_t>;
  constexpr std::uint32_t kFlags = offsetof(contract::SampleHeader, flags), kOpen = offsetof(contract::SampleHeader, open);
  const auto gated = [](Case c, const List& open) {
    open_only(c, 2, open);
    return c;
  };
  const auto expect = [](const Case& illegal, Error error, std::uint32_t detail, const std::string& what) {
    const Outcome outcome = run(illegal);
    expect_fault(outcome, error, detail, what);
    EXPECT_EQ(outcome.fault.sample, 2U) << what;
    EXPECT_EQ(outcome.samples_done, 2U) << what;
    EXPECT_EQ(outcome.header.error_sample, 2U) << what;
    EXPECT_EQ(outcome.refused, 0U) << what;
  };
  const Case c = small_case();
  for (const List& legal : {List{}, List{0}, List{11}, List{0, 5, 11}, List{0, 1, 2, 3, 4, 5, 6}}) {
    EXPECT_EQ(run(gated(c, legal)).fault, Fault{}) << legal.size() << " open neurons";
  }
  expect(gated(c, {0, 5, 12}), Error::kGate, 2, "out of range");
  expect(gated(c, {0, 0x10005, 11}), Error::kGate, 1, "upper half");
  expect(gated(c, {0xffff'ffff}), Error::kGate, 0, "far out of range");
  expect(gated(c, {0, 5, 5}), Error::kGate, 2, "twice");
  expect(gated(c, {6, 5, 11}), Error::kGate, 1, "backwards");
  expect(gated(c, {0, 1, 2, 3, 4, 5, 6, 7}), Error::kSampleField, kOpen, "past the stride");

  Case few = c;
  few.layers[0].neurons = 6;
  few.layers[0].factor = 0;
  EXPECT_EQ(run(gated(few, {0, 1, 2, 3, 4, 5})).fault, Fault{});
  expect(gated(few, {0, 1, 2, 3, 4, 5, 6}), Error::kSampleField, kOpen, "more than neurons");

  Case tight = c;
  tight.limits.max_events = 23;
  EXPECT_EQ(run(gated(tight, {1, 2, 3})).fault, Fault{});
  expect(gated(tight, {1, 2, 3, 4}), Error::kSampleField, kOpen, "with 20 intensities more than max_events");
  tight.limits.max_events = 19;
  EXPECT_EQ(run(tight).fault, Fault{}) << "without a gate intensities are no events";
  expect(gated(tight, {}), Error::kSampleField, kOpen, "a gate counts them even if it is empty");

  Case without = c;
  without.limits.rules &= ~contract::kRulesGate;
  EXPECT_EQ(run(without).fault, Fault{});
  expect(gated(without, {0, 5}), Error::kSampleField, kFlags, "the build has no gates");

  Case events = c;
  events.header.sample_kind = 1;
  for (std::uint32_t sample = 0; sample < 4; ++sample) {
    const contract::SampleHeader header{.label = 0, .flags = 1, .length = sample == 2 ? 2U : 0U, .open = 0};
    std::memcpy(events.buffers[argument::kSamples].data() + 64 * sample, &header, sizeof header);
  }
  const auto with_events = [&events](std::uint32_t first, std::uint32_t second) {
    Case changed = events;
    std::memcpy(changed.buffers[argument::kSamples].data() + 128 + 16, &first, 4);
    std::memcpy(changed.buffers[argument::kSamples].data() + 128 + 20, &second, 4);
    return changed;
  };
  EXPECT_EQ(run(gated(with_events(3, 0x10000), {3, 4})).fault, Fault{}) << "the order of events starts anew after the gate";
  expect(gated(with_events(3, 3), {3, 4}), Error::kEvent, 1, "events are numbered without the gate");
  expect(gated(with_events(3, 3), {4, 4}), Error::kGate, 1, "the gate comes before the events");
}

TEST(KernelRun, NeuronsThatAGateShutsNeitherFireNorLearn) {
  const std::vector<std::uint32_t> open{1, 4, 7};
  const auto is_open = [&open](std::size_t neuron) { return std::find(open.begin(), open.end(), neuron) != open.end(); };
  const Case all = small_case(6);
  Case gated = all;
  for (std::uint32_t sample = 0; sample < 6; ++sample) open_only(gated, sample, open);
  // What shut neurons would do in the next layer.
  Case other = gated;
  for (std::size_t row = 0; row < 12; ++row) {
    for (std::size_t k = 0; k < 3; ++k) {
      if (!is_open(row)) other.buffers[argument::kWeights][(21 + row) * 64 + k] ^= std::byte{0x7f};
    }
  }
  for (const bool plain : {true, false}) {
    SCOPED_TRACE(plain ? "plain" : "fast");
    const Outcome without = run(all, plain), with = run(gated, plain);
    ASSERT_EQ(with.fault, Fault{});
    ASSERT_GT(with.counters[0].spikes, 0U);
    EXPECT_LT(with.counters[0].spikes, without.counters[0].spikes);
    EXPECT_EQ(with.counters[1].events, with.counters[0].spikes);
    EXPECT_EQ(with.counters[0].update_rows, without.counters[0].update_rows)
        << "rows are visited for the neurons that are open";
    EXPECT_EQ(with.header.input_events, without.header.input_events) << "a gate is no input event";
    bool shut_learned = false, open_learned = false;
    for (std::size_t row = 0; row < 21; ++row) {
      for (std::size_t k = 0; k < 12; ++k) {
        const std::size_t at = row * 64 + k;
        const std::byte before = all.buffers[argument::kWeights][at];
        shut_learned = shut_learned || (!is_open(k) && without.buffers[argument::kWeights][at] != before);
        open_learned = open_learned || (is_open(k) && with.buffers[argument::kWeights][at] != before);
        if (!is_open(k)) {
          ASSERT_EQ(with.buffers[argument::kWeights][at], before) << "row " << row << ", neuron " << k;
        }
      }
    }
    EXPECT_TRUE(shut_learned) << "they would learn without the gate";
    EXPECT_TRUE(open_learned);
    EXPECT_EQ(run(other, plain).buffers[argument::kResults], with.buffers[argument::kResults]);
  }
}

TEST(KernelRun, AGateChangesNoPotentialOfItsLayer) {
  Program program = small_program();
  program.learn = false;
  program.trace = true;
  Generator generator(11);
  const Case all = make_case(generator, program, 3);
  Case gated = all;
  for (std::uint32_t sample = 0; sample < 3; ++sample) open_only(gated, sample, {2 * sample});
  for (const bool plain : {true, false}) {
    const Outcome without = run(all, plain), with = run(gated, plain);
    ASSERT_EQ(with.fault, Fault{});
    bool next_layer_differs = false;
    for (std::size_t at = 0; at < with.buffers[argument::kTrace].size(); ++at) {
      const bool first_layer = at % (10 * 64) < 5 * 64;
      const bool equal = with.buffers[argument::kTrace][at] == without.buffers[argument::kTrace][at];
      if (first_layer) {
        ASSERT_TRUE(equal) << "byte " << at;
      } else {
        next_layer_differs = next_layer_differs || !equal;
      }
    }
    EXPECT_TRUE(next_layer_differs);
    EXPECT_EQ(with.counters[0].potential_saturations, without.counters[0].potential_saturations);
  }
}

TEST(KernelRun, BusErrorsAreToldWithTheBuffer) {
  Case c = small_case();
  const auto fails = [&](std::uint32_t id, std::uint64_t offset, bool writing) {
    return [&c, id, offset, writing](engine::BankedMemory& memory) {
      writing ? memory.fail_writes(c.address[id] + offset, 1) : memory.fail_reads(c.address[id] + offset, 1);
    };
  };
  for (const std::uint32_t id : {argument::kProgram, argument::kWeights, argument::kTables}) {
    const Outcome outcome = run(c, true, fails(id, 70, false));
    expect_fault(outcome, Error::kBusRead, id, "read " + std::to_string(id));
    EXPECT_EQ(outcome.samples_done, 0U);
    EXPECT_EQ(outcome.buffers[argument::kWeights], c.buffers[argument::kWeights]) << "not written back";
    EXPECT_EQ(outcome.header.magic, contract::kResultsMagic);
  }
  Outcome outcome = run(c, true, fails(argument::kSamples, 64 + 20, false));
  expect_fault(outcome, Error::kBusRead, argument::kSamples, "second sample");
  EXPECT_EQ(outcome.samples_done, 1U);
  EXPECT_EQ(outcome.fault.sample, 0U);
  EXPECT_NE(outcome.buffers[argument::kWeights], c.buffers[argument::kWeights]) << "written back";
  outcome = run(c, true, fails(argument::kResults, kRecords + 64, true));
  expect_fault(outcome, Error::kBusWrite, argument::kResults, "second record");
  EXPECT_EQ(outcome.samples_done, 1U);
  EXPECT_EQ(outcome.samples_fetched, 2U);
  EXPECT_EQ(outcome.header.error, static_cast<std::uint32_t>(Error::kBusWrite)) << "the run goes on to its end";
  outcome = run(c, true, fails(argument::kWeights, 0, true));
  expect_fault(outcome, Error::kBusWrite, argument::kWeights, "weights");
  EXPECT_EQ(outcome.samples_done, 4U);
  outcome = run(c, true, fails(argument::kResults, 0, true));
  expect_fault(outcome, Error::kBusWrite, argument::kResults, "header");
}

TEST(KernelRun, ArgumentsWrittenDuringARunDoNotChangeIt) {
  const Case c = small_case();
  engine::BankedMemory memory;
  Case filled = c;
  std::memcpy(filled.buffers[0].data(), &c.header, sizeof c.header);
  std::memcpy(filled.buffers[0].data() + 64, c.layers.data(), c.layers.size() * 128);
  for (std::size_t id = 0; id < 5; ++id) {
    memory.add_bank(c.address[id], filled.buffers[id].size());
    std::memcpy(memory.bank(c.address[id]).data(), filled.buffers[id].data(), filled.buffers[id].size());
  }
  const auto engine = make_reference_engine(memory, c.limits);
  const auto set = [&](bool right) {
    for (std::uint32_t id = 0; id < 6; ++id) {
      engine->write_register(contract::kArguments[id].offset, right ? static_cast<std::uint32_t>(c.address[id]) : 7);
      engine->write_register(contract::kArguments[id].offset + 4, static_cast<std::uint32_t>(c.address[id] >> 32));
      engine->write_register(contract::kArguments[id + 6].offset, right ? c.bytes[id] : 0);
    }
    engine->write_register(reg::kSampleCount, right ? c.sample_count : 9);
  };
  set(true);
  engine->write_register(reg::kControl, 1);
  set(false);
  engine->write_register(reg::kControl, 1);
  while (engine->advance(1)) set(false);
  EXPECT_EQ(engine->read_register(reg::kError), 0U);
  EXPECT_EQ(engine->read_register(reg::kSamplesDone), 4U);
  EXPECT_EQ(engine->read_register(0x180), 0U) << "unused offsets read 0";
}

TEST(KernelRun, SplitLaunchesGiveTheSameBits) {
  const Case whole = small_case(9);
  const Outcome expected = run(whole);
  for (const bool plain : {true, false}) {
    Case part = whole;
    std::vector<std::byte> records;
    for (const std::uint32_t count : {4U, 1U, 4U}) {
      part.sample_count = count;
      part.bytes[argument::kSamples] = static_cast<std::uint32_t>(part.buffers[argument::kSamples].size());
      const Outcome outcome = run(part, plain);
      EXPECT_EQ(outcome.fault, Fault{});
      const auto& results = outcome.buffers[argument::kResults];
      records.insert(records.end(), results.begin() + kRecords, results.begin() + kRecords + 64 * count);
      part.buffers[argument::kWeights] = outcome.buffers[argument::kWeights];
      auto& samples = part.buffers[argument::kSamples];
      samples.erase(samples.begin(), samples.begin() + 64 * count);
      part.first_sample += count;
    }
    EXPECT_EQ(part.buffers[argument::kWeights], expected.buffers[argument::kWeights]);
    EXPECT_TRUE(std::equal(records.begin(), records.end(), expected.buffers[argument::kResults].begin() + kRecords));
  }
}

TEST(KernelRun, LimitsOfTheBuildDoNotChangeAnyBit) {
  const Case c = small_case();
  const Outcome expected = run(c);
  for (const std::uint32_t lanes : {1U, 8U, 256U, 1024U}) {
    Case other = c;
    other.limits.lanes = lanes;
    other.limits.data_width = 32;
    other.limits.max_neurons = 12;
    const Outcome outcome = run(other);
    EXPECT_EQ(outcome.fault, Fault{});
    EXPECT_EQ(outcome.buffers, expected.buffers) << lanes;
  }
}

TEST(KernelRun, FastAndPlainLeaveTheSameMemoryOnRandomCases) {
  const std::uint64_t seed = std::random_device{}();
  for (std::uint64_t round = 0; round < 60; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", case " + std::to_string(round));
    Generator generator(seed * 1000 + round);
    const Program program = random_program(generator, round % 2 == 0 ? 8 : 16, 90);
    const Case c = make_case(generator, program, 3, true);
    const Outcome plain = run(c, true);
    const Outcome fast = run(c, false);
    ASSERT_EQ(plain.fault, Fault{}) << name(plain.fault.error) << " " << plain.fault.detail;
    ASSERT_EQ(fast.buffers, plain.buffers);
    ASSERT_EQ(plain.refused + fast.refused, 0U);
  }
}

TEST(EngineOptions, AreReadAndRefusedByName) {
  engine::BankedMemory memory;
  const auto engine = make_reference_engine(memory, R"({"limits": {"lanes": 8, "weight_width": 16}, "plain": true})");
  EXPECT_EQ(engine->read_register(reg::kLimitLanes), 8U);
  EXPECT_EQ(engine->read_register(reg::kLimitWeightWidth), 16U);
  EXPECT_EQ(engine->read_register(reg::kLimitMaxRows), contract::kDefaultMaxRows);
  EXPECT_EQ(engine->read_register(reg::kIdentity), contract::kIdentity);
  EXPECT_EQ(engine->read_register(reg::kContractVersion), contract::kContractVersion);
  for (const char* options : {"", "[]"}) {
    EXPECT_THROW((void)make_reference_engine(memory, std::string(options)), std::runtime_error) << options;
  }
  for (const char* options : {R"({"lanes": 8})", R"({"limits": 8})", R"({"limits": {"lane": 8}})",
                              R"({"limits": {"lanes": 1025}})", R"({"limits": {"lanes": 0}})",
                              R"({"limits": {"weight_width": 12}})", R"({"limits": {"lanes": "8"}})", R"({"plain": 1})"}) {
    EXPECT_THROW((void)make_reference_engine(memory, std::string(options)), std::invalid_argument) << options;
  }
}

TEST(EngineRegisters, InterruptStatusFollowsTheEnables) {
  engine::BankedMemory memory;
  const auto engine = make_reference_engine(memory, contract::Limits{});
  engine->write_register(reg::kInterruptEnable, 1);
  engine->write_register(reg::kGlobalInterruptEnable, 1);
  engine->write_register(reg::kControl, 1);
  while (engine->advance(1000)) {
  }
  EXPECT_EQ(engine->read_register(reg::kInterruptStatus), 1U);
  engine->write_register(reg::kInterruptStatus, 1);
  EXPECT_EQ(engine->read_register(reg::kInterruptStatus), 0U);
  EXPECT_EQ(engine->read_register(reg::kError), static_cast<std::uint32_t>(Error::kBufferSize)) << "arguments are 0 at first";
  EXPECT_EQ(engine->read_register(reg::kErrorDetail), argument::kResults);
}

}  // namespace
}  // namespace phasic::reference::test
