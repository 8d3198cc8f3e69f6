// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "generator/emit.hpp"

namespace phasic::contract_generator {
namespace {

constexpr std::string_view kBegin = "<!-- table ";
constexpr std::string_view kClose = " -->";
constexpr std::string_view kEnd = "<!-- end -->";

std::string type_name(const Field& field) {
  const auto scalar = fmt::format("{}{}", field.is_signed ? 'i' : 'u', 8 * field.bytes);
  return field.count == 1 ? scalar : fmt::format("{} x {}", scalar, field.count);
}

std::string access_name(const std::string& access) {
  if (access == "read_write") return "read, write";
  if (access == "read_toggle") return "read, toggle";
  return access;
}

std::string structure_table(const Structure& structure) {
  const bool legal =
      std::any_of(structure.fields.begin(), structure.fields.end(), [](const auto& field) { return !field.legal.empty(); });
  auto out = fmt::format("\n`{}`, {} bytes. {}.\n\n", structure.name, structure.bytes, structure.doc);
  out += legal ? "| byte | field | type | legal | meaning |\n|--:|---|---|---|---|\n"
               : "| byte | field | type | meaning |\n|--:|---|---|---|\n";
  for (const auto& field : structure.fields) {
    out += fmt::format("| {} | `{}` | {} | {}{} |\n", field.offset, field.name, type_name(field),
                       legal ? field.legal + " | " : "", field.doc);
  }
  return out;
}

std::string enumeration_table(const Enumeration& enumeration) {
  auto out = fmt::format("\n`{}`: {}.\n\n| value | name | meaning |\n|--:|---|---|\n", enumeration.name, enumeration.doc);
  for (const auto& value : enumeration.values) out += fmt::format("| {} | `{}` | {} |\n", value.value, value.name, value.doc);
  return out;
}

std::string register_table(const Contract& contract) {
  std::string out = "\n| offset | register | access | meaning |\n|---|---|---|---|\n";
  for (const auto& entry : contract.registers) {
    const auto place = entry.count == 1 ? fmt::format("{:#05x}", entry.offset)
                                        : fmt::format("{:#05x} to {:#05x}", entry.offset, entry.offset + 4 * (entry.count - 1));
    out += fmt::format("| {} | `{}` | {} | {} |\n", place, entry.name, access_name(entry.access), entry.doc);
  }
  return out;
}

std::string argument_table(const Contract& contract) {
  std::string out = "\n| id | argument | offset | type | the kernel | meaning |\n|--:|---|---|---|---|---|\n";
  for (const auto& argument : contract.arguments) {
    out += fmt::format("| {} | `{}` | {:#05x} | {} | {} | {} |\n", argument.id, argument.name, argument.offset,
                       argument.global ? "address" : "u32", argument.global ? access_name(argument.access) + "s" : "",
                       argument.doc);
  }
  // "read, writes" reads badly.
  for (auto place = out.find("read, writes"); place != std::string::npos; place = out.find("read, writes")) {
    out.replace(place, std::string_view("read, writes").size(), "reads, writes");
  }
  return out;
}

std::string limit_table(const Contract& contract) {
  std::string out = "\n| offset | limit | parameter | default | meaning |\n|---|---|---|--:|---|\n";
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    const auto& limit = contract.limits[index];
    out += fmt::format("| {:#05x} | `{}` | `{}` | {} | {} |\n", limit_register(contract, index), limit.name, limit.parameter,
                       limit.default_value, limit.doc);
  }
  return out;
}

std::string constant_table(const Contract& contract) {
  std::string out = "\nConstants:\n\n| name | value | meaning |\n|---|--:|---|\n";
  for (const auto& constant : contract.constants) {
    const auto value = constant.hexadecimal ? fmt::format("{:#x}", constant.value) : fmt::format("{}", constant.value);
    out += fmt::format("| `{}` | {} | {} |\n", constant.name, value, constant.doc);
  }
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> tables(const Contract& contract) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& structure : contract.structures) all.emplace_back("structure " + structure.name, structure_table(structure));
  all.emplace_back("registers", register_table(contract));
  all.emplace_back("arguments", argument_table(contract));
  all.emplace_back("limits", limit_table(contract));
  for (const auto& enumeration : contract.enumerations) {
    all.emplace_back("enumeration " + enumeration.name, enumeration_table(enumeration));
  }
  all.emplace_back("constants", constant_table(contract));
  return all;
}

std::string with_tables(const std::string& page, const Contract& contract) {
  const auto all = tables(contract);
  std::set<std::string> missing;
  for (const auto& [key, table] : all) missing.insert(key);
  std::istringstream lines(page);
  std::string out;
  std::string line;
  std::string open;  // key of the table whose old text is being skipped
  while (std::getline(lines, line)) {
    if (!open.empty()) {
      if (line.starts_with(kBegin)) throw ContractError(fmt::format("the mark 'table {}' has no end", open));
      if (line != kEnd) continue;
      open.clear();
    }
    out += line + '\n';
    if (!line.starts_with(kBegin) || !line.ends_with(kClose)) continue;
    open = line.substr(kBegin.size(), line.size() - kBegin.size() - kClose.size());
    const auto table = std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.first == open; });
    if (table == all.end()) throw ContractError(fmt::format("the contract has no table '{}'", open));
    missing.erase(open);
    // Markdown needs an empty line between a table and the mark after it.
    out += table->second + '\n';
  }
  if (!open.empty()) throw ContractError(fmt::format("the mark 'table {}' has no end", open));
  if (!missing.empty()) throw ContractError(fmt::format("no mark asks for the table '{}'", *missing.begin()));
  return out;
}

}  // namespace phasic::contract_generator
