// SPDX-License-Identifier: Apache-2.0
/// What a baseline is: a fully connected network of one hidden layer in floating point, and the method by which it learns.
/// The JSON format and the equations are in docs/baselines.md.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "runtime/base/json_node.hpp"
#include "runtime/network/network.hpp"

namespace phasic::baseline {

/// How the hidden layer learns. With kFrozen it does not; the output layer learns as it does with kNaca.
enum class Method : std::uint8_t { kNaca, kFrozen, kBrp, kDrtp, kDfa, kEprop, kBp, kStbp, kSgd, kEwc };
enum class Kind : std::uint8_t { kAnalog, kSpiking };
/// The two networks of NACA's published code (Science Advances 2023): that of its classification experiments, and that of its
/// class-incremental ones, which has an input gate and currents that go through a sigmoid.
enum class Form : std::uint8_t { kClassification, kIncremental };
enum class Algorithm : std::uint8_t { kSgd, kAdam };
/// What the input gate of the incremental form is computed from when a batch is tested: nothing (all neurons are open), the
/// mean of the batch, or each sample by itself. When a batch is learned it comes from the mean of that batch, unless it is
/// kNone.
enum class Gate : std::uint8_t { kNone, kBatch, kSample };

[[nodiscard]] std::string_view name(Method method);
[[nodiscard]] std::string_view name(Kind kind);

struct Settings {
  Method method = Method::kNaca;
  Kind kind = Kind::kSpiking;
  Form form = Form::kClassification;
  std::uint32_t neurons = 1000;  ///< of the hidden layer
  std::uint32_t steps = 20;      ///< time steps T of a spiking network; 1 for an analog one
  std::uint32_t batch = 32;
  Algorithm optimizer = Algorithm::kAdam;
  float learning_rate = 1e-4F;
  float initial_scale = 1;                             ///< of the hidden layer's initial weights, against 1 / sqrt(inputs)
  float threshold = 0.5F, window = 0.5F, leak = 0.2F;  ///< of spiking neurons; window is half a width
  float noise = 1;                                     ///< r of the rate coding of the classification form, 0 to 1
  Gate gate = Gate::kNone;
  float gate_margin = 0.2F;  ///< how far below the brightest a neuron's input may be, in standard deviations
  /// Accuracy on a class at the end of a pass after which the next class follows; none where all passes are made.
  std::optional<double> stop_at;
  float pull = 5e-4F;            ///< z of BRP
  float importance = 5e4F;       ///< lambda of EWC
  float largest_gradient = 100;  ///< norm to which EWC's gradients are limited
  runtime::Modulation modulation;

  [[nodiscard]] bool spiking() const { return kind == Kind::kSpiking; }
  [[nodiscard]] bool incremental() const { return form == Form::kIncremental; }
  /// Whether the gradient is exact (through a surrogate where neurons spike).
  [[nodiscard]] bool back_propagates() const {
    return method == Method::kBp || method == Method::kStbp || method == Method::kSgd || method == Method::kEwc;
  }
  bool operator==(const Settings&) const = default;
};

/// Reads the object of an experiment. `continual` decides the form if there is none, `streaming` (one sample at a time) batch
/// and gate. Throws runtime::InputError naming file, place and value.
[[nodiscard]] Settings parse_settings(const runtime::JsonNode& node, bool continual, bool streaming);

/// All that decides what the baseline does, with what was left out filled in.
[[nodiscard]] nlohmann::json canonical(const Settings& settings);

}  // namespace phasic::baseline
