// SPDX-License-Identifier: Apache-2.0
#include "generator/check.hpp"

#include <algorithm>
#include <map>

#include "generator/flat.hpp"
#include "generator/reading.hpp"

namespace phasic::contract_generator {
namespace {

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

template <typename List>
bool has_name(const List& list, const std::string& name) {
  return std::any_of(list.begin(), list.end(), [&](const auto& entry) { return entry.name == name; });
}

void check_answers(const Contract& contract) {
  for (const auto& enumeration : contract.enumerations) {
    for (std::size_t at = 0; at < enumeration.attributes.size(); ++at) {
      const Attribute& attribute = enumeration.attributes[at];
      const auto other = std::find_if(contract.enumerations.begin(), contract.enumerations.end(),
                                      [&](const auto& candidate) { return candidate.name == attribute.enumeration; });
      for (const auto& value : enumeration.values) {
        const std::string& answer = value.answers[at];
        const auto refuse = [&](const std::string& what) {
          fail(fmt::format("enumerations.{}.values.{}", enumeration.name, value.name),
               fmt::format("'{}' is '{}', which is no {}", attribute.name, answer, what));
        };
        if (attribute.kind == Attribute::Kind::kEnumeration &&
            (other == contract.enumerations.end() || !has_name(other->values, answer)))
          refuse(fmt::format("value of enumeration '{}'", attribute.enumeration));
        if (attribute.kind == Attribute::Kind::kRules && !answer.empty() &&
            !(answer.starts_with("rules_") && has_name(contract.constants, answer)))
          refuse("constant rules_...");
        if (attribute.kind == Attribute::Kind::kFlag && value.value > 30)
          fail(fmt::format("enumerations.{}.values.{}", enumeration.name, value.name), "value is above 30, so it has no bit");
      }
    }
  }
}

/// The SystemVerilog package has one flat name space, the sum of every list with its prefix.
void check_flat_names(const Contract& contract) {
  std::map<std::string, std::string> owners;
  for (const auto& group : flat_constants(contract)) {
    for (const auto& constant : group.constants) {
      const auto [place, fresh] = owners.emplace(constant.name, constant.entry);
      if (!fresh) fail(constant.entry, fmt::format("generated name {} is also that of {}", constant.name, place->second));
    }
  }
}

}  // namespace

void check(const Contract& contract) {
  check_arguments(contract);
  check_address_map(contract);
  check_answers(contract);
  static_cast<void>(limit_register(contract, 0));
  check_flat_names(contract);
}

}  // namespace phasic::contract_generator
