// SPDX-License-Identifier: Apache-2.0
/// What a batch is taught with, and the work that this takes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runtime/baseline/matrix.hpp"

namespace phasic::baseline {

/// Fixed random numbers of the hidden layer: a column a class, a row a neuron.
struct Teaching {
  Matrix levels;    ///< NACA's modulated levels f
  Matrix feedback;  ///< matrix of BRP, DRTP, DFA and e-prop
};

using Labels = std::vector<std::uint8_t>;

/// Counted operations of a layer, and what else is told of its work.
struct LayerWork {
  std::uint64_t events = 0;               ///< presynaptic spikes, or inputs that are not 0 in an analog network
  std::uint64_t synaptic_operations = 0;  ///< events times the neurons that they reach
  std::uint64_t spikes = 0;               ///< of the layer's own neurons, or values that are not 0
  std::uint64_t update_operations =
      0;  ///< products of a presynaptic value and a signal, neither of them 0, that a gradient is made of
  std::uint64_t feedback_operations = 0;  ///< multiply-adds that bring errors to the layer
  std::uint64_t spread_updates = 0;       ///< changes of the weights that spread (spiking "sbp")
  double spread_shares = 0;               ///< sum over these of what spreading added, in parts of the change
};

/// Hidden and output layer.
struct Work {
  std::uint64_t samples = 0;
  std::array<LayerWork, 2> layers;
  void add(const Work& other);
};

/// k x B: 1 where the row is the label, else 0.
[[nodiscard]] Matrix one_hot(const Labels& labels, Index classes);

/// Columns of a table (n x k) for these labels: n x B.
[[nodiscard]] Matrix columns_of(const Matrix& table, const Labels& labels);

[[nodiscard]] std::uint64_t count_nonzero(const Matrix& values);

/// Products of numbers that are both not 0 in left (a x c) times the transposed right (b x c).
[[nodiscard]] std::uint64_t count_products(const Matrix& left, const Matrix& right);

}  // namespace phasic::baseline
