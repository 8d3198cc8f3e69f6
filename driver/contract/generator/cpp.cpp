// SPDX-License-Identifier: Apache-2.0
#include "generator/cpp.hpp"

#include "generator/emit.hpp"

namespace phasic::contract_generator {
namespace {

using cpp::put;
using cpp::put_bits;
using cpp::put_constant;
using cpp::Text;

void put_constants(Text& out, const Contract& contract) {
  put(out, "inline constexpr std::uint32_t kContractVersion = {};\n", contract.version);
  put(out, "inline constexpr std::string_view kKernelName = \"{}\";\n", contract.kernel.name);
  put(out, "inline constexpr std::string_view kKernelTop = \"{}\";  ///< of the RTL module and of the HLS function\n",
      contract.kernel.top);
  put(out, "inline constexpr std::uint32_t kControlRange = {:#x};  ///< Bytes of the control port\n", kControlRange);
  for (const auto& constant : contract.constants) {
    put_constant(out, upper_camel(constant.name), constant.value, constant.hexadecimal, constant.doc);
  }
  put(out, "\n");
}

void put_limits(Text& out, const Contract& contract) {
  for (const auto& limit : contract.limits)
    put_constant(out, upper_camel("default_" + limit.name), limit.default_value, false, limit.doc);
  put(out, "\n/// What the build of a kernel can do, in the order of the registers.\nstruct Limits {{\n");
  for (const auto& limit : contract.limits)
    put(out, "  std::uint32_t {} = {};  ///< {}\n", limit.name, limit.default_value, limit.doc);
  put(out, "  bool operator==(const Limits&) const = default;\n}};\n");
  put(out,
      "\n/// A limit of a build and the register that holds it.\nstruct Limit {{\n"
      "  std::string_view name;\n  std::string_view parameter;  ///< of the RTL\n  std::uint32_t Limits::*value;\n"
      "  std::uint32_t default_value, minimum, maximum;\n  bool power_of_two;  ///< only powers of two are legal\n"
      "  std::uint32_t offset;  ///< of the register\n  std::string_view doc;\n}};\n");
  put(out, "inline constexpr std::array<Limit, {}> kLimits{{{{\n", contract.limits.size());
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    const auto& limit = contract.limits[index];
    put(out, "    {{\"{}\", \"{}\", &Limits::{}, {}, {}, {}, {}, {:#x}, \"{}\"}},\n", limit.name, limit.parameter, limit.name,
        limit.default_value, limit.minimum, limit.maximum, limit.power_of_two, limit_register(contract, index), limit.doc);
  }
  put(out, "}}}};\n");
  put(out,
      "\n/// Whether a build may have this value.\nconstexpr bool is_legal(const Limit& limit, std::uint64_t value) {{\n"
      "  return value >= limit.minimum && value <= limit.maximum && !(limit.power_of_two && (value & (value - 1)) != 0);\n}}\n"
      "\n/// Values of the limit registers.\nusing LimitWords = std::array<std::uint32_t, kLimits.size()>;\n"
      "constexpr LimitWords words_of(const Limits& limits) {{\n  LimitWords words{{}};\n"
      "  for (std::size_t index = 0; index < words.size(); ++index) words[index] = limits.*kLimits[index].value;\n"
      "  return words;\n}}\n"
      "constexpr Limits limits_of(const LimitWords& words) {{\n  Limits limits;\n"
      "  for (std::size_t index = 0; index < words.size(); ++index) limits.*kLimits[index].value = words[index];\n"
      "  return limits;\n}}\n"
      "/// The largest of every limit but `lanes`, `weight_width` and `data_width`, with all rules but `rules_serial`, which "
      "is a lack.\n"
      "constexpr Limits widest_limits() {{\n  Limits limits;\n"
      "  for (const Limit& limit : kLimits) {{\n"
      "    if (!limit.power_of_two && limit.value != &Limits::lanes) limits.*limit.value = limit.maximum;\n  }}\n"
      "  limits.rules &= ~std::uint32_t{{kRulesSerial}};\n"
      "  return limits;\n}}\n");
}

void put_registers(Text& out, const Contract& contract) {
  put(out, "\n/// Offsets of registers and, for arguments, of their (low) words; bits of registers.\nnamespace reg {{\n");
  for (const auto& entry : contract.registers) {
    put_constant(out, upper_camel(entry.name), entry.offset, true, entry.doc);
    put_bits(out, upper_camel(entry.name), entry.bits);
  }
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    put_constant(out, upper_camel("limit_" + contract.limits[index].name), limit_register(contract, index), true,
                 contract.limits[index].doc);
  }
  for (const auto& argument : contract.arguments)
    put_constant(out, upper_camel(argument.name), argument.offset, true, argument.doc);
  put(out, "}}  // namespace reg\n\n/// Argument ids.\nnamespace argument {{\n");
  for (const auto& argument : contract.arguments)
    put_constant(out, upper_camel(argument.name), argument.id, false, argument.doc);
  put(out, "}}  // namespace argument\n");
  put(out,
      "\n/// A register, or words of the same kind that follow each other.\nstruct Register {{\n"
      "  std::string_view name;\n  std::uint32_t offset;\n  std::uint32_t count;  ///< words\n"
      "  std::string_view access;  ///< read, read_write or read_toggle\n  std::string_view doc;\n}};\n");
  put(out, "inline constexpr std::array<Register, {}> kRegisters{{{{\n", contract.registers.size());
  for (const auto& entry : contract.registers) {
    put(out, "    {{\"{}\", {:#x}, {}, \"{}\", \"{}\"}},\n", entry.name, entry.offset, entry.count, entry.access, entry.doc);
  }
  put(out, "}}}};\n");
  put(out,
      "\nstruct Argument {{\n  std::string_view name;\n  std::uint32_t offset;\n  bool global;  ///< an address, two words\n"
      "  std::string_view access;  ///< of the kernel: read, write or read_write\n  std::string_view doc;\n}};\n"
      "/// By id.\n");
  put(out, "inline constexpr std::array<Argument, {}> kArguments{{{{\n", contract.arguments.size());
  for (const auto& argument : contract.arguments) {
    put(out, "    {{\"{}\", {:#x}, {}, \"{}\", \"{}\"}},\n", argument.name, argument.offset, argument.global, argument.access,
        argument.doc);
  }
  put(out, "}}}};\n");
}

void put_records(Text& out, const Contract& contract) {
  put(out, "\n// Words between modules, and address events in memory: the bits of fields.\n");
  for (const auto& record : contract.records) {
    put_constant(out, upper_camel(record.name) + "Width", record.width, false, record.doc);
    put_bits(out, upper_camel(record.name), record.fields);
  }
}

}  // namespace

std::string cpp_header(const Contract& contract) {
  Text out;
  put(out,
      "// SPDX-License-Identifier: Apache-2.0\n"
      "/// The kernel contract. Made from driver/contract/contract.json; see docs/specification.md.\n#pragma once\n\n"
      "#include <array>\n#include <cstddef>\n#include <cstdint>\n#include <string_view>\n\n"
      "// clang-format off\nnamespace phasic::contract {{\n\n");
  put_constants(out, contract);
  put_limits(out, contract);
  put_registers(out, contract);
  for (const auto& enumeration : contract.enumerations) cpp::put_enumeration(out, enumeration, contract);
  cpp::put_field_types(out);
  for (const auto& structure : contract.structures) cpp::put_structure(out, structure, contract);
  put_records(out, contract);
  put(out, "\n}}  // namespace phasic::contract\n");
  return fmt::to_string(out);
}

}  // namespace phasic::contract_generator
