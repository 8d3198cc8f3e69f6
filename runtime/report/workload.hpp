// SPDX-License-Identifier: Apache-2.0
/// What a run did, in the measures by which NeuroBench compares systems (Yik et al., Nature Communications 16, 2025), and what
/// that may have cost in energy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "runtime/run/launch.hpp"

namespace phasic::runtime {

/// The names are NeuroBench's. Synaptic operations are means over samples, whole recordings among them, without those of
/// biases.
struct Workload {
  double effective_acs = 0;   ///< accumulations of a weight for a spike; a weight that is 0 counts, too
  double effective_macs = 0;  ///< products of a weight and a value that is not 0, in graded networks
  double dense = 0;           ///< if every source were active at every step
  double activation_sparsity =
      0;  ///< share of (neuron, step) without a spike or value, over all layers whose neurons have potentials
  std::uint64_t footprint = 0;  ///< bytes of weights, of state that is kept, and of level tables
};
[[nodiscard]] Workload workload_of(const Network& network, const Counters& counters);

/// Share of weights that are 0, biases left out.
[[nodiscard]] double connection_sparsity(const Network& network, std::span<const std::byte> weights);

/// What operations cost in a process, by somebody's measurement.
struct EnergyTable {
  std::string process, source;
  double accumulate = 0, multiply_accumulate = 0;  ///< picojoules each
  double read = 0, write = 0;                      ///< of weights, picojoules a byte
};

/// Throws InputError naming the file, the field and the value.
[[nodiscard]] EnergyTable load_energy_table(const std::filesystem::path& file);

/// Picojoules a sample, estimated: synaptic operations (biases, too) with a weight read for each, and for each update a
/// multiplication and a weight read and written. Clock, leakage, potentials, streams and the host are not in it.
[[nodiscard]] double estimated_energy(const Network& network, const Counters& counters, const EnergyTable& table);

}  // namespace phasic::runtime
