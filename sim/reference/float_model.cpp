// SPDX-License-Identifier: Apache-2.0
#include "sim/reference/float_model.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "driver/shell/connection.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/random.hpp"

namespace phasic::reference {
namespace {

/// The potential of a neuron that has spiked, after its reset.
float after_spike(float potential, const LayerProgram& shape) {
  switch (shape.reset) {
    case contract::Reset::kZero:
      return 0;
    case contract::Reset::kSubtract:
      return potential - static_cast<float>(shape.threshold);
    case contract::Reset::kNone:
      break;
  }
  return potential;
}

/// Powers of two by which sums are divided.
int shift_of_sums(const Program& program, const LayerProgram& shape) {
  return static_cast<int>(shape.input_shift + (is_graded(program) ? contract::kGradedShift : 0));
}

}  // namespace

FloatNetwork::FloatNetwork(Program program) : program_(std::move(program)) {
  for (const LayerProgram& shape : program_.layers) {
    Layer layer;
    layer.reached = all_reached(shape);
    layer.weights.resize(std::size_t{shape.rows} * row_width(shape));
    layer.levels.resize(std::size_t{program_.classes} * shape.neurons);
    layer.events.resize(program_.steps);
    if (without_potentials(shape) || moves_filters(shape))
      throw std::invalid_argument("the floating-point model has no competition, no filters that learn and no discriminant");
    layer.sums.resize(positions_of(shape) * row_width(shape));
    layer.currents.resize(shape.synaptic_leak == 0 ? 0 : shape.neurons);
    layer.potentials.resize(shape.neurons);
    layer.spiked.resize(shape.neurons);
    layer.trits.resize(std::size_t{program_.steps} * shape.neurons);
    layer.counts.resize(shape.neurons);
    layer.factors.resize(shape.neurons);
    layers_.push_back(std::move(layer));
  }
}

void FloatNetwork::set_rate(std::size_t layer, std::uint32_t rate, std::uint32_t factor_shift) {
  program_.layers.at(layer).rate = rate;
  program_.layers.at(layer).factor_shift = factor_shift;
}

void FloatNetwork::set_weights(std::size_t layer, std::span<const float> weights) {
  if (weights.size() != layers_.at(layer).weights.size()) throw std::invalid_argument("wrong number of weights");
  std::copy(weights.begin(), weights.end(), layers_[layer].weights.begin());
}

void FloatNetwork::set_levels(std::size_t layer, std::span<const float> levels) {
  if (levels.size() != layers_.at(layer).levels.size()) throw std::invalid_argument("wrong number of levels");
  std::copy(levels.begin(), levels.end(), layers_[layer].levels.begin());
}

void FloatNetwork::run(const Sample& sample, std::uint32_t number, std::uint32_t& prediction, std::vector<double>& scores) {
  if (sample.gated) throw std::invalid_argument("the floating-point model has no gates");
  encode(sample, number);
  if (!program_.keep || sample.restart) forget();
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    integrate(layer);
  }
  for (std::size_t layer = layers_.size(); program_.learn && sample.learn && layer-- > 0;) {
    if (program_.layers[layer].factor != contract::Factor::kFrozen) update(layer, sample.label);
  }
  const Layer& last = layers_.back();
  scores.resize(last.counts.size());
  for (std::size_t neuron = 0; neuron < scores.size(); ++neuron) {
    scores[neuron] = 65536.0 * static_cast<double>(last.counts[neuron]) + static_cast<double>(last.potentials[neuron]) +
                     contract::kScoreOffset;
  }
  prediction = static_cast<std::uint32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

void FloatNetwork::forget() {
  for (Layer& layer : layers_) {
    std::fill(layer.currents.begin(), layer.currents.end(), 0.0F);
    std::fill(layer.potentials.begin(), layer.potentials.end(), 0.0F);
    std::fill(layer.spiked.begin(), layer.spiked.end(), std::uint8_t{0});
  }
}

void FloatNetwork::encode(const Sample& sample, std::uint32_t number) {
  const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kEncoding, 0), number);
  const LayerProgram& shape = program_.layers[0];
  auto& events = layers_[0].events;
  for (auto& step : events) step.clear();
  if (program_.sample_kind == contract::SampleKind::kEvent) {
    for (const std::uint32_t event : sample.events) events[event >> 16].push_back({static_cast<std::uint16_t>(event), 1});
  } else {
    for (std::uint32_t input = 0; input < program_.inputs; ++input) {
      const auto source = static_cast<std::uint16_t>(input);
      const std::uint8_t intensity = sample.intensities[input];
      if (intensity == 0) continue;
      if (is_graded(program_)) events[0].push_back({source, static_cast<float>(intensity)});
      for (std::uint32_t step = 0; !is_graded(program_) && step < program_.steps; ++step) {
        if (intensity > encoding_byte(key, step, input)) events[step].push_back({source, 1});
      }
    }
  }
  if (!shape.bias) return;
  for (auto& step : events)
    step.push_back({static_cast<std::uint16_t>(program_.inputs), static_cast<float>(shell::bias_value(program_))});
}

void FloatNetwork::add_up(std::size_t number, std::size_t step) {
  Layer& layer = layers_[number];
  const std::size_t width = row_width(program_.layers[number]);
  std::fill(layer.sums.begin(), layer.sums.end(), 0.0F);
  for (const Event& event : layer.events[step]) {
    for (const Reached& reached : layer.reached[event.source]) {
      const float* const weights = layer.weights.data() + reached.row * width;
      for (std::size_t k = 0; k < width; ++k) layer.sums[reached.first + k] += event.value * weights[k];
    }
  }
}

void FloatNetwork::take_currents(std::size_t number) {
  Layer& layer = layers_[number];
  const float leak =
      std::ldexp(static_cast<float>(program_.layers[number].synaptic_leak), -static_cast<int>(contract::kLeakShift));
  for (std::size_t neuron = 0; neuron < layer.currents.size(); ++neuron) {
    layer.currents[neuron] = layer.currents[neuron] * leak + layer.sums[neuron];
    layer.sums[neuron] = layer.currents[neuron];
  }
}

float FloatNetwork::potential_of(std::size_t number, std::size_t neuron) const {
  const LayerProgram& shape = program_.layers[number];
  const Layer& layer = layers_[number];
  const float current = std::ldexp(layer.sums[neuron], -shift_of_sums(program_, shape));
  if (is_graded(program_)) return current;
  const float leak = std::ldexp(static_cast<float>(shape.leak), -static_cast<int>(contract::kLeakShift));
  const float before = layer.potentials[neuron];
  return (layer.spiked[neuron] != 0 ? after_spike(before, shape) : before) * leak + current;
}

/// Section 1, answers over a grid.
void FloatNetwork::pool(std::size_t number) {
  const LayerProgram& shape = program_.layers[number];
  Layer& layer = layers_[number];
  const std::size_t filters = row_width(shape), sides = shape.two_sided ? 2 : 1;
  const std::size_t rows = shell::position_rows(shape.shape), columns = shell::position_columns(shape.shape);
  std::vector<float> found(shape.neurons);
  const float* sum = layer.sums.data();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t cell = row * shape.grid / rows * shape.grid + column * shape.grid / columns;
      for (std::size_t filter = 0; filter < filters; ++filter) {
        const float answer = std::ldexp(*sum++, -shift_of_sums(program_, shape));
        for (std::size_t side = 0; side < sides; ++side) {
          found[(cell * sides + side) * filters + filter] +=
              std::max((side == 0 ? answer : -answer) - static_cast<float>(shape.threshold), 0.0F);
        }
      }
    }
  }
  for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
    layer.potentials[neuron] =
        std::ldexp(std::sqrt(found[neuron]) * static_cast<float>(shape.answer_scale), -static_cast<int>(shape.answer_shift));
  }
}

void FloatNetwork::integrate(std::size_t number) {
  const LayerProgram& shape = program_.layers[number];
  Layer& layer = layers_[number];
  const auto threshold = static_cast<float>(shape.threshold);
  const auto window = static_cast<float>(shape.window);
  const bool graded = is_graded(program_), pooled = shape.grid != 0;
  std::fill(layer.counts.begin(), layer.counts.end(), 0.0F);
  for (std::size_t step = 0; step < program_.steps; ++step) {
    add_up(number, step);
    take_currents(number);
    if (pooled) pool(number);
    std::int8_t* const trits = layer.trits.data() + step * shape.neurons;
    std::vector<Event>* const next = number + 1 < layers_.size() ? &layers_[number + 1].events[step] : nullptr;
    if (next != nullptr) next->clear();
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      const bool before = !graded && layer.spiked[neuron] != 0;
      const float potential = pooled ? layer.potentials[neuron] : potential_of(number, neuron);
      // What leaves the neuron: a spike, or a value.
      const float answer =
          graded ? std::clamp(potential - (pooled ? 0.0F : window), 0.0F, static_cast<float>(contract::kGradedFull))
          : potential > threshold ? 1.0F
                                  : 0.0F;
      switch (shape.post) {
        case contract::Post::kTrit:
          trits[neuron] = static_cast<std::int8_t>((potential > window ? 1 : 0) - (before ? 1 : 0));
          break;
        case contract::Post::kSurrogate:
          trits[neuron] = potential > window && potential < 2 * threshold - window ? 1 : 0;
          break;
        case contract::Post::kOne:
          trits[neuron] = 1;
      }
      layer.potentials[neuron] = potential;
      layer.spiked[neuron] = answer > 0 ? 1 : 0;
      layer.counts[neuron] += answer;
      if (answer > 0 && next != nullptr) next->push_back({static_cast<std::uint16_t>(neuron), answer});
    }
    if (next != nullptr && program_.layers[number + 1].bias)
      next->push_back({static_cast<std::uint16_t>(shape.neurons), static_cast<float>(shell::bias_value(program_))});
  }
}

std::vector<double> FloatNetwork::retrograde(std::size_t number) const {
  const LayerProgram& shape = program_.layers[number];
  const Layer& layer = layers_[number];
  std::vector<float> coincidences(std::size_t{shape.rows} * shape.neurons);
  const std::size_t first = shape.span == contract::Span::kLastStep ? program_.steps - 1 : 0;
  for (std::size_t step = first; step < program_.steps; ++step) {
    const std::int8_t* const trits = layer.trits.data() + step * shape.neurons;
    const auto add = [&](const std::vector<Event>& events, float scale) {
      for (const Event& event : events) {
        float* const row = coincidences.data() + std::size_t{event.source} * shape.neurons;
        for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron)
          row[neuron] += event.value * scale * static_cast<float>(trits[neuron]);
      }
    };
    add(layer.events[step], static_cast<float>(1U << shape.trace_shift));
    if (shape.trace_shift != 0 && step > 0) add(layer.events[step - 1], 1.0F);
  }
  std::vector<double> sums(shape.rows);
  for (std::size_t n = 0; n < coincidences.size(); ++n)
    sums[n / shape.neurons] += std::abs(static_cast<double>(coincidences[n]) * layer.factors[n % shape.neurons]);
  return sums;
}

void FloatNetwork::set_factors(std::size_t number, std::uint32_t label) {
  const LayerProgram& shape = program_.layers[number];
  Layer& layer = layers_[number];
  const int fraction = static_cast<int>(fraction_bits(program_.weight_width));
  const double unit = std::ldexp(static_cast<double>(shape.rate), -static_cast<int>(shape.factor_shift) - fraction);
  const std::vector<double> told = takes_retrograde(shape) ? retrograde(number + 1) : std::vector<double>{};
  for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
    double factor = signal(number, neuron, label) * unit;
    if (takes_retrograde(shape)) {
      const double share =
          shape.retrograde_base + std::ldexp(told[neuron], fraction - static_cast<int>(shape.retrograde_shift));
      factor *= std::ldexp(std::min<double>(share, shape.retrograde_limit), -static_cast<int>(contract::kShareShift));
    }
    layer.factors[neuron] = static_cast<float>(factor);
  }
}

void FloatNetwork::update(std::size_t number, std::uint32_t label) {
  const LayerProgram& shape = program_.layers[number];
  Layer& layer = layers_[number];
  set_factors(number, label);
  std::vector<float> changes(shape.neurons);
  const std::size_t first = shape.span == contract::Span::kLastStep ? program_.steps - 1 : 0;
  for (std::size_t step = first; step < program_.steps; ++step) {
    const std::int8_t* const trits = layer.trits.data() + step * shape.neurons;
    const auto add = [&](const std::vector<Event>& events, float scale) {
      for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron)
        changes[neuron] = static_cast<float>(trits[neuron]) * layer.factors[neuron] * scale;
      for (const Event& event : events) {
        for (const Reached& reached : layer.reached[event.source]) {
          float* const weights = layer.weights.data() + reached.row * row_width(shape);
          for (std::size_t k = 0; k < row_width(shape); ++k) weights[k] += event.value * changes[reached.first + k];
        }
      }
    };
    add(layer.events[step], static_cast<float>(1U << shape.trace_shift));
    if (shape.trace_shift != 0 && step > 0) add(layer.events[step - 1], 1.0F);
  }
}

double FloatNetwork::error_of(std::size_t number, std::size_t neuron, std::uint32_t label) const {
  return (neuron == label ? shell::full_count(program_) : 0.0) - static_cast<double>(layers_[number].counts[neuron]);
}

double FloatNetwork::signal(std::size_t number, std::size_t neuron, std::uint32_t label) const {
  const LayerProgram& shape = program_.layers[number];
  const auto level = [&](std::size_t row) { return layers_[number].levels[row * shape.neurons + neuron]; };
  if (shape.factor == contract::Factor::kLevel) return -level(label);
  if (shape.factor == contract::Factor::kError) {
    return error_of(number, neuron, label);
  }
  double sum = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(program_.classes, layers_.back().counts.size()); ++k)
    sum += level(k) * static_cast<float>(error_of(layers_.size() - 1, k, label));
  return sum;
}

}  // namespace phasic::reference
