// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/limits.hpp"

#include <fmt/format.h>

#include <string>

#include "runtime/base/error.hpp"
#include "runtime/network/names.hpp"

namespace phasic::runtime {
namespace {

using names::kPosts;
using names::name_of;

/// Refuses what the device was built without (the limit `rules` of the specification).
void check_rules(const Network& network, const driver::Limits& limits, const std::string& where) {
  std::string place;
  const auto need = [&](bool needed, std::uint32_t part, std::string_view field, std::string_view value) {
    if (!needed || (limits.rules & part) != 0) return;
    throw InputError(
        network.file, place + std::string(field),
        fmt::format("\"{}\" is not in {}: its limit rules is {}, and {} is needed in it", value, where, limits.rules, part));
  };
  need(network.graded(), contract::kRulesGraded, "samples", "graded");
  need(network.gate.source != Gate::Source::kNone, contract::kRulesGate, "gate", "gate");
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    place = fmt::format("layers[{}].", n);
    need(layer.post != contract::Post::kTrit, contract::kRulesPost, "post", name_of(kPosts, layer.post));
    need(layer.trace_shift != 0, contract::kRulesPost, "trace_shift", std::to_string(layer.trace_shift));
    need(layer.factor() == contract::Factor::kFeedback, contract::kRulesFeedback, "rule", name(layer.rule));
    need(layer.competes(), contract::kRulesCompetition, "rule", name(layer.rule));
  }
}

/// Refuses what serial builds cannot do (section 8 of the specification).
void check_serial(const Network& network, const driver::Limits& limits, const std::string& where) {
  if (network.sample_kind == contract::SampleKind::kEvent)
    throw InputError(network.file, "samples", fmt::format("\"event\" is not in {}: it is a serial build", where));
  std::uint64_t words = 0;
  std::uint64_t levels = 0;
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const auto refuse = [&](std::string_view field, const std::string& what) {
      throw InputError(network.file, fmt::format("layers[{}].{}", n, field),
                       fmt::format("{} {}: it is a serial build", what, where));
    };
    const auto factor = layer.factor();
    words += std::uint64_t{network.rows(n)} * ((layer.neurons + limits.lanes - 1) / limits.lanes);
    if (factor != contract::Factor::kFrozen && factor != contract::Factor::kError)
      levels += std::uint64_t{network.classes} * ((layer.neurons + 7) / 8 * 8);
    if (words > limits.weight_depth)
      refuse("neurons",
             fmt::format("all layers so far take {} words of weights, more than the {} of", words, limits.weight_depth));
    if (levels > contract::kSerialLevels)
      refuse("neurons", fmt::format("all layers so far take {} levels, more than the {} of", levels, contract::kSerialLevels));
    if (layer.learns() && layer.span == contract::Span::kAllSteps && network.rows(n) > contract::kSerialHistoryRows)
      refuse("span",
             fmt::format("\"all_steps\" with {} rows is more than the {} of", network.rows(n), contract::kSerialHistoryRows));
  }
}

}  // namespace

void check_limits(const Network& network, const driver::Limits& limits, const std::string& where) {
  const bool gated = network.gate.source != Gate::Source::kNone;
  const auto refuse = [&](const std::string& field, std::uint64_t value, std::string_view limit, std::uint64_t allowed) {
    throw InputError(network.file, field, fmt::format("{} does not fit {}: its limit {} is {}", value, where, limit, allowed));
  };
  check_rules(network, limits, where);
  if (gated && network.sample_kind != contract::SampleKind::kEvent &&
      std::uint64_t{network.inputs} + network.layers.front().neurons > limits.max_events)
    refuse("gate", std::uint64_t{network.inputs} + network.layers.front().neurons, "max_events", limits.max_events);
  if (network.weight_width != limits.weight_width)
    refuse("weight_width", network.weight_width, "weight_width", limits.weight_width);
  if (network.layers.size() > limits.engines) refuse("layers", network.layers.size(), "engines", limits.engines);
  if (network.steps > limits.max_steps) refuse("steps", network.steps, "max_steps", limits.max_steps);
  if (network.classes > limits.max_classes) refuse("classes", network.classes, "max_classes", limits.max_classes);
  if (network.inputs > limits.max_rows) refuse("inputs", network.inputs, "max_rows", limits.max_rows);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const auto field = [n](std::string_view name) { return fmt::format("layers[{}].{}", n, name); };
    if (layer.neurons > limits.max_neurons) refuse(field("neurons"), layer.neurons, "max_neurons", limits.max_neurons);
    const auto rows = network.rows(n);
    if (rows > limits.max_rows) {
      throw InputError(
          network.file, n == 0 ? "inputs" : fmt::format("layers[{}].neurons", n - 1),
          fmt::format("layers[{}] then has {} presynaptic rows with its bias, which do not fit {}: its limit max_rows is {}", n,
                      rows, where, limits.max_rows));
    }
    const std::uint64_t words = std::uint64_t{network.stored_rows(n)} * ((layer.neurons + limits.lanes - 1) / limits.lanes);
    if (words > limits.weight_depth) {
      throw InputError(
          network.file, field("neurons"),
          fmt::format("{} rows of {} neurons take {} words of {} weights, which do not fit {}: its limit weight_depth is {}",
                      rows, layer.neurons, words, limits.lanes, where, limits.weight_depth));
    }
    if (layer.learns() && !layer.competes() && layer.span == contract::Span::kAllSteps && layer.neurons > limits.max_outputs) {
      throw InputError(network.file, field("span"),
                       fmt::format("\"all_steps\" with {} neurons does not fit {}: its limit max_outputs is {}", layer.neurons,
                                   where, limits.max_outputs));
    }
  }
  if ((limits.rules & contract::kRulesSerial) != 0) check_serial(network, limits, where);
}

}  // namespace phasic::runtime
