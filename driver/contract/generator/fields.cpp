// SPDX-License-Identifier: Apache-2.0
#include "generator/fields.hpp"

#include <algorithm>

namespace phasic::contract_generator {
namespace {

/// Bits of a value, one less than 64 so that it fits.
unsigned value_bits(const Field& field) { return std::min(8 * field.bytes, 63U); }

std::int64_t type_minimum(const Field& field) {
  return field.is_signed ? -static_cast<std::int64_t>(std::uint64_t{1} << (value_bits(field) - 1)) : 0;
}

std::int64_t type_maximum(const Field& field) {
  return static_cast<std::int64_t>((std::uint64_t{1} << (value_bits(field) - (field.is_signed ? 1 : 0))) - 1);
}

std::string name_of(const Bound& bound) { return bound.name.empty() ? fmt::format("{}", bound.value) : bound.name; }

/// Legal values in words, but for what is written beside them.
std::string range_text(const Field& field) {
  if (field.kind == FieldKind::kReserved) return "0";
  if (!field.enumeration.empty()) return field.enumeration;
  std::string words = field.multiple ? fmt::format("multiple of {}", field.multiple->value) : "";
  if (!field.minimum) return words;
  if (!words.empty()) words += ", ";
  if (field.minimum->value == field.maximum->value) return words + name_of(*field.minimum);
  return words + fmt::format("{} to {}", name_of(*field.minimum), name_of(*field.maximum));
}

void read_range(const json& object, const std::string& entry, const Contract& contract, Field& field) {
  if (object.contains("equals")) {
    if (object["equals"] == "contract_version") {
      field.minimum = field.maximum = Bound{contract.version, "", false};
    } else {
      field.minimum = field.maximum = read_bound(object, entry, "equals", contract);
    }
  }
  if (object.contains("minimum") != object.contains("maximum")) fail(entry, "has one of 'minimum' and 'maximum'");
  if (object.contains("minimum")) {
    field.minimum = read_bound(object, entry, "minimum", contract);
    field.maximum = read_bound(object, entry, "maximum", contract);
  }
  if (object.contains("multiple")) field.multiple = read_bound(object, entry, "multiple", contract);
  if (!field.bits.empty()) {
    std::int64_t all = 0;
    for (const auto& bits : field.bits) all |= ((std::int64_t{1} << bits.width) - 1) << bits.bit;
    field.minimum = Bound{0, "", false};
    field.maximum = Bound{all, "", false};
  }
  if (object.contains("enumeration")) {
    field.enumeration = text(object, entry, "enumeration");
    const auto found = std::find_if(contract.enumerations.begin(), contract.enumerations.end(),
                                    [&](const auto& enumeration) { return enumeration.name == field.enumeration; });
    if (found == contract.enumerations.end()) fail(entry, fmt::format("there is no enumeration '{}'", field.enumeration));
    std::uint32_t last = 0;
    for (const auto& value : found->values) last = std::max(last, value.value);
    if (last + 1 != found->values.size()) fail(entry, fmt::format("enumeration '{}' has gaps", field.enumeration));
    field.minimum = Bound{0, "", false};
    field.maximum = Bound{last, "", false};
  }
  if (!field.minimum) return;
  if (field.minimum->value > field.maximum->value)
    fail(entry, fmt::format("'minimum' {} is greater than 'maximum' {}", field.minimum->value, field.maximum->value));
  if (field.minimum->value < type_minimum(field) || field.maximum->value > type_maximum(field))
    fail(entry, fmt::format("{} to {} do not fit its type", field.minimum->value, field.maximum->value));
  if (field.multiple &&
      (field.minimum->value % field.multiple->value != 0 || field.maximum->value % field.multiple->value != 0))
    fail(entry, fmt::format("'minimum' or 'maximum' is not a multiple of {}", field.multiple->value));
}

Field read_field(const json& object, const std::string& entry, bool by_host, const Contract& contract) {
  check_keys(object, entry,
             {"name", "offset", "type", "count", "kind", "equals", "minimum", "maximum", "multiple", "enumeration", "bits",
              "legal", "doc"});
  const auto type = one_of(object, entry, "type", {"u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"});
  const auto bits = static_cast<std::uint32_t>(std::stoul(type.substr(1)));
  Field field{text(object, entry, "name"),
              number(object, entry, "offset"),
              bits / 8,
              type.front() == 'i',
              object.contains("count") ? number(object, entry, "count") : 1,
              FieldKind::kPlain,
              {},
              {},
              {},
              "",
              read_bits(object, entry, bits),
              "",
              text(object, entry, "doc")};
  if (object.contains("kind")) {
    const auto kind = one_of(object, entry, "kind", {"exact", "timing", "build", "reserved"});
    field.kind = kind == "exact"    ? FieldKind::kExact
                 : kind == "timing" ? FieldKind::kTiming
                 : kind == "build"  ? FieldKind::kBuild
                                    : FieldKind::kReserved;
    if (by_host && field.kind != FieldKind::kReserved) fail(entry, fmt::format("the host writes it, so it is not '{}'", kind));
  }
  read_range(object, entry, contract, field);
  if (!by_host) {
    if (object.contains("legal")) fail(entry, "the kernel writes it, so it has no 'legal'");
    return field;
  }
  field.legal = range_text(field);
  if (object.contains("legal")) field.legal += (field.legal.empty() ? "" : "; ") + text(object, entry, "legal");
  if (field.legal.empty()) field.legal = "any";
  return field;
}

}  // namespace

std::int64_t Field::least() const { return minimum ? minimum->value : type_minimum(*this); }
std::int64_t Field::most() const { return maximum ? maximum->value : type_maximum(*this); }

Bound read_bound(const json& object, const std::string& entry, const char* key, const Contract& contract) {
  const auto found = object.find(key);
  if (found != object.end() && found->is_number_integer() && found->get<std::int64_t>() < 0)
    return {found->get<std::int64_t>(), "", false};
  if (found == object.end() || !found->is_string()) return {number(object, entry, key), "", false};
  const auto& name = found->get_ref<const std::string&>();
  for (const auto& constant : contract.constants) {
    if (constant.name == name) return {constant.value, name, false};
  }
  for (const auto& limit : contract.limits) {
    if (limit.name == name) return {limit.maximum, name, true};
  }
  fail(entry, fmt::format("'{}' is '{}', which is no number, constant or limit", key, name));
}

std::vector<Bits> read_bits(const json& object, const std::string& entry, std::uint32_t width) {
  if (!object.contains("bits")) return {};
  std::uint32_t end = 0;
  return read_list(object, entry + ".", "bits", [&](const json& element, const std::string& bits_entry) {
    check_keys(element, bits_entry, {"name", "bit", "width", "doc"});
    Bits bits{text(element, bits_entry, "name"), number(element, bits_entry, "bit"),
              element.contains("width") ? number(element, bits_entry, "width") : 1, text(element, bits_entry, "doc")};
    if (bits.width == 0) fail(bits_entry, "'width' is 0");
    if (bits.bit < end) fail(bits_entry, fmt::format("bit {} is not above the bits before, which end at {}", bits.bit, end));
    end = bits.bit + bits.width;
    if (end > width) fail(bits_entry, fmt::format("bits end at {}, the word at {}", end, width));
    return bits;
  });
}

Structure read_structure(const json& object, const std::string& entry, const Contract& contract) {
  check_keys(object, entry, {"name", "bytes", "writer", "doc", "fields"});
  Structure structure{text(object, entry, "name"),
                      number(object, entry, "bytes"),
                      one_of(object, entry, "writer", {"host", "kernel"}) == "host",
                      text(object, entry, "doc"),
                      {}};
  structure.fields = read_list(object, entry + ".", "fields", [&](const json& field, const std::string& field_entry) {
    return read_field(field, field_entry, structure.by_host, contract);
  });
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

}  // namespace phasic::contract_generator
