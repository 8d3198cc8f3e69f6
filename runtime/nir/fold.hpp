// SPDX-License-Identifier: Apache-2.0
/// The nodes between two layers of neurons as one connection of the kernel, in real numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "driver/layout/shape.hpp"
#include "runtime/nir/stage.hpp"

namespace phasic::runtime::nir {

/// What a connection reads.
struct Sources {
  Extents extents;                     ///< as the graph has them
  bool has_places = false;             ///< they lie in rows and columns for the kernel, too
  std::vector<std::uint32_t> element;  ///< of each source of the kernel, its place in the graph's order
};

/// Inputs: both have the same order, channel after channel.
[[nodiscard]] Sources inputs_of(const Extents& extents);

struct Folded {
  bool has_shape = false;  ///< a convolution, or dense with a pool; else dense
  layout::Shape shape;
  std::uint32_t rows = 0, width = 0;   ///< without the bias; weights of a row
  std::vector<double> weights;         ///< [row][width], in the kernel's order
  std::vector<double> bias;            ///< [width]
  std::vector<std::uint32_t> element;  ///< of each neuron of the kernel, its place in the graph's order
  bool has_places = false;             ///< neurons lie in rows and columns, as they do in the graph
};

/// Folds nodes without neurons. Exact but for the rounding of double: pools become the kernel's own pooling or part of the
/// weights, and so do dilation, groups, sides that differ, one dimension and means. Where `channelwise` is false, or what comes
/// out is no convolution that the kernel has (strides up to 2, a padding up to 3), each neuron gets weights of its own. Throws
/// InputError naming the node `to` if these are more than 2^26.
[[nodiscard]] Folded fold(const Chain& chain, std::span<const Stage> between, const Sources& sources, const Stage& to,
                          bool channelwise);

}  // namespace phasic::runtime::nir
