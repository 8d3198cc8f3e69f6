// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "generator/emit.hpp"

namespace phasic::contract_generator {
namespace {

std::string parameter(const std::string& name, std::uint32_t value, bool hexadecimal = false) {
  return hexadecimal ? fmt::format("  localparam int {} = 32'h{:08x};\n", name, value)
                     : fmt::format("  localparam int {} = {};\n", name, value);
}

}  // namespace

std::string systemverilog_package(const Contract& contract) {
  // Yosys 0.23 and Icarus 11 do not take enumeration types or structures from a package: plain int constants are what every
  // tool reads.
  std::string out =
      "// SPDX-License-Identifier: Apache-2.0\n"
      "// Purpose: the kernel contract as constants. Made from driver/contract/contract.json; see docs/specification.md.\n"
      "`default_nettype none\n\n"
      "// No module uses every constant.\n"
      "/* verilator lint_off UNUSEDPARAM */\n"
      "package phasic_pkg;\n";
  out += parameter("ContractVersion", contract.version);
  out += parameter("ControlRange", kControlRange, true);
  out += "\n  // Constants\n";
  for (const auto& constant : contract.constants)
    out += parameter(upper_camel(constant.name), constant.value, constant.hexadecimal);
  out += "\n  // Limits of a build: defaults of the parameters, and the registers that hold them\n";
  for (const auto& limit : contract.limits) out += parameter("Default" + limit.parameter, limit.default_value);
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    out += parameter("RegLimit" + contract.limits[index].parameter, limit_register(contract, index), true);
  }
  out += "\n  // Offsets of registers and of arguments (of an address: its low word)\n";
  for (const auto& entry : contract.registers) out += parameter("Reg" + upper_camel(entry.name), entry.offset, true);
  for (const auto& argument : contract.arguments) out += parameter("Reg" + upper_camel(argument.name), argument.offset, true);
  out += "\n  // Argument ids\n";
  for (const auto& argument : contract.arguments) out += parameter("Argument" + upper_camel(argument.name), argument.id);
  for (const auto& enumeration : contract.enumerations) {
    out += fmt::format("\n  // {}\n", enumeration.doc);
    for (const auto& value : enumeration.values)
      out += parameter(upper_camel(enumeration.name) + upper_camel(value.name), value.value);
  }
  for (const auto& structure : contract.structures) {
    const auto name = upper_camel(structure.name);
    out += fmt::format("\n  // {}. Byte offsets of fields\n", structure.doc);
    out += parameter(name + "Bytes", structure.bytes);
    for (const auto& field : structure.fields) out += parameter(name + upper_camel(field.name), field.offset);
  }
  out += "endpackage\n/* verilator lint_on UNUSEDPARAM */\n\n`default_nettype wire\n";
  return out;
}

}  // namespace phasic::contract_generator
