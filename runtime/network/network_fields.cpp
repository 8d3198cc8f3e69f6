// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/network_fields.hpp"

#include "runtime/network/gate_fields.hpp"
#include "runtime/network/layer_fields.hpp"
#include "runtime/network/preparation_fields.hpp"
#include "runtime/network/quantities.hpp"
#include "runtime/network/shape_fields.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint32_t kUsualSteps = 20;

using nlohmann::json;
using OfNetwork = FieldOf<Network, NetworkContext>;

void read_weight_width(const JsonNode& parent, NetworkContext&, Network& network) {
  const auto width = parent.find("weight_width");
  if (!width) return;
  const auto& limit = limit_of(&contract::Limits::weight_width);
  network.weight_width = static_cast<std::uint32_t>(width->integer(limit.minimum, limit.maximum));
  if (!is_legal(limit, network.weight_width))
    width->refuse(fmt::format("{} is needed", fmt::join(powers_of(&contract::Limits::weight_width), " or ")));
}

void read_samples(const JsonNode& parent, NetworkContext&, Network& network) {
  const auto kind = parent.find("samples");
  if (!kind) return;
  network.sample_kind = static_cast<contract::SampleKind>(kind->one_of(names::kSampleKinds));
  if (network.graded() && network.steps != 1) parent.at("steps").refuse("graded samples have 1 step");
}

void read_schedule(const JsonNode& parent, NetworkContext&, Network& network) {
  const auto node = parent.find("schedule");
  if (!node) return;
  node->expect_array(1, 1000);
  std::vector<RateScale> schedule;
  for (std::size_t n = 0; n < node->value().size(); ++n) {
    RateScale entry;
    read_fields<RateScale, const std::vector<RateScale>>(node->at(n), schedule_fields(), schedule, entry);
    schedule.push_back(entry);
  }
  network.schedule = std::move(schedule);
}

std::optional<json> print_schedule(const Network& network, const Network&) {
  json schedule = json::array();
  for (const auto& entry : network.schedule) schedule.push_back(print_fields(entry, schedule_fields(), network));
  return schedule;
}

void read_layers(const JsonNode& parent, NetworkContext& context, Network& network) {
  const auto layers = parent.at("layers");
  layers.expect_array(1, contract::kMaxLayers);
  std::uint32_t before = network.inputs;
  for (std::size_t n = 0; n < layers.value().size(); ++n) {
    network.layers.push_back(read_layer(layers.at(n), {network, context.unit, before, n + 1 == layers.value().size()}));
    before = network.layers.back().neurons;
  }
}

std::optional<json> print_layers(const Network& network, const Network&) {
  json layers = json::array();
  for (const auto& layer : network.layers) layers.push_back(print_fields(layer, layer_fields(layer.rule), network));
  return layers;
}

NetworkField version_field() {
  return {"phasic_network", "1", std::string(kNeeded),
          [](const JsonNode& parent, NetworkContext&, Network&) { (void)parent.at("phasic_network").integer(1, 1); },
          [](const Network&, const Network&) { return json(1); }};
}

NetworkField name_field() {
  return {"name", "text", "empty",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            if (const auto name = parent.find("name")) network.name = name->text();
          },
          [](const Network& network, const Network&) { return json(network.name); }};
}

NetworkField description_field() {
  return {"description", "text", "empty",
          [](const JsonNode& parent, NetworkContext&, Network&) {
            if (const auto description = parent.find("description")) (void)description->text();
          },
          nullptr};
}

NetworkField keep_field() {
  return {"keep", "true, false", "false",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            const auto keep = parent.find("keep");
            network.keep = keep && keep->boolean();
            if (network.keep && network.graded()) keep->refuse("graded samples have no state that could go on");
          },
          [](const Network& network, const Network&) -> std::optional<json> {
            if (!network.keep) return std::nullopt;
            return true;
          }};
}

NetworkField seed_field() {
  return {"seed", "0 to 2^64 - 1", "1",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            if (const auto seed = parent.find("seed")) network.seed = read_seed(*seed);
          },
          [](const Network& network, const Network&) { return json(fmt::format("{:#x}", network.seed)); }};
}

NetworkField unit_field() {
  return {"unit", "number or fraction", "`\"1/256\"`",
          [](const JsonNode& parent, NetworkContext& context, Network&) {
            if (const auto unit = parent.find("unit")) context.unit = read_unit(*unit);
          },
          nullptr};
}

NetworkField modulation_field() {
  return {"modulation", "object", "see below",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            if (const auto modulation = parent.find("modulation")) network.modulation = read_modulation(*modulation);
          },
          [](const Network& network, const Network&) { return print_modulation(network.modulation); }};
}

NetworkField steps_field() {
  auto field = OfNetwork::integer("steps", &Network::steps, up_to(&contract::Limits::max_steps));
  field.usual = fmt::format("{}; 1 in a graded network", kUsualSteps);
  field.read = [read = field.read](const JsonNode& parent, NetworkContext& context, Network& network) {
    if (parent.find("steps")) return read(parent, context, network);
    const auto samples = parent.find("samples");
    network.steps =
        samples && samples->value() == names::name_of(names::kSampleKinds, contract::SampleKind::kGraded) ? 1 : kUsualSteps;
  };
  return field;
}

NetworkField gate_field() {
  return {"gate", "object", "none",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            if (const auto gate = parent.find("gate")) network.gate = read_gate(*gate, network);
          },
          [](const Network& network, const Network&) -> std::optional<json> {
            if (network.gate.source == Gate::Source::kNone) return std::nullopt;
            return print_gate(network.gate, network);
          }};
}

NetworkField preparation_field() {
  return {"preparation", "object", "none",
          [](const JsonNode& parent, NetworkContext&, Network& network) {
            if (const auto preparation = parent.find("preparation"))
              network.preparation = read_preparation(*preparation, network);
          },
          [](const Network& network, const Network&) -> std::optional<json> {
            if (!network.preparation) return std::nullopt;
            return print_fields(*network.preparation, preparation_fields(), network);
          }};
}

}  // namespace

const std::vector<NetworkField>& network_fields() {
  static const std::vector<NetworkField> fields{
      version_field(),
      name_field(),
      description_field(),
      OfNetwork::integer("inputs", &Network::inputs, up_to(&contract::Limits::max_rows)),
      OfNetwork::integer("classes", &Network::classes, up_to(&contract::Limits::max_classes)),
      steps_field(),
      {"weight_width", fmt::format("{}", fmt::join(powers_of(&contract::Limits::weight_width), ", ")), "8", read_weight_width,
       [](const Network& network, const Network&) { return json(network.weight_width); }},
      {"samples", OfNetwork::listed(names::kSampleKinds), OfNetwork::listed(std::span(names::kSampleKinds).first(1)),
       read_samples,
       [](const Network& network, const Network&) { return json(names::name_of(names::kSampleKinds, network.sample_kind)); }},
      input_shape_field(),
      keep_field(),
      seed_field(),
      unit_field(),
      modulation_field(),
      {"schedule", "list", "rate 1 throughout", read_schedule, print_schedule},
      {"layers", fmt::format("1 to {} layers", contract::kMaxLayers), std::string(kNeeded), read_layers, print_layers},
      gate_field(),
      preparation_field(),
  };
  return fields;
}

const std::vector<ModulationField>& modulation_fields() {
  using OfModulation = FieldOf<Modulation, NetworkContext>;
  static const std::vector<ModulationField> fields{
      OfModulation::choice("distribution", &Modulation::distribution, names::kDistributions),
      OfModulation::real("inversion", &Modulation::inversion, 0.5, 1, 0.5),
      OfModulation::real("maximum", &Modulation::maximum, 1, kLargestLevel, 1.2),
  };
  return fields;
}

Modulation read_modulation(const JsonNode& node) {
  Modulation modulation;
  NetworkContext context;
  read_fields(node, modulation_fields(), context, modulation);
  return modulation;
}

json print_modulation(const Modulation& modulation) { return print_fields(modulation, modulation_fields(), Network{}); }

const std::vector<ScheduleField>& schedule_fields() {
  static const std::vector<ScheduleField> fields{
      {"from_sample", "0 to 2^63 - 1", std::string(kNeeded),
       [](const JsonNode& parent, const std::vector<RateScale>& before, RateScale& entry) {
         const auto from = parent.at("from_sample");
         entry.from_sample = static_cast<std::uint64_t>(from.integer(0, INT64_MAX));
         if (before.empty() && entry.from_sample != 0) from.refuse("the first entry starts at sample 0");
         if (!before.empty() && entry.from_sample <= before.back().from_sample) from.refuse("entries are in ascending order");
       },
       [](const RateScale& entry, const Network&) { return json(entry.from_sample); }},
      FieldOf<RateScale, const std::vector<RateScale>>::real("scale", &RateScale::scale, 0, contract::kLayerRateMaximum),
  };
  return fields;
}

std::vector<FieldTable> field_tables() {
  std::vector<FieldTable> tables;
  const auto add = [&](std::string_view section, const auto& fields) {
    FieldTable table{.section = std::string(section), .fields = {}};
    for (const auto& field : fields) table.fields.push_back({std::string(field.name), field.values, field.usual});
    tables.push_back(std::move(table));
  };
  add("The network", network_fields());
  add("A layer", layer_fields());
  add("A layer that competes", competition_fields());
  add("A discriminant", discriminant_fields());
  add("Preparation", preparation_fields());
  add("Modulation", modulation_fields());
  add("Schedule of rates", schedule_fields());
  add("A gate from the sample", sample_gate_fields());
  add("A gate from the class", class_gate_fields());
  add("A layer of filters that compete", features_fields());
  return tables;
}

}  // namespace phasic::runtime
