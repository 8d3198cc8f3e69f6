// SPDX-License-Identifier: Apache-2.0
#include "generator/model.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace phasic::contract_generator {
namespace {

using nlohmann::json;

// Values become `int` in SystemVerilog.
constexpr std::uint64_t kLargest = std::numeric_limits<std::int32_t>::max();

[[noreturn]] void fail(const std::string& entry, const std::string& what) {
  throw ContractError(fmt::format("{}: {}", entry, what));
}

bool is_snake_case(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && lower(text.front()) && text.back() != '_' && text.find("__") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [&](char c) { return lower(c) || digit(c) || c == '_'; });
}

void check_keys(const json& object, const std::string& entry, const std::set<std::string>& known) {
  if (!object.is_object()) fail(entry, "is not an object");
  for (const auto& [key, value] : object.items()) {
    if (!known.contains(key)) fail(entry, fmt::format("unknown key '{}'", key));
  }
}

std::string text(const json& object, const std::string& entry, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) fail(entry, fmt::format("'{}' is missing", key));
  if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
    fail(entry, fmt::format("'{}' is not a text: {}", key, found->dump()));
  }
  auto value = found->get<std::string>();
  // A bar or a line end would break the tables of the documentation.
  if (value.find_first_of("|\n\"\\") != std::string::npos) {
    fail(entry, fmt::format("'{}' has a bar, a quotation mark, a backslash or a line end: {}", key, found->dump()));
  }
  return value;
}

std::string one_of(const json& object, const std::string& entry, const char* key, const std::vector<std::string>& choices) {
  auto value = text(object, entry, key);
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fail(entry, fmt::format("'{}' is '{}'", key, value));
  }
  return value;
}

/// A JSON integer, or a text with a decimal or 0x-hexadecimal number.
std::uint32_t number(const json& object, const std::string& entry, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) fail(entry, fmt::format("'{}' is missing", key));
  std::uint64_t value = 0;
  bool good = false;
  if (found->is_number_integer()) {
    good = found->is_number_unsigned() || found->get<std::int64_t>() >= 0;
    if (good) value = found->get<std::uint64_t>();
  } else if (found->is_string()) {
    const auto& written = found->get_ref<const std::string&>();
    const bool hexadecimal = written.starts_with("0x");
    const char* const begin = written.data() + (hexadecimal ? 2 : 0);
    const char* const end = written.data() + written.size();
    const auto [stop, error] = std::from_chars(begin, end, value, hexadecimal ? 16 : 10);
    good = error == std::errc{} && stop == end && begin != end;
  }
  if (!good || value > kLargest)
    fail(entry, fmt::format("'{}' is not a number from 0 to {}: {}", key, kLargest, found->dump()));
  return static_cast<std::uint32_t>(value);
}

/// Calls read(object, entry) for each element of a list; names of a list differ.
template <typename Read>
auto read_list(const json& parent, const std::string& prefix, const char* key, Read read) {
  std::vector<decltype(read(parent, prefix))> list;
  const auto found = parent.find(key);
  const std::string path = prefix + key;
  if (found == parent.end() || !found->is_array() || found->empty()) fail(path, "is not a list with elements");
  std::set<std::string> names;
  for (std::size_t index = 0; index < found->size(); ++index) {
    const json& element = (*found)[index];
    const std::string numbered = fmt::format("{}[{}]", path, index);
    if (!element.is_object()) fail(numbered, "is not an object");
    const std::string name = text(element, numbered, "name");
    if (!is_snake_case(name)) fail(numbered, fmt::format("name '{}' is not snake_case", name));
    const std::string entry = fmt::format("{}.{}", path, name);
    if (!names.insert(name).second) fail(entry, "the name is there twice");
    list.push_back(read(element, entry));
  }
  return list;
}

Constant read_constant(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "value", "doc"});
  const bool hexadecimal = object.contains("value") && object["value"].is_string() &&
                           object["value"].get_ref<const std::string&>().starts_with("0x");
  return {text(object, entry, "name"), number(object, entry, "value"), hexadecimal, text(object, entry, "doc")};
}

Limit read_limit(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "parameter", "default", "doc"});
  Limit limit{text(object, entry, "name"), text(object, entry, "parameter"), number(object, entry, "default"),
              text(object, entry, "doc")};
  if (limit.default_value == 0) fail(entry, "'default' is 0");
  if (limit.parameter != upper_camel(limit.name)) {
    fail(entry, fmt::format("'parameter' is '{}', not '{}'", limit.parameter, upper_camel(limit.name)));
  }
  return limit;
}

Argument read_argument(const json& object, const std::string& entry) {
  check_keys(object, entry, {"id", "name", "kind", "type", "offset", "access", "doc"});
  const bool global = one_of(object, entry, "kind", {"global", "scalar"}) == "global";
  one_of(object, entry, "type", {global ? "void*" : "uint"});
  if (!global && object.contains("access")) fail(entry, "a scalar has no 'access'");
  return {number(object, entry, "id"),
          text(object, entry, "name"),
          global,
          number(object, entry, "offset"),
          global ? one_of(object, entry, "access", {"read", "write", "read_write"}) : "read",
          text(object, entry, "doc")};
}

Register read_register(const json& object, const std::string& entry, std::size_t limits) {
  check_keys(object, entry, {"name", "offset", "access", "count", "count_of", "doc"});
  std::uint32_t count = 1;
  if (object.contains("count")) count = number(object, entry, "count");
  if (object.contains("count_of")) {
    one_of(object, entry, "count_of", {"limits"});
    count = static_cast<std::uint32_t>(limits);
  }
  if (count == 0) fail(entry, "'count' is 0");
  return {text(object, entry, "name"), number(object, entry, "offset"), count,
          one_of(object, entry, "access", {"read", "read_write", "read_toggle"}), text(object, entry, "doc")};
}

Enumeration read_enumeration(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "doc", "values"});
  Enumeration enumeration{text(object, entry, "name"), text(object, entry, "doc"), {}};
  enumeration.values = read_list(object, entry + ".", "values", [](const json& value, const std::string& value_entry) {
    check_keys(value, value_entry, {"name", "value", "doc"});
    return EnumerationValue{text(value, value_entry, "name"), number(value, value_entry, "value"),
                            text(value, value_entry, "doc")};
  });
  std::map<std::uint32_t, std::string> seen;
  for (const auto& value : enumeration.values) {
    const auto [place, fresh] = seen.emplace(value.value, value.name);
    if (!fresh)
      fail(fmt::format("{}.values.{}", entry, value.name), fmt::format("value {} is that of {}", value.value, place->second));
  }
  return enumeration;
}

Field read_field(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "offset", "type", "count", "legal", "doc"});
  const auto type = one_of(object, entry, "type", {"u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"});
  const auto bits = static_cast<std::uint32_t>(std::stoul(type.substr(1)));
  return {text(object, entry, "name"),
          number(object, entry, "offset"),
          bits / 8,
          type.front() == 'i',
          object.contains("count") ? number(object, entry, "count") : 1,
          object.contains("legal") ? text(object, entry, "legal") : "",
          text(object, entry, "doc")};
}

Structure read_structure(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "bytes", "doc", "fields"});
  Structure structure{text(object, entry, "name"), number(object, entry, "bytes"), text(object, entry, "doc"), {}};
  structure.fields = read_list(object, entry + ".", "fields", read_field);
  std::uint64_t end = 0;
  std::string before = "the start";
  for (const auto& field : structure.fields) {
    const auto field_entry = fmt::format("{}.{}", entry, field.name);
    if (field.count == 0) fail(field_entry, "'count' is 0");
    if (field.offset % field.bytes != 0) {
      fail(field_entry, fmt::format("offset {} is not a multiple of the field's {} bytes", field.offset, field.bytes));
    }
    if (field.offset < end)
      fail(field_entry, fmt::format("offset {} overlaps {}, which ends at {}", field.offset, before, end));
    if (field.offset > end)
      fail(field_entry, fmt::format("offset {} leaves a gap after {}, which ends at {}", field.offset, before, end));
    end = field.offset + std::uint64_t{field.bytes} * field.count;
    before = field.name;
  }
  if (end != structure.bytes) fail(entry, fmt::format("'bytes' is {}, but the fields end at {}", structure.bytes, end));
  if (structure.bytes % 16 != 0) fail(entry, fmt::format("'bytes' is {}, not a multiple of 16", structure.bytes));
  return structure;
}

void check_arguments(const Contract& contract) {
  for (std::size_t index = 0; index < contract.arguments.size(); ++index) {
    const auto& argument = contract.arguments[index];
    if (argument.id != index)
      fail("arguments." + argument.name, fmt::format("id {} is not {}, its place in the list", argument.id, index));
  }
}

void check_address_map(const Contract& contract) {
  std::map<std::uint32_t, std::string> owners;  // by word
  std::map<std::string, std::string> names;
  const auto claim = [&](const std::string& list, const std::string& name, std::uint32_t offset, std::uint32_t words) {
    const auto entry = list + "." + name;
    const auto [named, fresh_name] = names.emplace(name, entry);
    if (!fresh_name) fail(entry, "the name is that of " + named->second);
    if (offset % 4 != 0) fail(entry, fmt::format("offset {:#05x} is not a multiple of 4", offset));
    if (std::uint64_t{offset} + 4 * std::uint64_t{words} > kControlRange) {
      fail(entry, fmt::format("offset {:#05x} with {} words ends after {:#x}", offset, words, kControlRange));
    }
    for (std::uint32_t word = 0; word < words; ++word) {
      const auto [place, fresh] = owners.emplace(offset + 4 * word, entry);
      if (!fresh) fail(entry, fmt::format("offset {:#05x} overlaps {}", offset + 4 * word, place->second));
    }
  };
  for (const auto& entry : contract.registers) claim("registers", entry.name, entry.offset, entry.count);
  for (const auto& entry : contract.arguments) claim("arguments", entry.name, entry.offset, entry.global ? 2 : 1);
}

/// The SystemVerilog package has one flat name space, the sum of every list with its prefix.
void check_flat_names(const Contract& contract) {
  std::map<std::string, std::string> owners;
  const auto claim = [&](const std::string& flat, const std::string& entry) {
    const auto [place, fresh] = owners.emplace(flat, entry);
    if (!fresh) fail(entry, fmt::format("generated name {} is also that of {}", flat, place->second));
  };
  claim("ContractVersion", "contract_version");
  claim("ControlRange", "the range of the control port");
  for (const auto& constant : contract.constants) claim(upper_camel(constant.name), "constants." + constant.name);
  for (const auto& limit : contract.limits) {
    claim("Default" + limit.parameter, "limits." + limit.name);
    claim("RegLimit" + limit.parameter, "limits." + limit.name);
  }
  for (const auto& argument : contract.arguments) {
    claim("Argument" + upper_camel(argument.name), "arguments." + argument.name);
    claim("Reg" + upper_camel(argument.name), "arguments." + argument.name);
  }
  for (const auto& entry : contract.registers) claim("Reg" + upper_camel(entry.name), "registers." + entry.name);
  for (const auto& enumeration : contract.enumerations) {
    for (const auto& value : enumeration.values) {
      claim(upper_camel(enumeration.name) + upper_camel(value.name),
            fmt::format("enumerations.{}.values.{}", enumeration.name, value.name));
    }
  }
  for (const auto& structure : contract.structures) {
    claim(upper_camel(structure.name) + "Bytes", "structures." + structure.name);
    for (const auto& field : structure.fields) {
      claim(upper_camel(structure.name) + upper_camel(field.name),
            fmt::format("structures.{}.fields.{}", structure.name, field.name));
    }
  }
}

}  // namespace

std::string upper_camel(std::string_view snake_case) {
  std::string result;
  bool start = true;
  for (const char c : snake_case) {
    if (c == '_') {
      start = true;
    } else {
      result += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      start = false;
    }
  }
  return result;
}

std::uint32_t limit_register(const Contract& contract, std::size_t index) {
  for (const auto& entry : contract.registers) {
    if (entry.name == "limits") return entry.offset + 4 * static_cast<std::uint32_t>(index);
  }
  fail("registers", "there is no register 'limits'");
}

Contract parse(const json& source) {
  check_keys(source, "contract",
             {"contract_version", "kernel", "constants", "limits", "arguments", "registers", "enumerations", "structures"});
  Contract contract;
  contract.version = number(source, "contract", "contract_version");
  if (!source.contains("kernel")) fail("kernel", "is missing");
  const json& kernel = source["kernel"];
  check_keys(kernel, "kernel", {"name", "top", "vendor", "library", "control_protocol"});
  contract.kernel = {text(kernel, "kernel", "name"), text(kernel, "kernel", "top"), text(kernel, "kernel", "vendor"),
                     text(kernel, "kernel", "library"),
                     one_of(kernel, "kernel", "control_protocol", {"ap_ctrl_hs", "ap_ctrl_chain"})};
  contract.constants = read_list(source, "", "constants", read_constant);
  contract.limits = read_list(source, "", "limits", read_limit);
  contract.arguments = read_list(source, "", "arguments", read_argument);
  contract.registers = read_list(source, "", "registers", [&](const json& object, const std::string& entry) {
    return read_register(object, entry, contract.limits.size());
  });
  contract.enumerations = read_list(source, "", "enumerations", read_enumeration);
  contract.structures = read_list(source, "", "structures", read_structure);
  check_arguments(contract);
  check_address_map(contract);
  check_flat_names(contract);
  static_cast<void>(limit_register(contract, 0));
  return contract;
}

Contract load(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw ContractError(file.string() + ": cannot be read");
  try {
    return parse(json::parse(stream));
  } catch (const json::exception& error) {
    throw ContractError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const ContractError& error) {
    throw ContractError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace phasic::contract_generator
