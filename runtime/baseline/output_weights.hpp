// SPDX-License-Identifier: Apache-2.0
/// Weights of the output layer in the two orders that the kernels read them in.
#pragma once

#include <vector>

#include "runtime/baseline/padded_columns.hpp"
#include "runtime/baseline/parameters.hpp"

namespace phasic::baseline {

class OutputWeights {
 public:
  void take(const Parameters& parameters);

  /// Sums of all classes for columns of hidden values; a column of `sums` lies blocks() * kBlock after the one before.
  void weigh(const float* hidden, std::size_t stride, std::size_t columns, float* sums) const;
  /// Weights of a class, padded. They are gathered when they are first asked for: most classes give nothing back.
  const float* of_class(Index number);

  [[nodiscard]] std::size_t blocks() const { return bias_.blocks(); }

 private:
  PaddedColumns by_input_;  ///< a block of classes after the other, in each a column a hidden neuron
  PaddedColumns by_class_;
  PaddedColumns bias_;
  std::vector<char> gathered_;
};

}  // namespace phasic::baseline
