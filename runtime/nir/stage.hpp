// SPDX-License-Identifier: Apache-2.0
/// The nodes of a graph that is a chain, each with its parameters checked and its shapes known.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "runtime/nir/graph.hpp"

namespace phasic::runtime::nir {

/// Of what goes from one node to the next: such as [channels, rows, columns] or [neurons].
using Extents = std::vector<std::size_t>;
/// More than any layer could be made of.
inline constexpr std::size_t kMostElements = std::size_t{1} << 24;
/// At most kMostElements + 1, which stands for all that is more.
[[nodiscard]] std::size_t count_of(const Extents& extents);
/// Such as "2 x 34 x 34".
[[nodiscard]] std::string text_of(const Extents& extents);

/// Along rows and along columns.
using Pair = std::array<std::size_t, 2>;

/// Input, Output and Flatten: values pass as they are.
struct Pass {};

/// Scale: each value times a number.
struct Scale {
  std::vector<double> factors;  ///< one an element
};

/// Linear and Affine.
struct Dense {
  std::size_t inputs = 0, outputs = 0;
  std::vector<double> weights;  ///< [output][input]
  std::vector<double> bias;     ///< one an output
};

/// Conv2d, and Conv1d as one row. Outputs are the sums of products (a correlation, as frameworks have it).
struct Convolution {
  std::array<std::size_t, 3> from{}, to{};  ///< channels, rows, columns
  std::size_t groups = 1;
  Pair kernel{}, stride{}, dilation{};
  Pair before{}, after{};       ///< rows and columns of zeros around the input
  std::vector<double> weights;  ///< [output channel][input channel of the group][row][column]
  std::vector<double> bias;     ///< one an output channel
};

/// SumPool2d and AvgPool2d.
struct Pool {
  std::array<std::size_t, 3> from{}, to{};
  Pair kernel{}, stride{}, padding{};
  bool mean = false;
};

/// What integrates and may fire.
struct Neuron {
  enum class Leak { kNone, kTau, kStateless };
  Leak leak = Leak::kNone;  ///< of I and IF; of LI, LIF and the current-based ones; of Threshold
  bool fires = false;
  bool current = false;  ///< CubaLI and CubaLIF: with a synaptic current
  /// One an element; empty where the kind has no such parameter. Times in seconds.
  std::vector<double> tau, tau_synapse, resistance, leak_potential, threshold, reset, input_weight;
};

struct Stage {
  std::string name, type;  ///< of the node
  Extents from, to;
  std::variant<Pass, Scale, Dense, Convolution, Pool, Neuron> what;
};

struct Chain {
  std::string file;
  std::vector<Stage> stages;       ///< from the input to the output
  std::vector<std::string> notes;  ///< what was taken in a way that the file does not state
};

/// The graph as a chain that ends with neurons. Where none come before the output, its values are added up over the steps (an
/// integrator, `I`, is added, and a note). Throws InputError naming the node, and why, for what no chain of this kind has:
/// several inputs or outputs, branches, recurrent connections, delays, nodes of unknown type, and fields that are missing, no
/// numbers or not of the shape that they should have.
[[nodiscard]] Chain chain_of(const Graph& graph);

}  // namespace phasic::runtime::nir
