// SPDX-License-Identifier: Apache-2.0
/// How the types of a row's fields are told, checked and written.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/experiment/row.hpp"

namespace phasic::runtime {

/// Where a value stands.
struct RowPlace {
  const std::string& file;
  std::size_t line;
  std::string path;  ///< such as "learned/layers/0"

  [[nodiscard]] RowPlace at(std::string_view part) const {
    return {file, line, path.empty() ? std::string(part) : fmt::format("{}/{}", path, part)};
  }
  [[noreturn]] void refuse(std::string_view problem) const {
    throw InputError(file, fmt::format("line {}, {}", line, path), problem);
  }
  void expect(bool is_right, const nlohmann::json& value, std::string_view what) const {
    if (!is_right) refuse(fmt::format("{} is not {}", json_text(value), what));
  }
};

/// A field of an object in a row.
template <class Object>
struct PartOfRow {
  std::string name;
  std::string values;
  bool needed = false;
  bool has_parts = false;  ///< whether the value is an object with a table
  std::function<void(const nlohmann::json& value, const RowPlace& place)> check;
  std::function<void(const Object& from, nlohmann::json& to)> write;
};

/// The parts of the objects in rows that have a table of their own.
template <class Object>
const std::vector<PartOfRow<Object>>& parts_of_row();
template <>
const std::vector<PartOfRow<Counted>>& parts_of_row();
template <>
const std::vector<PartOfRow<CountedLayer>>& parts_of_row();
template <>
const std::vector<PartOfRow<Reached>>& parts_of_row();
template <>
const std::vector<PartOfRow<Repeated>>& parts_of_row();

template <class Object>
void check_parts(const nlohmann::json& value, const RowPlace& place, const std::vector<PartOfRow<Object>>& parts) {
  place.expect(value.is_object(), value, "an object");
  for (const auto& part : parts) {
    const auto found = value.find(part.name);
    if (found != value.end()) {
      part.check(*found, place.at(part.name));
    } else if (part.needed) {
      // Of an object that is missing, what is missing in it says more.
      if (part.has_parts) part.check(nlohmann::json::object(), place.at(part.name));
      place.at(part.name).refuse("is missing");
    }
  }
  for (const auto& [name, ignored] : value.items()) {
    const auto is_it = [&name = name](const auto& part) { return part.name == name; };
    if (std::none_of(parts.begin(), parts.end(), is_it)) place.at(name).refuse("is no field of a row");
  }
}

template <class Object>
nlohmann::json write_parts(const Object& from, const std::vector<PartOfRow<Object>>& parts) {
  auto to = nlohmann::json::object();
  for (const auto& part : parts) part.write(from, to);
  return to;
}

/// An object with parts.
template <class Value>
struct RowValue {
  static constexpr bool kHasParts = true;
  static std::string said() { return "an object"; }
  static std::string many() { return "objects"; }
  static void check(const nlohmann::json& value, const RowPlace& place) { check_parts(value, place, parts_of_row<Value>()); }
  static nlohmann::json write(const Value& value) { return write_parts(value, parts_of_row<Value>()); }
};

template <>
struct RowValue<std::string> {
  static std::string said() { return "a text"; }
  static std::string many() { return "texts"; }
  static void check(const nlohmann::json& value, const RowPlace& place) { place.expect(value.is_string(), value, said()); }
  static nlohmann::json write(const std::string& value) { return value; }
};

template <>
struct RowValue<std::uint64_t> {
  static std::string said() { return "a whole number of at least 0"; }
  static std::string many() { return "whole numbers"; }
  static void check(const nlohmann::json& value, const RowPlace& place) {
    place.expect(value.is_number_unsigned(), value, said());
  }
  static nlohmann::json write(std::uint64_t value) { return value; }
};

template <>
struct RowValue<std::uint32_t> : RowValue<std::uint64_t> {};

template <>
struct RowValue<double> {
  static std::string said() { return "a number"; }
  static std::string many() { return "numbers"; }
  static void check(const nlohmann::json& value, const RowPlace& place) { place.expect(value.is_number(), value, said()); }
  static nlohmann::json write(double value) { return value; }
};

template <>
struct RowValue<Number> {
  static std::string said() { return "a number"; }
  static std::string many() { return "numbers"; }
  static void check(const nlohmann::json& value, const RowPlace& place) { place.expect(value.is_number(), value, said()); }
  static nlohmann::json write(const Number& value) {
    return std::visit([](auto number) { return nlohmann::json(number); }, value);
  }
};

template <>
struct RowValue<nlohmann::json> {
  static std::string said() { return "an object"; }
  static void check(const nlohmann::json& value, const RowPlace& place) { place.expect(value.is_object(), value, said()); }
  static nlohmann::json write(const nlohmann::json& value) { return value; }
};

template <>
struct RowValue<ChartData> {
  static std::string said() { return "a list or an object"; }
  static void check(const nlohmann::json& value, const RowPlace& place) { place.expect(value.is_structured(), value, said()); }
  static nlohmann::json write(const ChartData& value) { return value.data; }
};

template <>
struct RowValue<Look> {
  static std::string said() { return "a pair of samples and accuracy"; }
  static std::string many() { return "pairs of samples and accuracy"; }
  static void check(const nlohmann::json& value, const RowPlace& place) {
    place.expect(value.is_array() && value.size() == 2, value, said());
    RowValue<std::uint64_t>::check(value[0], place.at("0"));
    RowValue<double>::check(value[1], place.at("1"));
  }
  static nlohmann::json write(const Look& value) { return {value.first, value.second}; }
};

template <class Value>
struct RowValue<OrNull<Value>> {
  static std::string said() { return RowValue<Value>::said() + " or null"; }
  static void check(const nlohmann::json& value, const RowPlace& place) {
    if (!value.is_null()) RowValue<Value>::check(value, place);
  }
  static nlohmann::json write(const OrNull<Value>& value) {
    return value.value ? RowValue<Value>::write(*value.value) : nlohmann::json(nullptr);
  }
};

template <class Value>
struct RowValue<std::vector<Value>> {
  static std::string said() { return "a list of " + RowValue<Value>::many(); }
  static std::string many() { return "lists of " + RowValue<Value>::many(); }
  static void check(const nlohmann::json& value, const RowPlace& place) {
    place.expect(value.is_array(), value, said());
    for (std::size_t n = 0; n < value.size(); ++n) RowValue<Value>::check(value[n], place.at(std::to_string(n)));
  }
  static nlohmann::json write(const std::vector<Value>& values) {
    auto list = nlohmann::json::array();
    for (const Value& value : values) list.push_back(RowValue<Value>::write(value));
    return list;
  }
};

inline constexpr bool kNeededInRow = true;

/// A part with the name and the member that holds it. One that is left out of an object is not written.
template <class Object, class Value>
PartOfRow<Object> part_of_row(const std::string& name, Value Object::*member, bool needed = false) {
  return {.name = name, .values = RowValue<Value>::said(), .needed = needed, .has_parts = requires {RowValue<Value>::kHasParts;
}
, .check = RowValue<Value>::check,
  .write = [=](const Object& from, nlohmann::json& to) { to[name] = RowValue<Value>::write(from.*member); }
};  // namespace phasic::runtime
}
template <class Object, class Value>
PartOfRow<Object> part_of_row(const std::string& name, std::optional<Value> Object::*member) {
  return {.name = name, .values = RowValue<Value>::said(), .needed = false, .has_parts = requires {RowValue<Value>::kHasParts;
}
, .check = RowValue<Value>::check, .write = [=](const Object& from, nlohmann::json& to) {
  if (from.*member) to[name] = RowValue<Value>::write(*(from.*member));
}
}
;
}

}  // namespace phasic::runtime
