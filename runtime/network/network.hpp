// SPDX-License-Identifier: Apache-2.0
/// A network as the user describes it, in the integers of the kernel contract. The JSON format is in docs/networks.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/discriminant/solve.hpp"
#include "driver/layout/connection.hpp"
#include "phasic/contract.hpp"
#include "runtime/network/gate.hpp"
#include "runtime/network/preparation.hpp"

namespace phasic::runtime {

/// How a layer learns. The contract's factor follows from it; span, post and trace have usual values of their own
/// (docs/networks.md).
enum class Rule : std::uint8_t { kFrozen, kNaca, kError, kDrtp, kDfa, kEprop, kCompetition, kDiscriminant, kFeatures, kSbp };
[[nodiscard]] contract::Factor factor_of(Rule rule);
[[nodiscard]] std::string_view name(Rule rule);

struct LayerSpec {
  std::uint32_t neurons = 0;
  /// A layer that is dense but pools what it reads is a convolution with a kernel as large as what it reads.
  contract::Connection kind = contract::Connection::kDense;
  layout::Shape shape;             ///< of a connection that has one
  std::uint32_t answer_scale = 0;  ///< with a grid
  std::uint32_t answer_shift = 0;  ///< with a grid
  bool bias = true;
  std::int32_t threshold = 0;
  std::int32_t window = 0;          ///< potential above which the learning window is open (the contract's `window`)
  std::uint32_t leak = 0;           ///< in 1/65536
  std::uint32_t synaptic_leak = 0;  ///< in 1/65536; 0: currents do not last
  contract::Reset reset = contract::Reset::kZero;
  std::uint32_t input_shift = 0;
  Rule rule = Rule::kFrozen;
  contract::Span span = contract::Span::kLastStep;
  contract::Rounding rounding = contract::Rounding::kStochastic;
  std::uint32_t rate = 0;  ///< before the schedule's scale
  std::uint32_t factor_shift = 0;
  std::uint32_t retrograde_limit = 0;  ///< in 1/256; 0: the layer takes no retrograde signal
  std::uint32_t retrograde_base = 0;   ///< in 1/256
  std::uint32_t retrograde_shift = 0;
  contract::Post post = contract::Post::kTrit;
  std::uint32_t trace_shift = 0;
  bool drawn = false;                   ///< the kernel draws the levels
  bool by_channel = false;              ///< the neurons of a channel have one level
  std::uint32_t homeostasis = 0;        ///< of a layer that competes, or whose filters do
  std::uint32_t regularization = 1049;  ///< of a discriminant, in 1 / 2^20
  discriminant::Method solve = discriminant::Method::kSweeps;
  std::uint32_t solve_every = 0;        ///< samples of the stream; 0: weights of a discriminant are made for tests alone
  std::uint32_t target_shift = 0;       ///< of a layer whose filters compete
  std::uint32_t initial_amplitude = 0;  ///< initial weights are uniform in [-amplitude, amplitude]
  double unit = 1.0 / 256;              ///< what one unit of a potential stands for; for people only
  [[nodiscard]] contract::Factor factor() const { return factor_of(rule); }
  [[nodiscard]] bool has_shape() const { return contract::has_shape(kind); }
  [[nodiscard]] bool learns() const { return contract::learns(factor()); }
  [[nodiscard]] bool competes() const { return contract::competes(factor()); }
  [[nodiscard]] bool has_potentials() const { return !contract::without_potentials(factor()); }
  [[nodiscard]] bool moves_filters() const { return contract::moves_filters(factor()); }
  [[nodiscard]] bool takes_retrograde() const { return retrograde_limit != 0; }
  /// Whether the layer has a table of levels.
  [[nodiscard]] bool has_levels() const { return contract::has_levels(factor()); }
  /// Neurons after which the numbers repeat that levels are drawn from.
  [[nodiscard]] std::uint32_t distinct_levels() const { return by_channel ? shape.channels : neurons; }
  bool operator==(const LayerSpec&) const = default;
};

/// The curve from expectation to neuromodulator level (docs/specification.md, "Level tables").
struct Modulation {
  /// Of the numbers NI that expectation is made of: uniform in [0, 1), normal with mean 0.5 and deviation 1 limited to [0, 1],
  /// or beta with both parameters 0.5.
  enum class Distribution : std::uint8_t { kUniform, kNormal, kBeta };
  Distribution distribution = Distribution::kUniform;
  double inversion = 0.5;  ///< lambda_inv, 0.5 to 1
  double maximum = 1.2;    ///< theta_max, 1 to 127/64
  bool operator==(const Modulation&) const = default;
};

/// From this sample of the stream on, every layer's rate is round(rate * scale).
struct RateScale {
  std::uint64_t from_sample = 0;
  double scale = 1.0;
  bool operator==(const RateScale&) const = default;
};

struct Network {
  std::string name;
  std::uint32_t inputs = 0;
  std::uint32_t classes = 0;
  std::uint32_t steps = 0;
  std::uint32_t weight_width = 8;
  contract::SampleKind sample_kind = contract::SampleKind::kIntensity;
  bool keep = false;     ///< state goes on from sample to sample
  layout::Extent shape;  ///< of the inputs, channel after channel; rows is 0 if it is not given
  std::uint64_t seed = 1;
  std::vector<LayerSpec> layers;  ///< 1 to 8
  Modulation modulation;
  Gate gate;
  std::optional<Preparation> preparation;        ///< of the first layers, before the stream begins
  std::vector<RateScale> schedule{RateScale{}};  ///< ascending; the first starts at 0
  std::string file;                              ///< where it came from, for messages; not compared

  /// Weight rows of a layer, the bias row included.
  [[nodiscard]] std::uint32_t rows(std::size_t layer) const;
  /// How the sources of layer `layer` lie, or if it is past the last one the outputs; without rows if they have no shape.
  [[nodiscard]] layout::Extent extent_before(std::size_t layer) const;
  /// How a layer is reached from the one before it.
  [[nodiscard]] layout::Connection connection(std::size_t layer) const;
  /// Pairs of a source, without the bias, and a potential of the layer that it reaches.
  [[nodiscard]] std::uint64_t synapses(std::size_t layer) const;
  /// Rows of a layer in the weights buffer: those of weights, and those of its state if it has any or state is kept.
  [[nodiscard]] std::uint32_t stored_rows(std::size_t layer) const;
  /// Samples are shown once, and rows and neurons have values from 0 to 255 rather than spikes.
  [[nodiscard]] bool graded() const { return contract::is_graded(sample_kind); }
  [[nodiscard]] std::uint32_t outputs() const { return layers.back().neurons; }
  /// The class that neuron `neuron` of the last layer stands for: its number, or in a layer that competes one of as many groups
  /// of neighbours as there are classes, alike in size but for one.
  [[nodiscard]] std::uint32_t class_of(std::uint32_t neuron) const;
};

/// Throws InputError naming file, JSON path and value.
[[nodiscard]] Network load_network(const std::filesystem::path& file);
[[nodiscard]] Network parse_network(const nlohmann::json& document, const std::string& file);

/// The network in the same format with every quantity as a raw integer: equal networks give equal documents, and reading the
/// document gives the network again.
[[nodiscard]] nlohmann::json canonical(const Network& network);

/// The first field in which two networks differ, such as "layers[0].threshold: 128 and 130"; empty if they are equal.
[[nodiscard]] std::string first_difference(const Network& left, const Network& right);

/// Rate of a layer at a sample of the stream.
[[nodiscard]] std::uint32_t rate_at(const Network& network, std::size_t layer, std::uint64_t sample);

/// The first sample after `sample` at which rates change; UINT64_MAX if they do not change any more.
[[nodiscard]] std::uint64_t next_rate_change(const Network& network, std::uint64_t sample);

/// Such as "784-1000-10", or "28x28-64C5-P2-1000-10": 64 channels of a kernel of 5, a pool of 2; G2 is a grid of 2.
[[nodiscard]] std::string architecture(const Network& network);

/// Table of the network for people: one line a layer, with real values and raw integers.
[[nodiscard]] std::string describe(const Network& network);

}  // namespace phasic::runtime
