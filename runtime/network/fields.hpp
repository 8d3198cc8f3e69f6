// SPDX-License-Identifier: Apache-2.0
/// Fields of the objects of a network file: one table an object, from which it is read, written and described.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/json_node.hpp"
#include "runtime/network/bounds.hpp"
#include "runtime/network/names.hpp"
#include "runtime/network/network.hpp"

namespace phasic::runtime {

/// What stands where a table of docs/networks.md says what a field is when it is left out.
inline constexpr std::string_view kNeeded = "needed";

/// A field of an `Object`; `Context` is what reading it needs to know beside it.
template <class Object, class Context>
struct Field {
  std::string_view name;
  std::string values;  ///< what may stand there, as the tables of docs/networks.md say it
  std::string usual;   ///< what it is when it is left out, or `kNeeded`
  /// Reads the field of the object that `parent` is; throws InputError. Fields are read in the order of the table.
  std::function<void(const JsonNode& parent, Context& context, Object& to)> read;
  /// The value in the canonical form; nothing if the field is left out there.
  std::function<std::optional<nlohmann::json>(const Object& from, const Network& network)> print;
};

/// Fields of the usual kinds. `usual` is the value of a field that is left out; without it the field is needed.
template <class Object, class Context>
struct FieldOf {
  using Field = runtime::Field<Object, Context>;

  template <class Number>
  static Field integer(std::string_view name, Number Object::*member, Range range, std::optional<Number> usual = {}) {
    return {.name = name,
            .values = fmt::format("{} to {}", range.least, range.most),
            .usual = usual ? fmt::format("{}", *usual) : std::string(kNeeded),
            .read =
                [=](const JsonNode& parent, Context&, Object& to) {
                  const auto node = usual ? parent.find(name) : parent.at(name);
                  to.*member = node ? static_cast<Number>(node->integer(range.least, range.most)) : *usual;
                },
            .print = [=](const Object& from, const Network&) { return nlohmann::json(from.*member); }};
  }

  static Field real(std::string_view name, double Object::*member, double least, double most,
                    std::optional<double> usual = {}) {
    return {.name = name,
            .values = fmt::format("{} to {}", least, most),
            .usual = usual ? fmt::format("{}", *usual) : std::string(kNeeded),
            .read =
                [=](const JsonNode& parent, Context&, Object& to) {
                  const auto node = usual ? parent.find(name) : parent.at(name);
                  to.*member = node ? node->real(least, most) : *usual;
                },
            .print = [=](const Object& from, const Network&) { return nlohmann::json(from.*member); }};
  }

  static Field truth(std::string_view name, bool Object::*member, bool usual) {
    return {.name = name,
            .values = "true, false",
            .usual = usual ? "true" : "false",
            .read =
                [=](const JsonNode& parent, Context&, Object& to) {
                  const auto node = parent.find(name);
                  to.*member = node ? node->boolean() : usual;
                },
            .print = [=](const Object& from, const Network&) { return nlohmann::json(from.*member); }};
  }

  /// A field that is left out is the first of the names.
  template <class Enum>
  static Field choice(std::string_view name, Enum Object::*member, std::span<const std::string_view> names) {
    return {.name = name,
            .values = listed(names),
            .usual = listed(names.first(1)),
            .read =
                [=](const JsonNode& parent, Context&, Object& to) {
                  const auto node = parent.find(name);
                  to.*member = static_cast<Enum>(node ? node->one_of(names) : 0);
                },
            .print = [=](const Object& from, const Network&) { return nlohmann::json(names::name_of(names, from.*member)); }};
  }

  /// The names as a table of docs/networks.md lists them.
  static std::string listed(std::span<const std::string_view> names) {
    std::string text;
    for (const auto name : names) text += fmt::format("{}`\"{}\"`", text.empty() ? "" : ", ", name);
    return text;
  }
};

template <class Object, class Context>
void read_fields(const JsonNode& node, const std::vector<Field<Object, Context>>& fields, Context& context, Object& to) {
  std::vector<std::string_view> names;
  names.reserve(fields.size());
  for (const auto& field : fields) names.push_back(field.name);
  node.expect_object(names);
  for (const auto& field : fields) field.read(node, context, to);
}

template <class Object, class Context>
nlohmann::json print_fields(const Object& from, const std::vector<Field<Object, Context>>& fields, const Network& network) {
  nlohmann::json document = nlohmann::json::object();
  for (const auto& field : fields) {
    if (!field.print) continue;
    if (auto value = field.print(from, network)) document[std::string(field.name)] = std::move(*value);
  }
  return document;
}

}  // namespace phasic::runtime
