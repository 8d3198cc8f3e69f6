// SPDX-License-Identifier: Apache-2.0
/// Potentials and spikes of neurons, from the sums of their weights.
#pragma once

#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/kernels/vectors.hpp"

namespace phasic::reference {
namespace {

[[gnu::always_inline]] inline std::int32_t limit16(std::int32_t number) {
  const std::int32_t below = number > 32767 ? 32767 : number;
  return below < -32768 ? -32768 : below;
}

/// Neurons whose potentials are kept in 32 bits, from neuron `first` of a layer on.
template <std::size_t kNeurons>
class NeuronBlock {
 public:
  [[gnu::always_inline]] NeuronBlock(NeuronsJob& job, std::size_t first) : job_(job), first_(first) {
    if (job.last_spikes == nullptr) return;
    for (std::size_t j = 0; j < kNeurons; ++j) {
      potentials_[j] = job.last_potentials[first + j];
      spiked_[j] = job.last_spikes[first + j];
    }
  }

  /// The next step, at which a neuron's weights of the rows that spike sum up to `sums`.
  [[gnu::always_inline]] void step(std::uint32_t step, const std::int32_t* sums) {
    if (job_.currents != nullptr) {
      alignas(64) std::int32_t inputs[kNeurons];
      take_currents(sums, inputs);
      job_.resets ? step_after<true>(step, inputs, 0) : step_after<false>(step, inputs, 0);
    } else {
      job_.resets ? step_after<true>(step, sums, job_.input_shift) : step_after<false>(step, sums, job_.input_shift);
    }
  }

  /// After the last step.
  [[gnu::always_inline]] void end() {
    for (std::size_t j = 0; j < kNeurons; ++j) {
      job_.counts[first_ + j] = static_cast<std::uint8_t>(counts_[j]);
      job_.last_potentials[first_ + j] = static_cast<std::int16_t>(potentials_[j]);
    }
    if (job_.last_spikes != nullptr) {
      for (std::size_t j = 0; j < kNeurons; ++j) job_.last_spikes[first_ + j] = static_cast<std::uint8_t>(spiked_[j]);
    }
    job_.saturations += static_cast<std::uint64_t>(saturations_);
  }

 private:
  /// Takes the synaptic currents one step on, and makes what drives the neurons of them: no further from 0 than decides.
  [[gnu::always_inline]] void take_currents(const std::int32_t* sums, std::int32_t* inputs) {
    constexpr std::int32_t kMost = 1 << 17;
    std::int32_t* const currents = job_.currents + first_;
    const std::int64_t leak = job_.synaptic_leak;
    const std::int32_t shift = job_.input_shift;
    const std::int64_t half = shift == 0 ? 0 : std::int64_t{1} << (shift - 1);
    for (std::size_t j = 0; j < kNeurons; ++j) {
      const std::int64_t unlimited = ((currents[j] * leak + 32768) >> 16) + sums[j];
      const std::int64_t below = unlimited > INT32_MAX ? INT32_MAX : unlimited;
      const std::int64_t current = below < INT32_MIN ? INT32_MIN : below;
      currents[j] = static_cast<std::int32_t>(current);
      const std::int64_t input = (current + half) >> shift;
      const std::int64_t most = input > kMost ? kMost : input;
      inputs[j] = static_cast<std::int32_t>(most < -kMost ? -kMost : most);
    }
  }

  /// With or without a reset to 0.
  template <bool kResets>
  [[gnu::always_inline]] void step_after(std::uint32_t step, const std::int32_t* sums, std::int32_t shift) {
    const std::int32_t half = shift == 0 ? 0 : 1 << (shift - 1);
    const std::int32_t threshold = job_.threshold;
    const std::int32_t lowest_open = job_.lowest_open;
    const std::int32_t highest_open = job_.highest_open;
    const std::int32_t spike_mask = job_.spike_mask;
    const std::int32_t leak = job_.leak;
    const std::int32_t taken = job_.taken;
    alignas(64) std::uint8_t flags[kNeurons];
    std::int8_t* const trits = job_.trits + step * job_.stride + first_;
    std::int32_t saturations = 0;
    for (std::size_t j = 0; j < kNeurons; ++j) {
      const std::int32_t after =
          kResets ? (spiked_[j] != 0 ? 0 : potentials_[j]) : limit16(potentials_[j] - (spiked_[j] != 0 ? taken : 0));
      // At most 2^31 in magnitude, and there only below 0.
      const std::int32_t left = (after * leak + 32768) >> 16;
      const std::int32_t unlimited = left + ((sums[j] + half) >> shift);
      const std::int32_t potential = limit16(unlimited);
      saturations += potential != unlimited ? 1 : 0;
      const std::int32_t spikes = potential > threshold ? 1 : 0;
      const std::int32_t open = (potential >= lowest_open ? 1 : 0) & (potential <= highest_open ? 1 : 0);
      trits[j] = static_cast<std::int8_t>(open - (spiked_[j] & spike_mask));
      potentials_[j] = potential;
      spiked_[j] = spikes;
      counts_[j] += spikes;
      flags[j] = static_cast<std::uint8_t>(spikes);
    }
    saturations_ += saturations;
    std::uint8_t* const bits = job_.spikes + (step * job_.stride + first_) / 8;
    for (std::size_t k = 0; k < kNeurons / 8; ++k) bits[k] = pack_bits(flags + 8 * k);
    if (job_.potentials != nullptr) {
      std::int16_t* const trace = job_.potentials + step * job_.stride + first_;
      for (std::size_t j = 0; j < kNeurons; ++j) trace[j] = static_cast<std::int16_t>(potentials_[j]);
    }
  }

  NeuronsJob& job_;
  std::size_t first_;
  std::int32_t saturations_ = 0;
  alignas(64) std::int32_t potentials_[kNeurons] = {};
  alignas(64) std::int32_t spiked_[kNeurons] = {};
  alignas(64) std::int32_t counts_[kNeurons] = {};
};

}  // namespace
}  // namespace phasic::reference
