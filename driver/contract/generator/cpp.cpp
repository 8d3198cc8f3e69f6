// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <fmt/format.h>

#include <iterator>

#include "generator/emit.hpp"

namespace phasic::contract_generator {
namespace {

using Text = fmt::memory_buffer;

template <typename... Arguments>
void put(Text& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

void put_constant(Text& out, const std::string& name, std::uint32_t value, bool hexadecimal, const std::string& doc) {
  if (hexadecimal) {
    put(out, "inline constexpr std::uint32_t k{} = {:#x};  ///< {}\n", upper_camel(name), value, doc);
  } else {
    put(out, "inline constexpr std::uint32_t k{} = {};  ///< {}\n", upper_camel(name), value, doc);
  }
}

void put_constants(Text& out, const Contract& contract) {
  put(out, "inline constexpr std::uint32_t kContractVersion = {};\n", contract.version);
  put(out, "inline constexpr std::string_view kKernelName = \"{}\";\n", contract.kernel.name);
  put(out, "inline constexpr std::string_view kKernelTop = \"{}\";  ///< of the RTL module and of the HLS function\n",
      contract.kernel.top);
  put(out, "inline constexpr std::uint32_t kControlRange = {:#x};  ///< Bytes of the control port\n", kControlRange);
  for (const auto& constant : contract.constants) {
    put_constant(out, constant.name, constant.value, constant.hexadecimal, constant.doc);
  }
  put(out, "\n");
  for (const auto& limit : contract.limits) put_constant(out, "default_" + limit.name, limit.default_value, false, limit.doc);
  put(out,
      "\n/// A limit of a build and the register that holds it.\nstruct Limit {{\n"
      "  std::string_view name;\n  std::string_view parameter;  ///< of the RTL\n  std::uint32_t default_value;\n"
      "  std::uint32_t offset;  ///< of the register\n  std::string_view doc;\n}};\n");
  put(out, "inline constexpr std::array<Limit, {}> kLimits{{{{\n", contract.limits.size());
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    const auto& limit = contract.limits[index];
    put(out, "    {{\"{}\", \"{}\", {}, {:#x}, \"{}\"}},\n", limit.name, limit.parameter, limit.default_value,
        limit_register(contract, index), limit.doc);
  }
  put(out, "}}}};\n");
}

void put_registers(Text& out, const Contract& contract) {
  put(out, "\n/// Offsets of registers and, for arguments, of their (low) words.\nnamespace reg {{\n");
  for (const auto& entry : contract.registers) put_constant(out, entry.name, entry.offset, true, entry.doc);
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    put_constant(out, "limit_" + contract.limits[index].name, limit_register(contract, index), true,
                 contract.limits[index].doc);
  }
  for (const auto& argument : contract.arguments) put_constant(out, argument.name, argument.offset, true, argument.doc);
  put(out, "}}  // namespace reg\n\n/// Argument ids.\nnamespace argument {{\n");
  for (const auto& argument : contract.arguments) put_constant(out, argument.name, argument.id, false, argument.doc);
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

void put_enumeration(Text& out, const Enumeration& enumeration) {
  const auto type = upper_camel(enumeration.name);
  put(out, "\n/// {}\nenum class {} : std::uint32_t {{\n", enumeration.doc, type);
  for (const auto& value : enumeration.values)
    put(out, "  k{} = {},  ///< {}\n", upper_camel(value.name), value.value, value.doc);
  put(out, "}};\ninline constexpr std::array<{}, {}> kAll{}{{{{\n", type, enumeration.values.size(), type);
  for (const auto& value : enumeration.values) put(out, "    {}::k{},\n", type, upper_camel(value.name));
  put(out, "}}}};\n");
  const auto lookup = [&](const char* function, const char* doc, const auto& text_of) {
    put(out, "/// {}\nconstexpr std::string_view {}({} value) {{\n  switch (value) {{\n", doc, function, type);
    for (const auto& value : enumeration.values) {
      put(out, "    case {}::k{}:\n      return \"{}\";\n", type, upper_camel(value.name), text_of(value));
    }
    put(out, "  }}\n  return \"unknown\";\n}}\n");
  };
  lookup("name", "The value's name in the contract; \"unknown\" for other values.",
         [](const auto& value) { return value.name; });
  lookup("describe", "What the contract says of the value; \"unknown\" for other values.",
         [](const auto& value) { return value.doc; });
}

void put_structure(Text& out, const Structure& structure) {
  const auto type = upper_camel(structure.name);
  put(out, "\n/// {}.\nstruct {} {{\n", structure.doc, type);
  for (const auto& field : structure.fields) {
    const auto scalar = fmt::format("std::{}int{}_t", field.is_signed ? "" : "u", 8 * field.bytes);
    const auto member = field.count == 1 ? scalar : fmt::format("std::array<{}, {}>", scalar, field.count);
    put(out, "  {} {}{{}};  ///< {}\n", member, field.name, field.doc);
  }
  put(out, "  bool operator==(const {}&) const = default;\n}};\n", type);
  put(out, "static_assert(sizeof({}) == {});\n", type, structure.bytes);
  for (const auto& field : structure.fields)
    put(out, "static_assert(offsetof({}, {}) == {});\n", type, field.name, field.offset);
  put(out, "inline constexpr std::uint32_t k{}Bytes = {};\n", type, structure.bytes);
  put(out, "inline constexpr std::array<Field, {}> k{}Fields{{{{\n", structure.fields.size(), type);
  for (const auto& field : structure.fields) {
    put(out, "    {{\"{}\", {}, {}, {}, {}, \"{}\", \"{}\"}},\n", field.name, field.offset, field.bytes, field.count,
        field.is_signed, field.legal, field.doc);
  }
  put(out, "}}}};\n");
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
  put_registers(out, contract);
  for (const auto& enumeration : contract.enumerations) put_enumeration(out, enumeration);
  put(out,
      "\n/// A field of a structure in memory.\nstruct Field {{\n  std::string_view name;\n  std::uint32_t offset;\n"
      "  std::uint32_t bytes;  ///< of one element\n  std::uint32_t count;\n  bool is_signed;\n"
      "  std::string_view legal;  ///< legal values in words; empty for what the kernel writes\n  std::string_view "
      "doc;\n}};\n");
  for (const auto& structure : contract.structures) put_structure(out, structure);
  put(out, "\n}}  // namespace phasic::contract\n");
  return fmt::to_string(out);
}

}  // namespace phasic::contract_generator
