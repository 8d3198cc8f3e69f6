// SPDX-License-Identifier: Apache-2.0
/// What a baseline is: a fully connected network of one hidden layer in floating point, and the method by which it learns.
/// The JSON format and the equations are in docs/baselines.md.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "runtime/base/json_node.hpp"
#include "runtime/baseline/relaxation.hpp"
#include "runtime/network/network.hpp"

namespace phasic::baseline {

/// How the hidden layer learns. With kFrozen it does not; the output layer learns as it does with kNaca. kSymmetric,
/// kDifferential and kSbp are networks that settle, in which both layers learn from the difference of two equilibria.
enum class Method : std::uint8_t {
  kNaca,
  kFrozen,
  kBrp,
  kDrtp,
  kDfa,
  kEprop,
  kBp,
  kStbp,
  kSgd,
  kEwc,
  kSymmetric,
  kDifferential,
  kSbp,
  kRetrograde
};
enum class Kind : std::uint8_t { kAnalog, kSpiking };
/// The two networks of NACA's published code (Science Advances 2023): that of its classification experiments, and that of its
/// class-incremental ones, which has an input gate and currents that go through a sigmoid.
enum class Form : std::uint8_t { kClassification, kIncremental };
enum class Algorithm : std::uint8_t { kSgd, kAdam };
/// What the input gate of the incremental form is computed from when a batch is tested: nothing (all neurons are open), the
/// mean of the batch, or each sample by itself. When a batch is learned it comes from the mean of that batch, unless it is
/// kNone.
enum class Gate : std::uint8_t { kNone, kBatch, kSample };
/// The factor of a hidden neuron with kRetrograde: the sum of what its output synapses change by, the mean of these sums over
/// the neurons, that mean as it was in the first batch, or 0 (the hidden layer does not learn). All but the first are controls.
enum class RetrogradeFactor : std::uint8_t { kOwn, kMean, kFirst, kNone };

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
  float gate_margin = 0.2F;         ///< how far below the brightest a neuron's input may be, in standard deviations
  std::optional<float> gate_level;  ///< a fixed input in place of it, in standard deviations
  /// Accuracy on a class at the end of a pass after which the next class follows; none where all passes are made.
  std::optional<double> stop_at;
  float pull = 5e-4F;            ///< z of BRP
  float importance = 5e4F;       ///< lambda of EWC
  float largest_gradient = 100;  ///< norm to which EWC's gradients are limited
  runtime::Modulation modulation;
  Relaxation relaxation;  ///< of networks that settle
  RetrogradeFactor retrograde = RetrogradeFactor::kOwn;
  float hebbian = 0.01F;         ///< share of the Hebbian part of kRetrograde
  std::uint32_t rate_drop = 50;  ///< passes of kRetrograde after which the learning rate is a tenth

  [[nodiscard]] bool spiking() const { return kind == Kind::kSpiking; }
  [[nodiscard]] bool incremental() const { return form == Form::kIncremental; }
  [[nodiscard]] bool settles() const {
    return method == Method::kSymmetric || method == Method::kDifferential || method == Method::kSbp;
  }
  /// Whether every pass shows the samples in the same order, as the published code of networks that settle does.
  [[nodiscard]] bool keeps_order() const { return settles(); }
  [[nodiscard]] RelaxationKind relaxation_kind() const { return {.spiking = spiking(), .spreads = method == Method::kSbp}; }
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
