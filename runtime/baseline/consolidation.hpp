// SPDX-License-Identifier: Apache-2.0
/// How the spiking network that settles learns from two equilibria.
#pragma once

#include "runtime/baseline/padded_columns.hpp"
#include "runtime/baseline/parameters.hpp"
#include "runtime/baseline/settling.hpp"

namespace phasic::baseline {

/// An Equilibrium whose columns are padded.
struct PaddedEquilibrium {
  PaddedColumns hidden, output;
};

/// What changes of weights are made in. It is kept from batch to batch, since large memory is dear to get.
struct Changes {
  PaddedColumns hidden_moved, output_moved;
  SparseColumns by_input, by_hidden;  ///< terms of the columns of a change
  PaddedColumns hidden, output;       ///< changes before they spread
};

/// Adds to weights and biases what the method makes of two equilibria.
void consolidate(Parameters& parameters, const SparseColumns& inputs, const PaddedEquilibrium& free,
                 const PaddedEquilibrium& taught, const Settings& settings, Changes& changes, Work& work);
void consolidate(Parameters& parameters, const Matrix& inputs, const Equilibrium& free, const Equilibrium& taught,
                 const Settings& settings, Work& work);

}  // namespace phasic::baseline
