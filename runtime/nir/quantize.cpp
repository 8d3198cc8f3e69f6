// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "runtime/base/error.hpp"
#include "runtime/network/bounds.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime::nir {
namespace {

/// The threshold in units where weights are fine enough: at most as many as leave room for the lowest potential, within these.
constexpr double kLeastThreshold = 256, kMostThreshold = 4096;
constexpr std::uint32_t kMostShift = 15;
constexpr double kFarthest = 32766;

double largest_of(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

/// Farther from 0 no potential gets within the steps: every source fires at every step, with the weights of one sign.
double farthest_potential(const Layer& layer, double steps) {
  const auto& made = layer.connection;
  std::vector<double> above(made.width), below(made.width);
  const auto count = [&](double weight, std::size_t c) { (weight > 0 ? above : below)[c] += std::abs(weight); };
  for (std::size_t c = 0; c < made.width; ++c) count(made.bias[c], c);
  for (std::size_t n = 0; n < made.weights.size(); ++n) count(made.weights[n], n % made.width);
  const auto sum_of = [steps](double decay) { return std::min(steps, decay < 1 ? 1 / (1 - decay) : steps); };
  return std::max(largest_of(above), largest_of(below)) * sum_of(layer.decay) * sum_of(layer.synapse_decay);
}

/// What is chosen for a layer: potentials in units of `unit`, weights finer by 2^shift.
Units units_of(const Layer& layer, double largest, double most_weight, double steps) {
  if (largest == 0) return {layer.fires ? layer.threshold / 128 : 1.0, 0};
  const double farthest = farthest_potential(layer, steps);
  if (!layer.fires) {
    double unit = largest / most_weight;
    std::uint32_t shift = 0;
    for (; shift < kMostShift && farthest / unit > kFarthest; ++shift) unit *= 2;
    return {unit, shift};
  }
  const double most_units = std::clamp(kFarthest * layer.threshold / farthest, kLeastThreshold, kMostThreshold);
  for (std::uint32_t shift = 0;; ++shift) {
    const double units = std::floor(most_weight * layer.threshold / largest / std::ldexp(1.0, static_cast<int>(shift)) + 1e-9);
    if (units <= most_units || shift == kMostShift) return {layer.threshold / std::clamp(units, 1.0, 32766.0), shift};
  }
}

/// Steps after which a constant current has led to as much as without rounding.
constexpr double kHorizon = 256;

/// What a current of 1 adds up to over the horizon.
double sum_over_horizon(double decay) { return decay == 1 ? kHorizon : (1 - std::pow(decay, kHorizon)) / (1 - decay); }

/// A decay as the kernel has it, and what weights are multiplied with for it.
std::uint32_t rounded_decay(double wanted, std::uint32_t most, double& error, double& gain, std::string_view what,
                            std::vector<std::string>& notes) {
  const auto got = static_cast<std::uint32_t>(std::min(std::round(wanted * kDecayUnits), static_cast<double>(most)));
  error = std::abs(got / kDecayUnits - wanted);
  gain = sum_over_horizon(wanted) / sum_over_horizon(got / kDecayUnits);
  // In recordings of many thousand steps the difference would show.
  if (wanted < 1 && error > 0.1 * (1 - wanted))
    notes.push_back(fmt::format("{} of {:.3g} steps: taken as {}", what, 1 / (1 - wanted),
                                got == kDecayUnits ? "no decay at all" : fmt::format("{:.3g}", 1 / (1 - got / kDecayUnits))));
  return got;
}

class Making {
 public:
  Making(const Chain& chain, const std::vector<Layer>& layers, const QuantizeOptions& options)
      : chain_(chain), layers_(layers), options_(options) {
    most_weight_ = static_cast<double>((1 << (options.weight_width - 1)) - 1);
  }

  Quantized make() {
    auto& network = made_.network;
    network.name = options_.name;
    network.file = chain_.file;
    network.inputs = static_cast<std::uint32_t>(count_of(chain_.stages.front().to));
    network.steps = options_.steps;
    network.weight_width = options_.weight_width;
    network.sample_kind = options_.samples;
    network.keep = options_.keep;
    for (std::size_t n = 0; n < layers_.size(); ++n) add(n);
    network.classes = options_.classes == 0 ? network.outputs() : options_.classes;
    if (network.layers.front().has_shape()) network.shape = network.layers.front().shape.sources;
    // As if it were read from a file, so that every bound of a network holds.
    if (network.inputs > limit_of(&contract::Limits::max_rows).maximum)
      throw InputError(chain_.file, chain_.stages.front().name,
                       fmt::format("{} elements; a network has {} inputs at most", network.inputs,
                                   limit_of(&contract::Limits::max_rows).maximum));
    auto checked = parse_network(canonical(network), chain_.file);
    const auto layout = layout_of(checked);
    made_.weights = initial_weights(checked, layout);
    for (std::size_t n = 0; n < layers_.size(); ++n) put(n, checked, layout);
    for (std::size_t n = 0; n < layers_.size(); ++n)
      if (checked.layers[n].neurons != layers_[n].connection.element.size())
        throw std::logic_error(fmt::format("{}: {} neurons became {}", layers_[n].name, layers_[n].connection.element.size(),
                                           checked.layers[n].neurons));
    network = std::move(checked);
    return std::move(made_);
  }

 private:
  void add(std::size_t n) {
    const auto& layer = layers_[n];
    auto& rounding = made_.rounding.emplace_back();
    auto& notes = made_.notes.emplace_back(layer.notes);
    LayerSpec spec;
    const auto& made = layer.connection;
    if (made.element.size() > limit_of(&contract::Limits::max_neurons).maximum ||
        made.rows > limit_of(&contract::Limits::max_rows).maximum)
      throw InputError(
          chain_.file, fmt::format("{} ({})", layer.name, layer.type),
          fmt::format("{} neurons with {} rows of weights; {} and {} are the most", made.element.size(), made.rows,
                      limit_of(&contract::Limits::max_neurons).maximum, limit_of(&contract::Limits::max_rows).maximum));
    spec.neurons = static_cast<std::uint32_t>(made.element.size());
    if (made.has_shape) {
      spec.kind = contract::Connection::kConvolution;
      spec.shape = made.shape;
    }
    spec.bias = layer.has_bias;
    double gain = 1, synapse_gain = 1;
    rounding.decay = layer.decay;
    rounding.synapse_decay = layer.synapse_decay;
    spec.leak =
        rounded_decay(layer.decay, contract::kLayerLeakMaximum, rounding.decay_error, gain, "a membrane time constant", notes);
    spec.synaptic_leak = rounded_decay(layer.synapse_decay, contract::kLayerSynapticLeakMaximum, rounding.synapse_decay_error,
                                       synapse_gain, "a synaptic time constant", notes);
    gain_.push_back(gain * synapse_gain);
    const double largest = gain_.back() * std::max(largest_of(made.weights), largest_of(made.bias));
    auto units = n < options_.units.size() ? options_.units[n] : units_of(layer, largest, most_weight_, options_.steps * 8.0);
    spec.unit = units.unit;
    spec.input_shift = units.input_shift;
    const double threshold = layer.fires ? std::round(layer.threshold / units.unit) : kNeverFires;
    if (layer.fires && (threshold < 1 || threshold > 32766 || std::abs(threshold * units.unit / layer.threshold - 1) > 1e-5))
      throw InputError(
          chain_.file, layer.name,
          fmt::format("a threshold of {} in units of {} is no whole number from 1 to 32766", layer.threshold, units.unit));
    spec.threshold = spec.window = static_cast<std::int32_t>(threshold);
    spec.reset = layer.fires ? options_.reset : contract::Reset::kNone;
    rounding.threshold = layer.fires ? layer.threshold : 0;
    rounding.units = layer.fires ? spec.threshold : 0;
    rounding.largest_weight = largest / gain_.back();
    if (layer.fires && threshold < 16 && largest > 0)
      notes.push_back(
          fmt::format("weights reach {:.0f} times the threshold, which leaves {} units for it; 16-bit weights are finer",
                      largest / layer.threshold, threshold));
    made_.network.layers.push_back(spec);
  }

  void put(std::size_t n, const Network& network, const Layout& layout) {
    const auto& made = layers_[n].connection;
    auto& rounding = made_.rounding[n];
    const double step = network.layers[n].unit / std::ldexp(1.0, static_cast<int>(network.layers[n].input_shift)) / gain_[n];
    rounding.weight_step = step;
    const auto rows = made.rows + (network.layers[n].bias ? 1 : 0);
    for (std::uint32_t row = 0; row < rows; ++row) {
      for (std::uint32_t c = 0; c < made.width; ++c) {
        const double wanted = row < made.rows ? made.weights[std::size_t{row} * made.width + c] : made.bias[c];
        const double exact = wanted / step;
        const double got = std::clamp(std::round(exact), -most_weight_ - 1, most_weight_);
        rounding.clipped += std::abs(got - exact) > 0.75 ? 1 : 0;
        if (row == made.rows) lose_of_bias(n, wanted, got, network.layers[n], rounding);
        rounding.weight_error = std::max(rounding.weight_error, std::abs(got * step - wanted));
        put_weight(network, layout, made_.weights, n, row, c, static_cast<std::int32_t>(got));
        ++rounding.weights;
      }
    }
    const double reach =
        rounding.bias_error * (layers_[n].decay < 1 ? std::min(kHorizon, 1 / (1 - layers_[n].decay)) : kHorizon);
    if (layers_[n].fires && reach > 0.1 * layers_[n].threshold)
      made_.notes[n].push_back(
          fmt::format("a bias or v_leak is up to {:.2g} a step away from what it should be, since potentials are whole "
                      "numbers: {:.2g} thresholds in {} steps",
                      rounding.bias_error, reach / layers_[n].threshold, kHorizon));
  }

  /// A bias acts at every step, and potentials take whole units of it.
  void lose_of_bias(std::size_t n, double wanted, double got, const LayerSpec& spec, LayerRounding& rounding) const {
    const double units = layers_[n].synapse_decay != 0
                             ? got / std::ldexp(1.0, static_cast<int>(spec.input_shift))
                             : std::floor((got + std::ldexp(0.5, static_cast<int>(spec.input_shift))) /
                                          std::ldexp(1.0, static_cast<int>(spec.input_shift)));
    rounding.bias_error = std::max(rounding.bias_error, std::abs(units * spec.unit / gain_[n] - wanted));
  }

  const Chain& chain_;
  const std::vector<Layer>& layers_;
  const QuantizeOptions& options_;
  double most_weight_;
  std::vector<double> gain_;
  Quantized made_;
};

}  // namespace

Quantized quantize(const Chain& chain, const std::vector<Layer>& layers, const QuantizeOptions& options) {
  if (options.weight_width != 8 && options.weight_width != 16)
    throw InputError("", "weights", fmt::format("{} bits; 8 or 16 are right", options.weight_width));
  if (layers.size() > contract::kMaxLayers)
    throw InputError(chain.file, "nodes",
                     fmt::format("{} layers of neurons; {} are the most", layers.size(), contract::kMaxLayers));
  return Making(chain, layers, options).make();
}

}  // namespace phasic::runtime::nir
