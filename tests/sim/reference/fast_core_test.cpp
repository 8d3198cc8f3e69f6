// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "sim/reference/cores.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "tests/sim/reference/random_network.hpp"

namespace phasic::reference::test {
namespace {

std::vector<std::byte> weights_of(const Core& network, std::size_t layer) {
  std::vector<std::byte> bytes(weight_bytes(network.program(), network.program().layers[layer]));
  network.get_weights(layer, bytes);
  return bytes;
}

/// Shows random samples to the plain network and to every fast one and compares all that they tell.
void compare(Generator& generator, const Program& program, std::size_t samples) {
  std::vector<std::unique_ptr<Core>> networks;
  networks.push_back(make_plain_core(program));
  const FastKernels* kernels[kMostFastKernels];
  const std::size_t count = all_fast_kernels(kernels);
  for (std::size_t k = 0; k < count; ++k) networks.push_back(make_fast_core(program, *kernels[k]));
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    const auto rows = random_rows(generator, program, program.layers[layer]);
    const auto levels = random_levels(generator, program, program.layers[layer]);
    for (auto& network : networks) {
      network->set_weights(layer, rows);
      network->set_levels(layer, levels);
    }
  }
  for (std::size_t number = 0; number < samples; ++number) {
    const OwnedSample sample = random_sample(generator, program);
    const auto stream_number = static_cast<std::uint32_t>(generator());
    SampleResult expected;
    Potentials expected_potentials;
    networks[0]->run(sample.view(), stream_number, expected, &expected_potentials);
    for (std::size_t k = 1; k < networks.size(); ++k) {
      SampleResult result;
      Potentials potentials;
      networks[k]->run(sample.view(), stream_number, result, number % 2 == 0 ? &potentials : nullptr);
      const char* const name = kernels[k - 1]->name;
      ASSERT_EQ(result.scores, expected.scores) << name << ", sample " << number;
      ASSERT_EQ(result.prediction, expected.prediction) << name;
      ASSERT_EQ(result.spikes, expected.spikes) << name;
      if (number % 2 == 0) {
        ASSERT_EQ(potentials, expected_potentials) << name << ", sample " << number;
      }
      ASSERT_EQ(networks[k]->counts(), networks[0]->counts()) << name << ", sample " << number;
      for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
        ASSERT_EQ(weights_of(*networks[k], layer), weights_of(*networks[0], layer)) << name << ", layer " << layer;
      }
    }
  }
}

std::uint64_t chosen_seed() {
  const char* text = std::getenv("PHASIC_TEST_SEED");
  return text == nullptr ? std::random_device{}() : std::stoull(text);
}

TEST(FastCore, EqualsThePlainOneOnRandomNetworks) {
  const std::uint64_t seed = chosen_seed();
  std::uint64_t learned = 0;
  for (std::uint64_t round = 0; round < 120; ++round) {
    SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", network " + std::to_string(round));
    Generator generator(seed * 1000 + round);
    const Program program = random_program(generator, round % 3 == 0 ? 16 : 8, round % 20 == 0 ? 600 : 160);
    compare(generator, program, 4);
    if (HasFatalFailure()) return;
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
      const FastKernels* kernels[kMostFastKernels];
      const std::size_t count = all_fast_kernels(kernels);
      for (std::size_t k = 0; k < count; ++k) {
        const auto network = make_fast_core(program, *kernels[k]);
        set_weight_values(*network, 0, std::vector<std::int16_t>(std::size_t{701} * 130, static_cast<std::int16_t>(extreme)));
        std::vector<std::uint8_t> intensities(700, static_cast<std::uint8_t>(intensity));
        SampleResult result;
        Potentials potentials;
        network->run({.intensities = intensities}, 5, result, &potentials);
        const auto events = network->counts().layers[0].events;
        EXPECT_GT(events, intensity == 255 ? 2 * 690U : 2 * 270U);
        EXPECT_LT(events, intensity == 255 ? 2 * 702U : 2 * 430U);
        const int sum = (potentials[0][0] + potentials[0][130]) * 8;
        EXPECT_NEAR(sum, extreme * static_cast<int>(events), 16) << kernels[k]->name << ", intensity " << intensity;
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
  program.layers = {{.rows = kBlock, .neurons = 3, .threshold = 40, .leak = 51}};
  const auto plain = make_plain_core(program);
  const auto weights = random_weights(generator, program, program.layers[0]);
  set_weight_values(*plain, 0, weights);
  std::vector<std::uint8_t> intensities(kBlock, 100);
  intensities.back() = 200;
  const FastKernels* kernels[kMostFastKernels];
  const std::size_t count = all_fast_kernels(kernels);
  for (std::size_t k = 0; k < count; ++k) {
    const auto network = make_fast_core(program, *kernels[k]);
    set_weight_values(*network, 0, weights);
    SampleResult expected;
    SampleResult result;
    plain->run({.intensities = intensities}, 5, expected);
    network->run({.intensities = intensities}, 5, result);
    EXPECT_EQ(result.scores, expected.scores) << kernels[k]->name;
  }
}

}  // namespace
}  // namespace phasic::reference::test
