// SPDX-License-Identifier: Apache-2.0
/// A layer of the fast core. Each kind keeps its weights and what it needs beside them in its own way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sim/reference/fast/learning.hpp"
#include "sim/reference/fast/spike_lists.hpp"

namespace phasic::reference {

/// What the neurons of a layer did during a sample. A step has `stride` neurons.
struct Activity {
  Activity(const Program& program, const LayerProgram& shape)
      : stride(padded(shape.neurons)),
        spikes(program.steps * stride / 8),
        trits(program.steps * stride),
        counts(stride),
        last_potentials(stride),
        last_spikes(stride),
        currents(shape.synaptic_leak == 0 ? 0 : stride) {}

  std::size_t stride;
  std::vector<std::uint8_t> spikes;           ///< [step][stride / 8], a bit a neuron
  std::vector<std::int8_t> trits;             ///< [step][stride]: postsynaptic parts of coincidences
  std::vector<std::uint8_t> counts;           ///< [stride]: spikes of each neuron, or its graded value
  std::vector<std::int16_t> last_potentials;  ///< [stride]
  std::vector<std::uint8_t> last_spikes;      ///< [stride], 0 or 1; only of convolutions and if the program keeps state
  std::vector<std::int32_t> currents;         ///< [stride]: J of the last step; none in a layer without synaptic_leak
  std::uint64_t spike_count = 0;              ///< of all neurons; of graded values, how many are not 0
};

/// What a layer is shown. Of the first layer one of the others is set.
struct LayerInput {
  const Activity* before = nullptr;      ///< of the layer before
  const SpikeLists* lists = nullptr;     ///< spikes of the first layer's rows
  const std::uint8_t* values = nullptr;  ///< graded values of the first layer's inputs
};

/// What a layer belongs to. All of it must stay.
struct LayerContext {
  const Program& program;
  const LayerProgram& shape;
  const FastKernels& kernels;
  LayerCounts& counts;
  unsigned number;  ///< from 0
};

class FastLayer {
 public:
  virtual ~FastLayer() = default;
  FastLayer(const FastLayer&) = delete;
  FastLayer& operator=(const FastLayer&) = delete;

  /// Buffers of the right size. Of neurons that spike, these are the weights alone.
  virtual void set_weights(std::span<const std::byte> rows) = 0;
  virtual void get_weights(std::span<std::byte> rows) const = 0;
  /// State that is kept, in the rows that follow those of weights.
  void set_state(std::span<const std::byte> rows);
  void get_state(std::span<std::byte> rows) const;
  void forget_state();
  void set_levels(std::span<const std::byte> rows) { levels_.set(rows); }
  /// What the layer keeps beside its rows of weights; of the right size.
  virtual void set_memory(std::span<const std::byte>) {}
  virtual void get_memory(std::span<std::byte>) const {}

  /// Fills `potentials` ([step][neuron]) unless it is null.
  virtual void show(const LayerInput& input, std::vector<std::int16_t>* potentials) = 0;
  /// Counts the spikes of the sample that was shown last.
  void count_spikes();
  /// Hides the neurons that are not in `open`. Before count_spikes.
  virtual void shut_all_but(std::span<const std::uint32_t> open);
  /// Learns the sample that was shown last.
  virtual void learn(const Lesson& lesson) = 0;
  /// R of each neuron of the layer before, whose activity is `before`, from what this layer learned last. It is dense and
  /// learns by coincidences.
  [[nodiscard]] std::vector<std::uint64_t> retrograde(const Activity& before) const;
  /// Of an output neuron.
  [[nodiscard]] virtual std::uint32_t score_of(std::size_t neuron) const;

  [[nodiscard]] const Activity& activity() const { return activity_; }

 protected:
  explicit FastLayer(const LayerContext& context)
      : context_(context),
        levels_(context.program, context.shape),
        activity_(context.program, context.shape),
        factors_(activity_.stride) {}

  /// Takes the factors of a lesson; returns whether any is not 0.
  [[nodiscard]] bool take_factors(const Lesson& lesson) {
    return set_factors(context_.program, context_.shape, context_.kernels, levels_, activity_.counts, lesson, factors_);
  }
  /// What a neuron answers to a graded sample, of which its weights times values sum up to `product`.
  void answer(std::size_t neuron, std::int64_t product);

  const LayerContext context_;
  Levels levels_;
  Activity activity_;
  std::vector<std::int32_t> factors_;  ///< [stride]: e of the sample that was learned last
};

[[nodiscard]] std::unique_ptr<FastLayer> make_dense_layer(const LayerContext& context);
/// Of kNarrowNeurons at most, and not the first.
[[nodiscard]] std::unique_ptr<FastLayer> make_narrow_layer(const LayerContext& context);
/// Of spikes or of graded values.
[[nodiscard]] std::unique_ptr<FastLayer> make_convolution_layer(const LayerContext& context);
/// A convolution of graded values whose answers are pooled over a grid.
[[nodiscard]] std::unique_ptr<FastLayer> make_grid_layer(const LayerContext& context);
[[nodiscard]] std::unique_ptr<FastLayer> make_graded_layer(const LayerContext& context);
[[nodiscard]] std::unique_ptr<FastLayer> make_competition_layer(const LayerContext& context);
[[nodiscard]] std::unique_ptr<FastLayer> make_discriminant_layer(const LayerContext& context);

}  // namespace phasic::reference
