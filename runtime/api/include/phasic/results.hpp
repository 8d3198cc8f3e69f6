// SPDX-License-Identifier: Apache-2.0
/// What comes back from samples that were shown to a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace phasic {

/// A counter of the kernel (docs/specification.md, section 4).
struct Counter {
  std::string name;
  bool exact = false;  ///< the same in every form of the kernel; else of time, such as clock cycles of this engine
  std::uint64_t value = 0;
};

/// Added up over the samples.
struct Counters {
  std::vector<Counter> network;              ///< such as "input_events", "cycles"
  std::vector<std::vector<Counter>> layers;  ///< of each layer, such as "spikes", "synaptic_operations"
  /// Throws InputError if there is no counter of this name.
  [[nodiscard]] std::uint64_t of_network(std::string_view name) const;
  [[nodiscard]] std::uint64_t of_layer(std::size_t layer, std::string_view name) const;
};

/// Membrane potentials after each time step, or in networks without spikes the values of neurons.
class Trace {
 public:
  using Potential =
      std::function<std::int16_t(std::size_t sample, std::size_t layer, std::uint32_t step, std::uint32_t neuron)>;
  Trace() = default;
  explicit Trace(Potential potential) : potential_(std::move(potential)) {}
  /// Whether there is one.
  explicit operator bool() const { return static_cast<bool>(potential_); }
  /// In the kernel's units (Network::describe says what one stands for). The numbers must be those of a sample, layer, step and
  /// neuron that there is. Throws InputError without a trace.
  [[nodiscard]] std::int16_t potential(std::size_t sample, std::size_t layer, std::uint32_t step, std::uint32_t neuron) const;

 private:
  Potential potential_;
};

struct Results {
  // One a sample.
  std::vector<std::uint32_t> labels;   ///< as given
  std::vector<std::uint32_t> classes;  ///< that the network gives; of samples that are learned, before it learns them
  std::vector<std::uint32_t> neurons;  ///< of the last layer, with the largest score; the lowest of equals
  std::vector<std::uint64_t> spikes;   ///< of the last layer
  /// Of each neuron of the last layer, sample after sample (samples x outputs): spikes times 2^16 plus the last potential, or
  /// in layers that do not spike what docs/specification.md, section 2, says.
  std::vector<std::uint64_t> scores;
  std::uint32_t outputs = 0;
  Counters counters;
  Trace trace;

  [[nodiscard]] std::size_t size() const { return classes.size(); }
  /// Samples whose class is their label.
  [[nodiscard]] std::size_t correct() const;
};

}  // namespace phasic
