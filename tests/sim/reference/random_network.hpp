// SPDX-License-Identifier: Apache-2.0
/// Random legal programs, weights, tables and samples for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "driver/shell/connection.hpp"
#include "driver/shell/memory_rows.hpp"
#include "driver/shell/weight_rows.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference::test {

using Generator = std::mt19937_64;

inline std::int64_t uniform(Generator& generator, std::int64_t lowest, std::int64_t highest) {
  return std::uniform_int_distribution<std::int64_t>(lowest, highest)(generator);
}

/// A divisor of `number`, at most 256.
inline std::uint32_t random_divisor(Generator& generator, std::uint32_t number) {
  std::vector<std::uint32_t> divisors;
  for (std::uint32_t divisor = 1; divisor <= std::min(number, 256U); ++divisor) {
    if (number % divisor == 0) divisors.push_back(divisor);
  }
  return divisors[static_cast<std::size_t>(uniform(generator, 0, static_cast<std::int64_t>(divisors.size()) - 1))];
}

/// Turns a layer into a convolution over `sources`, with about as many neurons as it has.
inline void make_convolution(Generator& generator, std::uint32_t sources, LayerProgram& layer) {
  Shape& shape = layer.shape;
  layer.connection = contract::Connection::kConvolution;
  shape.source_rows = random_divisor(generator, sources);
  shape.source_columns = random_divisor(generator, sources / shape.source_rows);
  shape.source_channels = sources / shape.source_rows / shape.source_columns;
  shape.pool = static_cast<std::uint32_t>(uniform(generator, 0, 2));
  shape.padding = static_cast<std::uint32_t>(uniform(generator, 0, 3));
  shape.stride = static_cast<std::uint32_t>(uniform(generator, 1, 2));
  const auto kernel = [&](std::uint32_t places) {
    const auto room = shell::pooled_places(places, shape.pool) + 2 * shape.padding;
    return static_cast<std::uint32_t>(uniform(generator, 0, 4) == 0 ? room : uniform(generator, 1, std::min(room, 7U)));
  };
  shape.kernel_rows = kernel(shape.source_rows);
  shape.kernel_columns = kernel(shape.source_columns);
  const std::uint32_t positions = shell::position_rows(shape) * shell::position_columns(shape);
  shape.channels = std::max(layer.neurons / std::max(positions, 1U), 1U);
  layer.neurons = positions * shape.channels;
  layer.rows = shape.kernel_rows * shape.kernel_columns * shape.source_channels + (layer.bias ? 1 : 0);
}

/// Gives a convolution of graded values a grid.
inline void make_grid(Generator& generator, LayerProgram& layer) {
  const std::uint32_t rows = shell::position_rows(layer.shape), columns = shell::position_columns(layer.shape);
  layer.grid = static_cast<std::uint32_t>(uniform(generator, 1, std::min({rows, columns, 8U})));
  layer.two_sided = uniform(generator, 0, 1) == 0;
  if (uniform(generator, 0, 2) == 0) layer.shape.channels = static_cast<std::uint32_t>(uniform(generator, 1, 40));
  layer.neurons = layer.grid * layer.grid * (layer.two_sided ? 2 : 1) * layer.shape.channels;
  layer.answer_scale = static_cast<std::uint32_t>(uniform(generator, 0, uniform(generator, 0, 3) == 0 ? 65535 : 300));
  layer.answer_shift = static_cast<std::uint32_t>(uniform(generator, 0, 15));
}

/// Lets the filters of a convolution of graded values compete over a patch.
inline void make_features(Generator& generator, LayerProgram& layer) {
  layer.factor = contract::Factor::kFeatures;
  if (layer.bias) --layer.rows;
  layer.bias = false;
  layer.homeostasis = static_cast<std::uint32_t>(uniform(generator, 0, 1) * uniform(generator, 0, 65535));
  layer.target_shift = static_cast<std::uint32_t>(uniform(generator, 0, 12));
  if (uniform(generator, 0, 9) == 0) layer.target_shift = 31;
}

/// Whether layer `number` of a program may take the retrograde signal.
inline bool may_take_retrograde(const Program& program, std::size_t number) {
  if (number + 1 == program.layers.size() || !contract::may_scale(program.layers[number].factor)) return false;
  const LayerProgram& behind = program.layers[number + 1];
  return contract::by_coincidence(behind.factor) && !has_shape(behind);
}

/// Lets a layer take the retrograde signal, mostly with shares between the least and the largest.
inline void make_retrograde(Generator& generator, LayerProgram& layer) {
  layer.retrograde_limit = static_cast<std::uint32_t>(uniform(generator, 0, 1) == 0 ? 255 : uniform(generator, 1, 255));
  if (uniform(generator, 0, 1) == 0)
    layer.retrograde_base = static_cast<std::uint32_t>(uniform(generator, 0, layer.retrograde_limit));
  layer.retrograde_shift =
      static_cast<std::uint32_t>(uniform(generator, 0, 3) == 0 ? uniform(generator, 0, 43) : uniform(generator, 6, 26));
}

/// A legal program of up to `most_neurons` neurons a layer. Offsets are laid out one layer after the other.
inline Program random_program(Generator& generator, std::uint32_t weight_width, std::uint32_t most_neurons = 200) {
  Program program;
  program.weight_width = weight_width;
  program.seed = generator();
  program.inputs = static_cast<std::uint32_t>(uniform(generator, 1, most_neurons));
  program.steps = static_cast<std::uint32_t>(uniform(generator, 1, 32));
  program.sample_kind = uniform(generator, 0, 3) == 0 ? contract::SampleKind::kEvent : contract::SampleKind::kIntensity;
  if (uniform(generator, 0, 2) == 0) {
    program.sample_kind = contract::SampleKind::kGraded;
    program.steps = 1;
  }
  program.learn = uniform(generator, 0, 7) != 0;
  program.trace = uniform(generator, 0, 1) == 0;
  program.keep = !is_graded(program) && uniform(generator, 0, 2) == 0;
  const auto layers = uniform(generator, 1, 4);
  std::uint32_t least_neurons = most_neurons;
  std::uint32_t rows = program.inputs;
  std::uint64_t weights_end = 0;
  for (std::int64_t number = 0; number < layers; ++number) {
    LayerProgram layer;
    layer.bias = uniform(generator, 0, 1) == 0;
    layer.rows = rows + (layer.bias ? 1 : 0);
    layer.neurons = static_cast<std::uint32_t>(uniform(generator, 0, 2) == 0 ? uniform(generator, 1, 20)
                                                                             : uniform(generator, 1, most_neurons));
    layer.first = number == 0;
    if (uniform(generator, 0, 2) == 0) make_convolution(generator, rows, layer);
    layer.input_shift = static_cast<std::uint32_t>(uniform(generator, 0, weight_width == 8 ? 4 : 12));
    layer.threshold = static_cast<std::int32_t>(uniform(generator, -50, 400));
    layer.window = static_cast<std::int32_t>(uniform(generator, -100, 200));
    if (uniform(generator, 0, 9) == 0) layer.threshold = static_cast<std::int32_t>(uniform(generator, -32768, 32767));
    if (is_graded(program) && has_shape(layer) && uniform(generator, 0, 1) == 0) make_grid(generator, layer);
    if (layer.grid != 0) layer.threshold = std::max(layer.threshold, 0);
    // Of any width, and of those that take the short way.
    layer.leak = static_cast<std::uint32_t>(uniform(generator, 0, 2) == 0 ? uniform(generator, 0, 65536)
                                                                          : 256 * uniform(generator, 0, 256));
    if (uniform(generator, 0, 1) == 0) layer.reset = static_cast<contract::Reset>(uniform(generator, 0, 2));
    if (!is_graded(program) && uniform(generator, 0, 1) == 0)
      layer.synaptic_leak = static_cast<std::uint32_t>(uniform(generator, 0, 4) == 0 ? 65535 - uniform(generator, 0, 1) * 65534
                                                                                     : uniform(generator, 1, 65535));
    const bool last = number + 1 == layers;
    layer.factor = static_cast<contract::Factor>(uniform(generator, 0, last ? 2 : 3));
    if (layer.grid != 0) layer.factor = contract::Factor::kFrozen;
    if (is_graded(program) && has_shape(layer) && uniform(generator, 0, 1) == 0) make_features(generator, layer);
    if (last && !has_shape(layer) && uniform(generator, 0, 3) == 0) layer.factor = contract::Factor::kCompetition;
    if (last && !has_shape(layer) && is_graded(program) && uniform(generator, 0, 2) == 0) {
      layer.factor = contract::Factor::kDiscriminant;
      layer.bias = false;
      layer.rows = rows;
    }
    layer.span = static_cast<contract::Span>(is_graded(program) ? 0 : uniform(generator, 0, 1));
    layer.rounding = static_cast<contract::Rounding>(uniform(generator, 0, 3) == 0);
    layer.rate = static_cast<std::uint32_t>(uniform(generator, 0, 65535));
    layer.factor_shift = static_cast<std::uint32_t>(uniform(generator, 0, moves_filters(layer) ? 8 : 15));
    layer.post = static_cast<contract::Post>(uniform(generator, 0, 2));
    if (layer.span == contract::Span::kAllSteps) layer.trace_shift = static_cast<std::uint32_t>(uniform(generator, 0, 3));
    if (without_potentials(layer)) program.trace = false;
    if (competes(layer)) {
      layer.input_shift = static_cast<std::uint32_t>(uniform(generator, 0, 6));
      layer.factor_shift = static_cast<std::uint32_t>(uniform(generator, 0, 8));
      layer.homeostasis = static_cast<std::uint32_t>(uniform(generator, 0, 1) * uniform(generator, 0, 65535));
    }
    layer.weights_offset = static_cast<std::uint32_t>(weights_end);
    weights_end += weight_bytes(program, layer);
    if (has_memory(layer)) layer.memory_offset = static_cast<std::uint32_t>(weights_end);
    weights_end += memory_bytes(layer);
    least_neurons = std::min(least_neurons, layer.neurons);
    rows = layer.neurons;
    program.layers.push_back(layer);
  }
  for (std::size_t number = 0; number < program.layers.size(); ++number) {
    if (may_take_retrograde(program, number) && uniform(generator, 0, 1) == 0)
      make_retrograde(generator, program.layers[number]);
  }
  program.classes = static_cast<std::uint32_t>(uniform(generator, 1, std::min<std::uint32_t>(least_neurons, 64)));
  std::uint64_t levels_end = 0;
  for (LayerProgram& layer : program.layers) {
    layer.levels_offset = static_cast<std::uint32_t>(levels_end);
    levels_end += level_bytes(program, layer);
  }
  // With room for a gate that leaves every neuron open.
  program.sample_stride = static_cast<std::uint32_t>(
      align(16 + 4 * std::uint64_t{program.layers.front().neurons} +
            (program.sample_kind == contract::SampleKind::kEvent ? std::uint64_t{4} * program.inputs * program.steps
                                                                 : std::uint64_t{program.inputs})));
  return program;
}

/// Weights of `layer` as `[row * width + neuron]`; some layers have extreme ones.
inline std::vector<std::int16_t> random_weights(Generator& generator, const Program& program, const LayerProgram& layer) {
  const std::int64_t limit = std::int64_t{1} << (program.weight_width - 1);
  const std::int64_t amplitude = uniform(generator, 0, 2) == 0 ? limit : uniform(generator, 1, limit / 4);
  std::vector<std::int16_t> weights(layer.rows * row_width(layer));
  for (std::int16_t& weight : weights) {
    weight = static_cast<std::int16_t>(std::min(uniform(generator, -amplitude, amplitude), limit - 1));
  }
  return weights;
}

/// The same as rows of the weights buffer, with the state of neurons: some that compete are fresh.
inline std::vector<std::byte> random_rows(Generator& generator, const Program& program, const LayerProgram& layer) {
  const std::vector<std::int16_t> weights = random_weights(generator, program, layer);
  const std::size_t row_bytes = weight_row_bytes(program, layer);
  std::vector<std::byte> rows(weight_bytes(program, layer));
  for (std::size_t row = 0; row < layer.rows; ++row) {
    for (std::size_t neuron = 0; neuron < row_width(layer); ++neuron) {
      store_weight(rows.data() + row * row_bytes, neuron, program.weight_width, weights[row * row_width(layer) + neuron]);
    }
  }
  if (moves_filters(layer)) {
    const std::int64_t most = uniform(generator, 0, 2) == 0 ? 65535 : 3;
    for (std::size_t k = 0; k < row_width(layer); ++k) {
      const std::int64_t wins = uniform(generator, uniform(generator, 0, 9) == 0 ? 0 : 1, most);
      shell::store_wins(rows.data() + layer.rows * row_bytes, row_bytes, k, program.weight_width,
                        static_cast<std::uint32_t>(wins));
    }
    return rows;
  }
  if (!competes(layer)) {
    for (std::size_t neuron = 0; program.keep && neuron < layer.neurons; ++neuron) {
      const KeptNeuron kept{static_cast<std::int16_t>(uniform(generator, 0, 3) == 0 ? generator() : generator() % 300),
                            uniform(generator, 0, 1) == 0,
                            static_cast<std::int32_t>(uniform(generator, 0, 3) == 0 ? generator() : generator() % 3000)};
      KeptRows(program, layer).store(rows.data() + layer.rows * row_bytes, neuron, kept);
    }
    return rows;
  }
  const std::int64_t most_wins = uniform(generator, 0, 2) == 0 ? 65535 : 3;
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    Competitor competitor{0, static_cast<std::uint32_t>(uniform(generator, uniform(generator, 0, 3) == 0 ? 0 : 1, most_wins))};
    for (std::size_t row = 0; row < layer.rows; ++row) {
      const std::int32_t weight = weights[row * layer.neurons + neuron];
      competitor.squares += static_cast<std::uint32_t>(weight * weight);
    }
    if (uniform(generator, 0, 15) == 0) competitor.squares = static_cast<std::uint32_t>(generator());
    store_competitor(rows.data() + layer.rows * row_bytes, row_bytes, neuron, program.weight_width, competitor);
  }
  return rows;
}

/// A table of targets and its offsets.
inline std::vector<std::byte> random_targets(Generator& generator, const LayerProgram& layer) {
  std::vector<std::byte> memory(memory_bytes(layer));
  const bool extreme = uniform(generator, 0, 9) == 0;
  for (std::size_t row = 0; row < layer.rows; ++row) {
    for (std::size_t r = 0; r < layer.rows; ++r) {
      memory[row * align(layer.rows) + r] = static_cast<std::byte>(extreme ? 0x80 : generator());
    }
    const auto offset = static_cast<std::int32_t>(extreme ? generator() : generator() % 4000);
    std::memcpy(memory.data() + layer.rows * align(layer.rows) + 4 * row, &offset, sizeof offset);
  }
  return memory;
}

/// What a discriminant has learned, padding included: plausible, or as it comes, or with a scatter at its limits.
inline std::vector<std::byte> random_discriminant(Generator& generator, const LayerProgram& layer) {
  std::vector<std::byte> memory(memory_bytes(layer));
  for (std::byte& value : memory) value = static_cast<std::byte>(generator());
  const shell::DiscriminantPlaces places(layer);
  const bool plausible = uniform(generator, 0, 3) != 0;
  const std::int64_t most = uniform(generator, 0, 2) == 0 ? INT32_MAX : 1 << uniform(generator, 0, 30);
  for (std::size_t row = 0; plausible && row < layer.rows; ++row) {
    for (std::size_t k = 0; k < layer.rows; ++k) {
      const std::int64_t value = uniform(generator, 0, 7) == 0 ? most : uniform(generator, -most, most);
      shell::store_value(&memory[places.scatter(row)], k,
                         static_cast<std::int32_t>(uniform(generator, 0, 1) * 2 - 1) * static_cast<std::int32_t>(value));
    }
  }
  for (std::size_t neuron = 0; plausible && neuron < layer.neurons; ++neuron) {
    const auto count = static_cast<std::int32_t>(uniform(generator, 0, 2) == 0   ? 0
                                                 : uniform(generator, 0, 9) == 0 ? contract::kMostSamples - 1
                                                                                 : uniform(generator, 0, 2000));
    shell::store_value(&memory[places.counts()], neuron, count);
    for (std::size_t row = 0; row < layer.rows; ++row) {
      shell::store_value(&memory[places.sums(neuron)], row,
                         static_cast<std::int32_t>(uniform(generator, 0, 255 * std::int64_t{count})));
    }
  }
  return memory;
}

/// What a layer keeps beside its rows of weights.
inline std::vector<std::byte> random_memory(Generator& generator, const LayerProgram& layer) {
  return moves_filters(layer) ? random_targets(generator, layer) : random_discriminant(generator, layer);
}

/// A level table in the layout of the buffer, padding included.
inline std::vector<std::byte> random_levels(Generator& generator, const Program& program, const LayerProgram& layer) {
  std::vector<std::byte> levels(level_bytes(program, layer));
  for (std::byte& level : levels) level = static_cast<std::byte>(generator());
  return levels;
}

struct OwnedSample {
  std::uint32_t label = 0;
  bool learn = false;
  std::vector<std::uint8_t> intensities;
  std::vector<std::uint32_t> events;
  bool restart = false;
  bool gated = false;
  std::vector<std::uint32_t> open;
  [[nodiscard]] Sample view() const { return {label, learn, intensities, events, restart, gated, open}; }
};

inline OwnedSample random_sample(Generator& generator, const Program& program) {
  OwnedSample sample;
  sample.learn = uniform(generator, 0, 3) != 0;
  const bool labelled = sample.learn || uniform(generator, 0, 1) == 0;
  sample.label = labelled ? static_cast<std::uint32_t>(uniform(generator, 0, program.classes - 1)) : contract::kUnlabelled;
  const double density = std::uniform_real_distribution<>(0, 1)(generator);
  const auto chosen = [&] { return std::uniform_real_distribution<>(0, 1)(generator) < density; };
  sample.restart = program.keep && uniform(generator, 0, 3) == 0;
  sample.gated = uniform(generator, 0, 3) == 0;
  for (std::uint32_t neuron = 0; sample.gated && neuron < program.layers[0].neurons; ++neuron) {
    if (uniform(generator, 0, 2) == 0) sample.open.push_back(neuron);
  }
  if (program.sample_kind != contract::SampleKind::kEvent) {
    for (std::uint32_t input = 0; input < program.inputs; ++input) {
      sample.intensities.push_back(chosen() ? static_cast<std::uint8_t>(generator()) : std::uint8_t{0});
    }
  } else {
    for (std::uint32_t step = 0; step < program.steps; ++step) {
      for (std::uint32_t input = 0; input < program.inputs; ++input) {
        if (chosen()) sample.events.push_back(step << 16 | input);
      }
    }
  }
  return sample;
}

}  // namespace phasic::reference::test
