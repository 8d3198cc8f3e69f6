// SPDX-License-Identifier: Apache-2.0
// The retrograde signal in the plain core, and that the fast one takes it alike.
#include <array>
#include <iostream>

#include "sim/reference/arithmetic.hpp"
#include "tests/common/examples.hpp"
#include "tests/sim/reference/compare_cores.hpp"

namespace phasic::reference::test {
namespace {

/// Two layers that learn, the first with the signal of the second. What does not matter is drawn.
struct Shape {
  std::uint32_t weight_width = 8;
  std::uint32_t outputs = 10;
  contract::Span span = contract::Span::kAllSteps;  ///< of the layer behind
  contract::Post post = contract::Post::kOne;       ///< of the layer behind
  std::uint32_t trace_shift = 0;
  bool graded = false;
};

LayerProgram spiking_layer(Generator& generator, const Program& program, std::uint32_t inputs, std::uint32_t neurons) {
  LayerProgram layer;
  layer.bias = uniform(generator, 0, 1) == 0;
  layer.rows = inputs + (layer.bias ? 1 : 0);
  layer.neurons = neurons;
  layer.first = program.layers.empty();
  layer.input_shift = program.weight_width == 16 ? 8 : 0;
  layer.threshold = static_cast<std::int32_t>(uniform(generator, 20, 200));
  layer.window = static_cast<std::int32_t>(uniform(generator, -200, 60));
  layer.leak = 256 * static_cast<std::uint32_t>(uniform(generator, 0, 256));
  layer.rate = static_cast<std::uint32_t>(uniform(generator, 1, 60000));
  layer.factor_shift = static_cast<std::uint32_t>(uniform(generator, 0, 4));
  return layer;
}

Program two_layers(Generator& generator, const Shape& shape) {
  Program program;
  program.weight_width = shape.weight_width;
  program.seed = generator();
  program.inputs = 60;
  program.steps = shape.graded ? 1 : static_cast<std::uint32_t>(uniform(generator, 2, 32));
  program.classes = std::min(shape.outputs, 8U);
  program.sample_kind = shape.graded ? contract::SampleKind::kGraded : contract::SampleKind::kIntensity;
  program.learn = true;
  const auto hidden = static_cast<std::uint32_t>(uniform(generator, 30, 200));
  program.layers.push_back(spiking_layer(generator, program, program.inputs, hidden));
  program.layers.push_back(spiking_layer(generator, program, hidden, shape.outputs));
  LayerProgram& front = program.layers[0];
  LayerProgram& behind = program.layers[1];
  front.factor = uniform(generator, 0, 1) == 0 ? contract::Factor::kFeedback : contract::Factor::kLevel;
  front.post = static_cast<contract::Post>(uniform(generator, 0, 2));
  make_retrograde(generator, front);
  behind.factor = uniform(generator, 0, 3) == 0 ? contract::Factor::kLevel : contract::Factor::kError;
  behind.span = shape.span;
  behind.post = shape.post;
  behind.trace_shift = shape.trace_shift;
  return program;
}

OwnedSample learned_sample(Generator& generator, const Program& program) {
  OwnedSample sample = random_sample(generator, program);
  sample.learn = true;
  sample.label = static_cast<std::uint32_t>(uniform(generator, 0, program.classes - 1));
  return sample;
}

/// Every way in which the layer behind may learn.
std::vector<Shape> every_shape() {
  std::vector<Shape> shapes;
  for (const std::uint32_t width : {8U, 16U}) {
    for (const std::uint32_t outputs : {1U, 10U, 16U, 17U, 90U}) {
      for (const auto post : {contract::Post::kTrit, contract::Post::kSurrogate, contract::Post::kOne}) {
        shapes.push_back({width, outputs, contract::Span::kLastStep, post, 0, false});
        shapes.push_back({width, outputs, contract::Span::kLastStep, post, 0, true});
        for (const std::uint32_t trace_shift : {0U, 1U, 3U})
          shapes.push_back({width, outputs, contract::Span::kAllSteps, post, trace_shift, false});
      }
    }
  }
  return shapes;
}

TEST(RetrogradeSignal, IsTheSameInThePlainAndInTheFastCoreHoweverTheLayerBehindLearns) {
  const std::uint64_t seed = chosen_seed();
  Generator generator(seed);
  for (const Shape& shape : every_shape()) {
    SCOPED_TRACE("PHASIC_TEST_SEED=" + std::to_string(seed) + ", " + std::to_string(shape.weight_width) + " bits, " +
                 std::to_string(shape.outputs) + " outputs, trace shift " + std::to_string(shape.trace_shift) + ", post " +
                 std::string(name(shape.post)) + (shape.graded ? ", graded" : ""));
    const Program program = two_layers(generator, shape);
    Cores cores(program, generator);
    for (std::uint32_t number = 0; number < 4; ++number) {
      const OwnedSample sample = learned_sample(generator, program);
      cores.show(sample, number, number == 0);
      if (HasFatalFailure()) return;
    }
  }
}

std::vector<std::vector<std::int16_t>> weights_after(const Program& program, std::uint64_t seed, std::uint32_t samples) {
  Generator generator(seed);
  const auto core = make_plain_core(program);
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    core->set_weights(layer, random_rows(generator, program, program.layers[layer]));
    core->set_levels(layer, random_levels(generator, program, program.layers[layer]));
  }
  for (std::uint32_t number = 0; number < samples; ++number) {
    const OwnedSample sample = learned_sample(generator, program);
    SampleResult result;
    core->run(sample.view(), number, result);
  }
  std::vector<std::vector<std::int16_t>> weights;
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) weights.push_back(weight_values(*core, layer));
  return weights;
}

/// Half a factor that was made of twice the rate is the factor.
TEST(RetrogradeSignal, HeldConstantIsTheRuleWithoutItAtThatShareOfTheRate) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Generator generator(seed);
    Program held = two_layers(generator, {});
    held.layers[0].factor_shift = 0;
    held.layers[0].rate = 2 * static_cast<std::uint32_t>(uniform(generator, 1, 40));
    held.layers[0].retrograde_limit = held.layers[0].retrograde_base = 128;
    Program without = held;
    without.layers[0].rate /= 2;
    without.layers[0].retrograde_limit = without.layers[0].retrograde_base = without.layers[0].retrograde_shift = 0;
    ASSERT_EQ(weights_after(held, seed, 5), weights_after(without, seed, 5));
  }
}

TEST(RetrogradeSignal, IsZeroOfANeuronWhoseRowIsNotVisited) {
  std::uint64_t changed = 0, quiet = 0;
  for (std::uint64_t seed = 100; seed < 120; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Generator generator(seed);
    Program program = two_layers(generator, {.span = contract::Span::kLastStep});
    LayerProgram& front = program.layers[0];
    front.post = contract::Post::kOne;
    front.rounding = contract::Rounding::kNearest;
    front.retrograde_base = 0;
    front.retrograde_limit = 255;
    front.retrograde_shift = 0;
    const auto core = make_plain_core(program);
    for (std::size_t layer = 0; layer < 2; ++layer) {
      core->set_weights(layer, random_rows(generator, program, program.layers[layer]));
      core->set_levels(layer, random_levels(generator, program, program.layers[layer]));
    }
    const auto before = weight_values(*core, 0);
    const OwnedSample sample = learned_sample(generator, program);
    SampleResult result;
    Potentials potentials;
    core->run(sample.view(), 0, result, &potentials);
    const auto after = weight_values(*core, 0);
    for (std::size_t neuron = 0; neuron < front.neurons; ++neuron) {
      const bool visited = potentials[0][(program.steps - 1) * front.neurons + neuron] > front.threshold;
      for (std::size_t row = 0; row < front.rows; ++row) {
        const bool differs = before[row * front.neurons + neuron] != after[row * front.neurons + neuron];
        ASSERT_TRUE(visited || !differs) << "row " << row << ", neuron " << neuron;
        changed += differs ? 1 : 0;
      }
      quiet += visited ? 0 : 1;
    }
  }
  EXPECT_GT(changed, 100U) << "hardly a neuron that was visited learned";
  EXPECT_GT(quiet, 100U) << "hardly a neuron was not visited";
}

/// A value of enumeration `Enum` from the list of its names.
template <class Enum>
Enum named(const std::vector<Enum>& all, const std::string& list, std::size_t place) {
  std::istringstream stream(list);
  std::string text;
  for (std::size_t n = 0; n <= place; ++n) std::getline(stream, text, ',');
  for (const Enum value : all)
    if (name(value) == text) return value;
  throw std::invalid_argument("no such value: " + text);
}

/// The program of an example of kind retrograde_sample.
Program program_of(const testing::Example& e) {
  const auto at = [&](const std::string& key, std::size_t layer) { return e.list(key).at(layer); };
  Program program;
  program.weight_width = static_cast<std::uint32_t>(e.number("weight_width"));
  program.inputs = static_cast<std::uint32_t>(e.number("inputs"));
  program.steps = static_cast<std::uint32_t>(e.number("steps"));
  program.classes = static_cast<std::uint32_t>(at("neurons", 1));
  program.sample_kind = contract::SampleKind::kEvent;
  program.learn = true;
  for (std::size_t n = 0; n < 2; ++n) {
    LayerProgram layer;
    layer.rows = n == 0 ? program.inputs : program.layers[0].neurons;
    layer.neurons = static_cast<std::uint32_t>(at("neurons", n));
    layer.first = n == 0;
    layer.threshold = static_cast<std::int32_t>(at("threshold", n));
    layer.window = static_cast<std::int32_t>(at("window", n));
    layer.leak = static_cast<std::uint32_t>(at("leak", n));
    layer.rate = static_cast<std::uint32_t>(at("rate", n));
    layer.factor_shift = static_cast<std::uint32_t>(at("factor_shift", n));
    layer.factor = named<contract::Factor>({contract::kAllFactor.begin(), contract::kAllFactor.end()}, e.text("factor"), n);
    layer.span = named<contract::Span>({contract::kAllSpan.begin(), contract::kAllSpan.end()}, e.text("span"), n);
    layer.post = named<contract::Post>({contract::kAllPost.begin(), contract::kAllPost.end()}, e.text("post"), n);
    layer.rounding = contract::Rounding::kNearest;
    program.layers.push_back(layer);
  }
  program.layers[0].retrograde_shift = static_cast<std::uint32_t>(e.number("retrograde_shift"));
  program.layers[0].retrograde_base = static_cast<std::uint32_t>(e.number("retrograde_base"));
  program.layers[0].retrograde_limit = static_cast<std::uint32_t>(e.number("retrograde_limit"));
  return program;
}

std::string joined(const std::vector<std::int16_t>& values) {
  std::string text;
  for (const std::int16_t value : values) text += (text.empty() ? "" : ",") + std::to_string(value);
  return text;
}

/// What a core makes of the example.
void expect_example(const testing::Example& e, Core& core) {
  const Program& program = core.program();
  for (std::size_t layer = 0; layer < 2; ++layer) {
    const auto values = e.list(layer == 0 ? "weights" : "behind");
    set_weight_values(core, layer, std::vector<std::int16_t>(values.begin(), values.end()));
  }
  std::vector<std::byte> levels(level_bytes(program, program.layers[0]));
  const auto values = e.list("levels");
  for (std::size_t k = 0; k < values.size(); ++k)
    levels[k / program.layers[0].neurons * align(program.layers[0].neurons) + k % program.layers[0].neurons] =
        static_cast<std::byte>(values[k]);
  core.set_levels(0, levels);
  OwnedSample sample;
  sample.learn = true;
  sample.label = static_cast<std::uint32_t>(e.number("label"));
  std::istringstream events(e.text("events"));
  for (std::string event; std::getline(events, event, ',');) {
    const std::size_t colon = event.find(':');
    sample.events.push_back(
        static_cast<std::uint32_t>(std::stoul(event.substr(0, colon)) << 16 | std::stoul(event.substr(colon + 1))));
  }
  SampleResult result;
  core.run(sample.view(), 0, result);
  std::string counts;
  for (const std::uint32_t score : result.scores) counts += (counts.empty() ? "" : ",") + std::to_string(score >> 16);
  EXPECT_EQ(counts, e.expected.at("counts"));
  EXPECT_EQ(joined(weight_values(core, 0)), e.expected.at("weights"));
  EXPECT_EQ(joined(weight_values(core, 1)), e.expected.at("behind"));
}

TEST(RetrogradeSignal, IsThatOfTheWorkedExamples) {
  std::uint64_t checked = 0;
  for (const testing::Example& e : testing::read_examples(PHASIC_SPECIFICATION)) {
    if (e.kind != "retrograde_sample") continue;
    SCOPED_TRACE(e.line);
    ++checked;
    const Program program = program_of(e);
    const auto plain = make_plain_core(program);
    expect_example(e, *plain);
    for (const FastKernels* const kernels : every_kernels()) {
      SCOPED_TRACE(kernels->name);
      const auto fast = make_fast_core(program, *kernels);
      expect_example(e, *fast);
    }
  }
  EXPECT_GT(checked, 0U);
}

}  // namespace
}  // namespace phasic::reference::test
