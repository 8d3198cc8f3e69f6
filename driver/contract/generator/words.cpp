// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "generator/emit.hpp"
#include "generator/flat.hpp"

namespace phasic::contract_generator {

namespace {

/// Limits of a build as a structure of constants, which templates over builds take.
std::string limits(const Contract& contract) {
  std::string out = "\n/// The limits of a build by their defaults.\nstruct DefaultLimits {\n";
  std::string words, legal;
  for (const auto& limit : contract.limits) {
    out += fmt::format("  static constexpr Word k{0} = kDefault{0};  ///< {1}\n", limit.parameter, limit.doc);
    words += fmt::format("{}Build::k{}", words.empty() ? "" : ", ", limit.parameter);
    // Nothing is below 0.
    const auto minimum =
        limit.minimum == 0 ? std::string() : fmt::format("Build::k{0} >= kLimit{0}Minimum && ", limit.parameter);
    legal +=
        fmt::format("{0}{1}Build::k{2} <= kLimit{2}Maximum", legal.empty() ? "" : " &&\n         ", minimum, limit.parameter);
    if (limit.power_of_two) legal += fmt::format(" && (Build::k{0} & (Build::k{0} - 1)) == 0", limit.parameter);
  }
  out += fmt::format(
      "}};\n\n/// Values of the limit registers, in their order. `Build` has what DefaultLimits has.\n"
      "template <class Build>\nstruct LimitWords {{\n  static constexpr unsigned kCount = {};\n"
      "  static constexpr Word kValues[kCount] = {{{}}};\n}};\n",
      contract.limits.size(), words);
  out += fmt::format(
      "\n/// Whether the limits of a build are within their bounds.\ntemplate <class Build>\n"
      "constexpr bool has_legal_limits() {{\n  return {};\n}}\n",
      legal);
  return out;
}

}  // namespace

std::string words_header(const Contract& contract) {
  std::string out =
      "// SPDX-License-Identifier: Apache-2.0\n"
      "/// The kernel contract as C++17 words without any library, for code that is synthesized. Made from\n"
      "/// driver/contract/contract.json; see docs/specification.md.\n#pragma once\n\n#include <cstdint>\n\n"
      "namespace phasic::contract_words {\n\nusing Word = std::uint32_t;\n";
  for (const auto& group : flat_constants(contract)) {
    out += group.doc.empty() ? "\n" : fmt::format("\n// {}\n", group.doc);
    for (const auto& [name, entry, value, hexadecimal] : group.constants) {
      out += value < 0     ? fmt::format("constexpr std::int32_t k{} = {};\n", name, value)
             : hexadecimal ? fmt::format("constexpr Word k{} = {:#x};\n", name, value)
                           : fmt::format("constexpr Word k{} = {};\n", name, value);
    }
  }
  out += limits(contract);
  out += "\n}  // namespace phasic::contract_words\n";
  return out;
}

}  // namespace phasic::contract_generator
