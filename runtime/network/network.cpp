// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/network.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr std::uint32_t kLargestRate = 65535;
constexpr std::uint32_t kLargestShift = 15;
constexpr double kUnitsOfLeak = 256;
constexpr double kUnitsOfLevel = 64;

// Fixed orders: the place in the list is the value of the contract's enumeration.
constexpr auto kSampleKinds = std::to_array<std::string_view>({"intensity", "event", "graded"});
constexpr auto kSpans = std::to_array<std::string_view>({"last_step", "all_steps"});
constexpr auto kRoundings = std::to_array<std::string_view>({"stochastic", "nearest"});
constexpr auto kRules = std::to_array<std::string_view>({"frozen", "naca", "error", "drtp", "dfa", "eprop", "competition"});
constexpr auto kPosts = std::to_array<std::string_view>({"trit", "surrogate", "one"});
constexpr auto kDistributions = std::to_array<std::string_view>({"uniform", "normal", "beta"});
constexpr auto kGateSources = std::to_array<std::string_view>({"sample", "class"});
constexpr std::uint32_t kLargestTraceShift = 3;
constexpr std::uint32_t kCompetitionStateBits = contract::kSquaresWidth + contract::kWinsWidth;

template <class Enum>
std::string_view name_of(std::span<const std::string_view> names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

double parse_unit(const JsonNode& node) {
  constexpr double kSmallest = 1.0 / (1u << 30);
  if (!node.value().is_string()) return node.real(kSmallest, 1024);
  const auto text = node.text();
  const auto slash = text.find('/');
  std::uint32_t above = 0, below = 1;
  const auto read = [](std::string_view part, std::uint32_t& to) {
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), to);
    return failure == std::errc() && end == part.data() + part.size() && to > 0;
  };
  const std::string_view view = text;
  const bool good = slash == std::string::npos ? read(view, above)
                                               : read(view.substr(0, slash), above) && read(view.substr(slash + 1), below);
  const double unit = good ? static_cast<double>(above) / below : 0;
  if (unit < kSmallest || unit > 1024) node.refuse("a positive number or a fraction such as \"1/256\" is needed");
  return unit;
}

std::uint64_t parse_seed(const JsonNode& node) {
  if (node.value().is_number_unsigned()) return node.value().get<std::uint64_t>();
  if (node.value().is_number_integer() && node.value().get<std::int64_t>() >= 0) return node.value().get<std::uint64_t>();
  if (node.value().is_string()) {
    const auto text = node.text();
    std::uint64_t seed = 0;
    const bool hexadecimal = text.starts_with("0x");
    const auto* first = text.data() + (hexadecimal ? 2 : 0);
    const auto [end, failure] = std::from_chars(first, text.data() + text.size(), seed, hexadecimal ? 16 : 10);
    if (failure == std::errc() && end == text.data() + text.size() && first != end) return seed;
  }
  node.refuse("an integer from 0 to 2^64 - 1 is needed, as a number or as a text such as \"0x1f\"");
}

/// A number, or {"raw": integer}. A number is given in units of `unit` and rounded to the nearest integer.
std::int64_t parse_quantity(const JsonNode& node, double unit, std::int64_t least, std::int64_t most) {
  if (node.value().is_object()) {
    node.expect_object({"raw"});
    return node.at("raw").integer(least, most);
  }
  const double number = node.real(-1e12, 1e12);
  const double units = std::round(number / unit);
  if (units < static_cast<double>(least) || units > static_cast<double>(most)) {
    node.refuse(
        fmt::format("cannot be represented: it is {:.0f} units of {:.6g}, and {} to {} are allowed; {:.6g} to {:.6g} fit",
                    units, unit, least, most, static_cast<double>(least) * unit, static_cast<double>(most) * unit));
  }
  return static_cast<std::int64_t>(units);
}

/// rate / 2^factor_shift for a learning rate of 1 (docs/networks.md gives the derivation).
double rate_per_learning_rate(const Network& network, const LayerSpec& layer) {
  const double weight_unit = layer.unit / std::exp2(layer.input_shift);
  const double fraction = std::exp2(24.0 - network.weight_width);
  const double level_unit = layer.rule == Rule::kError ? 1 : kUnitsOfLevel;
  const double full = network.graded() ? contract::kGradedFull : 1;
  const double error_unit = layer.factor() == contract::Factor::kLevel ? 1 : full * network.steps;
  const double trace_unit = std::exp2(layer.trace_shift) * full;
  return fraction / weight_unit / level_unit / error_unit / trace_unit;
}

void parse_learning_rate(const JsonNode& node, const Network& network, LayerSpec& layer) {
  if (node.value().is_object()) {
    node.expect_object({"raw", "factor_shift"});
    layer.rate = static_cast<std::uint32_t>(node.at("raw").integer(0, kLargestRate));
    layer.factor_shift =
        node.find("factor_shift") ? static_cast<std::uint32_t>(node.at("factor_shift").integer(0, kLargestShift)) : 0;
    return;
  }
  const double scaled = node.real(0, 1e6) * rate_per_learning_rate(network, layer);
  double largest_scale = 1;
  for (const auto& entry : network.schedule) largest_scale = std::max(largest_scale, entry.scale);
  if (std::round(scaled * largest_scale) > kLargestRate) {
    node.refuse(fmt::format("cannot be represented: the rate would be {:.0f}, and {} is the largest; {:.3g} fits",
                            scaled * largest_scale, kLargestRate,
                            kLargestRate / largest_scale / rate_per_learning_rate(network, layer)));
  }
  layer.factor_shift = 0;
  while (layer.factor_shift < kLargestShift &&
         std::round(std::ldexp(scaled * largest_scale, static_cast<int>(layer.factor_shift) + 1)) <= kLargestRate) {
    ++layer.factor_shift;
  }
  layer.rate = static_cast<std::uint32_t>(std::round(std::ldexp(scaled, static_cast<int>(layer.factor_shift))));
  if (layer.rate == 0 && scaled > 0) {
    node.refuse(fmt::format("cannot be represented: the rate would round to 0; {:.3g} is the smallest",
                            std::ldexp(0.5, -static_cast<int>(kLargestShift)) / rate_per_learning_rate(network, layer)));
  }
}

/// The usual values of a rule.
void take_usual(LayerSpec& layer, bool graded) {
  const bool learns = layer.rule != Rule::kFrozen;
  const bool sums = !graded && learns && layer.rule != Rule::kNaca;
  const bool surrogate =
      layer.rule == Rule::kDrtp || layer.rule == Rule::kDfa || layer.rule == Rule::kEprop || (graded && learns);
  layer.span = sums ? contract::Span::kAllSteps : contract::Span::kLastStep;
  layer.post = surrogate ? contract::Post::kSurrogate : contract::Post::kTrit;
  layer.trace_shift = layer.rule == Rule::kEprop && !graded ? 2 : 0;
}

/// A rate that is a power of two, as the power of 1/2.
std::uint32_t parse_slowest_rate(const JsonNode& node) {
  const auto raw = [&] {
    if (!node.value().is_object()) return -std::log2(parse_unit(node));
    node.expect_object({"raw"});
    return static_cast<double>(node.at("raw").integer(0, contract::kCompetitionFactorShift));
  }();
  if (raw != std::round(raw) || raw < 0 || raw > contract::kCompetitionFactorShift) {
    node.refuse(fmt::format("1, 1/2, 1/4 and so on to 1/{} can be represented", 1u << contract::kCompetitionFactorShift));
  }
  return static_cast<std::uint32_t>(raw);
}

LayerSpec parse_competition(const JsonNode& node, bool graded, double unit, bool last) {
  node.expect_object({"neurons", "bias", "input_shift", "unit", "rule", "rounding", "slowest_rate", "homeostasis"});
  if (!last) node.at("rule").refuse("only the last layer can compete");
  LayerSpec layer;
  layer.rule = Rule::kCompetition;
  take_usual(layer, graded);
  layer.neurons = static_cast<std::uint32_t>(node.at("neurons").integer(1, 65535));
  layer.bias = false;
  if (const auto bias = node.find("bias")) layer.bias = bias->boolean();
  layer.unit = unit;
  if (const auto own = node.find("unit")) layer.unit = parse_unit(*own);
  layer.input_shift = static_cast<std::uint32_t>(node.at("input_shift").integer(0, contract::kCompetitionInputShift));
  if (const auto rounding = node.find("rounding"))
    layer.rounding = static_cast<contract::Rounding>(rounding->one_of(kRoundings));
  layer.factor_shift = parse_slowest_rate(node.at("slowest_rate"));
  if (const auto homeostasis = node.find("homeostasis"))
    layer.homeostasis = static_cast<std::uint32_t>(homeostasis->integer(0, 65535));
  return layer;
}

/// Half the width of a neuron's ramp in a graded network.
constexpr std::int32_t kHalfRamp = (contract::kGradedFull + 1) / 2;

void parse_potentials(const JsonNode& node, bool graded, LayerSpec& layer) {
  const auto threshold = node.at("threshold");
  layer.threshold = static_cast<std::int32_t>(parse_quantity(threshold, layer.unit, INT16_MIN, INT16_MAX));
  if (graded) layer.window = layer.threshold - kHalfRamp;
  if (const auto window = node.find("window")) {
    if (window->value().is_object()) {
      layer.window = static_cast<std::int32_t>(parse_quantity(*window, 1, INT16_MIN, INT16_MAX));
    } else {
      const auto half_width = parse_quantity(*window, layer.unit, 0, 65535);
      if (layer.threshold - half_width < INT16_MIN) {
        window->refuse(fmt::format("cannot be represented: threshold less window is {} units, and {} is the least",
                                   layer.threshold - half_width, INT16_MIN));
      }
      layer.window = static_cast<std::int32_t>(layer.threshold - half_width);
    }
  }
  if (graded && !node.find("leak")) return;
  layer.leak = static_cast<std::uint32_t>(parse_quantity(node.at("leak"), 1 / kUnitsOfLeak, 0, 256));
}

void parse_rule(const JsonNode& node, const Network& network, bool last, LayerSpec& layer) {
  const auto rule = node.at("rule");
  layer.rule = static_cast<Rule>(rule.one_of(kRules));
  take_usual(layer, network.graded());
  if (const auto span = node.find("span")) {
    layer.span = static_cast<contract::Span>(span->one_of(kSpans));
    if (network.graded() && layer.span == contract::Span::kAllSteps)
      span->refuse("graded samples have one step: \"last_step\" is it");
  }
  if (const auto post = node.find("post")) layer.post = static_cast<contract::Post>(post->one_of(kPosts));
  if (layer.span == contract::Span::kLastStep) layer.trace_shift = 0;
  if (const auto trace = node.find("trace_shift")) {
    layer.trace_shift = static_cast<std::uint32_t>(trace->integer(0, kLargestTraceShift));
    if (layer.trace_shift > 0 && layer.span == contract::Span::kLastStep)
      trace->refuse("a presynaptic trace needs the span \"all_steps\"");
  }
  if (const auto rounding = node.find("rounding"))
    layer.rounding = static_cast<contract::Rounding>(rounding->one_of(kRoundings));
  if (layer.rule == Rule::kError && layer.neurons < network.classes) {
    node.at("neurons").refuse(
        fmt::format("rule \"error\" needs at least one neuron a class, and there are {} classes", network.classes));
  }
  if (layer.factor() == contract::Factor::kFeedback && last)
    rule.refuse(fmt::format("rule \"{}\" is for layers before the last one", name(layer.rule)));
}

LayerSpec parse_layer(const JsonNode& node, const Network& network, double unit, std::uint32_t before, bool last) {
  if (node.value().is_object() && node.at("rule").one_of(kRules) == static_cast<std::size_t>(Rule::kCompetition))
    return parse_competition(node, network.graded(), unit, last);
  node.expect_object({"neurons", "bias", "threshold", "window", "leak", "input_shift", "unit", "rule", "span", "post",
                      "trace_shift", "rounding", "learning_rate", "initial_amplitude"});
  LayerSpec layer;
  layer.neurons = static_cast<std::uint32_t>(node.at("neurons").integer(1, 65535));
  if (const auto bias = node.find("bias")) layer.bias = bias->boolean();
  layer.unit = unit;
  if (const auto own = node.find("unit")) layer.unit = parse_unit(*own);
  if (const auto shift = node.find("input_shift"))
    layer.input_shift = static_cast<std::uint32_t>(shift->integer(0, kLargestShift));
  parse_potentials(node, network.graded(), layer);
  parse_rule(node, network, last, layer);
  if (!layer.learns()) {
    if (const auto rate = node.find("learning_rate")) {
      parse_learning_rate(*rate, network, layer);
      if (layer.rate != 0) rate->refuse("a frozen layer does not learn: leave the learning rate out");
      layer.factor_shift = 0;
    }
  } else {
    const auto rate = node.at("learning_rate");
    parse_learning_rate(rate, network, layer);
    for (std::size_t n = 0; n < network.schedule.size(); ++n) {
      const double scaled = std::round(layer.rate * network.schedule[n].scale);
      if (scaled > kLargestRate) {
        rate.refuse(fmt::format("with the scale {} of schedule[{}] the rate is {:.0f}; {} is the largest",
                                network.schedule[n].scale, n, scaled, kLargestRate));
      }
    }
  }
  const std::int64_t largest_weight = (std::int64_t{1} << (network.weight_width - 1)) - 1;
  if (const auto amplitude = node.find("initial_amplitude")) {
    layer.initial_amplitude =
        static_cast<std::uint32_t>(parse_quantity(*amplitude, layer.unit / std::exp2(layer.input_shift), 0, largest_weight));
  } else {
    // The usual default of linear layers, 1 / sqrt(fan-in).
    const double units = std::round(std::exp2(layer.input_shift) / layer.unit / std::sqrt(before));
    layer.initial_amplitude = static_cast<std::uint32_t>(std::min(units, static_cast<double>(largest_weight)));
  }
  return layer;
}

std::vector<RateScale> parse_schedule(const JsonNode& node) {
  node.expect_array(1, 1000);
  std::vector<RateScale> schedule;
  for (std::size_t n = 0; n < node.value().size(); ++n) {
    const auto entry = node.at(n);
    entry.expect_object({"from_sample", "scale"});
    const auto from = entry.at("from_sample");
    const auto sample = static_cast<std::uint64_t>(from.integer(0, INT64_MAX));
    if (n == 0 && sample != 0) from.refuse("the first entry starts at sample 0");
    if (n > 0 && sample <= schedule.back().from_sample) from.refuse("entries are in ascending order");
    schedule.push_back({sample, entry.at("scale").real(0, 65535)});
  }
  return schedule;
}

Gate parse_gate(const JsonNode& node, const Network& network) {
  const std::uint32_t neurons = network.layers.front().neurons;
  Gate gate;
  if (network.layers.front().competes()) node.refuse("a layer that competes has no gate");
  if (node.value().is_object() && node.at("from").one_of(kGateSources) == 0) {
    node.expect_object({"from", "distance"});
    gate.source = Gate::Source::kSample;
    gate.distance = static_cast<std::uint32_t>(parse_quantity(node.at("distance"), 1.0 / 255, 0, 255));
    if (network.sample_kind == contract::SampleKind::kEvent)
      node.at("from").refuse("address events have no intensities: \"class\" is left");
    return gate;
  }
  node.expect_object({"from", "open"});
  gate.source = Gate::Source::kClass;
  const auto lists = node.at("open");
  lists.expect_array(network.classes, network.classes);
  for (std::size_t n = 0; n < network.classes; ++n) {
    const auto list = lists.at(n);
    list.expect_array(0, neurons);
    auto& open = gate.open_of_class.emplace_back();
    for (std::size_t k = 0; k < list.value().size(); ++k) {
      const auto neuron = static_cast<std::uint32_t>(list.at(k).integer(0, neurons - 1));
      if (k > 0 && neuron <= open.back()) list.at(k).refuse("neurons are in ascending order");
      open.push_back(neuron);
    }
  }
  return gate;
}

std::string path_of_pointer(const std::string& pointer) {
  // "/layers/0/threshold/raw" -> "layers[0].threshold"
  std::string path;
  std::size_t at = 0;
  while (at < pointer.size()) {
    const auto end = std::min(pointer.find('/', at + 1), pointer.size());
    const auto part = pointer.substr(at + 1, end - at - 1);
    if (!part.empty() && part.find_first_not_of("0123456789") == std::string::npos) {
      path += fmt::format("[{}]", part);
    } else if (part != "raw") {
      path += (path.empty() ? "" : ".") + part;
    }
    at = end;
  }
  return path;
}

}  // namespace

contract::Factor factor_of(Rule rule) {
  switch (rule) {
    case Rule::kFrozen:
      return contract::Factor::kFrozen;
    case Rule::kNaca:
    case Rule::kDrtp:
      return contract::Factor::kLevel;
    case Rule::kError:
      return contract::Factor::kError;
    case Rule::kDfa:
    case Rule::kEprop:
      return contract::Factor::kFeedback;
    case Rule::kCompetition:
      break;
  }
  return contract::Factor::kCompetition;
}

std::string_view name(Rule rule) { return name_of(kRules, rule); }

std::uint32_t Network::stored_rows(std::size_t layer) const {
  return rows(layer) + (layers[layer].competes() ? kCompetitionStateBits / weight_width : 0);
}

std::uint32_t Network::class_of(std::uint32_t neuron) const {
  if (!layers.back().competes()) return neuron;
  return static_cast<std::uint32_t>(std::uint64_t{neuron} * classes / outputs());
}

std::uint32_t Network::rows(std::size_t layer) const {
  return (layer == 0 ? inputs : layers[layer - 1].neurons) + (layers[layer].bias ? 1 : 0);
}

Network parse_network(const json& document, const std::string& file) {
  const JsonNode root(document, file, "");
  root.expect_object({"phasic_network", "name", "description", "inputs", "classes", "steps", "weight_width", "samples", "seed",
                      "unit", "modulation", "schedule", "gate", "layers"});
  Network network;
  network.file = file;
  (void)root.at("phasic_network").integer(1, 1);
  if (const auto name = root.find("name")) network.name = name->text();
  if (const auto description = root.find("description")) (void)description->text();
  network.inputs = static_cast<std::uint32_t>(root.at("inputs").integer(1, 65535));
  network.classes = static_cast<std::uint32_t>(root.at("classes").integer(1, 65534));
  network.steps = static_cast<std::uint32_t>(root.at("steps").integer(1, 32));
  if (const auto width = root.find("weight_width")) {
    network.weight_width = static_cast<std::uint32_t>(width->integer(8, 16));
    if (network.weight_width != 8 && network.weight_width != 16) width->refuse("8 or 16 is needed");
  }
  if (const auto kind = root.find("samples")) {
    network.sample_kind = static_cast<contract::SampleKind>(kind->one_of(kSampleKinds));
    if (network.graded() && network.steps != 1) root.at("steps").refuse("graded samples have 1 step");
  }
  if (const auto seed = root.find("seed")) network.seed = parse_seed(*seed);
  double unit = 1.0 / 256;
  if (const auto common = root.find("unit")) unit = parse_unit(*common);
  if (const auto modulation = root.find("modulation")) {
    modulation->expect_object({"inversion", "maximum", "distribution"});
    if (const auto distribution = modulation->find("distribution"))
      network.modulation.distribution = static_cast<Modulation::Distribution>(distribution->one_of(kDistributions));
    if (const auto inversion = modulation->find("inversion")) network.modulation.inversion = inversion->real(0.5, 1);
    if (const auto maximum = modulation->find("maximum")) network.modulation.maximum = maximum->real(1, 1.98);
  }
  if (const auto schedule = root.find("schedule")) network.schedule = parse_schedule(*schedule);
  const auto layers = root.at("layers");
  layers.expect_array(1, contract::kMaxLayers);
  std::uint32_t before = network.inputs;
  for (std::size_t n = 0; n < layers.value().size(); ++n) {
    network.layers.push_back(parse_layer(layers.at(n), network, unit, before, n + 1 == layers.value().size()));
    before = network.layers.back().neurons;
  }
  if (const auto gate = root.find("gate")) network.gate = parse_gate(*gate, network);
  return network;
}

Network load_network(const std::filesystem::path& file) { return parse_network(read_json(file), file.string()); }

namespace {

json canonical_competition(const LayerSpec& layer) {
  return {{"neurons", layer.neurons},
          {"bias", layer.bias},
          {"input_shift", layer.input_shift},
          {"unit", layer.unit},
          {"rule", name(layer.rule)},
          {"rounding", name_of(kRoundings, layer.rounding)},
          {"slowest_rate", {{"raw", layer.factor_shift}}},
          {"homeostasis", layer.homeostasis}};
}

json canonical_gate(const Gate& gate) {
  if (gate.source == Gate::Source::kSample) return {{"from", "sample"}, {"distance", {{"raw", gate.distance}}}};
  return {{"from", "class"}, {"open", gate.open_of_class}};
}

json canonical_layer(const LayerSpec& layer, bool graded) {
  json entry = {{"neurons", layer.neurons},
                {"bias", layer.bias},
                {"threshold", {{"raw", layer.threshold}}},
                {"window", {{"raw", layer.window}}},
                {"leak", {{"raw", layer.leak}}},
                {"input_shift", layer.input_shift},
                {"unit", layer.unit},
                {"rule", name(layer.rule)},
                {"span", name_of(kSpans, layer.span)},
                {"rounding", name_of(kRoundings, layer.rounding)},
                {"initial_amplitude", {{"raw", layer.initial_amplitude}}}};
  LayerSpec usual;
  usual.rule = layer.rule;
  take_usual(usual, graded);
  if (layer.post != usual.post) entry["post"] = name_of(kPosts, layer.post);
  if (layer.trace_shift != usual.trace_shift) entry["trace_shift"] = layer.trace_shift;
  if (layer.learns()) entry["learning_rate"] = {{"raw", layer.rate}, {"factor_shift", layer.factor_shift}};
  return entry;
}

}  // namespace

json canonical(const Network& network) {
  json layers = json::array();
  for (const auto& layer : network.layers) {
    layers.push_back(layer.competes() ? canonical_competition(layer) : canonical_layer(layer, network.graded()));
  }
  json schedule = json::array();
  for (const auto& entry : network.schedule) schedule.push_back({{"from_sample", entry.from_sample}, {"scale", entry.scale}});
  json document = {{"phasic_network", 1},
                   {"name", network.name},
                   {"inputs", network.inputs},
                   {"classes", network.classes},
                   {"steps", network.steps},
                   {"weight_width", network.weight_width},
                   {"samples", name_of(kSampleKinds, network.sample_kind)},
                   {"seed", fmt::format("{:#x}", network.seed)},
                   {"modulation",
                    {{"inversion", network.modulation.inversion},
                     {"maximum", network.modulation.maximum},
                     {"distribution", name_of(kDistributions, network.modulation.distribution)}}},
                   {"schedule", std::move(schedule)},
                   {"layers", std::move(layers)}};
  if (network.gate.source != Gate::Source::kNone) document["gate"] = canonical_gate(network.gate);
  return document;
}

std::string first_difference(const Network& left, const Network& right) {
  // The name and the units are for people: they change no bit.
  auto a = canonical(left), b = canonical(right);
  for (auto* document : {&a, &b}) {
    document->erase("name");
    for (auto& layer : (*document)["layers"]) layer.erase("unit");
  }
  const auto changes = json::diff(a, b);
  if (changes.empty()) return "";
  const auto pointer = changes[0]["path"].get<std::string>();
  const auto value = [&](const json& document) {
    const json::json_pointer place(pointer);
    return document.contains(place) ? document[place].dump() : std::string("nothing");
  };
  return fmt::format("{}: {} and {}", path_of_pointer(pointer), value(a), value(b));
}

std::uint32_t rate_at(const Network& network, std::size_t layer, std::uint64_t sample) {
  double scale = 1;
  for (const auto& entry : network.schedule) {
    if (entry.from_sample <= sample) scale = entry.scale;
  }
  return static_cast<std::uint32_t>(std::round(network.layers[layer].rate * scale));
}

std::uint64_t next_rate_change(const Network& network, std::uint64_t sample) {
  for (const auto& entry : network.schedule) {
    if (entry.from_sample > sample) return entry.from_sample;
  }
  return std::numeric_limits<std::uint64_t>::max();
}

namespace {

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

std::string describe(const Network& network) {
  std::string shape = fmt::format("{}", network.inputs);
  for (const auto& layer : network.layers) shape += fmt::format("-{}", layer.neurons);
  auto text = fmt::format("{}: {}, {} classes, {} time steps, {}-bit weights, {} samples, seed {:#x}\n",
                          network.name.empty() ? "network" : network.name, shape, network.classes, network.steps,
                          network.weight_width, name_of(kSampleKinds, network.sample_kind), network.seed);
  text += fmt::format("{:>5} {:>7} {:>5} {:>16} {:>16} {:>13} {:>5} {:>10} {:>10} {:>22} {:>16}\n", "layer", "neurons", "rows",
                      "threshold", "window above", "leak", "shift", "rule", "span", "learning rate", "initial weights");
  for (std::size_t n = 0; n < network.layers.size(); ++n) {
    const auto& layer = network.layers[n];
    const double weight_unit = layer.unit / std::exp2(layer.input_shift);
    if (layer.competes()) {
      text += fmt::format("{:>5} {:>7} {:>5}   competition: target {} x count / 2, slowest rate 1/{}, homeostasis {}\n", n,
                          layer.neurons, network.rows(n), 1u << layer.input_shift, 1u << layer.factor_shift, layer.homeostasis);
      continue;
    }
    const bool frozen = !layer.learns();
    const double learning_rate =
        frozen ? 0 : std::ldexp(layer.rate, -static_cast<int>(layer.factor_shift)) / rate_per_learning_rate(network, layer);
    text += fmt::format("{:>5} {:>7} {:>5} {:>16} {:>16} {:>13} {:>5} {:>10} {:>10} {:>22} {:>16}\n", n, layer.neurons,
                        network.rows(n), fmt::format("{:.4g} ({})", layer.threshold * layer.unit, layer.threshold),
                        fmt::format("{:.4g} ({})", layer.window * layer.unit, layer.window),
                        fmt::format("{:.4g} ({})", layer.leak / kUnitsOfLeak, layer.leak), layer.input_shift, name(layer.rule),
                        frozen ? "-" : name_of(kSpans, layer.span),
                        frozen ? "-" : fmt::format("{:.4g} ({} / 2^{})", learning_rate, layer.rate, layer.factor_shift),
                        fmt::format("+-{:.4g} ({})", layer.initial_amplitude * weight_unit, layer.initial_amplitude));
  }
  return text;
}

}  // namespace phasic::runtime
