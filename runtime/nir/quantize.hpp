// SPDX-License-Identifier: Apache-2.0
/// Layers in real numbers as a network of the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/network/network.hpp"
#include "runtime/nir/layers.hpp"

namespace phasic::runtime::nir {

/// Of a decay of 1.
inline constexpr double kDecayUnits = contract::kLayerLeakMaximum;
/// The threshold of a neuron whose potential is its answer.
inline constexpr std::int32_t kNeverFires = contract::kLayerThresholdMaximum;

/// How a network that was exported had its integers.
struct Units {
  double unit = 0;  ///< of a potential
  std::uint32_t input_shift = 0;
};

struct QuantizeOptions {
  std::string name;                ///< of the network
  std::uint32_t weight_width = 8;  ///< 8 or 16
  std::uint32_t steps = 32;        ///< of a sample, or of a chunk of a recording
  std::uint32_t classes = 0;       ///< 0: as many as the last layer has neurons
  contract::SampleKind samples = contract::SampleKind::kEvent;
  bool keep = true;  ///< state goes on from chunk to chunk
  contract::Reset reset = contract::Reset::kZero;
  std::vector<Units> units;  ///< one a layer; empty: chosen from the weights
};

/// What rounding did to a layer; in the units of the file, in which the threshold is `threshold`.
struct LayerRounding {
  double threshold = 0;       ///< of the first neuron; 0 for one that does not fire
  std::int32_t units = 0;     ///< of the threshold: what the kernel compares with
  double largest_weight = 0;  ///< magnitude, with that of the bias
  double weight_step = 0;     ///< from one weight to the next
  double weight_error = 0;    ///< largest
  double bias_error = 0;      ///< largest of a step: potentials take whole units of a bias
  std::uint64_t weights = 0, clipped = 0;
  double decay = 0, decay_error = 0;
  double synapse_decay = 0, synapse_decay_error = 0;
};

struct Quantized {
  Network network;
  std::vector<std::byte> weights;
  std::vector<LayerRounding> rounding;          ///< one a layer
  std::vector<std::vector<std::string>> notes;  ///< one list a layer
};

/// One unit of a potential is chosen for each layer so that the threshold is a whole number of units and no weight is cut off;
/// where weights have 16 bits they are finer than potentials, whose threshold then has 256 to 4,096 units: as many as leave
/// room for the lowest potential that is possible. Where that takes more than 128 thresholds, as without a leak, potentials may
/// be limited, which the kernel counts. A layer that does not fire gets units in which none is, for 8 samples or chunks. A
/// decay that is rounded to 1/65536 changes what a constant current leads to; weights are multiplied by what makes up for that.
/// All layers are frozen. Throws InputError naming the file and the node for what no network can have.
[[nodiscard]] Quantized quantize(const Chain& chain, const std::vector<Layer>& layers, const QuantizeOptions& options);

}  // namespace phasic::runtime::nir
