// SPDX-License-Identifier: Apache-2.0
/// How the neurons of a layer are reached from those before it. Three things that are easily taken for one another have names
/// here: a *source* is what an event names (an input, a neuron of the layer before, or the bias, which comes last), a *weight
/// row* is a row of the weights buffer, and a *target range* is the neurons that a row is added to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "driver/layout/shape.hpp"

namespace phasic::layout {

/// A weight row and the potentials that it is added to. Each neuron has one, or in a layer with a grid each filter at each
/// position.
struct Target {
  std::uint32_t row;
  std::uint32_t first;  ///< potential that the row's first weight belongs to
  std::uint32_t count;  ///< potentials, as many as the row has weights
  bool operator==(const Target&) const = default;
};

class Connection {
 public:
  /// Every source has a row of its own, which is added to all neurons. `inputs` sources come from the layer before; with a bias
  /// there is one more.
  [[nodiscard]] static constexpr Connection dense(std::uint32_t inputs, bool bias, std::uint32_t neurons) {
    return {inputs, bias, neurons, neurons, inputs, 1, {}, false};
  }
  /// Positions share the rows of a kernel. `first`: the sources are the network's inputs, channel after channel.
  [[nodiscard]] static constexpr Connection convolution(const Shape& shape, bool bias, bool first) {
    return {static_cast<std::uint32_t>(shape.sources.count()),
            bias,
            static_cast<std::uint32_t>(shape.neurons().count()),
            shape.channels,
            shape.weight_rows(),
            shape.positions().rows * shape.positions().columns,
            shape,
            first};
  }

  /// Sources that come from the layer before.
  [[nodiscard]] constexpr std::uint32_t inputs() const { return inputs_; }
  /// All sources, the bias included.
  [[nodiscard]] constexpr std::uint32_t sources() const { return inputs_ + (bias_ ? 1 : 0); }
  [[nodiscard]] constexpr bool is_bias(std::uint32_t source) const { return bias_ && source == inputs_; }
  [[nodiscard]] constexpr std::uint32_t neurons() const { return neurons_; }

  [[nodiscard]] constexpr std::uint32_t weight_rows() const { return rows_ + (bias_ ? 1 : 0); }
  /// Weights of a row.
  [[nodiscard]] constexpr std::uint32_t row_width() const { return width_; }
  /// Groups of `row_width` potentials that share the rows.
  [[nodiscard]] constexpr std::uint32_t positions() const { return positions_; }
  /// All potentials: as many as neurons, but in a layer with a grid one for each filter at each position.
  [[nodiscard]] constexpr std::uint64_t potentials() const { return std::uint64_t{positions_} * width_; }
  /// Whether a row is that of the bias.
  [[nodiscard]] constexpr bool is_bias_row(std::uint32_t row) const { return bias_ && row == rows_; }
  /// All weights.
  [[nodiscard]] constexpr std::uint64_t weights() const { return std::uint64_t{weight_rows()} * row_width(); }

  /// Words of `lanes` weights that a row takes in a synapse memory.
  [[nodiscard]] constexpr std::uint32_t row_words(std::uint32_t lanes) const { return (row_width() + lanes - 1) / lanes; }
  /// Words that all rows take, and `more_rows` beside them.
  [[nodiscard]] constexpr std::uint64_t words(std::uint32_t lanes, std::uint32_t more_rows = 0) const {
    return (std::uint64_t{weight_rows()} + more_rows) * row_words(lanes);
  }

  /// What an event of a source reaches, in the order of positions. `source` must be less than sources().
  [[nodiscard]] std::vector<Target> fan_out(std::uint32_t source) const;

  bool operator==(const Connection&) const = default;

 private:
  constexpr Connection(std::uint32_t inputs, bool bias, std::uint32_t neurons, std::uint32_t width, std::uint32_t rows,
                       std::uint32_t positions, std::optional<Shape> shape, bool first)
      : inputs_(inputs),
        neurons_(neurons),
        width_(width),
        rows_(rows),
        positions_(positions),
        bias_(bias),
        first_(first),
        shape_(shape) {}

  std::uint32_t inputs_, neurons_, width_, rows_, positions_;
  bool bias_, first_;
  std::optional<Shape> shape_;
};

}  // namespace phasic::layout
