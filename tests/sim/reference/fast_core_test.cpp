// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/reference/compare_cores.hpp"

namespace phasic::reference::test {
namespace {

TEST(FastCore, EqualsThePlainOneOnRandomNetworks) {
  const std::uint64_t seed = chosen_seed();
  std::uint64_t learned = 0;
  for (std::uint64_t round = 0; round < 120; ++round) {
    SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", network " + std::to_string(round));
    Generator generator(seed * 1000 + round);
    const Program program = random_program(generator, round % 3 == 0 ? 16 : 8, round % 20 == 0 ? 600 : 160);
    Cores cores(program, generator);
    for (std::size_t number = 0; number < 4; ++number) {
      const OwnedSample sample = random_sample(generator, program);
      cores.show(sample, static_cast<std::uint32_t>(generator()), number % 2 == 0);
      if (HasFatalFailure()) return;
    }
    learned += program.learn ? 1 : 0;
  }
  EXPECT_GT(learned, 0U);
}

/// More than 255 rows of the largest weight: the sums of 16 bits must be widened in time, whether rows are added or, as at half
/// of the full intensity, taken away again.
TEST(FastCore, SumsOfExtremeWeightsDoNotOverflow) {
  for (const int extreme : {-128, 127}) {
    for (const int intensity : {127, 128, 255}) {
      Program program;
      program.inputs = 700;
      program.steps = 2;
      program.classes = 1;
      program.layers = {{.rows = 701, .neurons = 130, .bias = true, .threshold = 32766, .leak = 0, .input_shift = 3}};
      for (const FastKernels* const kernels : every_kernels()) {
        const auto network = make_fast_core(program, *kernels);
        set_weight_values(*network, 0, std::vector<std::int16_t>(std::size_t{701} * 130, static_cast<std::int16_t>(extreme)));
        std::vector<std::uint8_t> intensities(700, static_cast<std::uint8_t>(intensity));
        SampleResult result;
        Potentials potentials;
        network->run({.intensities = intensities}, 5, result, &potentials);
        const auto events = network->counts().layers[0].events;
        EXPECT_GT(events, intensity == 255 ? 2 * 690U : 2 * 270U);
        EXPECT_LT(events, intensity == 255 ? 2 * 702U : 2 * 430U);
        const int sum = (potentials[0][0] + potentials[0][130]) * 8;
        EXPECT_NEAR(sum, extreme * static_cast<int>(events), 16) << kernels->name << ", intensity " << intensity;
      }
    }
  }
}

/// The last input of a whole block of them comes after all the others have been taken as active.
TEST(FastCore, TakesABlockOfInputsThatAreAllActive) {
  Generator generator(1);
  Program program;
  program.inputs = kBlock;
  program.steps = 4;
  program.classes = 3;
  program.layers = {{.rows = kBlock, .neurons = 3, .threshold = 40, .leak = 51 * 256}};
  const auto plain = make_plain_core(program);
  const auto weights = random_weights(generator, program, program.layers[0]);
  set_weight_values(*plain, 0, weights);
  std::vector<std::uint8_t> intensities(kBlock, 100);
  intensities.back() = 200;
  for (const FastKernels* const kernels : every_kernels()) {
    const auto network = make_fast_core(program, *kernels);
    set_weight_values(*network, 0, weights);
    SampleResult expected;
    SampleResult result;
    plain->run({.intensities = intensities}, 5, expected);
    network->run({.intensities = intensities}, 5, result);
    EXPECT_EQ(result.scores, expected.scores) << kernels->name;
  }
}

}  // namespace
}  // namespace phasic::reference::test
