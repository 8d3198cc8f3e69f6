// SPDX-License-Identifier: Apache-2.0
/// The input gate of NACA's class-incremental code (Science Advances 2023). It is computed from inputs, not from labels; but
/// from the mean of a batch that holds one class only it tells that class.
#pragma once

#include <optional>
#include <vector>

#include "runtime/baseline/matrix.hpp"

namespace phasic::baseline {

/// Where a gate opens, in standard deviations: at a fixed level, or so far below the brightest input that a neuron looks at.
struct Opening {
  float margin = 0.2F;
  std::optional<float> level = std::nullopt;
};

/// How far each hidden neuron is open, 0 to 1, for inputs q (m numbers, in standard deviations from the mean of the training
/// set): neuron j of n looks at input floor(j m / n), and m_j = sigmoid(1000 (q - g)) with g = the level, or without one the
/// largest such q less the margin. With a level all neurons may be closed.
[[nodiscard]] Vector gate_of(const Eigen::Ref<const Vector>& inputs, Index hidden, const Opening& opening);

/// For each sample (column) of a batch: all alike from the mean of the batch, or each from itself. n x B.
[[nodiscard]] Matrix gates_of_batch(const Matrix& inputs, Index hidden, const Opening& opening);
[[nodiscard]] Matrix gates_of_samples(const Matrix& inputs, Index hidden, const Opening& opening);

/// Neurons that are open at all for some sample: above 1e-7, which a float next to 1 does not tell from 0.
[[nodiscard]] std::vector<Index> open_neurons(const Matrix& gates);

}  // namespace phasic::baseline
