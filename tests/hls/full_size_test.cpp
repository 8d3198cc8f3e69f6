// SPDX-License-Identifier: Apache-2.0
/// A network of the size of CIFAR-10 in a build with room for it: more sums of positions than 16 bits count, filters that
/// learn, and a discriminant behind them, on the HLS kernel and on the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <variant>
#include <vector>

#include "hls/build.hpp"
#include "hls/kernel.hpp"
#include "phasic/contract.hpp"
#include "sim/reference/cores.hpp"

namespace phasic::hls::full_size_test {
namespace {

struct LargeBuild : DefaultBuild {
  static constexpr Word kMaxRows = 3104;  // a multiple of 32 above 32 x 32 places of three colours
};
constexpr Word kInputs = 32 * 32 * 3, kFilters = 128, kRows = 6 * 6 * 3, kNeurons = 2 * 2 * 2 * kFilters, kClasses = 10;
constexpr Word kSamples = 3, kStride = (kSampleHeaderBytes + kInputs + kLineBytes - 1) / kLineBytes * kLineBytes;

using Bytes = std::vector<std::byte>;
using Random = std::mt19937;

/// Memory as lines.
struct BytePort {
  Bytes& bytes;
  bool read(Word at, Line& line) const {
    for (unsigned word = 0; word < kLineWords; ++word) {
      Word value = 0;
      std::memcpy(&value, &bytes.at(std::size_t{kLineBytes} * at + std::size_t{4} * word), sizeof value);
      set_word(line, word, value);
    }
    return true;
  }
  [[nodiscard]] bool write(Word at, const Line& line) const {
    for (unsigned word = 0; word < kLineWords; ++word) {
      const Word value = word_of(line, word);
      std::memcpy(&bytes.at(std::size_t{kLineBytes} * at + std::size_t{4} * word), &value, sizeof value);
    }
    return true;
  }
};

struct Network {
  contract::ProgramHeader header{};
  contract::Layer filters{}, answers{};
};

/// Weights, then what the first layer keeps, then the second layer.
Network network() {
  Network result;
  contract::ProgramHeader& header = result.header;
  header.magic = kProgramMagic;
  header.version = kContractVersion;
  header.inputs = kInputs;
  header.layers = 2;
  header.steps = 1;
  header.classes = kClasses;
  header.seed_low = 7;
  header.sample_kind = kSampleKindGraded;
  header.sample_stride = kStride;
  header.flags = kProgramLearns;
  contract::Layer& filters = result.filters;
  filters.neurons = kNeurons;
  filters.flags = kLayerIsTwoSided;
  filters.threshold = 20;
  filters.window = 50;
  filters.factor = kFactorFeatures;
  filters.factor_shift = 5;
  filters.homeostasis = 100;
  filters.connection = kConnectionConvolution;
  filters.source_rows = filters.source_columns = 32;
  filters.source_channels = 3;
  filters.stride = 1;
  filters.kernel_rows = filters.kernel_columns = 6;
  filters.channels = kFilters;
  filters.grid = 2;
  filters.answer_scale = 40;
  filters.answer_shift = 6;
  filters.target_shift = 10;
  filters.memory_offset = (kRows + 2) * kFilters;
  contract::Layer& answers = result.answers;
  answers.neurons = kClasses;
  answers.factor = kFactorDiscriminant;
  answers.weights_offset = filters.memory_offset + kRows * 128 + 448;
  answers.memory_offset = answers.weights_offset + (kNeurons + 4) * 64;
  return result;
}

template <class Value>
void put(Bytes& bytes, std::size_t at, const Value& value) {
  std::memcpy(&bytes.at(at), &value, sizeof value);
}

Bytes random_bytes(Random& random, std::size_t count) {
  Bytes bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST(FullSize, FiltersAndADiscriminantLearnAsInTheReference) {
  Random random(20);
  const Network layers = network();
  Bytes program(kProgramBytes);
  put(program, 0, layers.header);
  put(program, kProgramHeaderBytes, layers.filters);
  put(program, kProgramHeaderBytes + kLayerBytes, layers.answers);
  Bytes weights = random_bytes(random, layers.answers.memory_offset);
  // Nothing was won and nothing was gathered so far; what pads is 0, as it comes back.
  const auto clear = [&](std::size_t at, std::size_t size) {
    std::ranges::fill(std::span(weights).subspan(at, size), std::byte{0});
  };
  clear(std::size_t{kRows} * kFilters, std::size_t{2} * kFilters);
  for (std::size_t row = 0; row < kNeurons + 4; ++row)
    clear(layers.answers.weights_offset + 64 * row + kClasses, 64 - kClasses);
  weights.resize(layers.answers.memory_offset + std::size_t{kNeurons + kClasses} * 4 * kNeurons + 64);
  Bytes samples = random_bytes(random, std::size_t{kSamples} * kStride);
  for (Word n = 0; n < kSamples; ++n)
    put(samples, std::size_t{n} * kStride, contract::SampleHeader{n % 2, kSampleLearns, kInputs, 0});

  contract::Limits limits;
  limits.rules = LargeBuild::kRules;
  limits.max_rows = LargeBuild::kMaxRows;
  const auto parsed = shell::parse_program(program, limits);
  ASSERT_TRUE(std::holds_alternative<shell::Program>(parsed)) << std::get<shell::Fault>(parsed).detail;
  const auto core = reference::make_core(std::get<shell::Program>(parsed));
  const auto part = [&](std::size_t at, std::size_t size) { return std::span(weights).subspan(at, size); };
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const shell::LayerProgram& shape = core->program().layers[layer];
    core->set_weights(layer, part(shape.weights_offset, shell::weight_bytes(core->program(), shape)));
    core->set_memory(layer, part(shape.memory_offset, shell::memory_bytes(shape)));
  }

  Bytes tables, trace, results(kResultsBytes + kSamples * kLineBytes);
  BytePort ports[] = {{program}, {weights}, {tables}, {samples}, {results}, {trace}};
  RunArguments arguments{};
  for (Word id = 0; id < kBuffers; ++id) arguments.bytes[id] = static_cast<Word>(ports[id].bytes.size());
  arguments.sample_count = kSamples;
  Bytes expected = weights;
  auto state = std::make_unique<KernelState<LargeBuild>>();
  const RunStatus status =
      run_kernel<LargeBuild>(ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], arguments, *state);
  ASSERT_EQ(status.fault.error, kErrorNone) << status.fault.detail;

  for (Word n = 0; n < kSamples; ++n) {
    shell::SampleResult result;
    const auto* const values = reinterpret_cast<const std::uint8_t*>(&samples[n * kStride + kSampleHeaderBytes]);
    core->run({.label = n % 2, .learn = true, .intensities = {values, kInputs}}, n, result);
    for (Word neuron = 0; neuron < kClasses; ++neuron) {
      Word score = 0;
      std::memcpy(&score, &results[kResultsBytes + n * kLineBytes + kResultRecordBytes + 4 * neuron], sizeof score);
      EXPECT_EQ(score, result.scores[neuron]) << "sample " << n << ", neuron " << neuron;
    }
  }
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const shell::LayerProgram& shape = core->program().layers[layer];
    const auto rows = std::span(expected).subspan(shape.weights_offset, shell::weight_bytes(core->program(), shape));
    core->get_weights(layer, rows);
    const auto memory = std::span(expected).subspan(shape.memory_offset, shell::memory_bytes(shape));
    if (layer == 1) core->get_memory(layer, memory);
  }
  EXPECT_TRUE(weights == expected);
  EXPECT_GT(core->counts().layers[0].spikes, 1000U);
  EXPECT_EQ(core->counts().layers[0].update_rows, kSamples * kRows);
  EXPECT_GT(core->counts().layers[1].update_rows, 100U) << "the third sample is of a class that was seen";
}

}  // namespace
}  // namespace phasic::hls::full_size_test
