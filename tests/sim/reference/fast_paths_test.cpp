// SPDX-License-Identifier: Apache-2.0
// Each way that the fast core has to do a layer's work, taken for certain: what random networks meet by chance alone.
#include <array>
#include <numeric>

#include "tests/sim/reference/compare_cores.hpp"

namespace phasic::reference::test {
namespace {

constexpr std::uint32_t kInputs = 300;

/// How a layer learns, and with which weights.
struct Learning {
  std::uint32_t weight_width = 8;
  contract::Span span = contract::Span::kLastStep;
  std::uint32_t trace_shift = 0;
  contract::Rounding rounding = contract::Rounding::kStochastic;
};

std::string text(const Learning& learning) {
  return std::to_string(learning.weight_width) + " bits, " +
         (learning.span == contract::Span::kLastStep ? "last step" : "all steps") + ", trace shift " +
         std::to_string(learning.trace_shift) +
         (learning.rounding == contract::Rounding::kStochastic ? ", stochastic" : ", to nearest");
}

std::vector<Learning> every_learning() {
  std::vector<Learning> every;
  for (const std::uint32_t width : {8U, 16U}) {
    for (const auto rounding : {contract::Rounding::kStochastic, contract::Rounding::kNearest}) {
      every.push_back({width, contract::Span::kLastStep, 0, rounding});
      for (const std::uint32_t shift : {0U, 1U, 3U}) every.push_back({width, contract::Span::kAllSteps, shift, rounding});
    }
  }
  return every;
}

/// A layer whose neurons spike and learn; what does not matter for the path is drawn.
LayerProgram layer_of(Generator& generator, const Learning& learning, std::uint32_t inputs, std::uint32_t neurons, bool bias) {
  LayerProgram layer;
  layer.rows = inputs + (bias ? 1 : 0);
  layer.neurons = neurons;
  layer.bias = bias;
  layer.input_shift = static_cast<std::uint32_t>(uniform(generator, 0, 3)) + (learning.weight_width == 16 ? 8 : 0);
  layer.threshold = static_cast<std::int32_t>(uniform(generator, -1, 300));
  layer.window = static_cast<std::int32_t>(uniform(generator, -200, 200));
  layer.leak = static_cast<std::uint32_t>(uniform(generator, 0, 4) == 0 ? 65536 : 2 * uniform(generator, 0, 32767));
  layer.span = learning.span;
  layer.trace_shift = learning.trace_shift;
  layer.rounding = learning.rounding;
  layer.post = static_cast<contract::Post>(uniform(generator, 0, 2));
  // Small factors, whose rounding tells, and large ones, which take weights to their limits.
  layer.rate = static_cast<std::uint32_t>(uniform(generator, 0, 1) == 0 ? uniform(generator, 1, 200) : 65535);
  layer.factor_shift = static_cast<std::uint32_t>(uniform(generator, 0, 6));
  return layer;
}

Program program_of(Generator& generator, const Learning& learning, std::uint32_t steps) {
  Program program;
  program.weight_width = learning.weight_width;
  program.seed = generator();
  program.inputs = kInputs;
  program.steps = steps;
  program.classes = 1;
  program.learn = true;
  program.trace = true;
  return program;
}

/// A sample to be learned at each step of which `events` inputs spike, none of them twice.
OwnedSample sample_of(Generator& generator, const Program& program, std::uint32_t events) {
  OwnedSample sample;
  sample.learn = true;
  sample.label = static_cast<std::uint32_t>(uniform(generator, 0, program.classes - 1));
  std::vector<std::uint32_t> inputs(program.inputs);
  std::iota(inputs.begin(), inputs.end(), 0U);
  for (std::uint32_t step = 0; step < program.steps; ++step) {
    std::shuffle(inputs.begin(), inputs.end(), generator);
    std::sort(inputs.begin(), inputs.begin() + events);
    for (std::uint32_t k = 0; k < events; ++k) sample.events.push_back(step << 16 | inputs[k]);
  }
  return sample;
}

/// Every way to learn, in wide and narrow layers, with sums of a step that fit 16 bits and such that do not.
TEST(FastPaths, EqualThePlainCoreInEveryWayToLearn) {
  const std::uint64_t seed = chosen_seed();
  Generator generator(seed);
  constexpr std::array<std::uint32_t, 3> kSteps{32, 7, 1};
  std::size_t turn = 0;
  for (const Learning& learning : every_learning()) {
    for (const std::uint32_t outputs : {1U, 2U, 7U, 16U, 17U, 150U}) {
      // Numbers of steps take turns: every learning meets every one, with narrow layers and with wide ones.
      const std::uint32_t steps = kSteps[turn++ % kSteps.size()];
      SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", " + text(learning) + ", " + std::to_string(steps) +
                   " steps, " + std::to_string(outputs) + " outputs");
      Program program = program_of(generator, learning, steps);
      program.sample_kind = contract::SampleKind::kEvent;
      const auto hidden = static_cast<std::uint32_t>(uniform(generator, 0, 1) == 0 ? 128 : uniform(generator, 60, 330));
      const bool bias = uniform(generator, 0, 1) == 0;
      program.layers = {layer_of(generator, learning, kInputs, hidden, bias),
                        layer_of(generator, learning, hidden, outputs, !bias)};
      program.layers[0].factor = outputs % 2 == 0 ? contract::Factor::kLevel : contract::Factor::kFeedback;
      program.layers[1].factor = outputs == 7 ? contract::Factor::kLevel : contract::Factor::kError;
      program.classes = std::min(outputs, 10U);
      Cores cores(program, generator);
      for (const std::uint32_t events : {40U, 255U, 256U, kInputs}) {
        OwnedSample sample = sample_of(generator, program, events);
        sample.gated = events == 40;
        for (std::uint32_t neuron = 0; neuron < hidden; neuron += 2) sample.open.push_back(neuron);
        cores.show(sample, static_cast<std::uint32_t>(generator()), events != 255);
        if (HasFatalFailure()) return;
      }
      EXPECT_GT(cores.plain().counts().layers[0].update_rows, 0U);
    }
  }
}

/// The most events of 8-bit weights whose sums fit 16 bits, and one more; with and without usual rows.
TEST(FastPaths, SumsOfAStepFitWhereTheyAreKept) {
  for (const int extreme : {-128, 127}) {
    for (const std::uint32_t events : {254U, 255U, 256U, 257U, 300U}) {
      for (const auto kind : {contract::SampleKind::kEvent, contract::SampleKind::kIntensity}) {
        for (const bool bias : {false, true}) {
          SCOPED_TRACE(std::to_string(extreme) + ", " + std::to_string(events) + " events" + (bias ? " and the bias" : ""));
          Generator generator(events);
          Program program = program_of(generator, {}, 3);
          program.sample_kind = kind;
          // Potentials that tell sums apart which differ by one weight.
          program.layers = {{.rows = kInputs + (bias ? 1 : 0),
                             .neurons = 200,
                             .bias = bias,
                             .threshold = 32767,
                             .leak = 0,
                             .input_shift = 1}};
          Cores cores(program);
          std::vector<std::byte> rows(weight_bytes(program, program.layers[0]));
          const std::size_t row_bytes = weight_row_bytes(program, program.layers[0]);
          for (std::size_t row = 0; row < program.layers[0].rows; ++row) {
            for (std::size_t neuron = 0; neuron < 200; ++neuron) {
              store_weight(rows.data() + row * row_bytes, neuron, 8, static_cast<std::int16_t>(extreme));
            }
          }
          cores.set_weights(0, rows);
          OwnedSample sample = sample_of(generator, program, events);
          sample.learn = false;
          // An input of 255 spikes at nearly all steps.
          sample.intensities.assign(events, 255);
          sample.intensities.resize(kInputs);
          cores.show(sample, 3, true);
          if (HasFatalFailure()) return;
          EXPECT_GE(cores.plain().counts().layers[0].events, 3 * events * 9 / 10);
        }
      }
    }
  }
}

/// Spikes of so many rows that a narrow layer must widen its sums of 16 bits on the way.
TEST(FastPaths, ANarrowLayerHasRoomForManyRows) {
  constexpr std::uint32_t kHidden = 9000;
  for (const std::uint32_t width : {8U, 16U}) {
    for (const bool lowest : {true, false}) {
      Generator generator(5);
      Program program = program_of(generator, {.weight_width = width}, 2);
      program.inputs = 1;
      // Potentials of 0 are above the threshold, those of the neurons in the padding as well.
      LayerProgram hidden{.rows = 1, .neurons = kHidden, .threshold = -1, .leak = 0};
      LayerProgram output{.rows = kHidden, .neurons = 3, .threshold = 0, .leak = 0, .input_shift = 15};
      program.layers = {hidden, output};
      Cores cores(program);
      std::vector<std::byte> rows(weight_bytes(program, output));
      const std::size_t row_bytes = weight_row_bytes(program, output);
      const auto weight = static_cast<std::int16_t>(width == 8 ? (lowest ? -128 : 127) : (lowest ? -32768 : 32767));
      for (std::size_t row = 0; row < kHidden; ++row) {
        for (std::size_t neuron = 0; neuron < 3; ++neuron) store_weight(rows.data() + row * row_bytes, neuron, width, weight);
      }
      cores.set_weights(1, rows);
      OwnedSample sample;
      sample.intensities = {0};
      cores.show(sample, 3, true);
      if (HasFatalFailure()) return;
      EXPECT_EQ(cores.plain().counts().layers[1].events, 2 * kHidden);
    }
  }
}

/// Neurons that are there to fill whole blocks may spike, too: they are no rows of the next layer, for which they would count
/// and learn.
TEST(FastPaths, NeuronsOfThePaddingAreNoRows) {
  for (const Learning& learning : every_learning()) {
    for (const bool bias : {false, true}) {
      for (const std::uint32_t hidden : {1U, 61U, 63U, 65U, 130U}) {
        SCOPED_TRACE(text(learning) + ", " + std::to_string(hidden) + " neurons" + (bias ? " and the bias" : ""));
        Generator generator(hidden);
        Program program = program_of(generator, learning, 4);
        // Potentials of 0 are above the threshold.
        program.layers = {layer_of(generator, learning, kInputs, hidden, false),
                          layer_of(generator, learning, hidden, 3, bias)};
        program.layers[0].threshold = -1;
        program.layers[1].factor = contract::Factor::kError;
        program.classes = std::min(hidden, 3U);
        Cores cores(program, generator);
        for (std::uint32_t number = 0; number < 3; ++number) {
          OwnedSample sample = random_sample(generator, program);
          sample.learn = true;
          sample.label = 0;
          cores.show(sample, number, false);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

/// A layer of few neurons behind another of few, whose spikes go on.
TEST(FastPaths, NarrowLayersFollowEachOther) {
  const std::uint64_t seed = chosen_seed();
  Generator generator(seed);
  for (const Learning& learning : every_learning()) {
    for (const bool bias : {false, true}) {
      SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", " + text(learning));
      Program program = program_of(generator, learning, 20);
      program.sample_kind = contract::SampleKind::kIntensity;
      program.layers = {layer_of(generator, learning, kInputs, 16, bias), layer_of(generator, learning, 16, 9, bias),
                        layer_of(generator, learning, 9, 64, bias), layer_of(generator, learning, 64, 5, bias)};
      for (std::size_t layer = 0; layer < 3; ++layer) program.layers[layer].factor = contract::Factor::kFeedback;
      program.layers[3].factor = contract::Factor::kError;
      program.classes = 5;
      Cores cores(program, generator);
      for (std::size_t number = 0; number < 3; ++number) {
        OwnedSample sample = random_sample(generator, program);
        cores.show(sample, static_cast<std::uint32_t>(generator()), number % 2 == 0);
        if (HasFatalFailure()) return;
      }
    }
  }
}

/// Changes of shared weights that fit 32 bits in sum, and such that do not; channels that fill vectors, and others.
TEST(FastPaths, AConvolutionLearnsInNarrowAndInWideSums) {
  const std::uint64_t seed = chosen_seed();
  Generator generator(seed);
  for (const Learning& learning : every_learning()) {
    for (const bool graded : {false, true}) {
      if (graded && learning.span != contract::Span::kLastStep) continue;
      for (const std::uint32_t channels : {1U, 16U, 37U}) {
        // Factors of a few units, and at their limit, which takes sums beyond 32 bits where values are 255.
        for (const std::uint32_t shift : {15U, 0U}) {
          SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", " + text(learning) + (graded ? ", graded, " : ", ") +
                       std::to_string(channels) + " channels, factor shift " + std::to_string(shift));
          Program program = program_of(generator, learning, graded ? 1 : 5);
          program.sample_kind = graded ? contract::SampleKind::kGraded : contract::SampleKind::kIntensity;
          program.classes = 4;
          LayerProgram filters = layer_of(generator, learning, 3 * 3 * 3, 25 * channels, shift == 0);
          filters.first = true;
          filters.connection = contract::Connection::kConvolution;
          filters.shape = {.source_rows = 10,
                           .source_columns = 10,
                           .source_channels = 3,
                           .pool = 1,
                           .padding = 1,
                           .stride = 1,
                           .kernel_rows = 3,
                           .kernel_columns = 3,
                           .channels = channels};
          filters.factor = contract::Factor::kFeedback;
          filters.window = -100;
          filters.post = contract::Post::kTrit;
          filters.rate = shift == 0 ? 65535 : 20;
          filters.factor_shift = shift;
          program.layers = {filters, layer_of(generator, learning, 25 * channels, 4, true)};
          program.layers[1].factor = contract::Factor::kError;
          Cores cores(program, generator);
          for (std::uint32_t number = 0; number < 3; ++number) {
            OwnedSample sample = random_sample(generator, program);
            sample.learn = true;
            cores.show(sample, number, false);
            if (HasFatalFailure()) return;
          }
          EXPECT_GT(cores.plain().counts().layers[0].update_rows, 0U);
        }
      }
    }
  }
}

}  // namespace
}  // namespace phasic::reference::test
