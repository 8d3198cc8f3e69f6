// SPDX-License-Identifier: Apache-2.0
#include "generator/flat.hpp"

#include <fmt/core.h>

namespace phasic::contract_generator {

std::vector<FlatGroup> flat_constants(const Contract& contract) {
  std::vector<FlatGroup> groups;
  auto& head = groups.emplace_back();
  head.constants.push_back({"ContractVersion", contract.version});
  head.constants.push_back({"ControlRange", kControlRange, true});

  auto& constants = groups.emplace_back("Constants");
  for (const auto& constant : contract.constants) {
    constants.constants.push_back({upper_camel(constant.name), constant.value, constant.hexadecimal});
  }

  auto& limits = groups.emplace_back("Limits of a build: defaults of the parameters, and the registers that hold them");
  for (const auto& limit : contract.limits) limits.constants.push_back({"Default" + limit.parameter, limit.default_value});
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    limits.constants.push_back({"RegLimit" + contract.limits[index].parameter, limit_register(contract, index), true});
  }

  auto& registers = groups.emplace_back("Offsets of registers and of arguments (of an address: its low word)");
  for (const auto& entry : contract.registers) {
    registers.constants.push_back({"Reg" + upper_camel(entry.name), entry.offset, true});
  }
  for (const auto& argument : contract.arguments) {
    registers.constants.push_back({"Reg" + upper_camel(argument.name), argument.offset, true});
  }

  auto& arguments = groups.emplace_back("Argument ids");
  for (const auto& argument : contract.arguments) {
    arguments.constants.push_back({"Argument" + upper_camel(argument.name), argument.id});
  }

  for (const auto& enumeration : contract.enumerations) {
    auto& group = groups.emplace_back(enumeration.doc);
    for (const auto& value : enumeration.values) {
      group.constants.push_back({upper_camel(enumeration.name) + upper_camel(value.name), value.value});
    }
  }
  for (const auto& structure : contract.structures) {
    const auto name = upper_camel(structure.name);
    auto& group = groups.emplace_back(fmt::format("{}. Byte offsets of fields", structure.doc));
    group.constants.push_back({name + "Bytes", structure.bytes});
    for (const auto& field : structure.fields) group.constants.push_back({name + upper_camel(field.name), field.offset});
  }
  return groups;
}

}  // namespace phasic::contract_generator
