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

/// "Control of a run: bit 0 `start`, a run is going on; bits 15:8 `step`, time step"
std::string with_bits(const std::string& doc, const std::vector<Bits>& all) {
  std::string out = doc;
  for (const auto& bits : all) {
    out += &bits == all.data() ? ": " : "; ";
    out += bits.width == 1 ? fmt::format("bit {}", bits.bit) : fmt::format("bits {}:{}", bits.bit + bits.width - 1, bits.bit);
    out += fmt::format(" `{}`, {}", bits.name, bits.doc);
  }
  return out;
}

std::string kind_name(FieldKind kind) {
  switch (kind) {
    case FieldKind::kExact:
      return "exact";
    case FieldKind::kTiming:
      return "timing";
    case FieldKind::kBuild:
      return "build";
    case FieldKind::kReserved:
      return "0";
    case FieldKind::kPlain:
      break;
  }
  return "";
}

std::string structure_table(const Structure& structure) {
  auto out = fmt::format("\n`{}`, {} bytes, written by the {}. {}.\n\n", structure.name, structure.bytes,
                         structure.by_host ? "host" : "kernel", structure.doc);
  out += structure.by_host ? "| byte | field | type | legal | meaning |\n|--:|---|---|---|---|\n"
                           : "| byte | field | type | kind | meaning |\n|--:|---|---|---|---|\n";
  for (const auto& field : structure.fields) {
    out += fmt::format("| {} | `{}` | {} | {} | {} |\n", field.offset, field.name, type_name(field),
                       structure.by_host ? field.legal : kind_name(field.kind), with_bits(field.doc, field.bits));
  }
  return out;
}

std::string enumeration_table(const Enumeration& enumeration) {
  auto out = fmt::format("\n`{}`: {}.", enumeration.name, enumeration.doc);
  std::string head = "| value | name |";
  std::string line = "|--:|---|";
  for (const auto& attribute : enumeration.attributes) {
    out += fmt::format(" `{}`: {}.", attribute.name, attribute.doc);
    head += fmt::format(" `{}` |", attribute.name);
    line += "---|";
  }
  out += fmt::format("\n\n{} meaning |\n{}---|\n", head, line);
  for (const auto& value : enumeration.values) {
    out += fmt::format("| {} | `{}` |", value.value, value.name);
    for (std::size_t at = 0; at < enumeration.attributes.size(); ++at) {
      const bool named = enumeration.attributes[at].kind != Attribute::Kind::kFlag && !value.answers[at].empty();
      out += named ? fmt::format(" `{}` |", value.answers[at]) : fmt::format(" {} |", value.answers[at]);
    }
    out += fmt::format(" {} |\n", value.doc);
  }
  return out;
}

std::string record_table(const Record& record) {
  auto out =
      fmt::format("\n`{}`, {} bits: {}.\n\n| bits | field | meaning |\n|--:|---|---|\n", record.name, record.width, record.doc);
  for (const auto& field : record.fields) {
    const auto place =
        field.width == 1 ? fmt::format("{}", field.bit) : fmt::format("{}:{}", field.bit + field.width - 1, field.bit);
    out += fmt::format("| {} | `{}` | {} |\n", place, field.name, field.doc);
  }
  return out;
}

std::string register_table(const Contract& contract) {
  std::string out = "\n| offset | register | access | meaning |\n|---|---|---|---|\n";
  for (const auto& entry : contract.registers) {
    const auto place = entry.count == 1 ? fmt::format("{:#05x}", entry.offset)
                                        : fmt::format("{:#05x} to {:#05x}", entry.offset, entry.offset + 4 * (entry.count - 1));
    out += fmt::format("| {} | `{}` | {} | {} |\n", place, entry.name, access_name(entry.access),
                       with_bits(entry.doc, entry.bits));
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
  std::string out = "\n| offset | limit | parameter | default | legal | meaning |\n|---|---|---|--:|---|---|\n";
  for (std::size_t index = 0; index < contract.limits.size(); ++index) {
    const auto& limit = contract.limits[index];
    out += fmt::format("| {:#05x} | `{}` | `{}` | {} | {} to {}{} | {} |\n", limit_register(contract, index), limit.name,
                       limit.parameter, limit.default_value, limit.minimum, limit.maximum,
                       limit.power_of_two ? ", a power of two" : "", limit.doc);
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
  for (const auto& record : contract.records) all.emplace_back("record " + record.name, record_table(record));
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
