// SPDX-License-Identifier: Apache-2.0
/// Reading of the parts that JSON entries of the contract have in common. Errors are ContractErrors that name the entry.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "generator/model.hpp"

namespace phasic::contract_generator {

using nlohmann::json;

[[noreturn]] void fail(const std::string& entry, const std::string& what);

[[nodiscard]] bool is_snake_case(std::string_view text);

/// Refuses what is not an object, and keys that are not known.
void check_keys(const json& object, const std::string& entry, const std::set<std::string>& known);

/// A text that fits the tables of the documentation.
[[nodiscard]] std::string text(const json& object, const std::string& entry, const char* key);

std::string one_of(const json& object, const std::string& entry, const char* key, const std::vector<std::string>& choices);

/// A JSON integer, or a text with a decimal or 0x-hexadecimal number.
[[nodiscard]] std::uint32_t number(const json& object, const std::string& entry, const char* key);

/// True if it is there and says so.
[[nodiscard]] bool flag(const json& object, const std::string& entry, const char* key);

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

}  // namespace phasic::contract_generator
