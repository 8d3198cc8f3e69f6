// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "generator/cpp.hpp"
#include "generator/flat.hpp"

namespace phasic::contract_generator::cpp {
namespace {

std::string_view kind_name(FieldKind kind) {
  switch (kind) {
    case FieldKind::kExact:
      return "kExact";
    case FieldKind::kTiming:
      return "kTiming";
    case FieldKind::kBuild:
      return "kBuild";
    case FieldKind::kReserved:
      return "kReserved";
    case FieldKind::kPlain:
      break;
  }
  return "kPlain";
}

/// Legal values in words; those of an enumeration with their names, which the tables of the documentation link to instead.
std::string legal_text(const Field& field, const Contract& contract) {
  if (field.legal.empty() || field.enumeration.empty()) return field.legal;
  const auto enumeration = std::find_if(contract.enumerations.begin(), contract.enumerations.end(),
                                        [&](const Enumeration& known) { return known.name == field.enumeration; });
  std::string values;
  for (const auto& value : enumeration->values)
    values += fmt::format("{}{} {}", values.empty() ? "" : ", ", value.value, value.name);
  return values + field.legal.substr(field.enumeration.size());
}

/// A function of the enumeration that switches over its values.
template <typename TextOf>
void put_lookup(Text& out, const Enumeration& enumeration, const std::string& doc, const std::string& result,
                const std::string& function, const std::string& otherwise, const TextOf& text_of) {
  const auto type = upper_camel(enumeration.name);
  put(out, "/// {}\nconstexpr {} {}({} value) {{\n  switch (value) {{\n", doc, result, function, type);
  for (const auto& value : enumeration.values) {
    put(out, "    case {}::k{}:\n      return {};\n", type, upper_camel(value.name), text_of(value));
  }
  put(out, "  }}\n  return {};\n}}\n", otherwise);
}

void put_attribute(Text& out, const Enumeration& enumeration, std::size_t at, const Contract& contract) {
  const Attribute& attribute = enumeration.attributes[at];
  switch (attribute.kind) {
    case Attribute::Kind::kFlag:
      put_lookup(out, enumeration, attribute.doc + "; no for other values.", "bool", attribute.name, "false",
                 [at](const auto& value) { return value.answers[at].empty() ? "false" : "true"; });
      break;
    case Attribute::Kind::kEnumeration: {
      const auto type = upper_camel(attribute.enumeration);
      const auto other = std::find_if(contract.enumerations.begin(), contract.enumerations.end(),
                                      [&](const auto& candidate) { return candidate.name == attribute.enumeration; });
      put_lookup(out, enumeration, attribute.doc + "; the first of them for other values.", type, attribute.name,
                 fmt::format("{}::k{}", type, upper_camel(other->values.front().name)),
                 [&](const auto& value) { return fmt::format("{}::k{}", type, upper_camel(value.answers[at])); });
      break;
    }
    case Attribute::Kind::kRules:
      put_lookup(out, enumeration, attribute.doc + "; 0 if none.", "std::uint32_t", attribute.name, "0",
                 [at](const auto& value) {
                   return value.answers[at].empty() ? std::string("0") : fmt::format("k{}", upper_camel(value.answers[at]));
                 });
      break;
  }
}

}  // namespace

void put_constant(Text& out, const std::string& name, std::int64_t value, bool hexadecimal, const std::string& doc) {
  const std::string_view type = value < 0 ? "std::int32_t" : "std::uint32_t";
  if (hexadecimal) {
    put(out, "inline constexpr {} k{} = {:#x};  ///< {}\n", type, name, value, doc);
  } else {
    put(out, "inline constexpr {} k{} = {};  ///< {}\n", type, name, value, doc);
  }
}

void put_bits(Text& out, const std::string& prefix, const std::vector<Bits>& all) {
  for (const auto& bits : all) {
    const auto name = prefix + upper_camel(bits.name);
    const std::int64_t mask = ((std::int64_t{1} << bits.width) - 1);
    // Records may be wider than a word; masks are of use where a word is taken apart.
    if (bits.bit + bits.width <= 32) put_constant(out, name, mask << bits.bit, true, bits.doc);
    put_constant(out, name + "Bit", bits.bit, false, "Its lowest bit");
    if (bits.width > 1) put_constant(out, name + "Width", bits.width, false, "Its bits");
  }
}

void put_enumeration(Text& out, const Enumeration& enumeration, const Contract& contract) {
  const auto type = upper_camel(enumeration.name);
  put(out, "\n/// {}\nenum class {} : std::uint32_t {{\n", enumeration.doc, type);
  for (const auto& value : enumeration.values)
    put(out, "  k{} = {},  ///< {}\n", upper_camel(value.name), value.value, value.doc);
  put(out, "}};\ninline constexpr std::array<{}, {}> kAll{}{{{{\n", type, enumeration.values.size(), type);
  for (const auto& value : enumeration.values) put(out, "    {}::k{},\n", type, upper_camel(value.name));
  put(out, "}}}};\n");
  const auto quoted = [](const std::string& text) { return fmt::format("\"{}\"", text); };
  put_lookup(out, enumeration, "The value's name in the contract; \"unknown\" for other values.", "std::string_view", "name",
             "\"unknown\"", [&](const auto& value) { return quoted(value.name); });
  put_lookup(out, enumeration, "What the contract says of the value; \"unknown\" for other values.", "std::string_view",
             "describe", "\"unknown\"", [&](const auto& value) { return quoted(value.doc); });
  for (std::size_t at = 0; at < enumeration.attributes.size(); ++at) put_attribute(out, enumeration, at, contract);
}

void put_field_types(Text& out) {
  put(out,
      "\n/// What a field is.\nenum class FieldKind {{\n  kPlain,\n  kExact,     ///< a counter that is equal in all forms\n"
      "  kTiming,    ///< a counter that belongs to the form\n"
      "  kBuild,     ///< what only builds with a rule tell; others have 0\n  kReserved,  ///< 0\n}};\n"
      "\n/// A field of a structure in memory.\nstruct Field {{\n  std::string_view name;\n  std::uint32_t offset;\n"
      "  std::uint32_t bytes;  ///< of one element\n  std::uint32_t count;\n  bool is_signed;\n  FieldKind kind;\n"
      "  std::int64_t minimum, maximum;  ///< what it may hold in some build\n"
      "  std::string_view maximum_limit;  ///< the limit of the build that holds the maximum, if one does\n"
      "  std::uint32_t multiple;  ///< values are multiples of it\n"
      "  std::string_view legal;  ///< legal values in words; empty for what the kernel writes\n  std::string_view "
      "doc;\n}};\n");
}

void put_structure(Text& out, const Structure& structure, const Contract& contract) {
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
    const auto limit = field.maximum && field.maximum->is_limit ? field.maximum->name : std::string();
    put(out, "    {{\"{}\", {}, {}, {}, {}, FieldKind::{}, {}, {}, \"{}\", {}, \"{}\", \"{}\"}},\n", field.name, field.offset,
        field.bytes, field.count, field.is_signed, kind_name(field.kind), field.least(), field.most(), limit,
        field.multiple ? field.multiple->value : 1, legal_text(field, contract), field.doc);
  }
  put(out, "}}}};\n");
  for (const auto& field : structure.fields) {
    const auto name = type + upper_camel(field.name);
    put_bits(out, name, field.bits);
    if (!has_range(structure, field)) continue;
    put_constant(out, name + "Minimum", field.minimum->value, false, "Least legal value");
    put_constant(out, name + "Maximum", field.maximum->value, false, "Largest legal value");
  }
}

}  // namespace phasic::contract_generator::cpp
