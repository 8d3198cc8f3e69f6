// SPDX-License-Identifier: Apache-2.0
/// What the layers' ways to learn share.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/fast/weight_rows.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/random.hpp"

namespace phasic::reference {

/// The level table of a layer.
class Levels {
 public:
  Levels(const Program& program, const LayerProgram& shape);
  /// From the layout of the buffer.
  void set(std::span<const std::byte> rows);
  /// Levels of a class, padded.
  [[nodiscard]] const std::int8_t* row(std::size_t label) const { return levels_.data() + label * stride_; }

 private:
  std::size_t neurons_;
  std::size_t stride_;
  std::vector<std::int8_t> levels_;
};

/// Spikes, or graded values, that the output neurons of the classes should have sent and did not: E_k.
[[nodiscard]] std::vector<std::int32_t> output_errors(const Program& program, const std::vector<std::uint8_t>& counts,
                                                      std::uint32_t label);

/// What a layer is told of the sample that it learns.
struct Lesson {
  std::uint32_t label;
  std::uint32_t number;                            ///< of the sample, for random numbers
  std::span<const std::int32_t> errors = {};       ///< of the output neurons: E, for factor feedback alone
  std::span<const std::uint64_t> retrograde = {};  ///< R of each neuron, for a layer that takes it
};

/// Postsynaptic factors of a layer, padded, into `factors`. `counts` are those of the layer. Returns whether any is not 0.
bool set_factors(const Program& program, const LayerProgram& shape, const FastKernels& kernels, const Levels& levels,
                 const std::vector<std::uint8_t>& counts, const Lesson& lesson, std::vector<std::int32_t>& factors);

/// Random words for the rounding of a layer's weights.
class RoundingWords {
 public:
  RoundingWords(const Program& program, const LayerProgram& shape, unsigned layer);
  /// Those of the first `count` of `rows` for sample `number`. `rows` has padded(`shape.rows`) elements.
  void draw(const FastKernels& kernels, const std::vector<std::uint16_t>& rows, std::size_t count, std::uint32_t number);

  /// The first `count` of `rows`, which the words were drawn for if rounding is stochastic.
  [[nodiscard]] Visits visits(WeightRows& weights, const std::vector<std::uint16_t>& rows, std::size_t count,
                              bool stochastic) const;

  [[nodiscard]] const std::uint16_t* row_x() const { return row_x_.data(); }
  [[nodiscard]] const std::uint16_t* row_y() const { return row_y_.data(); }
  [[nodiscard]] const std::uint16_t* pair_words() const { return pair_words_.data(); }
  [[nodiscard]] const std::uint16_t* pair_offsets() const { return pair_offsets_.data(); }

 private:
  Key purpose_;
  std::vector<std::uint16_t> row_x_, row_y_;
  std::vector<std::uint16_t> pair_words_, pair_offsets_;
};

}  // namespace phasic::reference
