// SPDX-License-Identifier: Apache-2.0
/// What is inside the kernel: a spiking network that is shown samples one at a time (docs/specification.md, sections 1 to 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "driver/shell/program.hpp"

namespace phasic::shell {

/// One sample; of `intensities` and `events` the one is used that the program's sample kind names, `intensities` for graded
/// values as well.
struct Sample {
  std::uint32_t label = contract::kUnlabelled;     ///< less than the program's classes if it is learned
  bool learn = false;                              ///< learned if the program learns as well
  std::span<const std::uint8_t> intensities = {};  ///< one an input
  std::span<const std::uint32_t> events = {};      ///< bits 15:0 input, 23:16 time step; strictly increasing in (step, input)
  bool restart = false;                            ///< begins with no state; only if the program keeps state
  bool gated = false;                              ///< only the neurons `open` of the first layer are seen
  std::span<const std::uint32_t> open = {};        ///< strictly increasing
};

/// What the kernel tells of a sample.
struct SampleResult {
  std::vector<std::uint32_t> scores;  ///< one a neuron of the last layer
  std::uint32_t prediction = 0;       ///< neuron with the largest score, the lowest of equals
  std::uint32_t spikes = 0;           ///< of the last layer
};

/// Potentials of one sample: for each layer V_j(t) at [t * neurons + j].
using Potentials = std::vector<std::vector<std::int16_t>>;

/// Exact counters of a layer since they were last cleared.
struct LayerCounts {
  std::uint64_t events = 0;
  std::uint64_t synaptic_operations = 0;
  std::uint64_t spikes = 0;
  std::uint64_t update_rows = 0;
  std::uint64_t update_operations = 0;
  std::uint64_t potential_saturations = 0;
  std::uint64_t weight_saturations = 0;
  bool operator==(const LayerCounts&) const = default;
};

/// Exact counters of a network since they were last cleared.
struct Counts {
  std::uint64_t input_events = 0;
  std::uint64_t samples_learned = 0;
  std::vector<LayerCounts> layers;
  bool operator==(const Counts&) const = default;
};

class Core {
 public:
  virtual ~Core() = default;
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const Counts& counts() const { return counts_; }
  /// Clock cycles that the samples took so far; 0 without a clock.
  [[nodiscard]] virtual std::uint64_t cycles() const { return 0; }
  /// Whether a sample that is marked for it is learned.
  void set_learn(bool learn) { program_.learn = learn; }
  /// Changes the learning rate from the next sample on. `rate` 0 to 65535, `factor_shift` 0 to 15.
  virtual void set_rate(std::size_t layer, std::uint32_t rate, std::uint32_t factor_shift);

  /// Weights, with the state in the rows that follow them, and level tables are in the layouts of the buffers: weight_bytes and
  /// level_bytes long. Padding is ignored when it comes in and 0 when it goes out. All are 0 in a new network. Throws
  /// std::invalid_argument for another size.
  virtual void set_weights(std::size_t layer, std::span<const std::byte> rows) = 0;
  virtual void get_weights(std::size_t layer, std::span<std::byte> rows) const = 0;
  virtual void set_levels(std::size_t layer, std::span<const std::byte> rows) = 0;
  /// Draws the levels from a recipe, recipe_bytes long. Throws std::invalid_argument for another size, and in cores that draw
  /// none.
  virtual void draw_levels(std::size_t layer, std::span<const std::byte> recipe);
  /// What a layer keeps beside its rows of weights, memory_bytes long. Throws std::invalid_argument for another size.
  virtual void set_memory(std::size_t layer, std::span<const std::byte> bytes);
  virtual void get_memory(std::size_t layer, std::span<std::byte> bytes) const;

  /// Whether the core takes the next sample in while it works on one.
  [[nodiscard]] virtual bool takes_ahead() const { return false; }
  /// Tells a core that takes ahead which sample the run() after the next one is called with, by the number that follows, so
  /// that it may take it in during the next one. The sample must be legal and stay where it is until then.
  virtual void expect(const Sample& /*sample*/) {}
  /// Shows one sample and learns it if both the program and the sample ask for it. `number` chooses its random numbers:
  /// first_sample plus the position in the run. Fills `potentials` if it is given. The sample must be legal (section 6, step
  /// 7).
  virtual void run(const Sample& sample, std::uint32_t number, SampleResult& result, Potentials* potentials = nullptr) = 0;

 protected:
  explicit Core(Program program);

  Program program_;
  Counts counts_;
};

/// Sets all weights from `weights[row * width + neuron]`, rows of `width` weights; state is 0 then.
void set_weight_values(Core& network, std::size_t layer, std::span<const std::int16_t> weights);
/// All weights as `[row * width + neuron]`.
[[nodiscard]] std::vector<std::int16_t> weight_values(const Core& network, std::size_t layer);

}  // namespace phasic::shell
