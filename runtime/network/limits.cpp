// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/limits.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "driver/layout/connection.hpp"
#include "driver/layout/serial_memory.hpp"
#include "runtime/base/error.hpp"
#include "runtime/network/names.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {
namespace {

using names::kPosts;
using names::name_of;

/// Refuses what the device was built without (the limit `rules` of the specification).
void check_rules(const Network& network, const contract::Limits& limits, const std::string& where) {
  std::string place;
  const auto need = [&](std::uint32_t part, std::string_view field, std::string_view value) {
    if ((limits.rules & part) == part) return;
    throw InputError(
        network.file, place + std::string(field),
        fmt::format("\"{}\" is not in {}: its limit rules is {}, and {} is needed in it", value, where, limits.rules, part));
  };
  need(needs(network.sample_kind), "samples", contract::name(network.sample_kind));
  need(network.keep ? contract::kRulesState : 0, "keep", "true");
  need(network.gate.source != Gate::Source::kNone ? contract::kRulesGate : 0, "gate", "gate");
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    place = fmt::format("layers[{}].", n);
    need(needs(layer.post), "post", name_of(kPosts, layer.post));
    need(needs(layer.kind), "kind", name(layer.kind));
    need(layer.shape.grid != 0 ? contract::kRulesFeatures : 0, "grid", std::to_string(layer.shape.grid));
    need(needs(layer.reset), "reset", name_of(names::kResets, layer.reset));
    need(layer.leak % contract::kCoarseLeak != 0 ? contract::kRulesState : 0, "fine_leak", std::to_string(layer.leak));
    need(layer.synaptic_leak != 0 ? contract::kRulesCurrent : 0, "synaptic_leak", std::to_string(layer.synaptic_leak));
    need(layer.trace_shift != 0 ? contract::kRulesPost : 0, "trace_shift", std::to_string(layer.trace_shift));
    need(needs(layer.factor()), "rule", name(layer.rule));
    need(layer.takes_retrograde() ? contract::kRulesRetrograde : 0, "retrograde", std::to_string(layer.retrograde_limit));
    need(layer.drawn ? contract::kRulesDrawn : 0, "levels", names::kLevels[1]);
  }
}

/// Refuses what serial builds cannot do (section 8 of the specification).
void check_serial(const Network& network, const contract::Limits& limits, const std::string& where) {
  if (!fits_serial(network.sample_kind))
    throw InputError(network.file, "samples",
                     fmt::format("\"{}\" is not in {}: it is a serial build", name(network.sample_kind), where));
  std::vector<layout::SerialLayerShape> shapes;
  for (std::size_t n = 0; n < network.layers.size(); ++n)
    shapes.push_back({network.connection(n), network.layers[n].has_levels()});
  const auto places = layout::serial_places(shapes, network.classes, limits.lanes);
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const auto refuse = [&](std::string_view field, const std::string& what) {
      throw InputError(network.file, fmt::format("layers[{}].{}", n, field),
                       fmt::format("{} {}: it is a serial build", what, where));
    };
    if (places[n].words_end > limits.weight_depth)
      refuse("neurons", fmt::format("all layers so far take {} words of weights, more than the {} of", places[n].words_end,
                                    limits.weight_depth));
    if (places[n].levels_end > contract::kSerialLevels)
      refuse("neurons", fmt::format("all layers so far take {} levels, more than the {} of", places[n].levels_end,
                                    contract::kSerialLevels));
    const std::uint32_t rows = network.connection(n).weight_rows();
    if (by_coincidence(layer.factor()) && layer.span == contract::Span::kAllSteps && rows > contract::kSerialHistoryRows)
      refuse("span", fmt::format("\"all_steps\" with {} rows is more than the {} of", rows, contract::kSerialHistoryRows));
  }
}

/// Refuses a layer that does not fit the memories of an engine.
void check_memories(const Network& network, std::size_t n, const contract::Limits& limits, const std::string& where) {
  const auto& layer = network.layers[n];
  const layout::Connection connection = network.connection(n);
  const auto refuse = [&](std::string_view field, const std::string& what, std::string_view limit, std::uint32_t allowed) {
    throw InputError(network.file, fmt::format("layers[{}].{}", n, field),
                     fmt::format("{}, which do not fit {}: its limit {} is {}", what, where, limit, allowed));
  };
  const std::uint64_t rows = connection.weight_rows();
  const std::uint64_t value_words = (rows + limits.lanes - 1) / limits.lanes;
  const std::uint64_t targets = moves_filters(layer.factor()) ? rows * value_words : 0;
  const std::uint64_t words = targets + connection.words(limits.lanes, network.stored_rows(n) - connection.weight_rows());
  if (words > limits.weight_depth)
    refuse("neurons",
           fmt::format("{} rows of {} weights{} take {} words of {} weights", rows, connection.row_width(),
                       targets == 0 ? "" : " and the table of targets", words, limits.lanes),
           "weight_depth", limits.weight_depth);
  const std::uint64_t sums = std::uint64_t{connection.positions()} * connection.row_words(limits.lanes);
  if (layer.shape.grid != 0 && sums > limits.sum_depth)
    refuse("grid",
           fmt::format("{} positions of {} filters take {} words of {} sums", connection.positions(), connection.row_width(),
                       sums, limits.lanes),
           "sum_depth", limits.sum_depth);
  const std::uint64_t kept = (rows + layer.neurons) * value_words;
  if (changes_memory(layer.factor()) && kept > limits.memory_depth)
    refuse("neurons",
           fmt::format("the scatter of {} sources and the sums of {} classes take {} words of {} values", rows, layer.neurons,
                       kept, limits.lanes),
           "memory_depth", limits.memory_depth);
}

}  // namespace

void check_limits(const Network& network, const contract::Limits& limits, const std::string& where) {
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
  if (const auto bytes = layout_of(network).weights_bytes; bytes > UINT32_MAX) {
    throw InputError(
        network.file, "layers",
        fmt::format("their weights and what they keep take {} bytes, more than the {} of a buffer", bytes, UINT32_MAX));
  }
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const auto field = [n](std::string_view name) { return fmt::format("layers[{}].{}", n, name); };
    if (layer.neurons > limits.max_neurons) refuse(field("neurons"), layer.neurons, "max_neurons", limits.max_neurons);
    const layout::Connection connection = network.connection(n);
    if (connection.sources() > limits.max_rows) {
      throw InputError(
          network.file, n == 0 ? "inputs" : fmt::format("layers[{}].neurons", n - 1),
          fmt::format("layers[{}] then has {} presynaptic rows with its bias, which do not fit {}: its limit max_rows is {}", n,
                      connection.sources(), where, limits.max_rows));
    }
    check_memories(network, n, limits, where);
    if (by_coincidence(layer.factor()) && layer.span == contract::Span::kAllSteps && layer.neurons > limits.max_outputs) {
      throw InputError(network.file, field("span"),
                       fmt::format("\"all_steps\" with {} neurons does not fit {}: its limit max_outputs is {}", layer.neurons,
                                   where, limits.max_outputs));
    }
  }
  if ((limits.rules & contract::kRulesSerial) != 0) check_serial(network, limits, where);
}

}  // namespace phasic::runtime
