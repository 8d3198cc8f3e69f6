// SPDX-License-Identifier: Apache-2.0
#include "generator/model.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "generator/check.hpp"
#include "generator/fields.hpp"
#include "generator/reading.hpp"

namespace phasic::contract_generator {
namespace {

constexpr std::uint32_t kWordBits = 32;

Constant read_constant(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "value", "doc"});
  const bool hexadecimal = object.contains("value") && object["value"].is_string() &&
                           object["value"].get_ref<const std::string&>().starts_with("0x");
  return {text(object, entry, "name"), number(object, entry, "value"), hexadecimal, text(object, entry, "doc")};
}

Limit read_limit(const json& object, const std::string& entry, const Contract& contract) {
  check_keys(object, entry, {"name", "parameter", "default", "minimum", "maximum", "power_of_two", "doc"});
  Limit limit{text(object, entry, "name"),
              text(object, entry, "parameter"),
              number(object, entry, "default"),
              number(object, entry, "minimum"),
              0,
              flag(object, entry, "power_of_two"),
              text(object, entry, "doc")};
  const Bound maximum = read_bound(object, entry, "maximum", contract);
  if (maximum.is_limit) fail(entry, fmt::format("'maximum' is the limit '{}'", maximum.name));
  limit.maximum = static_cast<std::uint32_t>(maximum.value);
  const auto single_bit = [](std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; };
  if (limit.minimum > limit.maximum)
    fail(entry, fmt::format("'minimum' {} is greater than 'maximum' {}", limit.minimum, limit.maximum));
  if (limit.default_value < limit.minimum || limit.default_value > limit.maximum) {
    fail(entry, fmt::format("'default' {} is not from {} to {}", limit.default_value, limit.minimum, limit.maximum));
  }
  if (limit.power_of_two && !(single_bit(limit.default_value) && single_bit(limit.minimum) && single_bit(limit.maximum))) {
    fail(entry, "'default', 'minimum' or 'maximum' is not a power of two");
  }
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
  check_keys(object, entry, {"name", "offset", "access", "count", "count_of", "doc", "bits"});
  std::uint32_t count = 1;
  if (object.contains("count")) count = number(object, entry, "count");
  if (object.contains("count_of")) {
    one_of(object, entry, "count_of", {"limits"});
    count = static_cast<std::uint32_t>(limits);
  }
  if (count == 0) fail(entry, "'count' is 0");
  return {text(object, entry, "name"),
          number(object, entry, "offset"),
          count,
          one_of(object, entry, "access", {"read", "read_write", "read_toggle"}),
          text(object, entry, "doc"),
          read_bits(object, entry, kWordBits)};
}

Attribute read_attribute(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "enumeration", "rules", "doc"});
  Attribute attribute{text(object, entry, "name"), Attribute::Kind::kFlag, "", text(object, entry, "doc")};
  if (flag(object, entry, "rules")) attribute.kind = Attribute::Kind::kRules;
  if (object.contains("enumeration")) {
    if (attribute.kind == Attribute::Kind::kRules) fail(entry, "has 'enumeration' and 'rules'");
    attribute.kind = Attribute::Kind::kEnumeration;
    attribute.enumeration = text(object, entry, "enumeration");
  }
  return attribute;
}

EnumerationValue read_value(const json& object, const std::string& entry, const std::vector<Attribute>& attributes) {
  std::set<std::string> keys{"name", "value", "doc"};
  for (const auto& attribute : attributes) keys.insert(attribute.name);
  check_keys(object, entry, keys);
  EnumerationValue value{text(object, entry, "name"), number(object, entry, "value"), {}, text(object, entry, "doc")};
  for (const auto& attribute : attributes) {
    const char* const key = attribute.name.c_str();
    switch (attribute.kind) {
      case Attribute::Kind::kFlag:
        value.answers.emplace_back(flag(object, entry, key) ? "yes" : "");
        break;
      case Attribute::Kind::kEnumeration:
        value.answers.push_back(text(object, entry, key));
        break;
      case Attribute::Kind::kRules:
        value.answers.push_back(object.contains(key) ? text(object, entry, key) : "");
        break;
    }
  }
  return value;
}

Enumeration read_enumeration(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "doc", "attributes", "values"});
  Enumeration enumeration{text(object, entry, "name"), text(object, entry, "doc"), {}, {}};
  if (object.contains("attributes")) enumeration.attributes = read_list(object, entry + ".", "attributes", read_attribute);
  enumeration.values = read_list(object, entry + ".", "values", [&](const json& value, const std::string& value_entry) {
    return read_value(value, value_entry, enumeration.attributes);
  });
  std::map<std::uint32_t, std::string> seen;
  for (const auto& value : enumeration.values) {
    const auto [place, fresh] = seen.emplace(value.value, value.name);
    if (!fresh)
      fail(fmt::format("{}.values.{}", entry, value.name), fmt::format("value {} is that of {}", value.value, place->second));
  }
  return enumeration;
}

Record read_record(const json& object, const std::string& entry) {
  check_keys(object, entry, {"name", "doc", "fields"});
  Record record{text(object, entry, "name"), text(object, entry, "doc"), 0, {}};
  record.fields = read_list(object, entry + ".", "fields", [&](const json& field, const std::string& field_entry) {
    check_keys(field, field_entry, {"name", "width", "doc"});
    Bits bits{text(field, field_entry, "name"), record.width, number(field, field_entry, "width"),
              text(field, field_entry, "doc")};
    if (bits.width == 0) fail(field_entry, "'width' is 0");
    record.width += bits.width;
    return bits;
  });
  return record;
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
  check_keys(
      source, "contract",
      {"contract_version", "kernel", "constants", "limits", "arguments", "registers", "enumerations", "structures", "records"});
  Contract contract;
  contract.version = number(source, "contract", "contract_version");
  if (!source.contains("kernel")) fail("kernel", "is missing");
  const json& kernel = source["kernel"];
  check_keys(kernel, "kernel", {"name", "top", "vendor", "library", "control_protocol"});
  contract.kernel = {text(kernel, "kernel", "name"), text(kernel, "kernel", "top"), text(kernel, "kernel", "vendor"),
                     text(kernel, "kernel", "library"),
                     one_of(kernel, "kernel", "control_protocol", {"ap_ctrl_hs", "ap_ctrl_chain"})};
  contract.constants = read_list(source, "", "constants", read_constant);
  contract.limits = read_list(
      source, "", "limits", [&](const json& object, const std::string& entry) { return read_limit(object, entry, contract); });
  contract.arguments = read_list(source, "", "arguments", read_argument);
  contract.registers = read_list(source, "", "registers", [&](const json& object, const std::string& entry) {
    return read_register(object, entry, contract.limits.size());
  });
  contract.enumerations = read_list(source, "", "enumerations", read_enumeration);
  contract.structures = read_list(source, "", "structures", [&](const json& object, const std::string& entry) {
    return read_structure(object, entry, contract);
  });
  contract.records = read_list(source, "", "records", read_record);
  check(contract);
  return contract;
}

Contract load(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw ContractError(file.string() + ": cannot be read");
  try {
    // The parser itself would keep the last of two.
    std::vector<std::set<std::string>> keys;
    const auto refuse_twice = [&](int, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
        throw ContractError(fmt::format("key '{}' is there twice in an object", value.get<std::string>()));
      return true;
    };
    return parse(json::parse(stream, refuse_twice));
  } catch (const json::exception& error) {
    throw ContractError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const ContractError& error) {
    throw ContractError(fmt::format("{}: {}", file.string(), error.what()));
  }
}

}  // namespace phasic::contract_generator
