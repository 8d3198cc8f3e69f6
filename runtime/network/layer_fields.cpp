// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/layer_fields.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/network/learning_rate.hpp"
#include "runtime/network/level_fields.hpp"
#include "runtime/network/quantities.hpp"
#include "runtime/network/retrograde_fields.hpp"
#include "runtime/network/shape_fields.hpp"

namespace phasic::runtime {
namespace {

using names::name_of;
using nlohmann::json;
using Of = FieldOf<LayerSpec, LayerContext>;

constexpr std::int64_t kLeastWindow = contract::kLayerWindowMinimum;
/// Half the width of a neuron's ramp in a graded network.
constexpr std::int32_t kHalfRamp = (contract::kGradedFull + 1) / 2;

json raw(std::int64_t value) { return {{"raw", value}}; }

/// A field that is printed as the integer that it is.
auto is_raw(auto member) {
  return [member](const LayerSpec& layer, const Network&) { return raw(layer.*member); };
}

LayerSpec usual_layer(Rule rule, bool graded) {
  LayerSpec layer;
  layer.rule = rule;
  take_usual(layer, graded);
  return layer;
}

/// What neurons have where a file does not say it: constants of NACA's published networks.
constexpr double kUsualThreshold = 0.5, kUsualLeak = 0.2;

/// A field, or its usual value as if it stood there. `usual` must outlive the result.
JsonNode found_or(const JsonNode& parent, const LayerContext& context, const char* name, const json& usual) {
  if (const auto found = parent.find(name)) return *found;
  return {usual, context.network.file, fmt::format("{}.{}", parent.path(), name)};
}

void read_threshold(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const json usual = kUsualThreshold;
  layer.threshold =
      static_cast<std::int32_t>(read_quantity(found_or(parent, context, "threshold", usual), layer.unit,
                                              contract::kLayerThresholdMinimum, contract::kLayerThresholdMaximum));
  if (layer.shape.grid != 0 && layer.threshold < 0) parent.at("threshold").refuse("is not negative in a layer with a grid");
}

void read_window(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  if (context.network.graded()) layer.window = layer.threshold - kHalfRamp;
  const auto window = parent.find("window");
  if (!window) return;
  if (window->value().is_object()) {
    layer.window = static_cast<std::int32_t>(read_quantity(*window, 1, kLeastWindow, contract::kLayerWindowMaximum));
    return;
  }
  const auto half_width = read_quantity(*window, layer.unit, 0, contract::kLayerThresholdMaximum - kLeastWindow);
  if (layer.threshold - half_width < kLeastWindow) {
    window->refuse(fmt::format("cannot be represented: threshold less window is {} units, and {} is the least",
                               layer.threshold - half_width, kLeastWindow));
  }
  layer.window = static_cast<std::int32_t>(layer.threshold - half_width);
}

void read_leak(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  if (const auto fine = parent.find("fine_leak")) {
    if (parent.find("leak")) fine->refuse("there is a leak as well; one of them is needed");
    layer.leak = static_cast<std::uint32_t>(read_quantity(*fine, 1 / kUnitsOfLeak, 0, contract::kLayerLeakMaximum));
    return;
  }
  if (context.network.graded() && !parent.find("leak")) return;
  const json usual = kUsualLeak;
  const auto leak = read_quantity(found_or(parent, context, "leak", usual), contract::kCoarseLeak / kUnitsOfLeak, 0,
                                  contract::kLayerLeakMaximum / contract::kCoarseLeak);
  layer.leak = contract::kCoarseLeak * static_cast<std::uint32_t>(leak);
}

bool has_fine_leak(const LayerSpec& layer) { return layer.leak % contract::kCoarseLeak != 0; }

std::optional<json> print_leak(const LayerSpec& layer, const Network&) {
  if (has_fine_leak(layer)) return std::nullopt;
  return raw(layer.leak / contract::kCoarseLeak);
}

std::optional<json> print_fine_leak(const LayerSpec& layer, const Network&) {
  if (!has_fine_leak(layer)) return std::nullopt;
  return raw(layer.leak);
}

void read_synaptic_leak(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const auto leak = parent.find("synaptic_leak");
  if (!leak) return;
  layer.synaptic_leak =
      static_cast<std::uint32_t>(read_quantity(*leak, 1 / kUnitsOfLeak, 0, contract::kLayerSynapticLeakMaximum));
  if (context.network.graded() && layer.synaptic_leak != 0)
    leak->refuse("graded samples have one step, so no current lasts: 0 is all there is");
}

std::optional<json> print_synaptic_leak(const LayerSpec& layer, const Network&) {
  if (layer.synaptic_leak == 0) return std::nullopt;
  return raw(layer.synaptic_leak);
}

void read_reset(const JsonNode& parent, LayerContext&, LayerSpec& layer) {
  if (const auto reset = parent.find("reset")) layer.reset = static_cast<contract::Reset>(reset->one_of(names::kResets));
}

std::optional<json> print_reset(const LayerSpec& layer, const Network&) {
  if (layer.reset == contract::Reset::kZero) return std::nullopt;
  return name_of(names::kResets, layer.reset);
}

void read_rule(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const auto rule = parent.at("rule");
  layer.rule = static_cast<Rule>(rule.one_of(names::kRules));
  if (layer.shape.grid != 0 && !has_grid(layer.factor())) rule.refuse("a layer with a grid does not learn so");
  take_usual(layer, context.network.graded());
  if (by_class(layer.factor()) && layer.neurons < context.network.classes) {
    parent.at("neurons").refuse(fmt::format("rule \"{}\" needs at least one neuron a class, and there are {} classes",
                                            name(layer.rule), context.network.classes));
  }
  if (hidden_only(layer.factor()) && context.is_last)
    rule.refuse(fmt::format("rule \"{}\" is for layers before the last one", name(layer.rule)));
}

void read_span(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const auto span = parent.find("span");
  if (!span) return;
  layer.span = static_cast<contract::Span>(span->one_of(names::kSpans));
  if (context.network.graded() && layer.span == contract::Span::kAllSteps)
    span->refuse("graded samples have one step: \"last_step\" is it");
}

void read_post(const JsonNode& parent, LayerContext&, LayerSpec& layer) {
  if (const auto post = parent.find("post")) layer.post = static_cast<contract::Post>(post->one_of(names::kPosts));
}

std::optional<json> print_post(const LayerSpec& layer, const Network& network) {
  if (layer.post == usual_layer(layer.rule, network.graded()).post) return std::nullopt;
  return name_of(names::kPosts, layer.post);
}

void read_trace_shift(const JsonNode& parent, LayerContext&, LayerSpec& layer) {
  if (layer.span == contract::Span::kLastStep) layer.trace_shift = 0;
  const auto trace = parent.find("trace_shift");
  if (!trace) return;
  layer.trace_shift = static_cast<std::uint32_t>(trace->integer(0, contract::kLayerTraceShiftMaximum));
  if (layer.trace_shift > 0 && layer.span == contract::Span::kLastStep)
    trace->refuse("a presynaptic trace needs the span \"all_steps\"");
}

std::optional<json> print_trace_shift(const LayerSpec& layer, const Network& network) {
  if (layer.trace_shift == usual_layer(layer.rule, network.graded()).trace_shift) return std::nullopt;
  return layer.trace_shift;
}

void read_layers_learning_rate(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  if (!layer.learns() && !parent.find("learning_rate")) return;
  const json usual = usual_learning_rate(layer.rule, context.network.graded());
  read_learning_rate(found_or(parent, context, "learning_rate", usual), context.network, layer);
}

std::optional<json> print_learning_rate(const LayerSpec& layer, const Network&) {
  if (!layer.learns()) return std::nullopt;
  return json{{"raw", layer.rate}, {"factor_shift", layer.factor_shift}};
}

void read_initial_amplitude(const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
  const std::int64_t largest_weight = (std::int64_t{1} << (context.network.weight_width - 1)) - 1;
  if (const auto amplitude = parent.find("initial_amplitude")) {
    layer.initial_amplitude =
        static_cast<std::uint32_t>(read_quantity(*amplitude, layer.unit / std::exp2(layer.input_shift), 0, largest_weight));
    return;
  }
  // The usual default of linear layers, 1 / sqrt(fan-in).
  const std::uint32_t rows = layer.has_shape() ? layer.shape.weight_rows() : context.rows_before;
  const double units = std::round(std::exp2(layer.input_shift) / layer.unit / std::sqrt(rows));
  layer.initial_amplitude = static_cast<std::uint32_t>(std::min(units, static_cast<double>(largest_weight)));
}

}  // namespace

void take_usual(LayerSpec& layer, bool graded) {
  const bool learns = layer.rule != Rule::kFrozen;
  const bool sums = !graded && learns && layer.rule != Rule::kNaca && layer.rule != Rule::kSbp;
  const bool surrogate =
      layer.rule == Rule::kDrtp || layer.rule == Rule::kDfa || layer.rule == Rule::kEprop || (graded && learns);
  layer.span = sums ? contract::Span::kAllSteps : contract::Span::kLastStep;
  const contract::Post of_spikes = layer.rule == Rule::kSbp ? contract::Post::kOne : contract::Post::kTrit;
  layer.post = surrogate ? contract::Post::kSurrogate : of_spikes;
  layer.trace_shift = layer.rule == Rule::kEprop && !graded ? 2 : 0;
}

LayerField layer_unit_field() {
  return {"unit", "number or fraction", "the network's",
          [](const JsonNode& parent, LayerContext& context, LayerSpec& layer) {
            const auto unit = parent.find("unit");
            layer.unit = unit ? read_unit(*unit) : context.unit;
          },
          [](const LayerSpec& layer, const Network&) { return json(layer.unit); }};
}

LayerField threshold_field() {
  return {"threshold", "quantity", fmt::format("{}", kUsualThreshold), read_threshold, is_raw(&LayerSpec::threshold)};
}

LayerField initial_amplitude_field() {
  return {"initial_amplitude", "quantity", "1 / sqrt(rows without bias)", read_initial_amplitude,
          is_raw(&LayerSpec::initial_amplitude)};
}

const std::vector<LayerField>& layer_fields() {
  static const std::vector<LayerField> others{
      Of::truth("bias", &LayerSpec::bias, true),
      layer_unit_field(),
      threshold_field(),
      {"window", "quantity", "see text", read_window, is_raw(&LayerSpec::window)},
      {"leak", "0 to 1", fmt::format("{} unless `fine_leak` is given", kUsualLeak), read_leak, print_leak},
      {"fine_leak", "0 to 1", "none", [](const JsonNode&, LayerContext&, LayerSpec&) {}, print_fine_leak},
      {"synaptic_leak", "0 to 1", "0", read_synaptic_leak, print_synaptic_leak},
      {"reset", Of::listed(names::kResets), Of::listed(std::span(names::kResets).first(1)), read_reset, print_reset},
      Of::integer<std::uint32_t>("input_shift", &LayerSpec::input_shift,
                                 {contract::kLayerInputShiftMinimum, contract::kLayerInputShiftMaximum}, 0),
      {"rule", "see below", std::string(kNeeded), read_rule,
       [](const LayerSpec& layer, const Network&) { return json(name(layer.rule)); }},
      {"span", Of::listed(names::kSpans), "`last_step` for `naca` and `sbp`, else `all_steps`", read_span,
       [](const LayerSpec& layer, const Network&) { return json(name_of(names::kSpans, layer.span)); }},
      {"post", Of::listed(names::kPosts), "`trit` for `naca` and `error`, `one` for `sbp`, else `surrogate`", read_post,
       print_post},
      {"trace_shift", fmt::format("0 to {}", contract::kLayerTraceShiftMaximum), "2 for `eprop`, else 0", read_trace_shift,
       print_trace_shift},
      Of::choice("rounding", &LayerSpec::rounding, names::kRoundings),
      {"learning_rate", "quantity", "by rule, see text; none if frozen", read_layers_learning_rate, print_learning_rate},
      retrograde_field(),
      initial_amplitude_field(),
  };
  static const std::vector<LayerField> fields = [] {
    std::vector<LayerField> all = shape_fields();
    all.insert(all.end(), others.begin(), others.end());
    for (const LayerField& field : level_fields()) all.push_back(field);
    return all;
  }();
  return fields;
}

const std::vector<LayerField>& layer_fields(Rule rule) {
  if (rule == Rule::kCompetition) return competition_fields();
  if (rule == Rule::kFeatures) return features_fields();
  return rule == Rule::kDiscriminant ? discriminant_fields() : layer_fields();
}

LayerSpec read_layer(const JsonNode& node, LayerContext context) {
  // Any object without a rule is read as a layer that spikes; the message names what is missing.
  const Rule rule = node.value().is_object() ? static_cast<Rule>(node.at("rule").one_of(names::kRules)) : Rule::kFrozen;
  LayerSpec layer;
  read_fields(node, layer_fields(rule), context, layer);
  check_tells(node, context.network, layer);
  return layer;
}

}  // namespace phasic::runtime
