// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/cost.hpp"

namespace phasic::runtime {
namespace {

std::uint64_t synapses(std::uint64_t inputs, std::uint64_t neurons) { return inputs * neurons; }

/// Of a teaching signal that goes to a layer and, by the formula, on to its inputs.
std::uint64_t teaching(std::uint64_t inputs, std::uint64_t neurons, std::uint64_t classes) {
  return classes * (neurons + inputs);
}

/// Of the retrograde signal: a tenth of the synapses below change twice, and a neuron's own is made of nine tenths of an
/// operation.
std::uint64_t retrograde(std::uint64_t inputs, std::uint64_t neurons, std::uint64_t classes) {
  return classes * neurons + (synapses(inputs, neurons) + 9 * neurons) / 10;
}

}  // namespace

std::uint64_t formula_operations(baseline::Method method, std::uint64_t inputs, std::uint64_t hidden, std::uint64_t classes,
                                 baseline::Kind kind) {
  using baseline::Method;
  const std::uint64_t forward = synapses(inputs, hidden) + synapses(hidden, classes);
  switch (method) {
    case Method::kNaca:
    case Method::kFrozen:
      return forward;
    case Method::kBrp:
    case Method::kDrtp:
    case Method::kDfa:
    case Method::kEprop:
      return forward + teaching(inputs, hidden, classes);
    case Method::kBp:
    case Method::kStbp:
    case Method::kSgd:
      return 2 * forward;
    case Method::kEwc:
      return (2 + classes) * forward;
    case Method::kSymmetric:
    case Method::kDifferential:
      return kind == baseline::Kind::kAnalog ? 2 * forward : forward + hidden + inputs;
    case Method::kSbp:
      return kind == baseline::Kind::kAnalog ? 2 * forward : forward + hidden;
    case Method::kRetrograde:
      return forward + synapses(hidden, classes) + (synapses(inputs, hidden) + 9 * hidden) / 10;
  }
  return 0;
}

std::uint64_t formula_operations(const Network& network) {
  std::uint64_t operations = 0;
  std::uint64_t before = network.inputs;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    operations += network.synapses(n);
    if (layer.rule == Rule::kDrtp || layer.rule == Rule::kDfa || layer.rule == Rule::kEprop)
      operations += teaching(before, layer.neurons, network.classes);
    if (layer.rule == Rule::kSbp) operations += retrograde(before, layer.neurons, network.classes);
    before = layer.neurons;
  }
  return operations;
}

}  // namespace phasic::runtime
