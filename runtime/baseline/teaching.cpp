// SPDX-License-Identifier: Apache-2.0
#include "runtime/baseline/teaching.hpp"

namespace phasic::baseline {

void Work::add(const Work& other) {
  samples += other.samples;
  for (std::size_t n = 0; n < layers.size(); ++n) {
    layers[n].events += other.layers[n].events;
    layers[n].synaptic_operations += other.layers[n].synaptic_operations;
    layers[n].spikes += other.layers[n].spikes;
    layers[n].update_operations += other.layers[n].update_operations;
    layers[n].feedback_operations += other.layers[n].feedback_operations;
    layers[n].spread_updates += other.layers[n].spread_updates;
    layers[n].spread_shares += other.layers[n].spread_shares;
  }
}

Matrix one_hot(const Labels& labels, Index classes) {
  Matrix expected = Matrix::Zero(classes, static_cast<Index>(labels.size()));
  for (std::size_t n = 0; n < labels.size(); ++n) expected(labels[n], static_cast<Index>(n)) = 1;
  return expected;
}

Matrix columns_of(const Matrix& table, const Labels& labels) {
  Matrix columns(table.rows(), static_cast<Index>(labels.size()));
  for (std::size_t n = 0; n < labels.size(); ++n) columns.col(static_cast<Index>(n)) = table.col(labels[n]);
  return columns;
}

std::uint64_t count_nonzero(const Matrix& values) { return static_cast<std::uint64_t>((values.array() != 0).count()); }

std::uint64_t count_products(const Matrix& left, const Matrix& right) {
  const auto counts = [](const Matrix& values) { return (values.array() != 0).cast<float>().colwise().sum().eval(); };
  return static_cast<std::uint64_t>(counts(left).cast<double>().matrix().dot(counts(right).cast<double>().matrix()));
}

}  // namespace phasic::baseline
