// SPDX-License-Identifier: Apache-2.0
// A discriminant that learns many samples before anybody looks at what it has learned: the fast core adds them up in its own
// time.
#include <numeric>

#include "tests/sim/reference/compare_cores.hpp"

namespace phasic::reference::test {
namespace {

Program program_of(std::uint32_t sources, std::uint32_t classes, std::uint32_t weight_width = 8) {
  Program program;
  program.weight_width = weight_width;
  program.inputs = sources;
  program.steps = 1;
  program.classes = classes;
  program.sample_kind = contract::SampleKind::kGraded;
  program.learn = true;
  LayerProgram layer;
  layer.rows = sources;
  layer.neurons = classes;
  layer.factor = contract::Factor::kDiscriminant;
  program.layers = {layer};
  return program;
}

/// What a core keeps after some samples without a look in between, and what it counted.
struct After {
  std::vector<std::byte> memory;
  LayerCounts counts;
  std::vector<std::uint32_t> scores;
  bool operator==(const After&) const = default;
};

After after(Core& core, const std::vector<std::byte>& memory, const std::vector<OwnedSample>& samples) {
  After after;
  core.set_memory(0, memory);
  SampleResult result;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    core.run(samples[n].view(), static_cast<std::uint32_t>(n), result);
    after.scores.insert(after.scores.end(), result.scores.begin(), result.scores.end());
  }
  after.memory = memory_of(core, 0);
  after.counts = core.counts().layers[0];
  return after;
}

std::vector<OwnedSample> samples_of(Generator& generator, const Program& program, std::size_t count) {
  std::vector<OwnedSample> samples;
  for (std::size_t n = 0; n < count; ++n) {
    samples.push_back(random_sample(generator, program));
    samples.back().learn = true;
    samples.back().label = static_cast<std::uint32_t>(uniform(generator, 0, program.classes - 1));
  }
  return samples;
}

void expect_equal(const Program& program, const std::vector<std::byte>& memory, const std::vector<OwnedSample>& samples,
                  std::uint64_t* saturations = nullptr) {
  const After expected = after(*make_plain_core(program), memory, samples);
  if (saturations != nullptr) *saturations += expected.counts.weight_saturations;
  for (const FastKernels* const kernels : every_kernels()) {
    EXPECT_TRUE(after(*make_fast_core(program, *kernels), memory, samples) == expected) << kernels->name;
  }
}

TEST(Scatter, IsThatOfThePlainCoreAfterAnyNumberOfSamples) {
  const std::uint64_t seed = chosen_seed();
  Generator generator(seed);
  for (const std::uint32_t sources : {1U, 2U, 15U, 16U, 17U, 60U, 130U, 270U, 530U}) {
    for (const std::size_t count : {1U, 2U, 31U, 32U, 33U, 70U}) {
      if (sources > 130 && count > 33) continue;
      SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", " + std::to_string(sources) + " sources, " +
                   std::to_string(count) + " samples");
      const Program program = program_of(sources, 3);
      const std::vector<std::byte> nothing(memory_bytes(program.layers[0]));
      expect_equal(program, nothing, samples_of(generator, program, count));
    }
  }
}

TEST(Scatter, ReachesItsLimitsAtTheSampleAtWhichItReachesThem) {
  const std::uint64_t seed = chosen_seed();
  std::uint64_t saturations = 0;
  for (std::uint64_t round = 0; round < 40; ++round) {
    SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", round " + std::to_string(round));
    Generator generator(seed + round);
    const Program program = program_of(static_cast<std::uint32_t>(uniform(generator, 1, 40)), 2, round % 2 == 0 ? 8 : 16);
    std::vector<std::byte> memory(memory_bytes(program.layers[0]));
    const shell::DiscriminantPlaces places(program.layers[0]);
    for (std::size_t i = 0; i < program.inputs; ++i) {
      for (std::size_t j = 0; j < program.inputs; ++j) {
        const auto distance = static_cast<std::int32_t>(uniform(generator, 0, 1 << uniform(generator, 0, 20)));
        shell::store_value(&memory[places.scatter(i)], j,
                           uniform(generator, 0, 1) == 0 ? INT32_MAX - distance : INT32_MIN + distance);
      }
    }
    expect_equal(program, memory, samples_of(generator, program, 50), &saturations);
  }
  EXPECT_GT(saturations, 0U);
}

/// Any memory: classes that have learned all that they can, and counts that no class can have.
TEST(Scatter, TakesAnyMemory) {
  const std::uint64_t seed = chosen_seed();
  for (std::uint64_t round = 0; round < 40; ++round) {
    SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", round " + std::to_string(round));
    Generator generator(seed + round);
    const Program program = program_of(static_cast<std::uint32_t>(uniform(generator, 1, 40)), 4);
    expect_equal(program, random_memory(generator, program.layers[0]), samples_of(generator, program, 40));
  }
}

TEST(Scatter, LearnsNoMoreSamplesOfAClassThanItCanCount) {
  const Program program = program_of(2, 3);
  std::vector<std::byte> memory(memory_bytes(program.layers[0]));
  const shell::DiscriminantPlaces places(program.layers[0]);
  constexpr auto kMost = static_cast<std::int32_t>(contract::kMostSamples);
  shell::store_value(&memory[places.counts()], 0, kMost - 1);
  shell::store_value(&memory[places.counts()], 1, -1);
  const auto core = make_plain_core(program);
  OwnedSample sample;
  sample.learn = true;
  sample.intensities = {200, 0};
  const After once = after(*core, memory, {sample});
  EXPECT_EQ(shell::load_value(&once.memory[places.counts()], 0), kMost);
  EXPECT_EQ(shell::load_value(&once.memory[places.sums(0)], 0), 200);
  EXPECT_EQ(once.counts.update_rows, 1U);
  EXPECT_EQ(after(*core, once.memory, {sample}).memory, once.memory);
  sample.label = 1;
  EXPECT_EQ(after(*core, once.memory, {sample}).memory, once.memory);
}

}  // namespace
}  // namespace phasic::reference::test
