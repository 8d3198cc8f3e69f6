// SPDX-License-Identifier: Apache-2.0
#include "runtime/network/gate_fields.hpp"

#include "runtime/network/quantities.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

/// Intensities are bytes.
constexpr std::int64_t kFullIntensity = UINT8_MAX;

GateField source_field(Gate::Source source, std::string_view name) {
  return {"from", fmt::format("`\"{}\"`", name), std::string(kNeeded),
          [source](const JsonNode& parent, GateContext& context, Gate& gate) {
            gate.source = source;
            if (source == Gate::Source::kSample && context.network.sample_kind == contract::SampleKind::kEvent)
              parent.at("from").refuse("address events have no intensities: \"class\" is left");
          },
          [name](const Gate&, const Network&) { return json(name); }};
}

void read_open(const JsonNode& parent, GateContext& context, Gate& gate) {
  const std::uint32_t neurons = context.network.layers.front().neurons;
  const auto lists = parent.at("open");
  lists.expect_array(context.network.classes, context.network.classes);
  for (std::size_t n = 0; n < context.network.classes; ++n) {
    const auto list = lists.at(n);
    list.expect_array(0, neurons);
    auto& open = gate.open_of_class.emplace_back();
    for (std::size_t k = 0; k < list.value().size(); ++k) {
      const auto neuron = static_cast<std::uint32_t>(list.at(k).integer(0, neurons - 1));
      if (k > 0 && neuron <= open.back()) list.at(k).refuse("neurons are in ascending order");
      open.push_back(neuron);
    }
  }
}

}  // namespace

const std::vector<GateField>& sample_gate_fields() {
  static const std::vector<GateField> fields{
      source_field(Gate::Source::kSample, "sample"),
      {"distance", "0 to 1", std::string(kNeeded),
       [](const JsonNode& parent, GateContext&, Gate& gate) {
         gate.distance =
             static_cast<std::uint32_t>(read_quantity(parent.at("distance"), 1.0 / kFullIntensity, 0, kFullIntensity));
       },
       [](const Gate& gate, const Network&) {
         return json{{"raw", gate.distance}};
       }},
  };
  return fields;
}

const std::vector<GateField>& class_gate_fields() {
  static const std::vector<GateField> fields{
      source_field(Gate::Source::kClass, "class"),
      {"open", "a list of neurons a class", std::string(kNeeded), read_open,
       [](const Gate& gate, const Network&) { return json(gate.open_of_class); }},
  };
  return fields;
}

Gate read_gate(const JsonNode& node, const Network& network) {
  if (!network.layers.front().has_potentials())
    node.refuse(fmt::format("a layer with rule \"{}\" has no gate", name(network.layers.front().rule)));
  if (!node.value().is_object()) node.refuse("an object is needed");
  const bool from_sample = node.at("from").one_of(names::kGateSources) == 0;
  Gate gate;
  GateContext context{network};
  read_fields(node, from_sample ? sample_gate_fields() : class_gate_fields(), context, gate);
  return gate;
}

json print_gate(const Gate& gate, const Network& network) {
  return print_fields(gate, gate.source == Gate::Source::kSample ? sample_gate_fields() : class_gate_fields(), network);
}

}  // namespace phasic::runtime
