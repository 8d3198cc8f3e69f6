// SPDX-License-Identifier: Apache-2.0
#include "generator/flat.hpp"

#include <fmt/core.h>

#include <map>
#include <string_view>

namespace phasic::contract_generator {
namespace {

constexpr std::string_view kRulesPrefix = "rules_";  // of the constants that answer attributes of kind kRules

/// The lowest bit, and the width if it is more than 1.
void add_bits(FlatGroup& group, const std::string& prefix, const std::string& entry, const std::vector<Bits>& all) {
  for (const auto& bits : all) {
    const auto name = prefix + upper_camel(bits.name);
    group.constants.push_back({name + "Bit", entry, bits.bit});
    if (bits.width > 1) group.constants.push_back({name + "Width", entry, bits.width});
  }
}

void add_limits(std::vector<FlatGroup>& groups, const Contract& contract) {
  auto& limits =
      groups.emplace_back("Limits of a build: defaults and bounds of the parameters, and the registers that hold them");
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    const auto& limit = contract.limits[index];
    const auto entry = "limits." + limit.name;
    limits.constants.push_back({"Default" + limit.parameter, entry, limit.default_value});
    limits.constants.push_back({"Limit" + limit.parameter + "Minimum", entry, limit.minimum});
    limits.constants.push_back({"Limit" + limit.parameter + "Maximum", entry, limit.maximum});
    limits.constants.push_back({"RegLimit" + limit.parameter, entry, limit_register(contract, index), true});
  }
}

void add_registers(std::vector<FlatGroup>& groups, const Contract& contract) {
  auto& registers =
      groups.emplace_back("Offsets of registers and of arguments (of an address: its low word), and bits of registers");
  for (const auto& argument : contract.arguments) {
    registers.constants.push_back({"Reg" + upper_camel(argument.name), "arguments." + argument.name, argument.offset, true});
  }
  for (const auto& entry : contract.registers) {
    const auto name = "Reg" + upper_camel(entry.name);
    registers.constants.push_back({name, "registers." + entry.name, entry.offset, true});
    add_bits(registers, name, "registers." + entry.name, entry.bits);
  }
  auto& arguments = groups.emplace_back("Argument ids");
  for (const auto& argument : contract.arguments) {
    arguments.constants.push_back({"Argument" + upper_camel(argument.name), "arguments." + argument.name, argument.id});
  }
}

void add_enumeration(std::vector<FlatGroup>& groups, const Enumeration& enumeration) {
  const auto name = upper_camel(enumeration.name);
  const auto entry = "enumerations." + enumeration.name;
  auto& group = groups.emplace_back(enumeration.doc);
  for (const auto& value : enumeration.values) {
    group.constants.push_back({name + upper_camel(value.name), entry + ".values." + value.name, value.value});
  }
  for (std::size_t at = 0; at < enumeration.attributes.size(); ++at) {
    const auto& attribute = enumeration.attributes[at];
    if (attribute.kind == Attribute::Kind::kEnumeration) continue;
    std::map<std::string, std::int64_t> masks;  // by answer
    if (attribute.kind == Attribute::Kind::kFlag) masks["yes"] = 0;
    for (const auto& value : enumeration.values) {
      if (!value.answers[at].empty()) masks[value.answers[at]] |= std::int64_t{1} << value.value;
    }
    for (const auto& [answer, mask] : masks) {
      const auto part = attribute.kind == Attribute::Kind::kFlag ? "" : upper_camel(answer.substr(kRulesPrefix.size()));
      group.constants.push_back({fmt::format("{}{}{}", name, upper_camel(attribute.name), part),
                                 fmt::format("{}.attributes.{}", entry, attribute.name), mask, true});
    }
  }
}

void add_structure(std::vector<FlatGroup>& groups, const Structure& structure) {
  const auto name = upper_camel(structure.name);
  const auto entry = "structures." + structure.name;
  auto& group = groups.emplace_back(fmt::format("{}. Byte offsets, bounds and bits of fields", structure.doc));
  group.constants.push_back({name + "Bytes", entry, structure.bytes});
  for (const auto& field : structure.fields) {
    const auto field_name = name + upper_camel(field.name);
    const auto field_entry = entry + ".fields." + field.name;
    group.constants.push_back({field_name, field_entry, field.offset});
    add_bits(group, field_name, field_entry, field.bits);
    if (!has_range(structure, field)) continue;
    group.constants.push_back({field_name + "Minimum", field_entry, field.minimum->value});
    group.constants.push_back({field_name + "Maximum", field_entry, field.maximum->value});
  }
}

}  // namespace

bool has_range(const Structure& structure, const Field& field) {
  if (!structure.by_host || !field.minimum || field.maximum->is_limit) return false;
  // What has only one legal value has a name for it already; an enumeration may grow.
  return field.minimum->value != field.maximum->value || !field.enumeration.empty();
}

std::vector<FlatGroup> flat_constants(const Contract& contract) {
  std::vector<FlatGroup> groups;
  auto& head = groups.emplace_back();
  head.constants.push_back({"ContractVersion", "contract_version", contract.version});
  head.constants.push_back({"ControlRange", "the range of the control port", kControlRange, true});
  auto& constants = groups.emplace_back("Constants");
  for (const auto& constant : contract.constants) {
    constants.constants.push_back(
        {upper_camel(constant.name), "constants." + constant.name, constant.value, constant.hexadecimal});
  }
  add_limits(groups, contract);
  add_registers(groups, contract);
  for (const auto& enumeration : contract.enumerations) add_enumeration(groups, enumeration);
  for (const auto& structure : contract.structures) add_structure(groups, structure);
  auto& records = groups.emplace_back("Words between modules: widths, lowest bits of fields");
  for (const auto& record : contract.records) {
    const auto name = upper_camel(record.name);
    records.constants.push_back({name + "Width", "records." + record.name, record.width});
    add_bits(records, name, "records." + record.name, record.fields);
  }
  return groups;
}

}  // namespace phasic::contract_generator
