// SPDX-License-Identifier: Apache-2.0
/// The loops that the spiking network that settles spends its time in, compiled for several instruction sets and chosen when
/// the program runs. All give the same bits: products are rounded before they are added, a sum goes over its terms in their
/// order, and sums along a column have kBlock parts on every processor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace phasic::baseline {

/// Columns of values are padded to a multiple of this many.
inline constexpr std::size_t kBlock = 16;

/// Steps of the membranes of a layer for one sample.
struct MembraneRun {
  std::size_t blocks;  ///< neurons / kBlock
  std::size_t steps;
  const float* influences;  ///< of each step: how much the potential counts against the kept value
  float reset;
  const float* currents;  ///< of the first step; those of the next lie `current_stride` further
  std::size_t current_stride;
  const float* kept;
  float* potentials;
  float* conductances;
  float* values;  ///< of the first step; those of the next go `value_stride` further
  std::size_t value_stride;
};

/// sums(class, column) = bias + the sum over j of weights(class, j) * values(j, column).
struct WeightedSums {
  std::size_t blocks;  ///< classes / kBlock
  std::size_t inputs;
  const float* weights;  ///< a block of classes after the other: its weights from input 0, from input 1 and so on
  const float* bias;
  std::size_t columns;
  const float* values;  ///< a column lies `value_stride` after the one before
  std::size_t value_stride;
  float* sums;  ///< a column lies `blocks` * kBlock after the one before
};

/// currents(., column) = bias + the sum over the inputs of the column of weights(., input) * value.
struct InputCurrents {
  std::size_t neurons;  ///< also how far a column of weights lies after the one before
  const float* weights;
  const float* bias;  ///< padded, as columns of `currents`
  std::size_t columns;
  const std::uint32_t* begins;  ///< of each column and at the end: its first input
  const std::uint32_t* inputs;
  const float* values;
  float* currents;
  std::size_t current_stride;
};

/// hidden = phi((1 - step) hidden + step (currents + the sum over given classes of their weights * value)).
struct HiddenRelaxation {
  std::size_t blocks;
  float step;
  const float* currents;
  const float* const* weights;  ///< of each given class: those of the hidden neurons
  const float* values;
  std::size_t count;
  float* hidden;
};

/// outputs = max(0, outputs + step (driven - outputs - nudge (outputs - targets))).
struct OutputRelaxation {
  std::size_t blocks;
  float step, nudge;
  const float* driven;
  const float* targets;  ///< or null: no nudge
  float* outputs;
};

/// For each column with terms: target(., column) = scale * the sum over its terms of left(., source) * value, or if `adds` rate
/// times that more than it was.
struct OuterProducts {
  std::size_t rows;
  const float* left;  ///< padded; a source lies `left_stride` after the one before
  std::size_t left_stride;
  std::size_t columns;
  const std::uint32_t* begins;  ///< of each column and at the end: its first term
  const std::uint32_t* sources;
  const float* values;
  float scale, rate;
  bool adds;
  float* target;
  std::size_t target_stride;
};

struct ColumnSums {
  float increases, decreases;
};

/// weights += rate * value * (up + ups(row)) * up_share for each increase of a column, and so on for decreases.
struct SpreadColumn {
  std::size_t rows;
  const float* change;  ///< padded, as `ups` and `downs`
  float up, down;       ///< factors of the column
  const float* ups;     ///< factors of the rows
  const float* downs;
  float up_share, down_share;
  float rate;
  float* weights;
};
struct SpreadSquares {
  float before, added;  ///< sums of squares: of the change, and of what spreading added to it
};

struct SettlingKernels {
  const char* name;
  /// phi of each value; at most 5e-7 from tanh(x / 2).
  void (*squash)(const float* values, std::size_t blocks, float* squashed);
  void (*run_membranes)(const MembraneRun& run);
  void (*weigh)(const WeightedSums& sums);
  void (*drive)(const InputCurrents& currents);
  void (*relax_hidden)(const HiddenRelaxation& relaxation);
  void (*relax_outputs)(const OutputRelaxation& relaxation);
  /// Values that are not 0 in the first `rows` of each column; a column lies `stride` after the one before.
  std::uint64_t (*count)(const float* values, std::size_t rows, std::size_t stride, std::size_t columns);
  void (*add_outer)(const OuterProducts& products);
  /// Sums of the positive and of the negative values of a padded column; the negative ones are added to `decreases` too.
  ColumnSums (*sum_column)(const float* column, std::size_t blocks, float* decreases);
  SpreadSquares (*spread_column)(const SpreadColumn& column);
};

/// All that this processor can run, narrowest first; at most kMostSettlingKernels.
inline constexpr std::size_t kMostSettlingKernels = 3;
std::size_t all_settling_kernels(const SettlingKernels* (&all)[kMostSettlingKernels]);

/// The widest of them.
[[nodiscard]] const SettlingKernels& settling_kernels();

}  // namespace phasic::baseline
