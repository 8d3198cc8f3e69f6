// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/gate.hpp"

namespace phasic::baseline {
namespace {

constexpr float kSteepness = 1000;
constexpr float kClosed = 1e-7F;

}  // namespace

Vector gate_of(const Eigen::Ref<const Vector>& inputs, Index hidden, const Opening& opening) {
  Vector seen(hidden);
  for (Index j = 0; j < hidden; ++j) seen(j) = inputs(j * inputs.size() / hidden);
  const float threshold = opening.level.value_or(seen.maxCoeff() - opening.margin);
  return (kSteepness * (seen.array() - threshold)).logistic();
}

Matrix gates_of_batch(const Matrix& inputs, Index hidden, const Opening& opening) {
  return gate_of(inputs.rowwise().mean(), hidden, opening).replicate(1, inputs.cols());
}

Matrix gates_of_samples(const Matrix& inputs, Index hidden, const Opening& opening) {
  Matrix gates(hidden, inputs.cols());
  for (Index sample = 0; sample < inputs.cols(); ++sample) gates.col(sample) = gate_of(inputs.col(sample), hidden, opening);
  return gates;
}

std::vector<Index> open_neurons(const Matrix& gates) {
  std::vector<Index> open;
  for (Index j = 0; j < gates.rows(); ++j) {
    if (gates.row(j).maxCoeff() > kClosed) open.push_back(j);
  }
  return open;
}

}  // namespace phasic::baseline
