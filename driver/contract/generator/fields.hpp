// SPDX-License-Identifier: Apache-2.0
/// Structures in memory and their fields, read from the contract. Errors are ContractErrors that name the entry.
#pragma once

#include <string>
#include <vector>

#include "generator/model.hpp"
#include "generator/reading.hpp"

namespace phasic::contract_generator {

/// A whole number, or the name of a constant or limit that was read before.
[[nodiscard]] Bound read_bound(const json& object, const std::string& entry, const char* key, const Contract& contract);

/// The list `bits`, if there is one, of a word of `width` bits.
[[nodiscard]] std::vector<Bits> read_bits(const json& object, const std::string& entry, std::uint32_t width);

/// Constants, limits and enumerations of `contract` must be there.
[[nodiscard]] Structure read_structure(const json& object, const std::string& entry, const Contract& contract);

}  // namespace phasic::contract_generator
