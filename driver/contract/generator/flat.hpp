// SPDX-License-Identifier: Apache-2.0
/// The contract as a plain list of named numbers, for languages and tools that take no more than that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "generator/model.hpp"

namespace phasic::contract_generator {

struct FlatConstant {
  std::string name;   ///< in upper camel case
  std::string entry;  ///< of the contract that it comes from
  std::int64_t value;
  bool hexadecimal = false;
};

struct FlatGroup {
  std::string doc;  ///< empty for the first group
  std::vector<FlatConstant> constants;

  FlatGroup() = default;
  explicit FlatGroup(std::string text) : doc(std::move(text)) {}
};

/// Whether the bounds of a field are numbers of their own, which get names.
[[nodiscard]] bool has_range(const Structure& structure, const Field& field);

/// Every constant, default, bound, offset, id, code, bit and size of the contract, in groups that belong together.
[[nodiscard]] std::vector<FlatGroup> flat_constants(const Contract& contract);

}  // namespace phasic::contract_generator
