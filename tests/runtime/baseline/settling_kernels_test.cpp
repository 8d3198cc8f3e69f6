// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/settling_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <vector>

#include "tests/runtime/support.hpp"

namespace phasic::baseline::settling_kernels_test {
namespace {

using Numbers = std::vector<float>;
using Random = std::mt19937_64;

std::uint64_t chosen_seed() {
  const char* text = std::getenv("PHASIC_TEST_SEED");
  const std::uint64_t seed = text == nullptr ? std::random_device{}() : std::stoull(text);
  std::cout << "PHASIC_TEST_SEED=" << seed << "\n";
  return seed;
}

/// Numbers of both signs and several magnitudes, a fifth of them 0.
Numbers drawn(Random& random, std::size_t size, float amplitude) {
  std::uniform_real_distribution<float> even(-amplitude, amplitude);
  Numbers numbers(size);
  for (float& number : numbers) {
    number = even(random);
    if (random() % 5 == 0) number = 0;
    if (random() % 5 == 0) number *= 1e-3F;
  }
  return numbers;
}

std::size_t below(Random& random, std::size_t end) { return 1 + random() % (end - 1); }
std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

std::vector<const SettlingKernels*> kernels() {
  const SettlingKernels* all[kMostSettlingKernels];
  return {all, all + all_settling_kernels(all)};
}

struct Terms {
  std::vector<std::uint32_t> begins{0}, sources;
  Numbers values;
};
Terms some_terms(Random& random, std::size_t columns, std::size_t sources) {
  Terms terms;
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::uint32_t source = 0; source < sources; ++source)
      if (random() % 3 == 0) terms.sources.push_back(source);
    terms.begins.push_back(static_cast<std::uint32_t>(terms.sources.size()));
  }
  terms.values = drawn(random, terms.sources.size(), 1);
  return terms;
}

/// All that one of the kernels gives for the same random work.
Numbers results_of(const SettlingKernels& kernels, std::uint64_t seed) {
  Random random(seed);
  Numbers results;
  const auto keep = [&](const Numbers& numbers) { results.insert(results.end(), numbers.begin(), numbers.end()); };
  const std::size_t neurons = below(random, 300), classes = below(random, 70), columns = below(random, 23);
  const std::size_t stride = padded(neurons), class_stride = padded(classes), steps = below(random, 12);

  Numbers squashed = drawn(random, stride, 20);
  kernels.squash(squashed.data(), stride / kBlock, squashed.data());
  keep(squashed);

  const Numbers influences = drawn(random, steps, 1), currents = drawn(random, steps * stride, 2),
                kept = drawn(random, stride, 1);
  Numbers potentials = drawn(random, stride, 0.3F), conductances = drawn(random, stride, 4), values(steps * stride);
  kernels.run_membranes({.blocks = stride / kBlock,
                         .steps = steps,
                         .influences = influences.data(),
                         .reset = -0.5F,
                         .currents = currents.data(),
                         .current_stride = stride,
                         .kept = kept.data(),
                         .potentials = potentials.data(),
                         .conductances = conductances.data(),
                         .values = values.data(),
                         .value_stride = stride});
  keep(potentials), keep(conductances), keep(values);

  const Numbers weights = drawn(random, class_stride * neurons, 1), bias = drawn(random, class_stride, 1);
  const Numbers shown = drawn(random, columns * stride, 1);
  Numbers sums(columns * class_stride);
  kernels.weigh({.blocks = class_stride / kBlock,
                 .inputs = neurons,
                 .weights = weights.data(),
                 .bias = bias.data(),
                 .columns = columns,
                 .values = shown.data(),
                 .value_stride = stride,
                 .sums = sums.data()});
  keep(sums);

  const std::size_t inputs = below(random, 40);
  const Numbers into = drawn(random, inputs * neurons, 1), hidden_bias = drawn(random, stride, 1);
  const Terms terms = some_terms(random, columns, inputs);
  Numbers driven(columns * stride);
  kernels.drive({.neurons = neurons,
                 .weights = into.data(),
                 .bias = hidden_bias.data(),
                 .columns = columns,
                 .begins = terms.begins.data(),
                 .inputs = terms.sources.data(),
                 .values = terms.values.data(),
                 .currents = driven.data(),
                 .current_stride = stride});
  for (std::size_t n = 0; n < columns; ++n) keep({driven.data() + n * stride, driven.data() + n * stride + neurons});

  std::vector<const float*> given;
  for (std::size_t n = 0; n < columns; ++n) given.push_back(shown.data() + n * stride);
  Numbers hidden = drawn(random, stride, 1), outputs = drawn(random, class_stride, 1);
  kernels.relax_hidden({.blocks = stride / kBlock,
                        .step = 0.3F,
                        .currents = driven.data(),
                        .weights = given.data(),
                        .values = sums.data(),
                        .count = given.size(),
                        .hidden = hidden.data()});
  keep(hidden);
  for (const float* const targets : {static_cast<const float*>(nullptr), bias.data()}) {
    kernels.relax_outputs({.blocks = class_stride / kBlock,
                           .step = 0.3F,
                           .nudge = 0.7F,
                           .driven = sums.data(),
                           .targets = targets,
                           .outputs = outputs.data()});
    keep(outputs);
  }

  const Terms by_column = some_terms(random, inputs, columns);
  for (const bool adds : {false, true}) {
    Numbers target = drawn(random, inputs * neurons, 1);
    kernels.add_outer({.rows = neurons,
                       .left = shown.data(),
                       .left_stride = stride,
                       .columns = inputs,
                       .begins = by_column.begins.data(),
                       .sources = by_column.sources.data(),
                       .values = by_column.values.data(),
                       .scale = 0.3F,
                       .rate = 0.7F,
                       .adds = adds,
                       .target = target.data(),
                       .target_stride = neurons});
    keep(target);
  }

  Numbers decreases = drawn(random, stride, 1), spread = drawn(random, neurons, 1);
  const ColumnSums ups_and_downs = kernels.sum_column(shown.data(), stride / kBlock, decreases.data());
  const SpreadSquares squares = kernels.spread_column({.rows = neurons,
                                                       .change = shown.data(),
                                                       .up = 1.1F,
                                                       .down = 1.2F,
                                                       .ups = kept.data(),
                                                       .downs = hidden_bias.data(),
                                                       .up_share = 0.5F,
                                                       .down_share = 1.0F / 3,
                                                       .rate = 0.7F,
                                                       .weights = spread.data()});
  keep(decreases), keep(spread), keep({ups_and_downs.increases, ups_and_downs.decreases, squares.before, squares.added});
  return results;
}

TEST(SettlingKernels, GiveTheSameBitsOnEveryProcessor) {
  const std::uint64_t seed = chosen_seed();
  const auto all = kernels();
  ASSERT_STREQ(all[0]->name, "generic");
  for (std::uint64_t n = 0; n < 60; ++n) {
    const Numbers expected = results_of(*all[0], seed + n);
    for (const SettlingKernels* const wide : all) {
      const Numbers results = results_of(*wide, seed + n);
      ASSERT_EQ(results.size(), expected.size());
      for (std::size_t k = 0; k < results.size(); ++k)
        ASSERT_EQ(std::bit_cast<std::uint32_t>(results[k]), std::bit_cast<std::uint32_t>(expected[k]))
            << wide->name << ", seed " << seed + n << ", number " << k << ": " << results[k] << ", not " << expected[k];
    }
  }
}

TEST(SettlingKernels, PhiIsNearTheHyperbolicTangent) {
  for (const SettlingKernels* const some : kernels()) {
    double furthest = 0;
    for (int n = -400000; n < 400000; n += static_cast<int>(kBlock)) {
      float values[kBlock], squashed[kBlock];
      for (int k = 0; k < static_cast<int>(kBlock); ++k) values[k] = static_cast<float>(n + k) * 5e-5F;
      some->squash(values, 1, squashed);
      for (std::size_t k = 0; k < kBlock; ++k) {
        const double exact = std::tanh(double{values[k]} / 2);
        furthest = std::max(furthest, std::abs(double{squashed[k]} - exact));
        ASSERT_LE(std::abs(squashed[k] - exact), 5e-7 * std::abs(exact)) << some->name << ", " << values[k];
        ASSERT_LE(std::abs(squashed[k]), 1) << some->name << ", " << values[k];
      }
    }
    EXPECT_LE(furthest, 5e-7) << some->name;
  }
}

TEST(SettlingKernels, PhiHasItsLimitsAndKeepsWhatIsNoNumber) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const SettlingKernels* const some : kernels()) {
    float values[kBlock] = {0, 40, -40, kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 1e-30F, -1e-30F};
    some->squash(values, 1, values);
    EXPECT_EQ(values[0], 0);
    EXPECT_NEAR(values[1], 1, 5e-7);
    EXPECT_NEAR(values[2], -1, 5e-7);
    EXPECT_EQ(values[3], values[1]);
    EXPECT_EQ(values[4], values[2]);
    EXPECT_TRUE(std::isnan(values[5])) << some->name << ": weights that stop being numbers are to be seen";
    EXPECT_NEAR(values[6] / 1e-30F, 0.5, 1e-6);
    EXPECT_NEAR(values[7] / 1e-30F, -0.5, 1e-6);
    float output[kBlock] = {std::numeric_limits<float>::quiet_NaN()}, driven[kBlock] = {};
    some->relax_outputs({.blocks = 1, .step = 0.5F, .nudge = 0, .driven = driven, .targets = nullptr, .outputs = output});
    EXPECT_TRUE(std::isnan(output[0])) << some->name;
  }
}

TEST(SettlingKernels, CountWhatIsNotZeroWithoutThePadding) {
  const std::uint64_t seed = chosen_seed();
  Random random(seed);
  for (int n = 0; n < 20; ++n) {
    const std::size_t rows = below(random, 60), columns = below(random, 20), stride = padded(rows);
    const Numbers values = drawn(random, columns * stride, 1);
    std::uint64_t expected = 0;
    for (std::size_t column = 0; column < columns; ++column)
      for (std::size_t row = 0; row < rows; ++row) expected += values[column * stride + row] != 0 ? 1 : 0;
    for (const SettlingKernels* const some : kernels())
      EXPECT_EQ(some->count(values.data(), rows, stride, columns), expected) << some->name << ", seed " << seed;
  }
}

TEST(SettlingKernels, SumsAreThoseOfTheirTerms) {
  const std::uint64_t seed = chosen_seed();
  Random random(seed);
  constexpr std::size_t kInputs = 37, kColumns = 11;
  const Numbers weights = drawn(random, 2 * kBlock * kInputs, 1), bias = drawn(random, 2 * kBlock, 1);
  const Numbers values = drawn(random, kColumns * 48, 1);
  for (const SettlingKernels* const some : kernels()) {
    Numbers sums(kColumns * 2 * kBlock);
    some->weigh({.blocks = 2,
                 .inputs = kInputs,
                 .weights = weights.data(),
                 .bias = bias.data(),
                 .columns = kColumns,
                 .values = values.data(),
                 .value_stride = 48,
                 .sums = sums.data()});
    for (std::size_t column = 0; column < kColumns; ++column) {
      for (std::size_t lane = 0; lane < 2 * kBlock; ++lane) {
        double sum = bias[lane];
        for (std::size_t input = 0; input < kInputs; ++input)
          sum += double{weights[(lane / kBlock * kInputs + input) * kBlock + lane % kBlock]} * values[column * 48 + input];
        EXPECT_NEAR(sums[column * 2 * kBlock + lane], sum, 1e-5) << some->name << ", seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace phasic::baseline::settling_kernels_test
