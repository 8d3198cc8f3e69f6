// SPDX-License-Identifier: Apache-2.0
/// Answers over a grid on the RTL, and filters that learn: the worked examples of docs/specification.md, and a layer for
/// pictures of 32 x 32 places, whose lanes are to be busy.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "tests/common/examples.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {
namespace {

namespace argument = contract::argument;

template <class T>
void put(std::vector<std::byte>& buffer, std::uint64_t at, const T& value) {
  if (buffer.size() < at + sizeof value) buffer.resize(at + sizeof value);
  std::memcpy(buffer.data() + at, &value, sizeof value);
}

template <class T>
T get(const std::vector<std::byte>& buffer, std::uint64_t at) {
  T value;
  std::memcpy(&value, buffer.data() + at, sizeof value);
  return value;
}

constexpr std::uint64_t kRecords = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);

std::uint64_t record_bytes(std::uint32_t neurons) { return align(sizeof(contract::ResultRecord) + 4 * std::uint64_t{neurons}); }

/// A run of samples, which are learned if the flags in `header` say so. `weights` has the rows of every layer.
RandomCase make_case(contract::ProgramHeader header, const std::vector<contract::Layer>& layers, std::vector<std::byte> weights,
                     const std::vector<std::vector<std::uint8_t>>& samples) {
  RandomCase made;
  header.magic = contract::kProgramMagic;
  header.version = contract::kContractVersion;
  header.layers = static_cast<std::uint32_t>(layers.size());
  header.steps = 1;
  header.sample_kind = static_cast<std::uint32_t>(contract::SampleKind::kGraded);
  header.sample_stride = static_cast<std::uint32_t>(align(sizeof(contract::SampleHeader) + header.inputs));
  auto& program = made.buffers[argument::kProgram];
  program.resize(sizeof header + contract::kMaxLayers * sizeof(contract::Layer));
  put(program, 0, header);
  std::uint64_t traced = 0;
  for (std::size_t n = 0; n < layers.size(); ++n) {
    put(program, sizeof header + n * sizeof layers[n], layers[n]);
    traced += align(2 * std::uint64_t{layers[n].neurons});
  }
  made.buffers[argument::kWeights] = std::move(weights);
  made.buffers[argument::kWeights].resize(align(made.buffers[argument::kWeights].size()));
  auto& buffer = made.buffers[argument::kSamples];
  buffer.resize(samples.size() * header.sample_stride);
  for (std::size_t n = 0; n < samples.size(); ++n) {
    put(buffer, n * header.sample_stride,
        contract::SampleHeader{0, header.flags & contract::kProgramHeaderFlagsLearn, header.inputs, 0});
    std::memcpy(&buffer[n * header.sample_stride + sizeof(contract::SampleHeader)], samples[n].data(), samples[n].size());
  }
  made.sample_count = static_cast<std::uint32_t>(samples.size());
  made.buffers[argument::kResults].resize(kRecords + samples.size() * record_bytes(layers.back().neurons));
  if ((header.flags & contract::kProgramHeaderFlagsTrace) != 0) made.buffers[argument::kTrace].resize(samples.size() * traced);
  for (std::size_t id = 0; id < kBuffers; ++id) made.addresses[id] = (id + 1) << 32;
  return made;
}

/// A byte of filter k's wins, whose rows follow those of weights.
std::uint64_t wins_at(const contract::Layer& layer, std::uint32_t rows, unsigned width, std::uint32_t k, unsigned byte) {
  const unsigned bytes = width / 8;
  return (rows + byte / bytes) * weight_row_bytes(layer.channels, width) + k * bytes + byte % bytes;
}

/// One layer with a grid and one sample.
RandomCase case_of(const Example& e) {
  const auto unsigned_of = [&](const char* key) { return static_cast<std::uint32_t>(e.number(key)); };
  const unsigned width = unsigned_of("weight_width");
  contract::ProgramHeader header;
  header.inputs = unsigned_of("inputs");
  header.classes = 1;
  header.seed_low = unsigned_of("seed");
  header.flags = contract::kProgramHeaderFlagsTrace;
  contract::Layer layer;
  layer.neurons = unsigned_of("neurons");
  layer.flags = unsigned_of("bias") * contract::kLayerFlagsBias + unsigned_of("two_sided") * contract::kLayerFlagsTwoSided;
  layer.threshold = static_cast<std::int32_t>(e.number("threshold"));
  layer.window = static_cast<std::int32_t>(e.number("window"));
  layer.leak = unsigned_of("leak");
  layer.input_shift = unsigned_of("input_shift");
  layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  const auto source = e.list("source"), kernel = e.list("kernel");
  layer.source_rows = static_cast<std::uint32_t>(source.at(0));
  layer.source_columns = static_cast<std::uint32_t>(source.at(1));
  layer.source_channels = static_cast<std::uint32_t>(source.at(2));
  layer.pool = unsigned_of("pool");
  layer.padding = unsigned_of("padding");
  layer.stride = unsigned_of("stride");
  layer.kernel_rows = static_cast<std::uint32_t>(kernel.at(0));
  layer.kernel_columns = static_cast<std::uint32_t>(kernel.at(1));
  layer.channels = unsigned_of("channels");
  layer.grid = unsigned_of("grid");
  layer.answer_scale = unsigned_of("answer_scale");
  layer.answer_shift = unsigned_of("answer_shift");
  const auto given = e.list("weights"), values = e.list("values");
  std::vector<std::byte> weights;
  for (std::size_t n = 0; n < given.size(); ++n) {
    const std::uint64_t at = n / layer.channels * weight_row_bytes(layer.channels, width) + n % layer.channels * width / 8;
    if (width == 8) put(weights, at, static_cast<std::int8_t>(given[n]));
    if (width == 16) put(weights, at, static_cast<std::int16_t>(given[n]));
  }
  if (e.text("factor") == "features") {
    header.flags |= contract::kProgramHeaderFlagsLearn;
    layer.factor = static_cast<std::uint32_t>(contract::Factor::kFeatures);
    layer.rounding = static_cast<std::uint32_t>(e.text("rounding") == "nearest" ? contract::Rounding::kNearest
                                                                                : contract::Rounding::kStochastic);
    layer.factor_shift = unsigned_of("factor_shift");
    layer.homeostasis = unsigned_of("homeostasis");
    layer.target_shift = unsigned_of("target_shift");
    const auto rows = static_cast<std::uint32_t>(given.size() / layer.channels);
    const auto wins = e.list("wins"), table = e.list("table"), offsets = e.list("offsets");
    for (std::uint32_t k = 0; k < layer.channels; ++k)
      for (unsigned byte = 0; byte < 2; ++byte)
        put(weights, wins_at(layer, rows, width, k, byte), static_cast<std::uint8_t>(wins[k] >> 8 * byte));
    layer.memory_offset = static_cast<std::uint32_t>(align(weights.size()));
    for (std::uint32_t k = 0; k < rows * rows; ++k)
      put(weights, layer.memory_offset + k / rows * align(rows) + k % rows, static_cast<std::int8_t>(table[k]));
    for (std::uint32_t k = 0; k < rows; ++k)
      put(weights, layer.memory_offset + rows * align(rows) + 4 * std::uint64_t{k}, static_cast<std::int32_t>(offsets[k]));
  }
  // Inputs lie in the order of pictures, and so they stand in an example.
  RandomCase made = make_case(header, {layer}, weights, {std::vector<std::uint8_t>(values.begin(), values.end())});
  made.first_sample = unsigned_of("sample");
  return made;
}

/// Weights and wins after the sample, as an example lists them.
std::string weights_of(const contract::Layer& layer, std::uint32_t rows, unsigned width, const std::vector<std::byte>& buffer) {
  std::string weights;
  for (std::uint32_t n = 0; n < rows * layer.channels; ++n) {
    const std::uint64_t at = n / layer.channels * weight_row_bytes(layer.channels, width) + n % layer.channels * width / 8;
    weights +=
        fmt::format("{}{}", n == 0 ? "" : ",", width == 8 ? get<std::int8_t>(buffer, at) : get<std::int16_t>(buffer, at));
  }
  return weights;
}

std::string wins_of(const contract::Layer& layer, std::uint32_t rows, unsigned width, const std::vector<std::byte>& buffer) {
  std::string wins;
  for (std::uint32_t k = 0; k < layer.channels; ++k) {
    const auto byte = [&](unsigned n) { return unsigned{get<std::uint8_t>(buffer, wins_at(layer, rows, width, k, n))}; };
    wins += fmt::format("{}{}", k == 0 ? "" : ",", byte(0) | byte(1) << 8);
  }
  return wins;
}

class RtlGrid : public ::testing::TestWithParam<std::string> {};

TEST_P(RtlGrid, AnswersAsTheExamplesOfTheSpecificationSay) {
  engine::BankedMemory memory;
  const auto engine = engine::make_engine(GetParam(), memory);
  const contract::Limits limits = read_limits(*engine);
  unsigned found = 0, learned = 0;
  for (const Example& e : read_examples(PHASIC_SPECIFICATION)) {
    if (e.kind != "sample" || !e.given.contains("grid")) continue;
    if (e.number("weight_width") != limits.weight_width) continue;
    SCOPED_TRACE(e.line);
    ++found;
    const RandomCase example = case_of(e);
    const Outcome outcome = run_case(*engine, memory, example, false);
    ASSERT_EQ(outcome.error, 0U) << outcome.error_detail;
    const auto& results = outcome.buffers[argument::kResults];
    std::string scores, potentials;
    for (std::uint32_t j = 0; j < example.layer(0).neurons; ++j) {
      const char* comma = j == 0 ? "" : ",";
      scores += fmt::format("{}{}", comma, get<std::uint32_t>(results, kRecords + sizeof(contract::ResultRecord) + 4 * j));
      potentials += fmt::format("{}{}", comma, get<std::int16_t>(outcome.buffers[argument::kTrace], 2 * std::uint64_t{j}));
    }
    EXPECT_EQ(scores, e.expected.at("scores"));
    EXPECT_EQ(potentials, e.expected.at("potentials"));
    EXPECT_EQ(std::to_string(get<contract::ResultRecord>(results, kRecords).prediction), e.expected.at("prediction"));
    const std::uint32_t rows = layer_rows(example, 0);
    const auto& weights = outcome.buffers[argument::kWeights];
    EXPECT_EQ(weights_of(example.layer(0), rows, limits.weight_width, weights), e.expected.at("weights"));
    const auto counters = get<contract::LayerCounters>(results, sizeof(contract::ResultsHeader));
    EXPECT_EQ(std::to_string(counters.update_rows), e.expected.at("update_rows"));
    if (!e.expected.contains("wins")) continue;
    EXPECT_EQ(wins_of(example.layer(0), rows, limits.weight_width, weights), e.expected.at("wins"));
    ++learned;
  }
  EXPECT_GT(found, learned);
  EXPECT_GT(learned, 0U);
}

/// Pictures of 32 x 32 places and 3 channels, filters of 6 x 6, answers of both signs over 2 x 2 cells; a dense layer behind
/// them. With `learn` the filters compete.
RandomCase pictures(std::uint32_t filters, std::size_t count, bool learn) {
  std::mt19937 random(3);
  contract::ProgramHeader header;
  header.inputs = 32 * 32 * 3;
  header.classes = 10;
  contract::Layer layer;
  layer.neurons = 2 * 2 * 2 * filters;
  layer.flags = contract::kLayerFlagsTwoSided;
  layer.threshold = 40;
  layer.input_shift = 2;
  layer.connection = static_cast<std::uint32_t>(contract::Connection::kConvolution);
  layer.source_rows = layer.source_columns = 32;
  layer.source_channels = 3;
  layer.stride = 1;
  layer.kernel_rows = layer.kernel_columns = 6;
  layer.channels = filters;
  layer.grid = 2;
  layer.answer_scale = 3;
  layer.answer_shift = 3;
  contract::Layer answers;
  answers.neurons = 10;
  answers.input_shift = 3;
  constexpr std::uint32_t kRows = 6 * 6 * 3;
  answers.weights_offset = (kRows + (learn ? 2 : 0)) * filters;
  std::vector<std::byte> weights(answers.weights_offset + std::size_t{64} * layer.neurons);
  for (std::size_t at = 0; at < weights.size(); ++at)
    if (at < answers.weights_offset || at % 64 < 10) weights[at] = static_cast<std::byte>(random());
  if (learn) {
    header.flags = contract::kProgramHeaderFlagsLearn;
    layer.factor = static_cast<std::uint32_t>(contract::Factor::kFeatures);
    layer.window = 30;
    layer.factor_shift = 5;
    layer.homeostasis = 100;
    layer.target_shift = 12;
    layer.memory_offset = static_cast<std::uint32_t>(weights.size());
    for (std::uint32_t row = 0; row < kRows; ++row)
      for (std::uint32_t k = 0; k < kRows; ++k)
        put(weights, layer.memory_offset + row * align(kRows) + k, static_cast<std::int8_t>(random()));
    for (std::uint32_t k = 0; k < kRows; ++k)
      put(weights, layer.memory_offset + kRows * align(kRows) + 4 * std::uint64_t{k},
          static_cast<std::int32_t>(random() % 20000) - 10000);
  }
  std::vector<std::vector<std::uint8_t>> samples(count, std::vector<std::uint8_t>(header.inputs));
  // Smooth pictures, in which nothing is quite 0; the last one has a black half.
  for (std::size_t n = 0; n < count; ++n) {
    unsigned value = 100;
    for (std::uint8_t& sample : samples[n]) {
      value = std::clamp<unsigned>(value + static_cast<unsigned>(random() % 21) - 10, 1, 255);
      sample = static_cast<std::uint8_t>(value);
    }
    if (n + 1 == count) std::fill(samples[n].begin(), samples[n].begin() + header.inputs / 2, std::uint8_t{0});
  }
  return make_case(header, {layer, answers}, weights, samples);
}

std::string limits_json(const contract::Limits& limits) {
  std::string text;
  for (const contract::Limit& limit : contract::kLimits)
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", limit.name, limits.*limit.value);
  return "{\"limits\": {" + text + "}}";
}

class RtlGridOfFullSize : public ::testing::TestWithParam<std::string> {};

TEST_P(RtlGridOfFullSize, AgreesInEveryBitAndKeepsItsLanesBusy) {
  engine::BankedMemory memory, reference_memory;
  const auto engine = engine::make_engine(GetParam(), memory);
  const contract::Limits limits = read_limits(*engine);
  const auto reference = engine::make_engine("reference", reference_memory, limits_json(limits));
  for (const bool learn : {false, true}) {
    SCOPED_TRACE(learn ? "filters compete" : "filters stay");
    const RandomCase run = pictures(128, 4, learn);
    const Outcome expected = run_case(*reference, reference_memory, run, false);
    const Outcome outcome = run_case(*engine, memory, run, false);
    ASSERT_EQ(expected.error, 0U) << expected.error_detail;
    const auto difference = first_difference(run, limits, expected, outcome);
    ASSERT_FALSE(difference.has_value()) << *difference;
    const auto counters = get<contract::LayerCounters>(outcome.buffers[argument::kResults], sizeof(contract::ResultsHeader));
    const auto header = get<contract::ResultsHeader>(outcome.buffers[argument::kResults], 0);
    EXPECT_GT(counters.spikes, 1000U);
    EXPECT_EQ(counters.update_rows, learn ? 108 * run.sample_count : 0);
    const double busy = static_cast<double>(counters.integrate_cycles) / static_cast<double>(header.run_cycles);
    RecordProperty(learn ? "busy_learning" : "busy", fmt::format("{:.4f}", busy));
    std::cout << fmt::format("{} lanes{}: {} cycles a sample, {:.2f} % of them add weights\n", limits.lanes,
                             learn ? ", learning" : "", header.run_cycles / run.sample_count, 100 * busy);
    EXPECT_GT(busy, limits.lanes == 64 ? 0.90 : 0.85);
  }
}

std::vector<std::string> tested(bool full_size) {
  std::vector<std::string> names;
  for (const char* name : {"rtl4conv", "rtl8w16conv", "rtl64conv", "rtl256conv"}) {
    const bool large = std::string_view(name).starts_with("rtl64") || std::string_view(name).starts_with("rtl256");
    if (large == full_size && fmt::format(",{},", PHASIC_TESTED_ENGINES).find(fmt::format(",{},", name)) != std::string::npos)
      names.emplace_back(name);
  }
  return names;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RtlGrid);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RtlGridOfFullSize);
INSTANTIATE_TEST_SUITE_P(Rtl, RtlGrid, ::testing::ValuesIn(tested(false)), [](const auto& tested) { return tested.param; });
INSTANTIATE_TEST_SUITE_P(Rtl, RtlGridOfFullSize, ::testing::ValuesIn(tested(true)),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace phasic::testing
