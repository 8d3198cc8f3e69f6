// SPDX-License-Identifier: Apache-2.0
/// The equations of the specification in floating point: weights without rounding or limits, potentials without limits,
/// currents, leak and the retrograde signal without rounding, and graded answers, with a grid roots, too. Input spikes come
/// from the same random numbers, so what differs from the reference is quantisation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/reference/cores.hpp"
#include "sim/reference/reach.hpp"

namespace phasic::reference {

class FloatNetwork {
 public:
  /// Weights are 0 at first. The program's thresholds, rates and shifts mean what they mean in the kernel.
  /// Throws std::invalid_argument for a layer that competes, whose filters learn, or that is a discriminant.
  explicit FloatNetwork(Program program);

  [[nodiscard]] const Program& program() const { return program_; }
  void set_learn(bool learn) { program_.learn = learn; }
  void set_rate(std::size_t layer, std::uint32_t rate, std::uint32_t factor_shift);
  /// In units of the kernel's weights, `[row * width + neuron]`, rows of `width` weights. Throws std::invalid_argument for
  /// another size.
  void set_weights(std::size_t layer, std::span<const float> weights);
  [[nodiscard]] std::span<const float> weights(std::size_t layer) const { return layers_.at(layer).weights; }
  /// 64 times the neuromodulator f, not rounded: `[class * neurons + neuron]`.
  void set_levels(std::size_t layer, std::span<const float> levels);
  /// Throws std::invalid_argument for a sample with a gate. Scores are spikes, or the graded answer, times 65536 plus the last
  /// potential plus 32768.
  void run(const Sample& sample, std::uint32_t number, std::uint32_t& prediction, std::vector<double>& scores);

 private:
  /// A source that spikes, of value 1, or that has a graded value.
  struct Event {
    std::uint16_t source;
    float value;
  };
  struct Layer {
    std::vector<std::vector<Reached>> reached;  ///< by each source
    std::vector<float> weights;
    std::vector<float> levels;
    std::vector<std::vector<Event>> events;  ///< by step
    std::vector<float> sums;                 ///< of a step; with a grid of each filter at each position
    std::vector<float> currents;             ///< of a layer with synaptic_leak, since the step before
    std::vector<float> potentials;
    std::vector<std::uint8_t> spiked;
    std::vector<std::int8_t> trits;  ///< [step][neurons]
    std::vector<float> counts;
    std::vector<float> factors;  ///< e of the sample that was learned last, in weights
  };
  /// Begins with no state.
  void forget();
  void encode(const Sample& sample, std::uint32_t number);
  void integrate(std::size_t number);
  void add_up(std::size_t number, std::size_t step);
  /// Takes synaptic currents one step on; they take the place of the sums.
  void take_currents(std::size_t number);
  /// The next potential of a neuron.
  [[nodiscard]] float potential_of(std::size_t number, std::size_t neuron) const;
  /// Potentials of the neurons of a grid.
  void pool(std::size_t number);
  void update(std::size_t number, std::uint32_t label);
  /// Factors of the layer. That behind it has learned the sample.
  void set_factors(std::size_t number, std::uint32_t label);
  /// R that a dense layer sends back for each of its rows, in weights.
  [[nodiscard]] std::vector<double> retrograde(std::size_t number) const;
  [[nodiscard]] double error_of(std::size_t number, std::size_t neuron, std::uint32_t label) const;
  [[nodiscard]] double signal(std::size_t number, std::size_t neuron, std::uint32_t label) const;

  Program program_;
  std::vector<Layer> layers_;
};

}  // namespace phasic::reference
