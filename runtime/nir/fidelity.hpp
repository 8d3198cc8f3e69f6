// SPDX-License-Identifier: Apache-2.0
/// What an imported network answers beside the graph in floating point.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/nir/import.hpp"
#include "runtime/run/session.hpp"

namespace phasic::runtime::nir {

/// Spikes of a layer over all samples, steps and neurons.
struct LayerSpikes {
  std::uint64_t graph = 0, kernel = 0;  ///< in floating point, and in integers
  std::uint64_t only_one = 0;           ///< where one of them fires and the other does not
  double largest_difference = 0;        ///< of potentials, in the units of the file; of a layer that does not fire alone
};

struct Fidelity {
  std::string data;
  std::uint64_t samples = 0;
  std::uint64_t graph_right = 0, kernel_right = 0;  ///< given the class of their label
  std::uint64_t same_answer = 0;
  std::vector<LayerSpikes> layers;
  Counters counters;
};

/// Shows the first `samples` samples (0: all) to both. The answer of the graph is, as the kernel's, the neuron with most
/// spikes, among equals the one with the highest last potential, the lowest index among equals.
[[nodiscard]] Fidelity measure(const Imported& imported, const Fixed& fixed, const Dataset& data, std::uint64_t samples,
                               const Launcher& launcher);

}  // namespace phasic::runtime::nir
