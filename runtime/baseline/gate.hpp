// SPDX-License-Identifier: Apache-2.0
/// The input gate of NACA's class-incremental code (Science Advances 2023). It is computed from inputs, not from labels; but
/// from the mean of a batch that holds one class only it tells that class.
#pragma once

#include <vector>

#include "runtime/baseline/matrix.hpp"

namespace phasic::baseline {

/// How far each hidden neuron is open, 0 to 1, for inputs q (m numbers, in standard deviations from the mean of the training
/// set): neuron j of n looks at input floor(j m / n), and m_j = sigmoid(1000 (q - g)) with g = the largest such q less the
/// margin.
[[nodiscard]] Vector gate_of(const Eigen::Ref<const Vector>& inputs, Index hidden, float margin);

/// For each sample (column) of a batch: all alike from the mean of the batch, or each from itself. n x B.
[[nodiscard]] Matrix gates_of_batch(const Matrix& inputs, Index hidden, float margin);
[[nodiscard]] Matrix gates_of_samples(const Matrix& inputs, Index hidden, float margin);

/// Neurons that are open at all for some sample: above 1e-7, which a float next to 1 does not tell from 0.
[[nodiscard]] std::vector<Index> open_neurons(const Matrix& gates);

}  // namespace phasic::baseline
