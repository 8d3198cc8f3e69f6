// SPDX-License-Identifier: Apache-2.0
/// Parts of phasic/contract.hpp.
#pragma once

#include <fmt/core.h>
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "generator/model.hpp"

namespace phasic::contract_generator::cpp {

using Text = fmt::memory_buffer;

template <typename... Arguments>
void put(Text& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

/// `name` in upper camel case.
void put_constant(Text& out, const std::string& name, std::int64_t value, bool hexadecimal, const std::string& doc);

/// For each: its mask in the word under its name, its lowest bit, and its width if that is more than 1.
void put_bits(Text& out, const std::string& prefix, const std::vector<Bits>& all);

/// The enumeration, its values, names and docs, and a function for each attribute.
void put_enumeration(Text& out, const Enumeration& enumeration, const Contract& contract);

/// FieldKind and Field.
void put_field_types(Text& out);

/// The structure, its size, and the table of its fields.
void put_structure(Text& out, const Structure& structure, const Contract& contract);

}  // namespace phasic::contract_generator::cpp
